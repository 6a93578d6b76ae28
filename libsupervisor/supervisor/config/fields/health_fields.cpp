#include "supervisor/config/fields/access.hpp"

namespace supervisor::config {

namespace {

constexpr auto health_policy_table = std::to_array<field<health_policy>>({
  {.key = "heartbeat_interval",
   .what = holds::duration,
   .doc = "How often the child is asked to send a beat.",
   .is = member<&health_policy::heartbeat_interval>},
  {.key = "stale_after",
   .what = holds::duration,
   .doc = "How old the last beat may be; longer than heartbeat_interval.",
   .is = member<&health_policy::stale_after>},
});

constexpr auto health_check_table = std::to_array<field<health_check>>({
  {.key = "check_interval",
   .what = holds::duration,
   .doc = "How long after one question the next one is asked.",
   .is = member<&health_check::check_interval>},
  {.key = "timeout",
   .what = holds::duration,
   .doc = "How long the child may take to answer.",
   .is = member<&health_check::timeout>},
  {.key = "max_retries",
   .what = holds::count,
   .doc = "With so many failures in a row the child is unhealthy.",
   .is = count<&health_check::max_retries>,
   .least = 1},
});

constexpr auto readiness_table = std::to_array<field<readiness_probe>>({
  {.key = "check_interval",
   .what = holds::duration,
   .doc = "How long after one question the next one is asked.",
   .is = member<&readiness_probe::check_interval>},
  {.key = "timeout",
   .what = holds::duration,
   .doc = "How long the child may take to answer; not longer than its start_timeout.",
   .is = member<&readiness_probe::timeout>},
});

constexpr auto stall_watchdog_table = std::to_array<field<stall_watchdog>>({
  {.key = "after",
   .what = holds::duration,
   .doc = "How long the child may be in one handler.",
   .is = member<&stall_watchdog::after>},
  {.key = "action",
   .what = holds::word,
   .doc = "Whether that is only told, or the child is restarted.",
   .is = member<&stall_watchdog::action>,
   .one_of = words_of<on_stall_action>},
});

} // namespace

std::span<const field<health_policy>> fields_of(const health_policy&) {
  return health_policy_table;
}

std::span<const field<health_check>> fields_of(const health_check&) { return health_check_table; }
std::span<const field<readiness_probe>> fields_of(const readiness_probe&) {
  return readiness_table;
}

std::span<const field<stall_watchdog>> fields_of(const stall_watchdog&) {
  return stall_watchdog_table;
}

} // namespace supervisor::config
