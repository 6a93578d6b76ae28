#pragma once

#include "supervisor/expected.hpp"
#include "supervisor/os/process/descriptor.hpp"

namespace supervisor {

/// The helper as an open file that can be executed. It lies in memory, so that no path to it can be
/// wrong.
expected<descriptor> open_helper();

} // namespace supervisor
