#pragma once

#include "promises.hpp"
#include "trees.hpp"

#include <optional>
#include <string>
#include <vector>

namespace supervisor::searching {

/// What a search has seen.
struct findings {
  std::uint64_t states = 0;
  std::uint64_t transitions = 0;
  std::string broken{};             ///< the first promise that was, or ""
  std::vector<std::string> trace{}; ///< the fewest acts that lead there
};

/// Tries everything that can happen, in every order, with no more misfortunes than the trial has.
findings explore(const trial&);

/// The same, with as few misfortunes as it takes to break a promise: for when one is broken.
findings shortest_way_to_break(const trial&);

} // namespace supervisor::searching
