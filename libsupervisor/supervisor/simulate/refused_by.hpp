#pragma once

#include "supervisor/core.hpp"

#include <string>

namespace supervisor::simulating {

/// The name of the rule that had the last word in a decision about this child.
std::string refused_by(const plan&, slot, const decision&);

/// What comes of it: what an escalation means is up to the child.
verdict carried_out(const plan&, slot, const decision&);

} // namespace supervisor::simulating
