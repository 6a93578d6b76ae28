#pragma once

#include "supervisor/actors/detail/tree_core.hpp"
#include "supervisor/actors/launcher.hpp"

namespace supervisor::detail {

/// Whether something must hold, or be fetched, before the child can be started.
bool needs_preparation(const child_spec&);

/// Waits until all preconditions of the child hold, fetches its secrets, tells its supervisor of what
/// it got and ends. Ends with failure::start_failed if it cannot.
caf::actor spawn_preparer(caf::local_actor* parent, const uplink& up, const child_spec&,
                          const start_options&, const blocking_calls&);

} // namespace supervisor::detail
