#pragma once

#include "supervisor/actors/caf/caf_compat.hpp"

namespace supervisor::detail {

/// Whether a thread of this process waits until all actors of the system have ended, as the destructor
/// of the system does. CAF tells nobody, so this looks where the threads of the process sleep; false if
/// the kernel does not say.
bool is_end_awaited(const caf::actor_system&);

} // namespace supervisor::detail
