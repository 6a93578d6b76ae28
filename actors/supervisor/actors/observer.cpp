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

std::string next(const event& e, const plan& by) {
  switch (e.then.what) {
    case verdict::restart:
      return ", restart in " + to_string(e.then.wait) + counted(e, by);
    case verdict::leave_down:
      return ", left down";
    case verdict::quarantine:
      return ", quarantined";
    case verdict::pause_group:
      return ", paused";
    case verdict::escalate:
      return e.then.because == because_of_intensity ? ", gave up: " + allowed(by) : ", gave up";
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
