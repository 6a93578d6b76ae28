#pragma once

#include "frozen/policies/backoff.hpp"
#include "frozen/policies/counting.hpp"
#include "frozen/policies/sliding.hpp"

namespace frozen {
inline namespace policies {

/// As Erlang/OTP does it: at once or not at all. Give it an otp_intensity, or it may spin.
struct otp_classic {
  static constexpr std::string_view name = "otp_classic";

  restart when = restart::permanent;

  constexpr decision decide(const situation& s) const {
    return wants_restart(when, s.exit.what) ? restart_now() : leave_down();
  }

  friend bool operator==(const otp_classic&, const otp_classic&) = default;
};

/// OTP's restart intensity (supervisor.erl, add_restart/3): the clock ticks in whole seconds, and
/// an entry counts while `entry >= now - period`; with period 1 s, a restart 1.9 s ago may still
/// count. One more than `restarts` escalates. Meant to be kept per supervisor.
struct otp_intensity {
  static constexpr std::string_view name = "otp_intensity";
  template <std::size_t Room>
  using memory_with = sliding<Room>;
  using memory = memory_with<16>;

  std::uint32_t restarts = 1;
  nanoseconds period = std::chrono::seconds{5}; ///< a fraction of a second is cut off

  template <std::size_t Room>
  constexpr decision decide(const situation& s, const sliding<Room>& past) const {
    return past.reaches(restarts, tick(s.now), whole_period()) ? escalate() : restart_now();
  }

  template <std::size_t Room>
  constexpr void remember(sliding<Room>& m, const situation& s, const decision& final) const {
    if (final.what == verdict::restart)
      m.add(tick(s.now));
  }

  template <std::size_t Room>
  constexpr gauge measure(const situation& s, const sliding<Room>& past) const {
    const auto now = tick(s.now);
    return so_many_of(past.and_one(now).count(now, whole_period()), restarts, period);
  }

  constexpr std::uint32_t counts_to() const { return restarts; }

  friend bool operator==(const otp_intensity&, const otp_intensity&) = default;

private:
  static constexpr nanoseconds beyond_second(nanoseconds t) { return t % std::chrono::seconds{1}; }

  /// The whole second that `t` lies in, before the clock's epoch as well.
  static constexpr time_point tick(time_point t) {
    const auto beyond = beyond_second(t.time_since_epoch());
    return ago(t, beyond < nanoseconds{0} ? beyond + std::chrono::seconds{1} : beyond);
  }

  constexpr nanoseconds whole_period() const { return period - beyond_second(period); }
};

} // namespace policies
} // namespace frozen
