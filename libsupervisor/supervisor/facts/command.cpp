#include "supervisor/facts/command.hpp"

namespace supervisor {

std::string_view label(command x) noexcept {
  constexpr std::string_view words[]
    = {"none",         "start_child",      "remove_child",  "restart_child",   "pause_child",
       "resume_child", "quarantine_child", "release_child", "terminate_child", "delete_child",
       "apply",        "shutdown",         "signal_child"};
  return words[static_cast<int>(x)];
}

std::string_view label(operation x) noexcept {
  constexpr std::string_view words[] = {"active", "paused", "quarantined", "terminated", "removed"};
  return words[static_cast<int>(x)];
}

std::string_view label(objection x) noexcept {
  constexpr std::string_view words[] = {"none",
                                        "unaudited",
                                        "not_found",
                                        "supervisor_shutting_down",
                                        "running",
                                        "restarting",
                                        "still_running",
                                        "not_paused",
                                        "not_quarantined",
                                        "stopped_forever",
                                        "needed",
                                        "not_dynamic",
                                        "child_limit_exceeded",
                                        "invalid",
                                        "not_permitted",
                                        "no_process",
                                        "not_running",
                                        "start_failed",
                                        "withdrawn"};
  return words[static_cast<int>(x)];
}

std::string_view label(fence_decision x) noexcept {
  constexpr std::string_view words[] = {"started_immediately", "queued_after_stop",
                                        "already_pending", "blocked_by_shutdown", "rejected"};
  return words[static_cast<int>(x)];
}

std::string_view label(fence_phase x) noexcept {
  constexpr std::string_view words[]
    = {"open", "waiting_for_old_stop", "aborting_old", "ready_to_start", "closed"};
  return words[static_cast<int>(x)];
}

std::string_view label(stop_state x) noexcept {
  constexpr std::string_view words[]
    = {"idle", "no_active_attempt", "cancel_delivered", "completed", "failed"};
  return words[static_cast<int>(x)];
}

std::string_view label(attempt_status x) noexcept {
  constexpr std::string_view words[] = {"starting", "running", "ready", "cancelling", "stopped"};
  return words[static_cast<int>(x)];
}

std::string_view label(child_health x) noexcept {
  constexpr std::string_view words[] = {"unknown", "healthy", "stale", "unhealthy"};
  return words[static_cast<int>(x)];
}

std::string_view words(objection x) noexcept {
  switch (x) {
    case objection::none:
      return "nothing stands against it";
    case objection::unaudited:
      return "a command must say who wants it, and why";
    case objection::not_found:
      return "no child of this tree has that path any more";
    case objection::shutting_down:
      return "its supervisor is shutting down";
    case objection::running:
      return "the child runs: terminate it first";
    case objection::restarting:
      return "restarts are under way: try again when they are over";
    case objection::still_running:
      return "the child was abandoned and did not end so far: its place is taken until it does";
    case objection::not_paused:
      return "the child is not paused: release it if it is quarantined, restart it if it was "
             "terminated";
    case objection::not_quarantined:
      return "the child is not quarantined: resume it if it is paused, restart it if it was "
             "terminated";
    case objection::stopped_forever:
      return "the child was terminated, and on_manual_stop says stop_forever: delete it and start "
             "it anew";
    case objection::needed:
      return "siblings depend on the child or follow it: remove those first";
    case objection::not_dynamic:
      return "its dynamic_supervisor_policy takes no children at run time";
    case objection::child_limit:
      return "the supervisor has as many children as its child_limit allows";
    case objection::invalid:
      return "the declaration has faults";
    case objection::not_permitted:
      return "the child that wants it has no command_permissions for that";
    case objection::no_process:
      return "only processes can be signalled";
    case objection::not_running:
      return "the process does not run";
    case objection::start_failed:
      return "a child could not start, so all was undone";
    case objection::withdrawn:
      return "the child was stopped before it was up";
  }
  return "";
}

} // namespace supervisor
