#pragma once

#include "supervisor/search/mover.hpp"

namespace supervisor::searching {

/// A world in which nothing happens without a crash or time, and those crashes before it that a limit
/// may still count.
struct scene {
  world now;
  std::vector<time_point> crashes{};
};

/// About as many as the allocator takes for it.
std::uint64_t bytes_of(const scene&);

/// Moves from scene to scene: a child crashes, or nobody does and time passes.
class walker {
public:
  /// `longest_window`: how long any limit remembers a crash. Refers to the sites.
  walker(const sites& all, nanoseconds longest_window)
    : sites_(&all), longest_window_(longest_window) {}

  scene begin();

  /// Now, if it is up.
  void strike(scene&, std::uint32_t who);

  /// Until something changes by itself; whether it ever does.
  bool wait(scene&);

  /// One of both; nobody: wait.
  void go(scene&, std::uint32_t who);

  mover by{};

private:
  const sites* sites_;
  nanoseconds longest_window_;
};

} // namespace supervisor::searching
