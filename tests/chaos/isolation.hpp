#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace chaos {

/// How a run of this program by itself came out.
struct isolated_run {
  std::string output{};
  std::string broke{}; ///< why it did not end by itself with code 0 or 1
  bool passed = false;
};

/// Runs this program with these arguments, in a process of its own, and kills it when it takes
/// longer.
isolated_run run_isolated(const std::vector<std::string>& args, std::chrono::nanoseconds within);

} // namespace chaos
