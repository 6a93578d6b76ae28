#pragma once

#include <map>
#include <string>
#include <vector>

namespace chaos {

/// What the command line asks for.
struct wishes {
  std::vector<std::string> ids{};
  double seconds = 5;
  double patience = 1;                    ///< so many times slower may all be
  std::map<std::string, double> limits{}; ///< instead of those of the scenarios
  bool list = false;
  bool here = false;   ///< in this process
  std::string wrong{}; ///< with the words
};

wishes read_wishes(const std::vector<std::string>& words);

} // namespace chaos
