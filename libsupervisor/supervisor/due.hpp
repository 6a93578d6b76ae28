#pragma once

#include "supervisor/policies.hpp"

#include <algorithm>
#include <chrono>

namespace supervisor {

/// Who wakes up later than this after the time that was set has been paused, or had no processor.
inline constexpr nanoseconds tolerated_lateness = std::chrono::milliseconds{250};

/// An instant by which a child must have done something. A pause of the supervisor's own process is
/// not the child's fault: it puts the instant off, in all by no more than the time that the child was
/// given at first.
struct due {
  time_point at = time_point::max();
  nanoseconds mercy{0}; ///< by which it may still be put off

  friend bool operator==(const due&, const due&) = default;
};

/// A child that has `time` from now on.
inline due due_after(time_point now, nanoseconds time) { return {later(now, time), time}; }

/// After a pause of that length, which is over now.
inline due put_off(due x, time_point now, nanoseconds pause) {
  const auto given = std::min(pause, x.mercy);
  return given > nanoseconds{0} ? due{later(now, given), x.mercy - given} : x;
}

} // namespace supervisor
