#pragma once

#include "supervisor/os/process/os_process.hpp"
#include "supervisor/policies/exit.hpp"

#include <string>

namespace supervisor::detail {

/// What we did to a program before it ended.
struct done_to_process {
  int told = 0;           ///< the signal that asks it to stop, if it was sent
  bool killed = false;    ///< because it did not heed that
  bool unhealthy = false; ///< killed because it said so itself
};

/// Its end in the words of policies. Which codes are a success is for its supervisor to say.
/// `all_of_it`: what was swept was to be killed, and does not count as such.
child_exit exit_of(const process_end&, const done_to_process&, bool all_of_it);

/// What is to be said of it beside that, "killed what was left of it: sleep (pid 12)"; or "". `all_of_it`:
/// whatever descended from its main process was to be killed.
std::string text_of(const process_end&, bool all_of_it);

} // namespace supervisor::detail
