#pragma once

// The rules of a spec, as templates: included by the one source file of each layer that
// instantiates them, and by nobody else.

#include "supervisor/spec.hpp"

#include <cmath>
#include <queue>
#include <string>
#include <unordered_map>

namespace supervisor::detail {

using ids = std::unordered_map<std::string_view, std::size_t>;

void check_id(std::string_view id, const std::string& where, faults& found);
void check_backoff(const backoff&, const std::string& where, faults& found);
void check_shutdown(const stop_budget&, const std::string& where, faults& found);
void check_details(const child_details&, const std::string& where, faults& found);
void check_details(const supervisor_details&, const std::string& where, faults& found);
void check_intensity(const intensity&, const std::string& where, faults& found);
void check_defaults(const child_defaults&, const std::string& where, faults& found);

/// The order of starting: dependencies first, ties by declaration. Shorter than the children when
/// dependencies form a cycle: those missing are on it or behind it. Unknown ids, and one's own, are skipped.
template <class Start>
std::vector<std::uint32_t> start_order(const std::vector<basic_child_spec<Start>>& children) {
  std::vector<std::uint32_t> order, waits_for(children.size());
  order.reserve(children.size());
  bool none = true;
  for (std::uint32_t i = 0; i < children.size(); ++i) {
    order.push_back(i);
    none = none && children[i].dependencies.empty();
  }
  if (none)
    return order;
  order.clear();
  ids known;
  for (std::size_t i = 0; i < children.size(); ++i)
    known.emplace(children[i].id, i);
  std::vector<std::vector<std::uint32_t>> needed_by(children.size());
  for (std::uint32_t i = 0; i < children.size(); ++i)
    for (const auto& need : children[i].dependencies)
      if (const auto at = known.find(need); at != known.end() && at->second != i) {
        needed_by[at->second].push_back(i);
        ++waits_for[i];
      }
  std::priority_queue<std::uint32_t, std::vector<std::uint32_t>, std::greater<>> free;
  for (std::uint32_t i = 0; i < children.size(); ++i)
    if (waits_for[i] == 0)
      free.push(i);
  while (!free.empty()) {
    const auto next = free.top();
    free.pop();
    order.push_back(next);
    for (const auto dependent : needed_by[next])
      if (--waits_for[dependent] == 0)
        free.push(dependent);
  }
  return order;
}

template <class Start>
void check_dependencies(const std::vector<basic_child_spec<Start>>& children, const ids& known,
                        const std::string& where, faults& found) {
  std::vector<std::string_view> names;
  for (const auto& c : children)
    names.push_back(c.id);
  int hints = 20; // each costs a look at every name
  for (std::size_t i = 0; i < children.size(); ++i)
    for (std::size_t d = 0; d < children[i].dependencies.size(); ++d) {
      const auto& need = children[i].dependencies[d];
      const auto at
        = where + "/children/" + std::to_string(i) + "/dependencies/" + std::to_string(d);
      if (need == children[i].id) {
        found.push_back({at, "\"" + need + "\" depends on itself"});
      } else if (!known.contains(need)) {
        found.push_back({at, "no sibling is called \"" + need + "\""
                               + (hints-- > 0 ? did_you_mean(need, names) : "")});
      }
    }
  const auto order = start_order(children);
  if (order.size() == children.size())
    return;
  std::vector<bool> ordered(children.size());
  for (const auto i : order)
    ordered[i] = true;
  std::string members;
  std::size_t first = children.size();
  for (std::size_t i = children.size(); i-- > 0;)
    if (!ordered[i]) {
      members = children[i].id + (members.empty() ? "" : ", ") + members;
      first = i;
    }
  found.push_back({where + "/children/" + std::to_string(first) + "/dependencies",
                   "dependencies form a cycle, so none of these can start first: " + members});
}

template <class Start>
void check_tree(const basic_supervisor_spec<Start>&, const std::string& where, faults& found);

template <class Start>
void check_child(const basic_child_spec<Start>& child, const std::string& where, faults& found) {
  check_id(child.id, where + "/id", found);
  if (child.start.empty())
    found.push_back({where + "/start", "a child needs something to start"});
  check_backoff(child.backoff, where + "/backoff", found);
  if (child.policy && (child.restart || child.backoff != inherited_backoff))
    found.push_back(
      {where + "/policy", "a policy stands instead of restart and backoff: drop one"});
  if (child.shutdown)
    check_shutdown(*child.shutdown, where + "/shutdown", found);
  if (child.start_timeout && *child.start_timeout <= nanoseconds::zero())
    found.push_back({where + "/start_timeout", "must be longer than zero"});
  if (child.more)
    check_details(*child.more, where, found);
  if (const auto* nested = child.start.tree())
    check_tree(*nested, where + "/supervisor", found);
}

template <class Start>
void check_tree(const basic_supervisor_spec<Start>& spec, const std::string& where, faults& found) {
  if (!spec.id.empty())
    check_id(spec.id, where + "/id", found);
  check_intensity(spec.intensity, where + "/intensity", found);
  check_defaults(spec.defaults, where + "/defaults", found);
  if (spec.more)
    check_details(*spec.more, where, found);
  ids known;
  known.reserve(spec.children.size());
  for (std::size_t i = 0; i < spec.children.size(); ++i) {
    const auto& child = spec.children[i];
    const auto at = where + "/children/" + std::to_string(i);
    check_child(child, at, found);
    if (const auto [twin, fresh] = known.emplace(child.id, i); !fresh)
      found.push_back({at + "/id", "\"" + child.id + "\" is taken by child "
                                     + std::to_string(twin->second) + ": ids are unique"});
  }
  check_dependencies(spec.children, known, where, found);
}

} // namespace supervisor::detail

namespace supervisor {

template <class Start>
faults validate(const basic_supervisor_spec<Start>& spec) {
  faults found;
  detail::check_tree(spec, "", found);
  return found;
}

} // namespace supervisor
