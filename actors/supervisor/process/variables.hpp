#pragma once

#include "supervisor/process_spec.hpp"

#include <map>
#include <string>
#include <vector>

namespace supervisor::detail {

/// "NAME=value" of all that the program gets: what it inherits, and above that its own.
std::vector<std::string> variables_of(const process_spec&,
                                      const std::map<std::string, std::string>& own);

} // namespace supervisor::detail
