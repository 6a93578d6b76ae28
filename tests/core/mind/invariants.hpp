#pragma once

#include <supervisor/mind/core.hpp>

#include <string>

namespace supervisor {

/// What must be true of every state, whatever happened: the first thing that is not, or "".
/// `owed`: commands that were given and not answered so far.
std::string broken_invariant(const state& s, const plan& p, std::size_t owed);

} // namespace supervisor
