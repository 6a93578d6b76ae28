#pragma once

// The rules of a spec, as templates: included by the one source file of each layer that
// instantiates them, and by nobody else.

#include "supervisor/config/words.hpp"
#include "supervisor/rules/names.hpp"
#include "supervisor/start_order.hpp"

#include <string>

namespace supervisor::detail {

// -- of single values --------------------------------------------------------------------------------

bool is_blank(std::string_view);

void check_id(std::string_view id, const std::string& where, faults& found);
void check_backoff(const backoff&, const std::string& where, faults& found);
void check_shutdown(const stop_budget&, const std::string& where, faults& found);
void check_details(const child_details&, const std::string& where, faults& found);
void check_details(const supervisor_details&, const std::string& where, faults& found);
void check_intensity(const intensity&, const std::string& where, faults& found);
void check_defaults(const child_defaults&, const std::string& where, faults& found);

/// What a policy of one's own says instead.
bool says_when_to_restart(const child_words&);

void check_limits(const child_limits&, const std::string& where, faults& found);
void check_limits(const scope_limits&, const std::string& where, faults& found);
void check_failure_limit(std::uint32_t, const std::string& where, faults& found);
void check_restart_limit(const std::optional<policies::restart_limit>&, const std::string& where,
                         faults& found);

// -- of the children of one supervisor ---------------------------------------------------------------

/// What its rules look at.
struct family {
  std::vector<child_words> children{};
  const supervisor_details& spec;
};

void check_sidecars(const family&, names& siblings, const std::string& where, faults& found);
void check_overrides(const family&, names& siblings, const std::string& where, faults& found);
void check_group_strategies(const family&, const std::string& where, faults& found);
void check_groups(const family&, names& siblings, const std::string& where, faults& found);

void check_need(const std::string& need, const std::string& of, names& siblings,
                const std::string& where, faults& found);

/// Those that are in no order, because they are on a cycle or behind one.
template <class Start>
std::vector<std::size_t> without_order(const std::vector<basic_child_spec<Start>>& children) {
  std::vector<bool> ordered(children.size());
  for (const auto i : start_order(children))
    ordered[i] = true;
  std::vector<std::size_t> rest;
  for (std::size_t i = 0; i < children.size(); ++i)
    if (!ordered[i])
      rest.push_back(i);
  return rest;
}

template <class Start>
void check_cycle(const std::vector<basic_child_spec<Start>>& children, const std::string& where,
                 faults& found) {
  const auto rest = without_order(children);
  if (rest.empty())
    return;
  std::string members;
  auto linked = false;
  for (const auto i : rest) {
    members += (members.empty() ? "" : ", ") + children[i].id;
    linked = linked || linked_primary(children[i]);
  }
  const auto& first = children[rest.front()];
  found.push_back({where + "/children/" + std::to_string(rest.front())
                     + (first.dependencies.empty() ? "/sidecar_config" : "/dependencies"),
                   "dependencies form a cycle, so none of these can start first: " + members
                     + (linked ? " (a linked sidecar depends on its primary)" : "")});
}

template <class Start>
void check_dependencies(const std::vector<basic_child_spec<Start>>& children, names& siblings,
                        const std::string& where, faults& found) {
  for (std::size_t i = 0; i < children.size(); ++i)
    for (std::size_t d = 0; d < children[i].dependencies.size(); ++d)
      check_need(children[i].dependencies[d], children[i].id, siblings,
                 where + "/children/" + std::to_string(i) + "/dependencies/" + std::to_string(d),
                 found);
  check_cycle(children, where, found);
}

// -- of all ------------------------------------------------------------------------------------------

template <class Start>
void check_tree(const basic_supervisor_spec<Start>&, const std::string& where, faults& found);

template <class Start>
void check_child(const basic_child_spec<Start>& child, const std::string& where, faults& found) {
  check_id(child.id, where + "/id", found);
  if (child.start.empty())
    found.push_back({where + "/start", "a child needs something to start"});
  check_backoff(child.backoff, where + "/backoff", found);
  if (child.policy && says_when_to_restart(words_of(child)))
    found.push_back({where + "/policy",
                     "a policy stands instead of restart, backoff and what to do on an exit or a "
                     "timeout: drop one"});
  if (child.shutdown)
    check_shutdown(*child.shutdown, where + "/shutdown", found);
  if (child.start_timeout && *child.start_timeout <= nanoseconds::zero())
    found.push_back({where + "/start_timeout", "must be longer than zero"});
  if (child.more)
    check_details(*child.more, where, found);
  if (const auto* nested = child.start.tree())
    check_tree(*nested, where + "/supervisor", found);
}

/// Rules about several children at once; most supervisors say nothing that these are about.
template <class Start>
void check_siblings(const basic_supervisor_spec<Start>& spec, names& siblings,
                    const std::string& where, faults& found) {
  const auto says_more = [](const auto& x) { return static_cast<bool>(x.more); };
  if (!says_more(spec) && std::ranges::none_of(spec.children, says_more))
    return;
  family all{{}, said_in(spec.more)};
  for (const auto& child : spec.children)
    all.children.push_back(words_of(child));
  check_sidecars(all, siblings, where, found);
  check_overrides(all, siblings, where, found);
  check_group_strategies(all, where, found);
  check_groups(all, siblings, where, found);
}

template <class Start>
void check_tree(const basic_supervisor_spec<Start>& spec, const std::string& where, faults& found) {
  if (!spec.id.empty())
    check_id(spec.id, where + "/id", found);
  check_intensity(spec.intensity, where + "/intensity", found);
  check_defaults(spec.defaults, where + "/defaults", found);
  if (spec.more)
    check_details(*spec.more, where, found);
  names siblings;
  for (std::size_t i = 0; i < spec.children.size(); ++i) {
    const auto& id = spec.children[i].id;
    const auto at = where + "/children/" + std::to_string(i);
    check_child(spec.children[i], at, found);
    if (!siblings.add(id))
      found.push_back({at + "/id", config::quoted(id) + " is taken by child "
                                     + std::to_string(siblings.place_of(id)) + ": ids are unique"});
  }
  check_dependencies(spec.children, siblings, where, found);
  check_siblings(spec, siblings, where, found);
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
