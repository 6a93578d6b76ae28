#pragma once

#include "supervisor/simulate/simulate.hpp"

#include <string>

namespace supervisor::simulating {

/// "1:02:03.450"
std::string clock(nanoseconds);

/// What happened, without the time.
std::string line_of(const simulation&, const moment&);
std::string line_of(const simulation&, const refusal&);
std::string line_of(const simulation&, const give_up&);

/// How the whole came out.
std::string line_of(const simulation&);

} // namespace supervisor::simulating
