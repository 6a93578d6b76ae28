#pragma once

// Looks for what is legal and wrong, as a template: included by the one source file of each layer
// that instantiates it, and by nobody else.

#include "supervisor/effective/make_effective.hpp"
#include "supervisor/effective/start_order.hpp"
#include "supervisor/rules/lint.hpp"

#include <memory>
#include <unordered_set>

namespace supervisor::detail {

/// A child, as far as the rules look at it.
struct linted_child {
  std::string id{};
  std::string where{};
  effective_policy holds{};
  bool own_policy = false;
  bool own_limits = false;
  bool braked_by_group = false; ///< the limits of its group make it wait
  bool unkept_limits = false;   ///< of resources, and it is no process
  std::vector<role_conflict> conflicts{};
  std::vector<std::string> dependencies{};
  std::unique_ptr<struct linted_supervisor> below{};
};

/// What says one_for_dependents, and whose strategy that is.
struct dependents_go_along {
  std::string where{};
  std::string tag{};        ///< of those with it, if it is not empty
  std::string only_child{}; ///< of that one, if it is not empty; else of all
};

struct linted_supervisor {
  std::string where{};
  supervisor::intensity intensity{};
  supervisor::strategy strategy{};
  supervisor::auto_shutdown auto_shutdown{};
  bool decides_something = false; ///< about restarts, in any way
  bool braked = false;            ///< its limits make its children wait, or end it
  std::vector<linted_child> children{};
  std::vector<std::uint32_t> order{}; ///< of starting
  std::vector<dependents_go_along> by_dependents{};
  std::vector<std::vector<std::uint32_t>> dependents{}; ///< by child; empty if nobody asks
};

using lints_found = std::vector<lint>;

lints_found find_lints(const linted_supervisor& root);

double seconds(nanoseconds);

/// So many seconds or a little more, as one would write it.
std::string rounded_up(double seconds);

/// Limits of restarts that waits or stops alone make impossible to reach.
void check_reaches(const linted_supervisor&, lints_found&);

/// Children that are started again without a wait and without an end. Whether what is below the
/// supervisor can bring it down without a wait.
bool check_brakes(const linted_supervisor&, lints_found&);

/// Whether limits for some children together make them wait, or end their supervisor.
bool are_a_brake(const scope_limits&);
bool are_a_brake(const supervisor_details&);

/// A one_for_dependents that takes nobody along.
void check_dependents(const linted_supervisor&, lints_found&);

/// Each place where a supervisor says that strategy.
std::vector<dependents_go_along> by_dependents(strategy of_all, const supervisor_details&,
                                               const std::string& where);

/// What a supervisor decides about restarts beside its children, in any way.
bool decides_something(const supervisor_details&);

template <class Start>
bool decides_something(const basic_child_spec<Start>& child) {
  const auto& more = said_in(child.more);
  return child.restart || child.policy || child.backoff != inherited_backoff || more.limits
         || more.task_role || more.reactions != child_reactions{};
}

template <class Start>
bool decides_something(const basic_supervisor_spec<Start>& spec) {
  if (spec.says_intensity || spec.intensity != intensity{} || spec.defaults.restart
      || spec.defaults.backoff != inherited_backoff || spec.defaults.limits
      || decides_something(said_in(spec.more)))
    return true;
  for (const auto& child : spec.children)
    if (decides_something(child))
      return true;
  return spec.children.empty();
}

/// The names of those groups that make their children wait.
std::unordered_set<std::string_view> braked_groups(const supervisor_details&);

template <class Start>
linted_supervisor linted(const basic_supervisor_spec<Start>& spec, const std::string& where) {
  linted_supervisor x{.where = where,
                      .intensity = spec.intensity,
                      .strategy = spec.strategy,
                      .auto_shutdown = said_in(spec.more).auto_shutdown,
                      .decides_something = decides_something(spec),
                      .braked = are_a_brake(said_in(spec.more)),
                      .order = start_order(spec.children),
                      .by_dependents = by_dependents(spec.strategy, said_in(spec.more), where)};
  if (!x.by_dependents.empty())
    x.dependents = needed_by(spec.children);
  const auto by_name = singled_out_by(said_in(spec.more));
  const auto braked = braked_groups(said_in(spec.more));
  for (std::size_t i = 0; i < spec.children.size(); ++i) {
    const auto& child = spec.children[i];
    const auto at = x.where + "/children/" + std::to_string(i);
    const auto holds = effective(child, spec, by_name);
    x.children.push_back({.id = child.id,
                          .where = at,
                          .holds = holds,
                          .own_policy = child.policy.has_value(),
                          .own_limits = said_in(child.more).limits.has_value(),
                          .braked_by_group = braked.contains(holds.group),
                          .unkept_limits = said_in(child.more).resource_limits.has_value()
                                           && child.start.kind() != task_kind::process,
                          .conflicts = conflicts_of(words_of(child), holds, child.id),
                          .dependencies = child.dependencies});
    if (const auto* nested = child.start.tree())
      x.children.back().below
        = std::make_unique<linted_supervisor>(linted(*nested, at + "/supervisor"));
  }
  return x;
}

} // namespace supervisor::detail

namespace supervisor {

template <class Start>
std::vector<lint> lints(const basic_supervisor_spec<Start>& spec) {
  return detail::find_lints(detail::linted(spec, ""));
}

} // namespace supervisor
