#include "pipes.hpp"

#include <array>
#include <cstdlib>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

namespace supervisor {

pipe_of_test::pipe_of_test() {
  std::array<int, 2> ends{-1, -1};
  if (pipe2(ends.data(), O_CLOEXEC) != 0)
    std::abort();
  read_ = ends[0];
  write_ = ends[1];
  fcntl(read_, F_SETFL, O_NONBLOCK);
}

pipe_of_test::~pipe_of_test() {
  stop_reading();
  close(write_);
}

void pipe_of_test::fill() const {
  const auto again
    = open(("/proc/self/fd/" + std::to_string(write_)).c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
  while (write(again, "~", 1) == 1) {
  }
  close(again);
}

std::string pipe_of_test::read_now() const {
  std::string all;
  std::array<char, 65536> some{};
  for (ssize_t size = 0; (size = read(read_, some.data(), some.size())) > 0;)
    all.append(some.data(), static_cast<std::size_t>(size));
  return all;
}

std::string pipe_of_test::read_until(const std::string& text) {
  constexpr int patience_ms = 20'000;
  while (came_.find(text) == came_.npos) {
    pollfd readable{read_, POLLIN, 0};
    if (poll(&readable, 1, patience_ms) <= 0)
      break;
    came_ += read_now();
  }
  return came_;
}

void pipe_of_test::stop_reading() {
  if (const auto end = std::exchange(read_, -1); end >= 0)
    close(end);
}

} // namespace supervisor
