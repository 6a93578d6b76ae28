#include "supervisor/facts/event.hpp"

namespace supervisor {

std::string_view label(event_type x) noexcept {
  constexpr std::string_view words[] = {
    "runtime_control_loop_started",
    "runtime_control_loop_completed",
    "runtime_control_loop_failed",
    "child_starting",
    "child_running",
    "child_ready",
    "child_start_failed",
    "child_ignored",
    "child_failed",
    "child_panicked",
    "child_stopped",
    "child_waiting",
    "child_blocked",
    "child_quarantined",
    "child_abandoned",
    "restart_throttled",
    "budget_exhausted",
    "budget_denied",
    "group_fuse_triggered",
    "group_fuse_notified",
    "escalation_bifurcated",
    "paused",
    "resumed",
    "quarantined",
    "policy_asked",
    "policy_timed_out",
    "backoff_scheduled",
    "child_restarting",
    "child_restarted",
    "meltdown",
    "shutdown_requested",
    "shutdown_phase_changed",
    "shutdown_completed",
    "child_control_cancel_delivered",
    "child_shutdown_cancel_delivered",
    "child_shutdown_graceful",
    "child_shutdown_aborted",
    "child_shutdown_late_report",
    "child_attempt_stale_report",
    "command_accepted",
    "child_control_command_completed",
    "child_control_operation_changed",
    "child_control_stop_completed",
    "child_control_stop_failed",
    "child_restart_fence_entered",
    "child_restart_fence_abort_requested",
    "child_restart_fence_pending_drained",
    "child_restart_fence_released",
    "child_restart_conflict",
    "child_runtime_state_removed",
    "child_declaration_accepted",
    "child_declaration_rejected",
    "revised",
    "child_heartbeat_stale",
    "child_stalled",
    "child_unhealthy",
    "health_check_passed",
    "health_check_failed",
    "child_recycling",
    "child_swapped",
    "child_swap_failed",
  };
  return words[static_cast<int>(x)];
}

std::string_view label(tie_break x) noexcept {
  constexpr std::string_view words[]
    = {"none", "higher_severity", "explicit_child_setting", "fused_group", "smaller_scope"};
  return words[static_cast<int>(x)];
}

std::string_view label(shutdown_phase x) noexcept {
  constexpr std::string_view words[]
    = {"idle", "request_stop", "graceful_drain", "abort_stragglers", "reconcile", "completed"};
  return words[static_cast<int>(x)];
}

std::string_view label(shutdown_status x) noexcept {
  constexpr std::string_view words[]
    = {"already_exited", "graceful", "aborted", "abort_failed", "late_report", "never_started"};
  return words[static_cast<int>(x)];
}

} // namespace supervisor
