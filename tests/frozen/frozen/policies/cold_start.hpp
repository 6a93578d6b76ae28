#pragma once

#include "frozen/policies/counting.hpp"
#include "frozen/policies/saturated.hpp"

namespace frozen {
inline namespace policies {

/// What the cold-start budget has to do with an end.
enum class cold_start_reason : std::uint8_t {
  not_applicable,   ///< the first start is too long ago
  initial_startup,  ///< it pays for this restart
  budget_exhausted, ///< no more restarts before the window ends
};

constexpr std::string_view label(cold_start_reason x) noexcept {
  constexpr std::string_view words[] = {"not_applicable", "initial_startup", "budget_exhausted"};
  return words[static_cast<int>(x)];
}

/// At most so many restarts soon after a child was started for the first time; once they are used
/// up, the next one waits for the end of the window. Never applies again after that.
struct cold_start {
  static constexpr std::string_view name = "cold_start";

  struct memory {
    time_point first_start{};
    std::uint32_t restarts = 0; ///< within the window
    std::uint32_t started = 0;  ///< not zero: first_start is known
  };

  nanoseconds window = std::chrono::seconds{60};
  std::uint32_t max_restarts = 5; ///< `unlimited`: never used up

  constexpr decision decide(const situation& s, const memory& past) const {
    if (reason(s, past) != cold_start_reason::budget_exhausted)
      return restart_now();
    return restart_after(sum(difference(window, age(s, past)), nanoseconds{1}));
  }

  constexpr void remember(memory& m, const situation& s, const decision& final) const {
    if (final.what != verdict::restart)
      return;
    m.first_start = first_start(s, m);
    m.started = 1;
    if (is_cold(s, m))
      m.restarts = one_more(m.restarts);
  }

  constexpr gauge measure(const situation& s, const memory& past) const {
    return so_many_of(is_cold(s, past) ? one_more(past.restarts) : 0, max_restarts, window);
  }

  constexpr cold_start_reason reason(const situation& s, const memory& past) const {
    if (!is_cold(s, past))
      return cold_start_reason::not_applicable;
    return past.restarts < max_restarts || max_restarts == unlimited
             ? cold_start_reason::initial_startup
             : cold_start_reason::budget_exhausted;
  }

  friend bool operator==(const cold_start&, const cold_start&) = default;

private:
  static constexpr time_point first_start(const situation& s, const memory& m) {
    return m.started != 0 ? m.first_start : ago(s.now, s.uptime);
  }

  static constexpr nanoseconds age(const situation& s, const memory& m) {
    return elapsed(first_start(s, m), s.now);
  }

  constexpr bool is_cold(const situation& s, const memory& m) const { return age(s, m) <= window; }
};

} // namespace policies
} // namespace frozen
