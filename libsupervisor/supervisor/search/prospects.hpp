#pragma once

#include "supervisor/search/world.hpp"

namespace supervisor::searching {

/// How many crashes are left, at least, until the root of a tree falls. What its policies and limits
/// may do at all is found out once.
class prospects {
public:
  explicit prospects(const sites&); ///< refers to them

  /// As few as could possibly be left, if no time passed and no window moved on. Never too many.
  std::uint32_t least_crashes_left(const world&) const;

private:
  /// What failures of a child may mean for its supervisor.
  struct child_facts {
    bool counts = false;      ///< it may be restarted, which is a strike against its supervisor
    bool significant = false; ///< the supervisor may end with it, see auto_shutdown
    bool ends_above = false;  ///< a single one may be more than the supervisor bears
    std::uint32_t most = unlimited; ///< restarts that its limit bears before it ends the supervisor
    escalation_policy reach{};      ///< what that end is
  };

  /// What failures of any children may mean for it.
  struct supervisor_facts {
    bool may_end = false;           ///< a single one may be its end
    bool stalls = false;            ///< its start never ends
    bool start_fails = false;       ///< by itself: it times out, or that of a child does
    std::uint32_t most = unlimited; ///< so many within the window of its fuse are its end
  };

  class reckoning;

  static child_facts facts_of(const plan& above, const site& child);
  static supervisor_facts facts_of(const plan&);

  const sites& sites_;
  std::vector<child_facts> children_;         ///< by site
  std::vector<supervisor_facts> supervisors_; ///< by site

  /// By site, of one that has just been started: crashes until it fails, or until somebody in it ends
  /// the whole tree.
  std::vector<std::uint32_t> fresh_, fresh_tree_;
};

} // namespace supervisor::searching
