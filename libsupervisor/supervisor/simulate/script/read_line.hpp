#pragma once

#include "supervisor/simulate/script/script.hpp"

#include <string>
#include <string_view>

namespace supervisor::simulating {

/// Reads one line of a script, without its comment; what is wrong with its form, or nothing. Its
/// child is read even where the rest cannot be.
std::string read_line(std::string_view line, cue& to);

/// "crash", "start", ...: what a line about it begins with.
std::string_view verb(act);

} // namespace supervisor::simulating
