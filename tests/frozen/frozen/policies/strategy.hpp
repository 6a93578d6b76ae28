#pragma once

#include "frozen/policies/saturated.hpp"

#include <algorithm>

namespace frozen {
inline namespace policies {

/// Who goes down and comes up again with a child that is restarted.
enum class strategy : std::uint8_t {
  one_for_one,        ///< nobody else
  one_for_all,        ///< all its siblings
  rest_for_one,       ///< the siblings started after it
  one_for_dependents, ///< the siblings that depend on it, directly or through others
  /// Nobody else. The one child that is declared is a template: children are made of it at run
  /// time, and all are told together to stop.
  simple_one_for_one,
};

/// Whether a restart touches nobody but the child itself.
constexpr bool is_for_itself(strategy x) noexcept {
  return x == strategy::one_for_one || x == strategy::simple_one_for_one;
}

constexpr std::string_view label(strategy x) noexcept {
  constexpr std::string_view words[]
    = {"one_for_one", "one_for_all", "rest_for_one", "one_for_dependents", "simple_one_for_one"};
  return words[static_cast<int>(x)];
}

/// How long a child may take to stop: first on its own, then after being killed. Not a promise: a
/// handler that never returns cannot be killed within one process, and is abandoned.
struct stop_budget {
  static constexpr nanoseconds no_end = nanoseconds::max();

  nanoseconds graceful = std::chrono::seconds{5};
  nanoseconds abort_wait = std::chrono::seconds{1};

  constexpr stop_budget() = default;
  constexpr stop_budget(nanoseconds asked, nanoseconds killed)
    : graceful(asked), abort_wait(killed) {}
  template <class Rep, class Period>
  constexpr stop_budget(std::chrono::duration<Rep, Period> asked)
    : graceful(std::chrono::duration_cast<nanoseconds>(asked)) {}

  constexpr bool is_brutal() const { return graceful == nanoseconds::zero(); }
  constexpr bool is_unlimited() const { return graceful == no_end; }

  friend bool operator==(const stop_budget&, const stop_budget&) = default;
};

/// Killed at once, without being asked first.
inline constexpr stop_budget brutal_kill{nanoseconds::zero()};

/// Waited for as long as it takes. For supervisors: they bound their own children.
inline constexpr stop_budget unlimited_stop{stop_budget::no_end};

} // namespace policies
} // namespace frozen
