#pragma once

#include <supervisor/cli/catalog.hpp>

namespace supervisor {

/// Lets a file declare processes, if this program was built with them.
void add_processes(catalog&);

} // namespace supervisor
