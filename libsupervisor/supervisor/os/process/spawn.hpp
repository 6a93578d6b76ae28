#pragma once

#include "supervisor/expected.hpp"
#include "supervisor/os/environment/account.hpp"
#include "supervisor/os/environment/limits.hpp"
#include "supervisor/os/process/descriptor.hpp"
#include "supervisor/spec/process_spec.hpp"

#include <string>
#include <vector>

#include <sys/types.h>

namespace supervisor {

/// All that the helper needs.
struct launch {
  const process_spec& spec;
  const std::vector<std::string>& environment;
  const account& who;
  const enforced_limits& limits;
  std::string notify_address{}; ///< empty: none
  std::optional<std::uint64_t> soft_files{};
  std::string cgroup_procs{}; ///< empty: none
  bool must_join = false;
};

/// A helper that has its orders, and our ends of what connects us.
struct spawned {
  pid_t pid = 0;
  descriptor handle{}; ///< a pidfd
  descriptor control{};
  descriptor out{};
  descriptor err{};
};

expected<spawned> spawn(const launch&);

} // namespace supervisor
