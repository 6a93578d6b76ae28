#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace soak {

/// What the command line asks for.
struct options {
  double minutes = 10;
  double pause_every = 30; ///< seconds; 0: never
  double leak_kb_per_second = 0;
  std::filesystem::path out = "build/soak";
  std::string commit{};
  std::string wrong{}; ///< with the words
};

options read_options(const std::vector<std::string>& words);

} // namespace soak
