#pragma once

#include "../stand.hpp"

namespace soak {

namespace sup = supervisor;

/// Everything that costs something again and again: children that crash, programs that end, print, beat
/// and leave others behind, a pool, supervisors. `folder`: for what programs have to write.
sup::supervisor_spec house(const std::string& folder);

/// Those of its children that are to be restarted by hand.
const std::vector<std::string>& restarted_by_hand();

/// A tree of two levels; the one of each ten with a program, which is to be stopped in another way each
/// time.
sup::supervisor_spec small(const std::string& folder, std::uint64_t round);

} // namespace soak
