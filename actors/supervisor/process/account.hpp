#pragma once

#include "supervisor/expected.hpp"
#include "supervisor/process_spec.hpp"

#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace supervisor {

/// Who a program is to be.
struct account {
  std::optional<uid_t> user{};  ///< unset: ours
  std::optional<gid_t> group{}; ///< unset: ours
  std::vector<gid_t> groups{};  ///< the others of the user

  friend bool operator==(const account&, const account&) = default;
};

/// Asks the system's databases, which may take its time. The fault is at /process/user or
/// /process/group.
expected<account> account_of(const process_spec&);

} // namespace supervisor
