#pragma once

#include "frozen/policies/saturated.hpp"

#include <algorithm>
#include <cmath>

namespace frozen {
inline namespace policies {

/// How chance spreads a wait, so that those who fell together do not rise together.
enum class jitter_mode : std::uint8_t {
  disabled,
  ratio,        ///< base · (1 + ratio · luck)
  full,         ///< luck · base
  decorrelated, ///< between first and three times the last wait, by luck
};

struct jitter {
  jitter_mode mode = jitter_mode::disabled;
  double ratio = 0; ///< in [0, 1]; only for jitter_mode::ratio

  static constexpr jitter none() { return {}; }
  static constexpr jitter by(double ratio) { return {jitter_mode::ratio, ratio}; }
  static constexpr jitter full() { return {jitter_mode::full, 0}; }
  static constexpr jitter decorrelated() { return {jitter_mode::decorrelated, 0}; }

  friend bool operator==(const jitter&, const jitter&) = default;
};

/// A wait that doubles with every failure in a row. Never longer than `longest`, jitter included.
struct backoff {
  nanoseconds first = std::chrono::milliseconds{10};
  nanoseconds longest = std::chrono::seconds{1};
  policies::jitter jitter{};

  /// Before the restart number `streak` + 1 in a row. Total: any streak, luck, last wait and field.
  constexpr nanoseconds delay(std::uint32_t streak, double luck, nanoseconds last_wait = {}) const {
    const auto base = doubled(streak);
    switch (jitter.mode) {
      case jitter_mode::disabled:
        return base;
      case jitter_mode::ratio:
        return capped(count(base) * (1.0 + jitter.ratio * luck));
      case jitter_mode::full:
        return capped(count(base) * luck);
      case jitter_mode::decorrelated: {
        const auto low = count(std::min(first, longest));
        const auto high = std::min(3.0 * count(std::max(last_wait, first)), count(longest));
        return capped(low + std::max(0.0, high - low) * luck);
      }
    }
    return base;
  }

  friend bool operator==(const backoff&, const backoff&) = default;

private:
  static constexpr double count(nanoseconds x) { return static_cast<double>(x.count()); }

  constexpr nanoseconds capped(double x) const {
    if (!(x < count(longest)))
      return never_negative(longest);
    return x > 0 ? nanoseconds{static_cast<std::int64_t>(x)} : nanoseconds{0};
  }

  constexpr nanoseconds doubled(std::uint32_t streak) const {
    const auto shift = std::min(streak, 62u);
    const auto once = never_negative(first);
    return once.count() <= (longest.count() >> shift) ? nanoseconds{once.count() << shift}
                                                      : never_negative(longest);
  }
};

/// When an ended child is worth starting again.
enum class restart : std::uint8_t {
  permanent, ///< after every end, a clean one included
  transient, ///< only after a failure
  temporary, ///< never
};

constexpr std::string_view label(restart x) noexcept {
  constexpr std::string_view words[] = {"permanent", "transient", "temporary"};
  return words[static_cast<int>(x)];
}

/// A child that was told to stop stays down, whatever its restart type.
constexpr bool wants_restart(restart when, exit_class why) noexcept {
  switch (when) {
    case restart::permanent:
      return why != exit_class::manual_stop;
    case restart::transient:
      return is_failure(why);
    case restart::temporary:
      return false;
  }
  return false;
}

/// What a child gets that names no policy of its own.
struct standard_policy {
  static constexpr std::string_view name = "standard";

  restart when = restart::permanent;
  policies::backoff backoff{};

  constexpr decision decide(const situation& s) const {
    if (s.exit.cause == failure_kind::fatal_config)
      return shutdown_tree();
    if (s.exit.cause == failure_kind::fatal_bug)
      return escalate();
    if (!wants_restart(when, s.exit.what))
      return leave_down();
    return restart_after(backoff.delay(s.streak, s.luck, s.last_wait));
  }

  friend bool operator==(const standard_policy&, const standard_policy&) = default;
};

} // namespace policies
} // namespace frozen
