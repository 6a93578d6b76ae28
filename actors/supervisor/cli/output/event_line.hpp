#pragma once

#include "supervisor/actors/observer.hpp"

#include <string>

namespace supervisor {

/// What somebody who watches a tree wants to read of an event; empty for most.
std::string line_of(const tree_event&);

} // namespace supervisor
