#pragma once

namespace supervisor::helper {

/// Sends SIGKILL to all that descends from the calling process, and says how many are alive. Those
/// that are born meanwhile want another call.
int kill_descendants();

} // namespace supervisor::helper
