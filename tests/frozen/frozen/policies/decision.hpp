#pragma once

#include "frozen/policies/exit.hpp"

#include <chrono>
#include <cstdint>
#include <string_view>

namespace frozen {
inline namespace policies {

using std::chrono::nanoseconds;
using time_point = std::chrono::steady_clock::time_point;

/// No limit, as a word of its own: zero means "not even once".
inline constexpr std::uint32_t unlimited = ~std::uint32_t{0};

/// How loud the end of a child is told, and who comes first where only one can.
enum class severity_class : std::uint8_t { optional, standard, critical };

constexpr std::string_view label(severity_class x) noexcept {
  constexpr std::string_view words[] = {"optional", "standard", "critical"};
  return words[static_cast<int>(x)];
}

/// All that a policy may look at. Trivially copyable: an event keeps it, and whoever wants to
/// know why asks the policy again.
struct situation {
  child_exit exit{};
  std::uint32_t streak = 0; ///< restarts in a row before this exit, without a stable run between
  std::uint32_t recent = 0; ///< restarts by this supervisor within its period, before this exit
  nanoseconds uptime{0};    ///< how long this life ran; zero if it never started
  nanoseconds last_wait{0}; ///< what this child waited before its last restart
  time_point now{};
  double luck = 0.5; ///< a roll in [0, 1): the same for the same life of the same child
  severity_class severity = severity_class::standard;
  bool again = false; ///< the same end was asked about before, and put off: it is no new failure

  friend bool operator==(const situation&, const situation&) = default;
};

/// What counts as one more failure.
constexpr bool is_new_failure(const situation& s) noexcept {
  return is_failure(s.exit.what) && !s.again;
}

/// From mildest to strictest: of two answers, the stricter one counts.
enum class verdict : std::uint8_t {
  restart,
  leave_down,
  quarantine,  ///< down until an operator says otherwise
  pause_group, ///< nobody in its group is restarted before `wait` has passed; then it is asked anew.
               ///< Without a wait: quarantine
  escalate,
  shutdown_tree,
};

constexpr std::string_view label(verdict x) noexcept {
  constexpr std::string_view words[]
    = {"restart", "leave_down", "quarantine", "pause_group", "escalate", "shutdown_tree"};
  return words[static_cast<int>(x)];
}

struct decision {
  verdict what = verdict::restart;
  std::uint8_t because = 0; ///< which part had the last word: 0 the base, n the nth limit
  nanoseconds wait{0};      ///< before a restart; of pause_group, its length

  friend bool operator==(const decision&, const decision&) = default;
};

/// decision::because of the supervisor's own intensity, which stands outside a child's policy.
inline constexpr std::uint8_t because_of_intensity = 255;

constexpr decision restart_now() noexcept { return {}; }
constexpr decision restart_after(nanoseconds wait) noexcept { return {verdict::restart, 0, wait}; }
constexpr decision leave_down() noexcept { return {verdict::leave_down, 0, {}}; }
constexpr decision quarantine() noexcept { return {verdict::quarantine, 0, {}}; }
constexpr decision pause_group(nanoseconds wait) noexcept {
  return {verdict::pause_group, 0, wait};
}
constexpr decision escalate() noexcept { return {verdict::escalate, 0, {}}; }
constexpr decision shutdown_tree() noexcept { return {verdict::shutdown_tree, 0, {}}; }

/// The stricter verdict and, among equal ones, the longer wait. `part` is the number of `x`.
constexpr decision stricter(const decision& d, const decision& x, std::uint8_t part) noexcept {
  if (x.what > d.what || (x.what == d.what && x.wait > d.wait))
    return {x.what, part, x.wait};
  return d;
}

/// Where a part stands, for a reader: so many of so many, in so long.
struct gauge {
  double have = 0;
  double most = 0;
  nanoseconds within{0}; ///< zero: no period belongs to it

  friend bool operator==(const gauge&, const gauge&) = default;
};

} // namespace policies
} // namespace frozen
