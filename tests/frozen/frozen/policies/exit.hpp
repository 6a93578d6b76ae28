#pragma once

#include <compare>
#include <cstdint>
#include <string_view>

namespace frozen {
inline namespace policies {

/// How a child ended, in the six words that policies look at.
enum class exit_class : std::uint8_t {
  success,         ///< returned normally, or with an exit code from the success list
  manual_stop,     ///< stopped because its supervisor or an operator asked for it
  external_cancel, ///< shut down by a stranger, or by itself, without being asked
  nonzero_exit,    ///< an error, a code, a signal, a foreign kill; see exit_detail
  panic,           ///< an exception left the child
  timeout,         ///< start, run or readiness took longer than allowed
};

/// What stands behind a nonzero_exit.
enum class exit_detail : std::uint8_t {
  none,
  code,          ///< child_exit::code is the exit status or error code
  signal,        ///< child_exit::code is the signal
  killed,        ///< a kill that its supervisor did not send
  lost,          ///< the connection to its node broke: it may still be alive there
  escalated,     ///< a supervisor that gave up
  shutdown_tree, ///< a supervisor that passes the end of the whole tree upwards
  start_failed,  ///< it never got as far as running
  core_dump,     ///< as `signal`, and it left a core
  out_of_memory, ///< it was killed because it had used up its memory limit
  still_running, ///< of one that was abandoned: it has not ended so far
  never_started, ///< nothing of it has run that could have ended
};

/// What a child says it died of. A policy never infers this from a message text.
enum class failure_kind : std::uint8_t {
  none,
  recoverable,
  fatal_config, ///< no restart can help anybody: shut the tree down
  fatal_bug,    ///< no restart can help this child: escalate
  external_dependency,
  timeout,
  panic,
  cancelled,
  unhealthy,
};

/// The end of one life of a child. Its text, if any, travels beside it.
struct child_exit {
  exit_class what = exit_class::success;
  exit_detail detail = exit_detail::none;
  failure_kind cause = failure_kind::none;
  std::int32_t code = 0;

  friend bool operator==(const child_exit&, const child_exit&) = default;
};

/// In the place of an end, of a child that was abandoned.
inline constexpr child_exit no_end_so_far{exit_class::timeout, exit_detail::still_running,
                                          failure_kind::timeout, 0};

/// In the place of an end, of a child that was not wanted any more before it was started.
inline constexpr child_exit no_life_at_all{exit_class::manual_stop, exit_detail::never_started,
                                           failure_kind::cancelled, 0};

/// Only failures make a transient child worth restarting.
constexpr bool is_failure(exit_class why) noexcept { return why > exit_class::external_cancel; }

constexpr std::string_view label(exit_class x) noexcept {
  constexpr std::string_view words[]
    = {"success", "manual_stop", "external_cancel", "nonzero_exit", "panic", "timeout"};
  return words[static_cast<int>(x)];
}

constexpr std::string_view label(exit_detail x) noexcept {
  constexpr std::string_view words[]
    = {"none",      "code",          "signal",        "killed",
       "lost",      "escalated",     "shutdown_tree", "start_failed",
       "core_dump", "out_of_memory", "still_running", "never_started"};
  return words[static_cast<int>(x)];
}

constexpr std::string_view label(failure_kind x) noexcept {
  constexpr std::string_view words[]
    = {"none",    "recoverable", "fatal_config", "fatal_bug", "external_dependency",
       "timeout", "panic",       "cancelled",    "unhealthy"};
  return words[static_cast<int>(x)];
}

} // namespace policies
} // namespace frozen
