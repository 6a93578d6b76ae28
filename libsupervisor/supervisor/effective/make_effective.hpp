#pragma once

// What holds for a child, as a template: included by the one source file of each layer that
// instantiates it, and by nobody else.

#include "supervisor/effective/effective.hpp"

#include <unordered_map>

namespace supervisor::detail {

/// What a supervisor says of some children, by their ids and tags. Refers to the spec it was made of.
struct singled_out {
  std::unordered_map<std::string_view, const child_strategy_override*> overrides{};
  std::unordered_map<std::string_view, std::string_view> groups{}; ///< by those they list
  std::unordered_map<std::string_view, std::size_t>
    strategies{}; ///< places of those, by their tags

  /// Nobody is spoken of by name.
  bool empty() const { return overrides.empty() && groups.empty(); }
};

singled_out singled_out_by(const supervisor_details&);

/// The place of the first strategy whose tag the child carries.
std::optional<std::size_t> strategy_of(const child_details&, const singled_out&);

/// A child's own words, whatever it is that starts.
struct child_view {
  std::string_view id{};
  task_kind kind{};
  std::optional<policies::restart> restart{};
  policies::backoff backoff = inherited_backoff;
  std::optional<stop_budget> shutdown{};
  supervisor::criticality criticality{};
  bool has_own_policy = false;
  const child_details& more;
};

/// Its supervisor's words about it.
struct supervisor_view {
  supervisor::strategy strategy{};
  const child_defaults& defaults;
  const supervisor_details& more;
  const singled_out& by_name;
};

effective_policy weigh(const child_view&, const supervisor_view&);

/// One value of that, for rules that look at no other.
sourced<policies::restart> effective_restart(const child_view&, const child_defaults&);

/// Whether what it was given at its start is given to it otherwise: only the next life has that.
bool needs_new_life(const child_view& was, const child_view& is);

/// What contradicts the role of this child, called `path`; nothing without a role.
std::vector<role_conflict> conflicts_of(const child_view&, const effective_policy&,
                                        const std::string& path);

/// What is there, or what it is like when nothing was said.
template <class T>
const T& said_in(const boxed<T>& x) {
  static const T nothing{};
  return x ? *x : nothing;
}

template <class Start>
child_view words_of(const basic_child_spec<Start>& child) {
  return {.id = child.id,
          .kind = child.start.kind(),
          .restart = child.restart,
          .backoff = child.backoff,
          .shutdown = child.shutdown,
          .criticality = child.criticality,
          .has_own_policy = child.policy.has_value(),
          .more = said_in(child.more)};
}

/// `effective` for many children of one supervisor: `by_name` is made once.
template <class Start>
effective_policy effective(const basic_child_spec<Start>& child,
                           const basic_supervisor_spec<Start>& spec, const singled_out& by_name) {
  return weigh(words_of(child), {spec.strategy, spec.defaults, said_in(spec.more), by_name});
}

/// Calls visit(child, what holds for it, its path) for every child, nested ones behind theirs.
template <class Start>
void each_effective(const basic_supervisor_spec<Start>& spec, const std::string& above,
                    const auto& visit) {
  const auto by_name = singled_out_by(said_in(spec.more));
  for (const auto& child : spec.children) {
    const auto path = above + child.id;
    visit(child, effective(child, spec, by_name), path);
    if (const auto* nested = child.start.tree())
      each_effective(*nested, path + "/", visit);
  }
}

} // namespace supervisor::detail

namespace supervisor {

template <class Start>
effective_policy effective(const basic_child_spec<Start>& child,
                           const basic_supervisor_spec<Start>& spec) {
  return detail::effective(child, spec, detail::singled_out_by(detail::said_in(spec.more)));
}

template <class Start>
std::vector<role_conflict> role_conflicts(const basic_supervisor_spec<Start>& spec) {
  std::vector<role_conflict> found;
  const auto add = [&](const auto& child, const effective_policy& holds, const std::string& path) {
    for (auto& x : detail::conflicts_of(detail::words_of(child), holds, path))
      found.push_back(std::move(x));
  };
  detail::each_effective(spec, "", add);
  return found;
}

} // namespace supervisor
