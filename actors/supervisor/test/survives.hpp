#pragma once

#include "supervisor/search/survival.hpp"
#include "supervisor/supervisor.hpp"

namespace supervisor::test {

/// As many, at most.
struct crashes {
  std::uint32_t most = 12;
};

/// Whether the root outlives that many crashes of its children, whenever they come:
/// CHECK(survives(root(), crashes{12})). If it does not, what is printed says which crashes end it.
/// No actor is started. Throws std::invalid_argument with all faults of a spec that has some.
survival survives(const supervisor_spec&, crashes, std::uint64_t seed = 1);

} // namespace supervisor::test
