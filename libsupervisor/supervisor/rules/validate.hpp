#pragma once

// The rules of a spec, as templates: included by the one source file of each layer that
// instantiates them, and by nobody else.

#include "supervisor/effective/start_order.hpp"
#include "supervisor/rules/names.hpp"
#include "supervisor/rules/place.hpp"
#include "supervisor/text/printable.hpp"

#include <concepts>
#include <string>

namespace supervisor::detail {

// -- of single values --------------------------------------------------------------------------------

bool is_blank(std::string_view);

/// Longer than zero, and not so long that a deadline could be out of reach.
void check_time(nanoseconds, const std::string& where, faults& found);

/// Nobody could be told what is behind it.
void check_no_zero_byte(std::string_view, const std::string& where, faults& found);

/// [A-Za-z_][A-Za-z0-9_]*
bool is_variable(std::string_view name);

void check_variable(const std::string& name, const std::string& where, faults& found);

/// Of a process, which gets some from its supervisor only.
void check_not_reserved(const std::string& variable, const std::string& where, faults& found);
void check_signal(const std::string& name, const std::string& where, faults& found);

void check_id(std::string_view id, const place& where, faults& found);
void check_backoff(const backoff&, const place& where, faults& found);
void check_shutdown(const stop_budget&, const place& where, faults& found);
void check_details(const supervisor_details&, const std::string& where, faults& found);
void check_intensity(const intensity&, const std::string& where, faults& found);
void check_defaults(const child_defaults&, const std::string& where, faults& found);

void check_health_policy(const std::optional<health_policy>&, const std::string& where,
                         faults& found);

/// What a policy of one's own says instead.
bool says_when_to_restart(const child_view&);

void check_limits(const child_limits&, const std::string& where, faults& found);
void check_limits(const scope_limits&, const std::string& where, faults& found);
void check_failure_limit(std::uint32_t, const std::string& where, faults& found);
void check_restart_limit(const std::optional<policies::restart_limit>&, const std::string& where,
                         faults& found);

// -- of one child ------------------------------------------------------------------------------------

void check_details(const child_view&, nanoseconds start_timeout, const std::string& where,
                   faults& found);
void check_sidecar(const child_view&, const std::string& where, faults& found);
void check_signs_of_life(const child_view&, nanoseconds start_timeout, const std::string& where,
                         faults& found);

void check_provisions(const child_view&, const std::string& where, faults& found);
void check_replacement(const child_details&, const std::string& where, faults& found);

/// Of a spec that is to run as it is.
void check_functions(const child_details&, const std::string& where, faults& found);

void check_process(const process_spec&, const std::string& where, faults& found);

// -- of one child and its supervisor -----------------------------------------------------------------

void check_significance(const child_view&, supervisor::auto_shutdown above, const child_defaults&,
                        const std::string& where, faults& found);
void check_tags(const child_view&, const supervisor_details&, const std::string& where,
                faults& found);
void check_group(const child_view&, const supervisor_details&, const std::string& where,
                 faults& found);

void check_pool(const supervisor_details&, std::size_t templates, const std::string& where,
                faults& found);
void check_template(const child_view&, bool has_dependencies, const std::string& where,
                    faults& found);

// -- of the children of one supervisor ---------------------------------------------------------------

/// What its rules look at.
struct family {
  std::vector<child_view> children{};
  const supervisor_details& spec;
};

void check_primaries(const family&, names& siblings, const std::string& where, faults& found);
void check_overrides(const family&, names& siblings, const std::string& where, faults& found);
void check_group_strategies(const family&, const std::string& where, faults& found);
void check_groups(const family&, names& siblings, const std::string& where, faults& found);

void check_need(const std::string& need, names& siblings, const std::string& where, faults& found);

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
  names members;
  auto linked = false;
  for (const auto i : rest) {
    members.add(children[i].id);
    linked = linked || linked_primary(children[i]);
  }
  const auto& first = children[rest.front()];
  found.push_back({where + "/children/" + std::to_string(rest.front())
                     + (first.dependencies.empty() ? "/sidecar_config" : "/dependencies"),
                   "dependencies form a cycle, so none of these can start first: " + members.some()
                     + (linked ? " (a linked sidecar depends on its primary)" : "")});
}

template <class Start>
void check_dependencies(const std::vector<basic_child_spec<Start>>& children, names& siblings,
                        const std::string& where, faults& found) {
  for (std::size_t i = 0; i < children.size(); ++i)
    for (std::size_t d = 0; d < children[i].dependencies.size(); ++d)
      if (children[i].dependencies[d] != children[i].id)
        check_need(children[i].dependencies[d], siblings,
                   where + "/children/" + std::to_string(i) + "/dependencies/" + std::to_string(d),
                   found);
  check_cycle(children, where, found);
}

// -- of all ------------------------------------------------------------------------------------------

template <class Start>
bool is_pool(const basic_supervisor_spec<Start>& spec) {
  return spec.strategy == strategy::simple_one_for_one;
}

template <class Start>
void check_tree(const basic_supervisor_spec<Start>&, const place& where, faults& found);

template <class Start>
void check_nested(const basic_supervisor_spec<Start>& spec, const place& where, faults& found) {
  check_tree(spec, where, found);
  if (said_in(spec.more).control_channel_capacity)
    found.push_back({where / "control_channel_capacity",
                     "is the root's to say: commands are counted for the whole tree"});
}

/// What a start has against itself.
template <class Start>
std::string_view objection_of(const Start& x) {
  if constexpr (requires { x.objection(); })
    return x.objection();
  else
    return {};
}

/// The program that a start is, if it is one.
template <class Start>
const process_spec* program_of(const Start& x) {
  if constexpr (requires { x.program(); })
    return x.program();
  else
    return nullptr;
}

template <class Start>
void check_start(const Start& start, const place& where, faults& found) {
  if (start.empty())
    found.push_back({where / "start", "a child needs something to start"});
  if (const auto no = objection_of(start); !no.empty())
    found.push_back({where / "start", std::string{no}});
  if (const auto* process = program_of(start))
    check_process(*process, where / "process", found);
}

template <class Start>
void check_child(const basic_child_spec<Start>& child, const place& where, faults& found) {
  check_id(child.id, where / "id", found);
  check_start(child.start, where, found);
  check_backoff(child.backoff, where / "backoff", found);
  if (child.policy && says_when_to_restart(words_of(child)))
    found.push_back({where / "policy",
                     "a policy stands instead of restart, backoff and what to do on an exit or a "
                     "timeout: drop one"});
  if (child.shutdown)
    check_shutdown(*child.shutdown, where / "shutdown", found);
  if (child.start_timeout && *child.start_timeout <= nanoseconds::zero())
    found.push_back({where / "start_timeout", "must be longer than zero"});
  for (std::size_t d = 0; d < child.dependencies.size(); ++d)
    if (child.dependencies[d] == child.id)
      found.push_back(
        {where.at("dependencies", d), showing::quoted(child.id) + " depends on itself"});
  if (child.more)
    check_details(words_of(child), child.start_timeout.value_or(default_start_timeout), where,
                  found);
  if constexpr (!std::same_as<Start, declared_start>) // whose functions are found by their names
    if (child.more)
      check_functions(*child.more, where, found);
  if (const auto* nested = child.start.tree())
    check_nested(*nested, where / "supervisor", found);
}

/// What a child may not be below this supervisor, whoever its siblings are.
template <class Start>
void check_place(const basic_child_spec<Start>& child, const basic_supervisor_spec<Start>& above,
                 const place& where, faults& found) {
  if (child.more)
    check_significance(words_of(child), said_in(above.more).auto_shutdown, above.defaults, where,
                       found);
}

template <class Start>
void check_pool(const basic_supervisor_spec<Start>& spec, const std::string& where, faults& found) {
  check_pool(said_in(spec.more), spec.children.size(), where, found);
  for (std::size_t i = 0; i < spec.children.size(); ++i)
    check_template(words_of(spec.children[i]), !spec.children[i].dependencies.empty(),
                   where + "/children/" + std::to_string(i), found);
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
  if (!is_pool(spec))
    check_primaries(all, siblings, where, found);
  check_overrides(all, siblings, where, found);
  check_group_strategies(all, where, found);
  check_groups(all, siblings, where, found);
}

template <class Start>
void check_tree(const basic_supervisor_spec<Start>& spec, const place& here, faults& found) {
  const std::string where = here;
  if (!spec.id.empty())
    check_id(spec.id, here / "id", found);
  check_intensity(spec.intensity, where + "/intensity", found);
  check_defaults(spec.defaults, where + "/defaults", found);
  if (spec.more)
    check_details(*spec.more, where, found);
  names siblings{spec.children.size()};
  for (std::size_t i = 0; i < spec.children.size(); ++i) {
    const auto& id = spec.children[i].id;
    const auto at = here.at("children", i);
    check_child(spec.children[i], at, found);
    check_place(spec.children[i], spec, at, found);
    if (!siblings.add(id))
      found.push_back({at / "id", showing::quoted(id) + " is taken by child "
                                    + std::to_string(siblings.place_of(id)) + ": ids are unique"});
  }
  if (is_pool(spec))
    check_pool(spec, where, found);
  else
    check_dependencies(spec.children, siblings, where, found);
  check_siblings(spec, siblings, where, found);
}

} // namespace supervisor::detail

namespace supervisor {

template <class Start>
faults validate(const basic_supervisor_spec<Start>& spec) {
  faults found;
  detail::check_tree(spec, detail::place{""}, found);
  return found;
}

template <class Start>
faults validate(const basic_child_spec<Start>& child) {
  faults found;
  detail::check_child(child, detail::place{""}, found);
  return found;
}

template <class Start>
faults validate_child(const basic_child_spec<Start>& added,
                      const basic_supervisor_spec<Start>& running) {
  auto found = validate(added);
  if (detail::is_pool(running))
    found.push_back({"", "its supervisor is simple_one_for_one: all children there are made of the "
                         "template"});
  detail::check_place(added, running, detail::place{""}, found);
  if (added.more || running.more) {
    detail::check_tags(detail::words_of(added), detail::said_in(running.more), "", found);
    detail::check_group(detail::words_of(added), detail::said_in(running.more), "", found);
  }
  return found;
}

} // namespace supervisor
