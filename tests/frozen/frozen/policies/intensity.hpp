#pragma once

#include "frozen/policies/decision.hpp"

namespace frozen {
inline namespace policies {

/// How many restarts a supervisor bears within a sliding period; one more, and it gives up. A
/// restart exactly one period old still counts. Zero gives up at the first crash.
struct intensity {
  static constexpr std::string_view name = "intensity";

  std::uint32_t restarts = 10; ///< `unlimited`: never gives up
  nanoseconds period = std::chrono::seconds{60};

  /// Reads situation::recent; who counts the restarts also forgets those out of the period.
  constexpr decision decide(const situation& s) const {
    return s.recent < restarts || restarts == unlimited ? restart_now() : escalate();
  }

  constexpr bool forgets(time_point restarted, time_point now) const {
    return now - restarted > period;
  }

  friend bool operator==(const intensity&, const intensity&) = default;
};

} // namespace policies
} // namespace frozen
