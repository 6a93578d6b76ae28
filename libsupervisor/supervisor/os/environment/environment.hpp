#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace supervisor {

/// What only we tell a program, beside its own environment.
struct told_by_us {
  std::string marker{};
  std::string notify_address{};         ///< empty: none
  std::chrono::nanoseconds watchdog{0}; ///< 0: none
  std::vector<std::string> of_user{};   ///< "NAME=value"; each unless it has one of that name
};

/// "NAME=value" each. What others told us in variables of these names is left out.
std::vector<std::string> environment_with(std::vector<std::string> own, const told_by_us&);

/// Where a program with this environment is searched for.
std::string search_path(const std::vector<std::string>& environment);

} // namespace supervisor
