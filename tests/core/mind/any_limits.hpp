#pragma once

#include <supervisor/spec/spec.hpp>

#include <random>

namespace supervisor {

using dice = std::mt19937_64;

inline std::uint32_t roll(dice& d, std::size_t sides) {
  return static_cast<std::uint32_t>(d() % sides);
}

/// Low and short, so that they are reached.
inline child_limits any_limits(dice& d) {
  using namespace std::chrono_literals;
  child_limits x;
  if (roll(d, 3) == 0)
    x.restart_limit = policies::restart_limit{roll(d, 4), 200ms};
  if (roll(d, 3) == 0)
    x.hot_loop = hot_loop{.window = 100ms, .min_restarts = 1 + roll(d, 3)};
  if (roll(d, 3) == 0)
    x.failure_window = failure_window{.window = 300ms, .threshold = 1 + roll(d, 4)};
  if (roll(d, 3) == 0)
    x.meltdown = meltdown_fuse{.max_failures = 2, .window = 100ms, .reset_after = 50ms};
  return x;
}

inline scope_limits any_scope(dice& d) {
  using namespace std::chrono_literals;
  scope_limits x;
  if (roll(d, 2) == 0)
    x.restart_budget = token_bucket{.window = 1s, .max_burst = 2, .recovery_rate_per_sec = 20};
  if (roll(d, 2) == 0)
    x.meltdown
      = meltdown_fuse{.max_failures = 2 + roll(d, 3), .window = 100ms, .reset_after = 60ms};
  if (roll(d, 2) == 0)
    x.concurrent_restarts = 1 + roll(d, 2);
  return x;
}

} // namespace supervisor
