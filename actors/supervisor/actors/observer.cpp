#include "supervisor/actors/observer.hpp"

#include "supervisor/report.hpp"

#include <ostream>
#include <string>

namespace supervisor {

namespace {

std::string counted(const event& e, const plan& by) {
  if (by.intensity.restarts == unlimited)
    return "";
  return " (" + std::to_string(e.given.recent + 1) + " of " + std::to_string(by.intensity.restarts)
         + " in " + to_string(by.intensity.period) + ")";
}

std::string allowed(const plan& by) {
  const auto restarts = by.intensity.restarts;
  return restarts == 0 ? "no restart is allowed"
                       : std::to_string(restarts) + (restarts == 1 ? " restart" : " restarts")
                           + " in " + to_string(by.intensity.period) + " allowed";
}

/// What an escalation comes down to for this child.
std::string refused(const event& e, const plan& by) {
  switch (by.reach_of(e.who.who).escalation) {
    case escalation_policy::escalate_to_parent:
      return ", gave up";
    case escalation_policy::shutdown_tree:
      return ", shutting the tree down";
    case escalation_policy::quarantine_scope:
      return ", quarantined";
  }
  return "";
}

/// Which limit had the last word; nothing if none had.
std::string by_limit(const event& e, const plan& by) {
  if (e.then.because == 0)
    return "";
  return " by " + std::string{part_name(by, e.who.who, e.then.because)};
}

std::string when(nanoseconds wait) {
  return wait == nanoseconds::zero() ? "at once" : "in " + to_string(wait);
}

std::string held_up(const event& e, const plan& by) {
  return e.then.because == 0 ? "" : ", held up" + by_limit(e, by);
}

std::string next(const event& e, const plan& by) {
  switch (e.then.what) {
    case verdict::restart:
      return ", restart " + when(e.then.wait) + held_up(e, by) + counted(e, by);
    case verdict::leave_down:
      return ", left down";
    case verdict::quarantine:
      return ", quarantined" + by_limit(e, by);
    case verdict::pause_group:
      return ", paused" + by_limit(e, by) + " for " + to_string(e.then.wait);
    case verdict::escalate:
      return e.then.because == because_of_intensity ? refused(e, by) + ": " + allowed(by)
                                                    : refused(e, by) + by_limit(e, by);
    case verdict::shutdown_tree:
      return ", shutting the tree down";
  }
  return "";
}

} // namespace

observer crash_lines(std::ostream& out) {
  return [&out](const tree_event& x) {
    if (!x.what.decided || !is_failure(x.what.exit.what))
      return;
    auto line = "[supervisor] " + std::string{x.supervisor} + "/" + std::string{x.child} + " "
                + words(x.what.exit);
    if (!x.text.empty())
      line += ": " + std::string{x.text};
    out << line + next(x.what, x.by) + "\n" << std::flush;
  };
}

} // namespace supervisor
