#pragma once

#include "supervisor/os/environment/cgroup_leaf.hpp"
#include "supervisor/spec/spec.hpp"

#include <cstdint>
#include <optional>

#include <sys/types.h>

namespace supervisor {

/// Where the limits of a process are enforced: in its cgroup, or by what setrlimit is told.
struct enforced_limits {
  std::optional<std::uint64_t> data{}; ///< bytes
  std::optional<std::uint64_t> files{};
  std::optional<std::uint64_t> core{}; ///< bytes
  std::optional<std::uint64_t> processes{};
  faults missing{}; ///< what is not enforced, and why
};

/// Sets those of the cgroup, which may be none.
enforced_limits enforce(const resource_limits&, const cgroup_leaf*, uid_t program);

} // namespace supervisor
