#pragma once

#include "supervisor/actors/caf/caf_compat.hpp"
#include "supervisor/policies/exit.hpp"

#include <string>

namespace supervisor::detail {

/// The class and detail of an end, from the error that an actor ended with.
child_exit exit_of(const caf::error&);

/// What the class and the detail do not say already.
std::string text_of(const caf::error&);

} // namespace supervisor::detail
