#include "wall_clock.hpp"

#include <atomic>
#include <cstdint>
#include <ctime>

#include <dlfcn.h>

namespace {

std::atomic<std::int64_t> ahead_ns = 0;

constexpr std::int64_t second = 1'000'000'000;

bool is_wall_clock(clockid_t which) {
  return which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE;
}

} // namespace

/// Stands before the C library's: the libraries of this program call it as well.
extern "C" int clock_gettime(clockid_t which, timespec* out) noexcept {
  static const auto of_library
    = reinterpret_cast<int (*)(clockid_t, timespec*)>(dlsym(RTLD_NEXT, "clock_gettime"));
  const auto came = of_library(which, out);
  if (came != 0 || !is_wall_clock(which))
    return came;
  const auto now = std::int64_t{out->tv_sec} * second + out->tv_nsec + ahead_ns;
  out->tv_sec = now / second;
  out->tv_nsec = now % second;
  return 0;
}

namespace chaos {

void step_wall_clock(std::chrono::nanoseconds by) { ahead_ns += by.count(); }

std::chrono::nanoseconds wall_clock_drift::so_far() const {
  return (std::chrono::system_clock::now() - wall_) - (std::chrono::steady_clock::now() - steady_);
}

} // namespace chaos
