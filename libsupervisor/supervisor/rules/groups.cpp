#include "supervisor/rules/validate.hpp"
#include "supervisor/text/printable.hpp"

#include <set>

namespace supervisor::detail {

using showing::quoted;

namespace {

std::string group_at(const std::string& where, std::size_t i) {
  return where + "/group_configs/" + std::to_string(i);
}

std::string no_group(std::string_view name, names& groups) {
  const auto known = groups.some();
  return quoted(name)
         + (known.empty() ? " is no group: there are no group_configs here"
                          : " is none of the groups " + known + groups.closest(name));
}

names check_names(const std::vector<group_config>& groups, const std::string& where,
                  faults& found) {
  names known;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const auto at = group_at(where, i) + "/name";
    check_id(groups[i].name, place{at}, found);
    if (!known.add(groups[i].name))
      found.push_back({at, quoted(groups[i].name) + " is taken by group "
                             + std::to_string(known.place_of(groups[i].name))
                             + ": names are unique"});
  }
  return known;
}

/// Which group lists a child.
using membership = std::unordered_map<std::string_view, std::string_view>;

void check_member(const std::string& child, const group_config& group, names& siblings,
                  membership& listed, const std::string& where, faults& found) {
  if (!siblings.has(child))
    found.push_back({where, "no child is called " + quoted(child) + siblings.closest(child)});
  else if (const auto [first, fresh] = listed.emplace(child, group.name); !fresh)
    found.push_back({where, quoted(child) + " is in group " + quoted(first->second)
                              + " already: a child is in one, and once"});
}

membership check_members(const std::vector<group_config>& groups, names& siblings,
                         const std::string& where, faults& found) {
  membership listed;
  for (std::size_t i = 0; i < groups.size(); ++i)
    for (std::size_t j = 0; j < groups[i].children.size(); ++j)
      check_member(groups[i].children[j], groups[i], siblings, listed,
                   group_at(where, i) + "/children/" + std::to_string(j), found);
  return listed;
}

void check_group_of(const child_view& child, names& groups, const membership& listed,
                    const std::string& where, faults& found) {
  const auto& group = child.more.group;
  if (group.empty())
    return;
  if (!groups.has(group))
    found.push_back({where, no_group(group, groups)});
  else if (const auto other = listed.find(child.id);
           other != listed.end() && other->second != group)
    found.push_back({where, "group " + quoted(other->second) + " lists " + quoted(child.id)
                              + " as well: a child is in one"});
}

// -- what one group has to do with another -----------------------------------------------------------

void check_edges(const std::vector<group_dependency>& edges, names& groups,
                 const std::string& where, faults& found) {
  std::set<std::pair<std::string_view, std::string_view>> known;
  for (std::size_t i = 0; i < edges.size(); ++i) {
    const auto& [from, to, _] = edges[i];
    const auto at = where + "/group_dependencies/" + std::to_string(i);
    if (!groups.has(from))
      found.push_back({at + "/from_group", no_group(from, groups)});
    if (!groups.has(to))
      found.push_back({at + "/to_group", no_group(to, groups)});
    else if (from == to)
      found.push_back({at + "/to_group", quoted(to) + " depends on itself"});
    if (!known.emplace(from, to).second)
      found.push_back({at, quoted(from) + " depends on " + quoted(to) + " already: say it once"});
  }
}

struct edge {
  std::size_t from = 0;
  std::size_t to = 0;
};

/// Those along which trouble passes, between groups that are known and not the same.
std::vector<edge> edges_with_effect(const std::vector<group_dependency>& all, const names& groups) {
  std::vector<edge> some;
  for (const auto& x : all)
    if (x.propagation != propagation::none && x.from_group != x.to_group && groups.has(x.from_group)
        && groups.has(x.to_group))
      some.push_back({groups.place_of(x.from_group), groups.place_of(x.to_group)});
  return some;
}

/// Drops, until none is left, the edges that begin where no edge ends.
std::vector<edge> without_sources(const std::vector<edge>& edges, std::size_t groups) {
  std::vector<std::vector<std::size_t>> leaving(groups);
  std::vector<std::size_t> entering(groups), sources;
  for (const auto& [from, to] : edges) {
    leaving[from].push_back(to);
    ++entering[to];
  }
  for (std::size_t i = 0; i < groups; ++i)
    if (entering[i] == 0)
      sources.push_back(i);
  for (std::size_t i = 0; i < sources.size(); ++i)
    for (const auto to : leaving[sources[i]])
      if (--entering[to] == 0)
        sources.push_back(to);
  std::vector<edge> rest;
  for (const auto& x : edges)
    if (entering[x.from] != 0)
      rest.push_back(x);
  return rest;
}

std::vector<edge> turned(std::vector<edge> edges) {
  for (auto& [from, to] : edges)
    std::swap(from, to);
  return edges;
}

void check_cycles(const supervisor_details& spec, const names& groups, const std::string& where,
                  faults& found) {
  const auto size = spec.group_configs.size();
  const auto downwards = without_sources(edges_with_effect(spec.group_dependencies, groups), size);
  const auto cyclic = turned(without_sources(turned(downwards), size));
  if (cyclic.empty())
    return;
  names members;
  std::set<std::size_t> on_cycle;
  for (const auto& x : cyclic)
    on_cycle.insert(x.from);
  for (const auto i : on_cycle)
    members.add(spec.group_configs[i].name);
  found.push_back({where + "/group_dependencies",
                   "groups depend on each other in a cycle, so the trouble of one comes back to "
                   "it: "
                     + members.some()});
}

} // namespace

void check_group(const child_view& child, const supervisor_details& spec, const std::string& where,
                 faults& found) {
  names groups;
  for (const auto& x : spec.group_configs)
    groups.add(x.name);
  check_group_of(child, groups, {}, where + "/group", found);
}

void check_groups(const family& all, names& siblings, const std::string& where, faults& found) {
  const auto& spec = all.spec;
  auto groups = check_names(spec.group_configs, where, found);
  for (std::size_t i = 0; i < spec.group_configs.size(); ++i)
    if (const auto& limits = spec.group_configs[i].limits)
      check_limits(*limits, group_at(where, i) + "/limits", found);
  const auto listed = check_members(spec.group_configs, siblings, where, found);
  for (std::size_t i = 0; i < all.children.size(); ++i)
    check_group_of(all.children[i], groups, listed,
                   where + "/children/" + std::to_string(i) + "/group", found);
  check_edges(spec.group_dependencies, groups, where, found);
  check_cycles(spec, groups, where, found);
}

} // namespace supervisor::detail
