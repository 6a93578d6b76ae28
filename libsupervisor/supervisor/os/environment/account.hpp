#pragma once

#include "supervisor/expected.hpp"
#include "supervisor/spec/process_spec.hpp"

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
  std::string name{}; ///< of the user, if the spec names one; its number if it has no entry
  std::string home{};
  std::string shell{};

  friend bool operator==(const account&, const account&) = default;
};

/// HOME, USER, LOGNAME and SHELL of the user that the spec names, "NAME=value" each; none if it names
/// none.
std::vector<std::string> variables_of_user(const account&);

/// Asks the system's databases, which may take its time. The fault is at /process/user or
/// /process/group.
expected<account> account_of(const process_spec&);

} // namespace supervisor
