#pragma once

#include <cstdint>
#include <string_view>

namespace supervisor {

/// What a person or a program may want of a running tree.
enum class command : std::uint8_t {
  none,
  start_child,      ///< add a child and start it
  remove_child,     ///< stop it and forget it
  restart_child,    ///< stop it if it runs, and start it
  pause_child,      ///< stop it; it stays down until it is resumed
  resume_child,     ///< of a paused one
  quarantine_child, ///< stop it; it stays down until it is released or restarted
  release_child,    ///< of a quarantined one: its failures are forgotten, and it starts
  terminate_child,  ///< stop it; answered when it is down
  delete_child,     ///< forget a child that is down
  apply,            ///< become what another spec says
  shutdown,         ///< of a supervisor, as its child wants it
  signal_child,     ///< of a process
};

/// What an operator, or a policy in his place, wants of a child. Automation never undoes it.
enum class operation : std::uint8_t { active, paused, quarantined, terminated, removed };

/// Why a command was not carried out.
enum class objection : std::uint8_t {
  none,
  unaudited,       ///< it does not say who wants it, or why
  not_found,       ///< the child was here and is forgotten
  shutting_down,   ///< its supervisor is on its way out
  running,         ///< the child is: terminate it first
  restarting,      ///< the child, or a sibling with it, is on its way down or up: try again
  still_running,   ///< abandoned, and did not end so far
  not_paused,      ///< resume: it is held by something else
  not_quarantined, ///< release: it is held by something else
  stopped_forever, ///< it was terminated, and its on_manual_stop says that this is for ever
  needed,          ///< siblings depend on it, or follow it
  not_dynamic,     ///< the supervisor takes no children at run time
  child_limit,     ///< the supervisor has as many children as it may have
  invalid,         ///< its declaration has faults
  not_permitted,   ///< the child that wants it may not
  no_process,      ///< signals are for processes
  not_running,     ///< nobody is there to be signalled
  start_failed,    ///< and the command was undone
  withdrawn,       ///< another command stopped the child meanwhile
};

enum class fence_decision : std::uint8_t {
  started_immediately,
  queued_after_stop,
  already_pending,
  blocked_by_shutdown,
  rejected,
};

enum class fence_phase : std::uint8_t {
  open,
  waiting_for_old_stop,
  aborting_old,
  ready_to_start,
  closed,
};

enum class stop_state : std::uint8_t {
  idle,
  no_active_attempt,
  cancel_delivered,
  completed,
  failed
};

enum class attempt_status : std::uint8_t { starting, running, ready, cancelling, stopped };

enum class child_health : std::uint8_t {
  unknown, ///< nobody asks
  healthy,
  stale, ///< its last beat is too old, or it is stuck in a handler
  unhealthy,
};

std::string_view label(command) noexcept;
std::string_view label(operation) noexcept;
std::string_view label(objection) noexcept;
std::string_view label(fence_decision) noexcept;
std::string_view label(fence_phase) noexcept;
std::string_view label(stop_state) noexcept;
std::string_view label(attempt_status) noexcept;
std::string_view label(child_health) noexcept;

/// A sentence that says what stood against it and what would be right.
std::string_view words(objection) noexcept;

} // namespace supervisor
