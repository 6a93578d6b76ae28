#include "supervisor/rules/validate.hpp"
#include "supervisor/text/printable.hpp"

#include <algorithm>

namespace supervisor::detail {

using showing::quoted;

namespace {

std::string child_at(const std::string& where, std::size_t i) {
  return where + "/children/" + std::to_string(i);
}

void check_primary(const family& all, std::size_t who, names& siblings, const std::string& where,
                   faults& found) {
  const auto& primary = all.children[who].more.sidecar_config->primary_child_id;
  if (primary == all.children[who].id)
    return; // has been said
  if (!siblings.has(primary))
    found.push_back({where, "no sibling is called " + quoted(primary) + siblings.closest(primary)});
  else if (all.children[siblings.place_of(primary)].more.task_role == task_role::sidecar)
    found.push_back({where, quoted(primary) + " is a sidecar itself: name the one that it helps"});
}

/// Of a strategy for some children.
void check_strategy(strategy x, const std::string& where, faults& found) {
  if (x == strategy::simple_one_for_one)
    found.push_back({where + "/strategy",
                     "simple_one_for_one is for a whole supervisor, must be one of one_for_one, "
                     "one_for_all, rest_for_one, one_for_dependents"});
}

} // namespace

void check_sidecar(const child_view& child, const std::string& where, faults& found) {
  const auto is_sidecar = child.more.task_role == task_role::sidecar;
  const auto& said = child.more.sidecar_config;
  const auto at = where + "/sidecar_config";
  if (is_sidecar && !said)
    found.push_back({at, "is missing: a sidecar has a primary_child_id, the sibling it helps"});
  if (!is_sidecar && said)
    found.push_back({at, "goes only with the task_role \"sidecar\""});
  if (said && said->primary_child_id == child.id)
    found.push_back({at + "/primary_child_id",
                     quoted(child.id) + " is its own primary: name the sibling it helps"});
}

void check_primaries(const family& all, names& siblings, const std::string& where, faults& found) {
  for (std::size_t i = 0; i < all.children.size(); ++i)
    if (all.children[i].more.sidecar_config)
      check_primary(all, i, siblings, child_at(where, i) + "/sidecar_config/primary_child_id",
                    found);
}

void check_overrides(const family& all, names& siblings, const std::string& where, faults& found) {
  names with_override;
  for (std::size_t i = 0; i < all.spec.child_strategy_overrides.size(); ++i) {
    const auto& x = all.spec.child_strategy_overrides[i];
    const auto at = where + "/child_strategy_overrides/" + std::to_string(i);
    if (!siblings.has(x.child_id))
      found.push_back({at + "/child_id",
                       "no child is called " + quoted(x.child_id) + siblings.closest(x.child_id)});
    else if (!with_override.add(x.child_id))
      found.push_back(
        {at + "/child_id", quoted(x.child_id) + " has an override already: one for each child"});
    check_strategy(x.strategy, at, found);
    check_restart_limit(x.restart_limit, at, found);
  }
}

namespace {

names tags_of(const family& all) {
  names tags;
  for (const auto& child : all.children)
    for (const auto& tag : child.more.tags)
      if (!tags.has(tag))
        tags.add(tag);
  return tags;
}

/// A child that carries the tags of two strategies would have to follow both.
void check_tags(const child_view& child, const names& with_strategy, const std::string& where,
                faults& found) {
  std::string_view first;
  for (const auto& tag : child.more.tags) {
    if (!with_strategy.has(tag) || tag == first)
      continue;
    if (!first.empty())
      return found.push_back({where, "two group_strategies are for " + quoted(child.id) + ", by "
                                       + quoted(first) + " and by " + quoted(tag)
                                       + ": one child follows one"});
    first = tag;
  }
}

} // namespace

void check_group_strategies(const family& all, const std::string& where, faults& found) {
  if (all.spec.group_strategies.empty())
    return;
  auto carried = tags_of(all);
  names with_strategy;
  for (std::size_t i = 0; i < all.spec.group_strategies.size(); ++i) {
    const auto& x = all.spec.group_strategies[i];
    const auto at = where + "/group_strategies/" + std::to_string(i);
    if (is_blank(x.group))
      found.push_back({at + "/group", "must not be blank: it is the tag of those it is for"});
    else if (!with_strategy.add(x.group))
      found.push_back({at + "/group", quoted(x.group) + " has a strategy already"});
    else if (!carried.has(x.group))
      found.push_back(
        {at + "/group", "no child carries the tag " + quoted(x.group) + carried.closest(x.group)});
    check_strategy(x.strategy, at, found);
    check_restart_limit(x.restart_limit, at, found);
  }
  for (std::size_t i = 0; i < all.children.size(); ++i)
    check_tags(all.children[i], with_strategy, child_at(where, i) + "/tags", found);
}

void check_tags(const child_view& child, const supervisor_details& spec, const std::string& where,
                faults& found) {
  names with_strategy;
  for (const auto& x : spec.group_strategies)
    with_strategy.add(x.group);
  check_tags(child, with_strategy, where + "/tags", found);
}

} // namespace supervisor::detail
