#pragma once

#include "verdict.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace chaos {

/// The exit code of a run in which the scenario was skipped.
inline constexpr int exit_skipped = 77;

/// How a run of this program by itself came out.
struct isolated_run {
  std::string output{};
  std::string broke{}; ///< why it did not come to a verdict
  outcome came = outcome::failed;
};

/// Runs this program with these arguments, in a process of its own, and kills it when it takes
/// longer.
isolated_run run_isolated(std::vector<std::string> args, std::chrono::nanoseconds within);

} // namespace chaos
