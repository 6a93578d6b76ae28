#pragma once

#include "frozen/policies/counting.hpp"
#include "frozen/policies/saturated.hpp"

namespace frozen {
inline namespace policies {

enum class breaker_state : std::uint8_t {
  closed,    ///< restarts go through
  open,      ///< waiting
  half_open, ///< one probe runs, and has yet to prove itself
};

constexpr std::string_view label(breaker_state x) noexcept {
  constexpr std::string_view words[] = {"closed", "open", "half_open"};
  return words[static_cast<int>(x)];
}

/// Opens after so many failures in a row; then one run is the probe. If it lasts for `proves_itself`
/// the breaker closes, else it opens again, however the probe ended. While closed, a clean end or a
/// run that long ends the row. Zero failures are as strict as one, `unlimited` never opens.
struct circuit_breaker {
  static constexpr std::string_view name = "circuit_breaker";

  struct memory {
    std::uint32_t in_a_row = 0; ///< failures
    std::uint32_t unused = 0;
    time_point back_at{}; ///< when its last restart was to happen
  };

  std::uint32_t failures = 5;
  nanoseconds open_for = std::chrono::seconds{30};
  nanoseconds proves_itself = std::chrono::seconds{10};

  constexpr decision decide(const situation& s, const memory& past) const {
    return opens_at(in_a_row(s, past)) ? restart_after(never_negative(open_for)) : restart_now();
  }

  constexpr void remember(memory& m, const situation& s, const decision& final) const {
    if (final.what == verdict::restart)
      m = {in_a_row(s, m), 0, later(s.now, final.wait)};
  }

  constexpr gauge measure(const situation& s, const memory& past) const {
    return so_many_of(in_a_row(s, past), failures, {});
  }

  /// Between two ends, for a reader.
  constexpr breaker_state state(time_point now, const memory& past) const {
    if (!opens_at(past.in_a_row) || elapsed(past.back_at, now) >= proves_itself)
      return breaker_state::closed;
    return now < past.back_at ? breaker_state::open : breaker_state::half_open;
  }

  friend bool operator==(const circuit_breaker&, const circuit_breaker&) = default;

private:
  constexpr bool opens_at(std::uint32_t row) const {
    return failures != unlimited && row >= std::max(failures, 1u);
  }

  /// This end included.
  constexpr std::uint32_t in_a_row(const situation& s, const memory& past) const {
    const auto before = s.uptime >= proves_itself ? 0 : past.in_a_row;
    if (is_new_failure(s))
      return one_more(before);
    return is_failure(s.exit.what) || opens_at(before) ? before : 0;
  }
};

} // namespace policies
} // namespace frozen
