#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <sys/types.h>

namespace supervisor {

/// A number of processes, and the names of the first of them.
struct some_processes {
  struct one {
    pid_t pid = 0;
    std::string name{};

    friend bool operator==(const one&, const one&) = default;
  };

  std::size_t count = 0;
  std::vector<one> some{};

  friend bool operator==(const some_processes&, const some_processes&) = default;
};

/// "sleep (pid 12), sh (pid 13) and 4 more"; empty if there is none.
std::string to_string(const some_processes&);

} // namespace supervisor
