#include "supervisor/rules/validate.hpp"
#include "supervisor/text/duration.hpp"

namespace supervisor::detail {

void check_health_policy(const std::optional<health_policy>& x, const std::string& where,
                         faults& found) {
  if (!x)
    return;
  const auto at = where + "/health_policy";
  check_time(x->heartbeat_interval, at + "/heartbeat_interval", found);
  check_time(x->stale_after, at + "/stale_after", found);
  if (x->stale_after > nanoseconds::zero() && x->stale_after <= x->heartbeat_interval)
    found.push_back({at + "/stale_after", "must be longer than heartbeat_interval, "
                                            + to_string(x->heartbeat_interval)
                                            + ": a beat may be that old"});
}

namespace {

void check(const health_check& x, const std::string& where, faults& found) {
  check_time(x.check_interval, where + "/check_interval", found);
  check_time(x.timeout, where + "/timeout", found);
  if (x.max_retries < 1)
    found.push_back({where + "/max_retries", "must be at least 1, or no answer is a good one"});
}

void check(const readiness_probe& x, nanoseconds start_timeout, const std::string& where,
           faults& found) {
  check_time(x.check_interval, where + "/check_interval", found);
  check_time(x.timeout, where + "/timeout", found);
  if (start_timeout > nanoseconds::zero() && x.timeout > start_timeout)
    found.push_back({where + "/timeout", "must not be longer than start_timeout, "
                                           + to_string(start_timeout)
                                           + ": by then the child has to be ready"});
}

/// Refuses what is asked of a child that cannot give it.
void check_kind(const child_view& child, const std::string& where, faults& found) {
  const auto refuse = [&](bool set, const std::string& field, const std::string& why) {
    if (set)
      found.push_back({where + "/" + field, why});
  };
  const auto refuse_watching = [&](const std::string& why) {
    refuse(child.more.health_check.has_value(), "health_check", why);
    refuse(child.more.stall_watchdog.has_value(), "stall_watchdog", why);
  };
  const auto refuse_questions = [&](const std::string& why) {
    refuse(child.more.readiness_probe.has_value(), "readiness", why);
    refuse_watching(why);
  };
  switch (child.kind) {
    case task_kind::async_worker:
      return;
    case task_kind::blocking_worker:
      return refuse_questions("a blocking worker answers no messages: use health_policy");
    case task_kind::process:
      refuse(
        child.more.readiness_probe.has_value(), "readiness",
        "a process answers no messages: say readiness_policy \"explicit\", and it says READY=1");
      return refuse_watching("a process answers no messages: use health_policy");
    case task_kind::supervisor: {
      const auto why = "does not go with a supervisor, which answers for itself";
      refuse(child.more.health_policy.has_value(), "health_policy", why);
      return refuse_questions(why);
    }
  }
}

} // namespace

void check_signs_of_life(const child_view& child, nanoseconds start_timeout,
                         const std::string& where, faults& found) {
  const auto& more = child.more;
  check_health_policy(more.health_policy, where, found);
  if (more.health_check)
    check(*more.health_check, where + "/health_check", found);
  if (more.readiness_probe)
    check(*more.readiness_probe, start_timeout, where + "/readiness", found);
  if (more.stall_watchdog)
    check_time(more.stall_watchdog->after, where + "/stall_watchdog/after", found);
  check_kind(child, where, found);
}

} // namespace supervisor::detail
