#pragma once

#include "supervisor/spec/process_spec.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace supervisor::detail {

/// "NAME=value" of all that the program gets: what it inherits, and above that its own. Not inherited are
/// what is said to us alone, such as NOTIFY_SOCKET, secrets, unless it lists them by name, and HOME, USER,
/// LOGNAME and SHELL if it runs as another user.
std::vector<std::string> variables_of(const process_spec&,
                                      const std::function<bool(const std::string&)>& is_secret,
                                      const std::map<std::string, std::string>& own);

} // namespace supervisor::detail
