#pragma once

#include "frozen/policies/decision.hpp"

#include <algorithm>

namespace frozen {
inline namespace policies {

// Sums of times that stop at the ends of their range instead of overflowing.

constexpr nanoseconds sum(nanoseconds a, nanoseconds b) noexcept {
  std::int64_t x = 0;
  if (__builtin_add_overflow(a.count(), b.count(), &x)) [[unlikely]]
    return b.count() < 0 ? nanoseconds::min() : nanoseconds::max();
  return nanoseconds{x};
}

constexpr nanoseconds difference(nanoseconds a, nanoseconds b) noexcept {
  std::int64_t x = 0;
  if (__builtin_sub_overflow(a.count(), b.count(), &x)) [[unlikely]]
    return b.count() < 0 ? nanoseconds::max() : nanoseconds::min();
  return nanoseconds{x};
}

constexpr nanoseconds times(std::uint32_t n, nanoseconds d) noexcept {
  std::int64_t x = 0;
  if (__builtin_mul_overflow(n, d.count(), &x)) [[unlikely]]
    return d.count() < 0 ? nanoseconds::min() : nanoseconds::max();
  return nanoseconds{x};
}

constexpr nanoseconds elapsed(time_point since, time_point now) noexcept {
  return difference(now.time_since_epoch(), since.time_since_epoch());
}

constexpr time_point ago(time_point now, nanoseconds d) noexcept {
  return time_point{difference(now.time_since_epoch(), d)};
}

constexpr time_point later(time_point now, nanoseconds d) noexcept {
  return time_point{sum(now.time_since_epoch(), d)};
}

constexpr nanoseconds never_negative(nanoseconds d) noexcept { return std::max(d, nanoseconds{0}); }

constexpr double in_seconds(nanoseconds d) noexcept { return static_cast<double>(d.count()) / 1e9; }

/// To the nearest nanosecond; what is negative or not a number becomes zero.
constexpr nanoseconds rounded(double count) noexcept {
  if (!(count > 0))
    return nanoseconds{0};
  if (count >= static_cast<double>(nanoseconds::max().count()))
    return nanoseconds::max();
  return nanoseconds{static_cast<std::int64_t>(count + 0.5)};
}

} // namespace policies
} // namespace frozen
