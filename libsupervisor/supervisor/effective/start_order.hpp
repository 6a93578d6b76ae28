#pragma once

// Who starts after whom, as templates: internal to the library.

#include "supervisor/effective/make_effective.hpp"

#include <cstdint>
#include <numeric>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace supervisor::detail {

using ids = std::unordered_map<std::string_view, std::size_t>;

/// The sibling with which it starts and ends, if it is linked to one.
template <class Start>
const std::string* linked_primary(const basic_child_spec<Start>& child) {
  const auto& sidecar = said_in(child.more).sidecar_config;
  return sidecar && sidecar->linked_lifecycle ? &sidecar->primary_child_id : nullptr;
}

/// Calls visit(id) for every sibling that must have started before.
template <class Start>
void each_need(const basic_child_spec<Start>& child, const auto& visit) {
  for (const auto& need : child.dependencies)
    visit(need);
  if (const auto* primary = linked_primary(child))
    visit(*primary);
}

/// For each child the places of those that need it. Unknown ids, and one's own, are skipped.
template <class Start>
std::vector<std::vector<std::uint32_t>>
needed_by(const std::vector<basic_child_spec<Start>>& children) {
  ids known;
  for (std::size_t i = 0; i < children.size(); ++i)
    known.emplace(children[i].id, i);
  std::vector<std::vector<std::uint32_t>> dependents(children.size());
  for (std::uint32_t i = 0; i < children.size(); ++i)
    each_need(children[i], [&](std::string_view need) {
      if (const auto at = known.find(need); at != known.end() && at->second != i)
        dependents[at->second].push_back(i);
    });
  return dependents;
}

/// Those before whom nobody is left, the first declared first. Shorter than the children when they
/// form a cycle: those missing are on it or behind it.
std::vector<std::uint32_t> sorted(const std::vector<std::vector<std::uint32_t>>& dependents);

/// The order of starting: needs first, ties by declaration.
template <class Start>
std::vector<std::uint32_t> start_order(const std::vector<basic_child_spec<Start>>& children) {
  bool none = true;
  for (const auto& child : children)
    none = none && child.dependencies.empty() && !linked_primary(child);
  if (!none)
    return sorted(needed_by(children));
  std::vector<std::uint32_t> as_declared(children.size());
  std::iota(as_declared.begin(), as_declared.end(), 0u);
  return as_declared;
}

} // namespace supervisor::detail
