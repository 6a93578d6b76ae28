#include "supervisor/actors/node/secret_keys.hpp"

namespace supervisor::detail {

void secret_keys::add(const child_spec& child) {
  if (child.more)
    for (const auto& wanted : child.more->secrets) {
      const std::scoped_lock lock{mutex_};
      keys_.insert(wanted.key);
    }
  if (const auto* below = child.start.tree())
    add(*below);
}

void secret_keys::add(const supervisor_spec& spec) {
  for (const auto& child : spec.children)
    add(child);
}

bool secret_keys::has(const std::string& key) const {
  const std::scoped_lock lock{mutex_};
  return keys_.contains(key);
}

} // namespace supervisor::detail
