#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace soak {

/// What the system says of this process, now.
struct vitals {
  double rss_mb = 0;
  std::size_t fds = 0;
  std::size_t threads = 0;
  std::size_t processes = 0; ///< that descend from it, zombies too
};

vitals vitals_now();

/// Of each process that descends from this one: its number, its state and its command line.
std::vector<std::string> descendants_now();

/// From now on, processes that lost their parent are still among those that descend from this one.
void keep_orphans();

} // namespace soak
