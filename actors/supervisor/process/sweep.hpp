#pragma once

#include <cstddef>
#include <string>

#include <sys/types.h>

namespace supervisor {

/// A variable of every program, with a value of its own.
inline constexpr const char* marker_variable = "SUPERVISOR_PROCESS";

/// Sends SIGKILL to all processes of the session, and to all that have the marker in their
/// environment; says how many were alive. For when the helper is gone, who knew its descendants:
/// one that has left the session and its environment is not found.
std::size_t kill_marked(pid_t session, const std::string& marker);

} // namespace supervisor
