#pragma once

#include "supervisor/os/process/wire.hpp"

namespace supervisor::helper {

/// Makes the program of the calling process, a child of `parent`. Comes back with what went wrong;
/// what one can do without is written to `mishaps`.
wire::mishap become(const wire::settings&, const gid_t* groups, char** argv, pid_t parent,
                    int mishaps);

} // namespace supervisor::helper
