#pragma once

#include "supervisor/actors/launcher.hpp"

#include <mutex>
#include <set>
#include <string>

namespace supervisor::detail {

/// The keys of all secrets that children of a tree name. A variable of such a name is inherited by nobody:
/// whoever names the secret is given it. Threads share it.
class secret_keys {
public:
  /// Of the child, and of those below it. What was a secret once stays one.
  void add(const child_spec&);
  void add(const supervisor_spec&);

  bool has(const std::string& key) const;

private:
  mutable std::mutex mutex_;
  std::set<std::string> keys_;
};

} // namespace supervisor::detail
