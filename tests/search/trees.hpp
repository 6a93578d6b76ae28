#pragma once

#include <supervisor/search/world.hpp>

#include <string>
#include <vector>

namespace supervisor::searching {

/// What is searched: a small tree, and what may befall it.
struct trial {
  std::string name{};
  declared_spec tree{};
  std::uint32_t events = 3; ///< crashes and other misfortunes, at most
  std::vector<command> commands{};
  std::string added{};   ///< path of a child that a command adds: the last one of its supervisor
  bool pauses = false;   ///< supervisors may be paused
  bool programs = false; ///< children may be more than one process
};

/// Up to four children, all strategies, at most one supervisor in another.
std::vector<trial> all_trials();

} // namespace supervisor::searching
