#pragma once

#include "frozen/policies/saturated.hpp"

namespace frozen {
inline namespace policies {

/// A restart costs a token. The bucket starts full and refills at a steady rate; without a token a
/// restart waits for its own, and has it reserved from then on: those who wait come up one after
/// another, and nobody has to ask again.
///
/// No more than `max_burst + rate * t` restarts fall into any time t: `(max_burst / window + rate) *
/// 60` a minute for a window of a minute.
struct token_bucket {
  static constexpr std::string_view name = "restart_budget";

  struct memory {
    time_point full_at = time_point::min(); ///< when all tokens will be back
  };

  nanoseconds window = std::chrono::seconds{60};
  std::uint32_t max_burst = 10;       ///< tokens; zero is as strict as one
  double recovery_rate_per_sec = 0.5; ///< tokens; not above zero: one every window

  constexpr decision decide(const situation& s, const memory& past) const {
    if (past.full_at <= s.now)
      return restart_now();
    const auto all_but_one = times(burst() - 1, a_token());
    return restart_after(never_negative(difference(until_full(s, past), all_but_one)));
  }

  constexpr void remember(memory& m, const situation& s, const decision& final) const {
    if (final.what == verdict::restart)
      m.full_at = later(std::max(s.now, m.full_at), a_token());
  }

  /// Tokens before this restart; below zero when some wait.
  constexpr gauge measure(const situation& s, const memory& past) const {
    const auto each = std::max(a_token(), nanoseconds{1});
    return {burst() - in_seconds(until_full(s, past)) / in_seconds(each),
            static_cast<double>(burst()), window};
  }

  friend bool operator==(const token_bucket&, const token_bucket&) = default;

private:
  constexpr std::uint32_t burst() const { return std::max(max_burst, 1u); }

  /// How long one takes to come back; never so long that all of them are more than a time can say.
  constexpr nanoseconds a_token() const {
    const auto each
      = recovery_rate_per_sec > 0 ? rounded(1e9 / recovery_rate_per_sec) : never_negative(window);
    if (each > std::chrono::hours{1} || burst() > 100'000) [[unlikely]]
      return std::min(each, nanoseconds::max() / 4 / burst());
    return each;
  }

  static constexpr nanoseconds until_full(const situation& s, const memory& m) {
    return never_negative(elapsed(s.now, m.full_at));
  }
};

} // namespace policies
} // namespace frozen
