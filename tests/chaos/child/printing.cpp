#include "roles.hpp"

#include <algorithm>
#include <chrono>
#include <string_view>
#include <thread>

#include <unistd.h>

namespace chaos::child {

namespace {

using std::chrono::steady_clock;

constexpr std::size_t longer_than_a_line = 20'000; ///< it is told in two
constexpr std::string_view not_for_a_terminal = " \x1b[2J\x1b]0;title\x07 \x9b"
                                                "31m \xff\xfe \xe2\x80\xae";

/// "line NUMBER", and what else there is to it.
std::string line_of(std::uint64_t n) {
  auto text = "line " + std::to_string(n);
  if (n % 50 == 49)
    text += ' ' + std::string(longer_than_a_line, 'x');
  else if (n % 5 == 4)
    text += not_for_a_terminal;
  return text + '\n';
}

void write_all(std::string_view text) {
  while (!text.empty()) {
    const auto size = write(STDOUT_FILENO, text.data(), text.size());
    if (size < 0)
      _exit(1);
    text.remove_prefix(static_cast<std::size_t>(size));
  }
}

} // namespace

void prints(const words& with) {
  const auto pace
    = std::chrono::nanoseconds{std::chrono::seconds{1}} / std::max(number(with, 0), 1);
  auto next = steady_clock::now();
  for (std::uint64_t n = 0;; ++n) {
    write_all(line_of(n));
    next = std::max(next + pace, steady_clock::now());
    std::this_thread::sleep_until(next);
  }
}

} // namespace chaos::child
