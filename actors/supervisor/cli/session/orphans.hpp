#pragma once

#include <chrono>
#include <set>

#include <sys/types.h>

namespace supervisor {

/// Whether processes that others started may become children of ours: we are PID 1, or the reaper of
/// those below us.
bool may_inherit_children() noexcept;

/// Children that nobody waits for, and that would stay zombies. Whom the program holds a pidfd of, as
/// it does of all that it runs for a tree, is waited for; so is who is called for soon after its end.
class orphans {
public:
  /// Time for others to call for a child that has ended.
  static constexpr std::chrono::milliseconds patience{100};

  /// Lets go of those that had ended when it was last called and are still there. True: somebody has
  /// ended since, or is still held, so look again after `patience`.
  bool look();

private:
  std::set<pid_t> seen_{};
};

} // namespace supervisor
