#pragma once

#include "supervisor/report/report.hpp"

#include <optional>
#include <string>

namespace supervisor {

/// Who wants something of a running tree, and why. Both must say something.
struct audit {
  std::string requested_by{};
  std::string reason{};
};

/// Which of the two say nothing.
faults check(const audit&);

// -- what came of a command ------------------------------------------------------------------------

struct control_failure {
  std::string phase{}; ///< "admission": it was refused; "start", "wait_completion"
  std::string reason{};
  bool recoverable = false; ///< the same command may succeed later

  friend bool operator==(const control_failure&, const control_failure&) = default;
};

/// How a restart was let in.
struct fence_outcome {
  fence_decision decision{};
  std::optional<std::uint32_t> old_generation{}, old_attempt{}; ///< of the life that has to end
  std::uint32_t target_generation = 0;
  bool cancel_delivered = false;

  friend bool operator==(const fence_outcome&, const fence_outcome&) = default;
};

/// There is a life already, or a restart on its way: the command got nothing of its own.
struct admission_conflict {
  std::optional<std::uint32_t> active_generation{}, active_attempt{};
  std::string conflicting_request{}; ///< the command's id

  friend bool operator==(const admission_conflict&, const admission_conflict&) = default;
};

/// The record of one command about one child. Generation, attempt and status are those of the life
/// that is active once the command was answered; without one they are missing.
struct control_result {
  std::string command_id{}; ///< path of the supervisor that answered, and its count: "/shop#3"
  supervisor::command command{};
  std::string path{};
  supervisor::audit audit{};
  std::optional<std::uint32_t> generation{}, attempt{};
  std::optional<attempt_status> status{};
  operation operation_before{}, operation_after{};
  bool cancel_delivered = false;
  bool idempotent = false; ///< it was so already, and nothing was done
  supervisor::stop_state stop_state{};
  restart_limit_state restart_limit{};
  child_health health{};
  child_readiness readiness{};
  std::optional<nanoseconds> last_heartbeat{};
  std::optional<control_failure> failure{};
  std::optional<fence_outcome> generation_fence{}; ///< of restart_child
  std::optional<supervisor::admission_conflict> admission_conflict{};
  std::vector<std::string> changed{}; ///< of apply: what was done, a line each

  bool ok() const { return !failure; }

  /// "accepted", "idempotent" or "failed".
  std::string_view result() const;
};

/// What the core says of it, and what is known of the child now.
control_result record_of(const control_outcome&, const child_state& now, std::string child_view);

/// A line, and one more for each thing that went wrong.
std::string to_string(const control_result&);

// -- the life of a tree's control loop --------------------------------------------------------------

enum class control_plane_state : std::uint8_t {
  starting,
  alive,
  shutting_down,
  completed, ///< as told, or by itself and in order
  failed,
};

std::string_view label(control_plane_state) noexcept;

/// How the control loop ended: the same for everybody who asks, for ever.
struct runtime_exit_report {
  control_plane_state state{};
  std::string phase{}; ///< "shutdown", "escalation", "start", "watchdog"
  std::string reason{};
  bool panic = false;       ///< the loop itself broke
  bool recoverable = false; ///< starting it once more may help
  std::chrono::system_clock::time_point completed_at{};
};

struct runtime_health_report {
  bool alive = false;
  control_plane_state state{};
  std::chrono::system_clock::time_point started_at{}, last_observed_at{};
  std::optional<runtime_exit_report> exit_report{};

  bool failed() const { return state == control_plane_state::failed; }
};

} // namespace supervisor
