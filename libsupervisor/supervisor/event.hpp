#pragma once

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

/// The four stages of a shutdown, between not asked and done.
enum class shutdown_phase : std::uint8_t {
  idle,
  request_stop,
  graceful_drain,
  abort_stragglers,
  reconcile,
  completed,
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
  child_blocked, ///< its restart waits for a dependency that is down for good
  child_quarantined,
  child_abandoned,
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
  nanoseconds wait{0};         ///< backoff_scheduled
  bool decided = false;        ///< the policy was asked: `given` is the question, `then` the answer
  situation given{};
  decision then{};
};

static_assert(std::is_trivially_copyable_v<event>);

std::string_view label(event_type) noexcept;
std::string_view label(shutdown_phase) noexcept;

} // namespace supervisor
