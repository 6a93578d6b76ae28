#include "supervisor/actors/observer.hpp"

#include "supervisor/report.hpp"
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

/// An end that was put off is no second one.
std::string what_happened(const tree_event& x) {
  if (x.what.given.again)
    return "decided anew";
  return words(x.what.exit) + (x.text.empty() ? "" : ": " + std::string{x.text});
}

/// However long the text is: what is done about it stands at the end.
std::string line_of(const tree_event& x) {
  const auto who = "[supervisor] " + std::string{x.supervisor} + "/" + std::string{x.child} + " ";
  const auto then = next(x.what, x.by);
  const auto taken = who.size() + then.size() + std::string_view{"..."}.size();
  const auto room = showing::longest_line - std::min(showing::longest_line, taken);
  return who + showing::printable(what_happened(x), room) + then;
}

} // namespace

std::string crash_line(const tree_event& x) {
  return x.what.decided && is_failure(x.what.exit.what) ? line_of(x) : "";
}

observer crash_lines(std::ostream& out) {
  return [&out](const tree_event& x) {
    if (const auto line = crash_line(x); !line.empty())
      out << line + "\n" << std::flush;
  };
}

} // namespace supervisor
