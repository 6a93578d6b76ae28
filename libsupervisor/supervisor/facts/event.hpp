#pragma once

#include "supervisor/facts/command.hpp"
#include "supervisor/policies.hpp"

#include <cstdint>
#include <string_view>
#include <type_traits>

namespace supervisor {

/// A child's seat in one supervisor: its place in the declaration, run-time children last.
using slot = std::uint32_t;
inline constexpr slot nobody = ~slot{0};

/// One start of one child, and the only fence there is: news of another life is stale.
struct life {
  slot who = nobody;
  std::uint32_t number = 0; ///< starts so far, failed ones included: the attempt

  friend bool operator==(life, life) = default;
};

/// What happens when everybody is down of those who go down together.
enum class aim : std::uint8_t {
  begin,         ///< start for the first time
  restart,       ///< start again
  roll_back,     ///< finish: the supervisor could not start
  give_up,       ///< finish: it escalates
  end_tree,      ///< finish: it escalates the end of the whole tree
  stop,          ///< finish: it was asked to
  auto_shutdown, ///< finish: significant children have ended, not all of them well
  completed,     ///< finish: significant children have ended, well
};

constexpr bool finishes(aim x) noexcept { return x > aim::restart; }
constexpr bool is_in_order(aim x) noexcept { return x >= aim::stop; }

/// The four stages of a shutdown, between not asked and done.
enum class shutdown_phase : std::uint8_t {
  idle,
  request_stop,
  graceful_drain,
  abort_stragglers,
  reconcile,
  completed,
};

/// How a child left during a shutdown.
enum class shutdown_status : std::uint8_t {
  already_exited,
  graceful,
  aborted,
  abort_failed,  ///< abandoned: it may still run
  late_report,   ///< abandoned, and ended after all
  never_started, ///< there was no life of it that could have ended
};

enum class event_type : std::uint8_t {
  runtime_control_loop_started,
  runtime_control_loop_completed,
  runtime_control_loop_failed,
  child_starting,
  child_running,
  child_ready,
  child_start_failed,
  child_ignored, ///< its start said that there is nothing to run
  child_failed,
  child_panicked,
  child_stopped,
  child_waiting, ///< its start waits since `wait`: for `whom`, or for what has to hold before it
  child_blocked, ///< its start waits for `whom`, a dependency that is down for good
  child_quarantined,
  child_abandoned,
  restart_throttled,     ///< due, but too many are starting: it waits for its turn
  budget_exhausted,      ///< a limit postpones the restart by `wait`
  budget_denied,         ///< a limit refuses the restart
  group_fuse_triggered,  ///< `group` is paused for `wait`; by its own fuse, or by `from_group`'s
  group_fuse_notified,   ///< `group` is told that the fuse of `from_group` tripped
  escalation_bifurcated, ///< a critical or an optional child was refused its restart
  paused,                ///< its restart waits for the end of its group's pause
  resumed,               ///< the pause is over: it was decided anew, or it is restarted
  quarantined,           ///< all whom the restart would have touched go down and stay there
  policy_asked,          ///< its policy lives outside
  policy_timed_out,      ///< and did not answer in time: its stand-in did
  backoff_scheduled,
  child_restarting,
  child_restarted,
  meltdown,
  shutdown_requested,
  shutdown_phase_changed,
  shutdown_completed,
  child_control_cancel_delivered,
  child_shutdown_cancel_delivered,
  child_shutdown_graceful,
  child_shutdown_aborted,
  child_shutdown_late_report,
  child_attempt_stale_report,
  command_accepted,                ///< `order` number `key`
  child_control_command_completed, ///< answered; `no` says what stood against it
  child_control_operation_changed, ///< `was`, `is`
  child_control_stop_completed,
  child_control_stop_failed,   ///< it did not stop within its graceful budget, and is killed
  child_restart_fence_entered, ///< a restart waits for the end of this life, no longer than `wait`
  child_restart_fence_abort_requested,
  child_restart_fence_pending_drained,
  child_restart_fence_released,
  child_restart_conflict, ///< merged with a restart that is pending, or refused
  child_runtime_state_removed,
  child_declaration_accepted, ///< added, and up
  child_declaration_rejected, ///< not added; what was done for it was undone
  revised,                    ///< the supervisor follows another spec now
  child_heartbeat_stale,      ///< its last beat was `wait` ago
  child_stalled,              ///< in one handler for `wait`
  child_unhealthy,
  health_check_passed,
  health_check_failed, ///< `count` in a row
  child_recycling,     ///< it is well, and old enough to be replaced
  child_swapped,       ///< this life stands in the place of life number `count` now
  child_swap_failed,   ///< this life was to do so, and did not become ready: the one before goes on
};

/// Which of two equal claims counted.
enum class tie_break : std::uint8_t {
  none,
  higher_severity,        ///< of children that ended together, the more severe one came first
  explicit_child_setting, ///< the child's own limit before its group's or supervisor's
  fused_group,            ///< a fuse before a budget
  smaller_scope,          ///< the group's budget before the supervisor's
};

/// One decided fact. Which members say something depends on `what`; the others are at their
/// defaults.
struct event {
  std::uint64_t seq = 0; ///< from 1, without gaps, per supervisor
  time_point at{};
  life who{};                   ///< nobody: the supervisor itself
  std::uint32_t generation = 0; ///< restarts decided for the child so far
  event_type what{};
  shutdown_phase from{}, to{}; ///< shutdown_phase_changed
  child_exit exit{};           ///< of every event that tells of an end
  nanoseconds wait{0};         ///< backoff_scheduled, and what postpones a restart
  slot whom = nobody; ///< who is waited for; of runtime_control_loop_failed: who needed the child
  aim why{};          ///< of runtime_control_loop_completed and _failed
  std::uint32_t group = nobody, from_group = nobody; ///< by their numbers in the plan
  severity_class severity{};                         ///< of the child
  tie_break tie{};
  command order{}; ///< of what was commanded
  operation was{}, is{};
  objection no{};
  std::uint32_t key = 0; ///< of the command, by its supervisor's count; 0: none
  std::uint32_t count = 0;
  bool decided = false; ///< the policy was asked: `given` is the question, `then` the answer
  std::uint32_t question = nobody; ///< decided: which of effects::questions has it all
  situation given{};
  decision then{};
};

static_assert(std::is_trivially_copyable_v<event>);

std::string_view label(event_type) noexcept;
std::string_view label(shutdown_phase) noexcept;
std::string_view label(shutdown_status) noexcept;
std::string_view label(tie_break) noexcept;

} // namespace supervisor
