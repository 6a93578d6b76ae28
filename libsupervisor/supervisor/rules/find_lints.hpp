#pragma once

// Looks for what is legal and wrong, as a template: included by the one source file of each layer
// that instantiates it, and by nobody else.

#include "supervisor/lint.hpp"
#include "supervisor/make_effective.hpp"
#include "supervisor/start_order.hpp"

#include <memory>

namespace supervisor::detail {

/// A child, as far as the rules look at it.
struct linted_child {
  std::string id{};
  std::string where{};
  effective_policy holds{};
  bool own_policy = false;
  bool own_limits = false;
  bool unkept_limits = false; ///< of resources, and it is no process
  std::vector<role_conflict> conflicts{};
  std::vector<std::string> dependencies{};
  std::unique_ptr<struct linted_supervisor> below{};
};

struct linted_supervisor {
  std::string where{};
  supervisor::intensity intensity{};
  supervisor::strategy strategy{};
  supervisor::auto_shutdown auto_shutdown{};
  bool decides_something = false; ///< about restarts, in any way
  std::vector<linted_child> children{};
  std::vector<std::uint32_t> order{}; ///< of starting
};

std::vector<lint> find_lints(const linted_supervisor& root);

template <class Start>
bool decides_something(const basic_supervisor_spec<Start>& spec) {
  if (spec.intensity != intensity{} || spec.defaults.restart
      || spec.defaults.backoff != inherited_backoff || spec.defaults.limits)
    return true;
  const auto& more = said_in(spec.more);
  if (more.limits || more.limit || more.restart_limit || more.supervisor_failure_limit)
    return true;
  for (const auto& child : spec.children)
    if (child.restart || child.policy || child.backoff != inherited_backoff
        || said_in(child.more).limits || said_in(child.more).task_role)
      return true;
  return spec.children.empty();
}

template <class Start>
linted_supervisor linted(const basic_supervisor_spec<Start>& spec, std::string where) {
  linted_supervisor x{.where = std::move(where),
                      .intensity = spec.intensity,
                      .strategy = spec.strategy,
                      .auto_shutdown = said_in(spec.more).auto_shutdown,
                      .decides_something = decides_something(spec),
                      .order = start_order(spec.children)};
  const auto by_name = singled_out_by(said_in(spec.more));
  for (std::size_t i = 0; i < spec.children.size(); ++i) {
    const auto& child = spec.children[i];
    const auto at = x.where + "/children/" + std::to_string(i);
    const auto holds = effective(child, spec, by_name);
    x.children.push_back({.id = child.id,
                          .where = at,
                          .holds = holds,
                          .own_policy = child.policy.has_value(),
                          .own_limits = said_in(child.more).limits.has_value(),
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
