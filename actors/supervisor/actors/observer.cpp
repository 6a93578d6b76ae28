#include "supervisor/actors/observer.hpp"

#include "supervisor/report/report.hpp"
#include "supervisor/text/printable.hpp"

#include <algorithm>
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

/// The supervisor's own limit is told with its numbers.
std::string refused(const event& e, const plan& by) {
  return e.then.because == because_of_intensity ? ": " + allowed(by) : by_limit(e, by);
}

std::string next(const event& e, const plan& by) {
  switch (carried_out(by, e.who.who, e.then)) {
    case verdict::restart:
      return ", restart " + when(e.then.wait) + held_up(e, by) + counted(e, by);
    case verdict::leave_down:
      return ", left down";
    case verdict::quarantine:
      return ", quarantined" + refused(e, by);
    case verdict::pause_group:
      return ", paused" + by_limit(e, by) + " for " + to_string(e.then.wait);
    case verdict::escalate:
      return ", gave up" + refused(e, by);
    case verdict::shutdown_tree:
      return ", shutting the tree down" + refused(e, by);
  }
  return "";
}

std::string path_of(const tree_event& x, std::string_view id) {
  return std::string{x.supervisor} + "/" + std::string{id};
}

std::string name_of(std::string_view supervisor) {
  return supervisor.empty() ? "the root" : std::string{supervisor};
}

/// An end that was put off is no second one.
std::string what_happened(const tree_event& x) {
  return x.what.given.again ? "decided anew" : words(x.what.exit, x.text);
}

/// However long the text in the middle is: what stands behind it is told, too.
std::string line(const std::string& who, const std::string& what, const std::string& then = "") {
  const auto begin = "[supervisor] " + who;
  const auto taken = begin.size() + then.size() + std::string_view{"..."}.size();
  const auto room = showing::longest_line - std::min(showing::longest_line, taken);
  return begin + showing::printable(what, room) + then;
}

/// It is started again or worse, which is never a matter of course.
bool is_worth_a_line(const event& x) {
  return x.decided && (is_failure(x.exit.what) || x.then.what != verdict::leave_down);
}

std::string line_of_no_start(const tree_event& x) {
  const auto needed_by = x.whom.empty() ? "" : path_of(x, x.whom) + ", which needs ";
  return line(name_of(x.supervisor) + " could not start " + needed_by + path_of(x, x.child),
              reason_of_no_start(x.what.exit, x.text));
}

/// Of one that was killed, or broke, the text says all.
std::string line_of_give_up(const tree_event& x) {
  if (x.child.empty())
    return line(name_of(x.supervisor), " failed: " + std::string{x.text});
  const auto* const what = x.what.why == aim::end_tree ? " was shut down by " : " gave up over ";
  return line(name_of(x.supervisor) + what + path_of(x, x.child),
              ": " + words(x.what.exit, x.text));
}

std::string line_of_wait(const tree_event& x) {
  return line(path_of(x, x.child), " waits for " + std::string{x.text},
              ", " + to_string(x.what.wait) + " so far");
}

} // namespace

std::string crash_line(const tree_event& x) {
  switch (x.what.what) {
    case event_type::runtime_control_loop_failed:
      return x.what.why == aim::roll_back ? line_of_no_start(x) : line_of_give_up(x);
    case event_type::child_waiting:
      return line_of_wait(x);
    case event_type::child_blocked:
      return line(path_of(x, x.child), " waits for " + path_of(x, x.whom),
                  ", which is down for good");
    default:
      return is_worth_a_line(x.what)
               ? line(path_of(x, x.child), " " + what_happened(x), next(x.what, x.by))
               : "";
  }
}

observer crash_lines(std::ostream& out) {
  return [&out](const tree_event& x) {
    if (const auto line = crash_line(x); !line.empty())
      out << line + "\n" << std::flush;
  };
}

} // namespace supervisor
