#include "supervisor/cli/output/event_line.hpp"

#include "supervisor/report/report.hpp"
#include "supervisor/text/printable.hpp"

namespace supervisor {

namespace {

std::string path_of(const tree_event& x) {
  return std::string{x.supervisor} + "/" + std::string{x.child};
}

std::string said(const tree_event& x) {
  switch (x.what.what) {
    case event_type::child_stopped:
      return x.what.decided ? path_of(x) + " " + words(x.what.exit, x.text) + ", left down" : "";
    case event_type::child_restarted:
      return path_of(x) + " restarted, attempt " + std::to_string(x.what.who.number);
    case event_type::child_ignored:
      return path_of(x) + " has nothing to run, left down";
    case event_type::child_abandoned:
      return path_of(x) + " abandoned: it did not react to its kill and may still run"
             + (x.text.empty() ? "" : ": " + std::string{x.text});
    case event_type::child_shutdown_late_report:
      return path_of(x) + " ended after all";
    case event_type::shutdown_phase_changed:
      return x.supervisor.empty() ? "shutdown: " + std::string{label(x.what.to)} : "";
    default: // of the many others nobody wants a line
      return "";
  }
}

} // namespace

std::string line_of(const tree_event& x) {
  if (auto line = crash_line(x); !line.empty())
    return line;
  const auto line = said(x);
  return line.empty() ? "" : showing::printable("[supervisor] " + line, showing::longest_line);
}

} // namespace supervisor
