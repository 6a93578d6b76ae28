#include "pulses.hpp"

#include <algorithm>
#include <array>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace chaos {

struct pulses::shared {
  std::array<std::atomic<std::int64_t>, most> last; ///< in ns; 0: never
  std::atomic<std::int64_t> replaced;
};

namespace {

std::int64_t now() {
  return std::chrono::nanoseconds{std::chrono::steady_clock::now().time_since_epoch()}.count();
}

} // namespace

pulses::pulses(const std::string& file) {
  const auto fd = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (fd < 0)
    return;
  if (ftruncate(fd, static_cast<off_t>(sizeof(shared))) == 0)
    if (auto* got = mmap(nullptr, sizeof(shared), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        got != MAP_FAILED)
      all_ = static_cast<shared*>(got);
  close(fd);
}

pulses::~pulses() {
  if (all_)
    munmap(all_, sizeof(shared));
}

void pulses::beat(std::size_t who) { all_->last[who] = now(); }

bool pulses::takes_over(std::size_t from, std::chrono::nanoseconds silence, std::int64_t in_all) {
  auto& last = all_->last[from];
  auto was = last.load();
  const auto is = now();
  return is - was > silence.count() && last.compare_exchange_strong(was, is)
         && all_->replaced++ < in_all;
}

std::size_t pulses::alive_since(std::chrono::steady_clock::time_point then) const {
  const auto since = std::chrono::nanoseconds{then.time_since_epoch()}.count();
  return static_cast<std::size_t>(
    std::ranges::count_if(all_->last, [since](const auto& x) { return x > since; }));
}

} // namespace chaos
