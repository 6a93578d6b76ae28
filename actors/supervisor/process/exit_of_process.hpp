#pragma once

#include "supervisor/policies/exit.hpp"
#include "supervisor/process/os_process.hpp"

#include <string>

namespace supervisor::detail {

/// What we did to a program before it ended.
struct done_to_process {
  int told = 0;           ///< the signal that asks it to stop, if it was sent
  bool killed = false;    ///< because it did not heed that
  bool unhealthy = false; ///< killed because it said so itself
};

/// Its end in the words of policies. Which codes are a success is for its supervisor to say.
child_exit exit_of(const process_end&, const done_to_process&);

/// For people, "signal SIGSEGV, core dumped; 2 processes could not be killed".
std::string words(const process_end&);

} // namespace supervisor::detail
