#pragma once

#include "supervisor/os/process/some_processes.hpp"

#include <string>

#include <sys/types.h>

namespace supervisor {

/// A variable of every program, with a value of its own.
inline constexpr const char* marker_variable = "SUPERVISOR_PROCESS";

/// Stops all processes of the session, and all that have the marker in their environment, then sends
/// SIGKILL to them; says who were alive. For when the helper is gone, who knew its descendants: one that
/// has left the session and its environment is not found.
some_processes kill_marked(pid_t session, const std::string& marker);

/// Whether somebody has stopped it, by a signal or as its debugger.
bool is_held(pid_t);

} // namespace supervisor
