#include "processes.hpp"

#include <supervisor/process/process.hpp>

namespace supervisor {

void add_processes(catalog& known) { known.run_processes_with(process); }

} // namespace supervisor
