#include "supervisor/effective/make_effective.hpp"

#include <algorithm>
#include <array>

namespace supervisor {

// -- who has a say ---------------------------------------------------------------------------------

namespace detail {

singled_out singled_out_by(const supervisor_details& spec) {
  singled_out found;
  for (const auto& x : spec.child_strategy_overrides)
    found.overrides.emplace(x.child_id, &x);
  for (const auto& group : spec.group_configs)
    for (const auto& child : group.children)
      found.groups.emplace(child, group.name);
  for (std::size_t i = 0; i < spec.group_strategies.size(); ++i)
    found.strategies.emplace(spec.group_strategies[i].group, i);
  return found;
}

std::optional<std::size_t> strategy_of(const child_details& child, const singled_out& by_name) {
  std::optional<std::size_t> first;
  for (const auto& tag : child.tags)
    if (const auto found = by_name.strategies.find(tag); found != by_name.strategies.end())
      first = std::min(first.value_or(found->second), found->second);
  return first;
}

namespace {

template <class T>
std::optional<T> first_said(const std::optional<T>& x, const auto&... others) {
  if constexpr (sizeof...(others) == 0)
    return x;
  else
    return x ? x : first_said<T>(others...);
}

/// What somebody said, else the role's, else the library's.
template <class T>
sourced<T> choose(const std::optional<T>& said, const std::optional<T>& of_role, T otherwise) {
  if (said)
    return {*said, policy_source::user_override};
  if (of_role)
    return {*of_role, policy_source::role_default};
  return {std::move(otherwise), policy_source::fallback_default};
}

/// A value that cannot be unset was said if it is not the default.
template <class T>
std::optional<T> unless_default(T x, T by_default) {
  return x == by_default ? std::nullopt : std::optional{std::move(x)};
}

/// All who have a say about one child, from the closest to the farthest.
struct voices {
  const child_view& child;
  const supervisor_view& above;
  const child_strategy_override* for_child = nullptr;
  const group_strategy* of_tag = nullptr;
  std::optional<role_pack> of_role{};

  template <class T>
  std::optional<T> role_says(T role_pack::*value) const {
    return of_role ? std::optional{(*of_role).*value} : std::nullopt;
  }

  /// The first of the child's override, its tag and its supervisor to have said this.
  template <class T>
  std::optional<T> by_precedence(std::optional<T> child_strategy_override::*for_one,
                                 std::optional<T> group_strategy::*for_some,
                                 const std::optional<T>& for_all) const {
    return first_said(for_child ? for_child->*for_one : std::nullopt,
                      of_tag ? of_tag->*for_some : std::nullopt, for_all);
  }
};

const child_strategy_override* override_for(std::string_view child, const singled_out& by_name) {
  const auto found = by_name.overrides.find(child);
  return found != by_name.overrides.end() ? found->second : nullptr;
}

const group_strategy* strategy_of_tag(const child_view& child, const supervisor_view& above) {
  const auto place = strategy_of(child.more, above.by_name);
  return place ? &above.more.group_strategies[*place] : nullptr;
}

voices voices_about(const child_view& child, const supervisor_view& above) {
  const auto& role = child.more.task_role;
  return {.child = child,
          .above = above,
          .for_child = override_for(child.id, above.by_name),
          .of_tag = strategy_of_tag(child, above),
          .of_role = role ? std::optional{defaults_of(*role)} : std::nullopt};
}

// -- its ends --------------------------------------------------------------------------------------

policies::restart restart_of(const role_pack& role) {
  return role.on_success_exit == on_success_action::restart ? restart::permanent
                                                            : restart::transient;
}

on_success_action on_success_of(restart when) {
  return when == restart::permanent ? on_success_action::restart : on_success_action::stop;
}

/// Who says when to restart has said what to do about each end that this is about.
void weigh_ends(const voices& v, effective_policy& x) {
  const auto when = first_said(v.child.restart, v.above.defaults.restart);
  const auto implied = [&](auto action) { return when ? std::optional{action} : std::nullopt; };
  const auto& said = v.child.more.reactions;

  x.restart = effective_restart(v.child, v.above.defaults);
  x.on_success_exit
    = choose(first_said(said.on_success_exit, implied(on_success_of(x.restart.value))),
             v.role_says(&role_pack::on_success_exit), on_success_action::restart);
  x.on_failure_exit
    = choose(first_said(said.on_failure_exit, implied(on_failure_action::restart_with_backoff)),
             v.role_says(&role_pack::on_failure_exit), on_failure_action::restart_with_backoff);
  x.on_timeout
    = choose(first_said(said.on_timeout, implied(on_timeout_action::restart_with_backoff)),
             v.role_says(&role_pack::on_timeout), on_timeout_action::restart_with_backoff);
  x.on_manual_stop = choose(said.on_manual_stop, v.role_says(&role_pack::on_manual_stop),
                            on_manual_stop_action::stop_until_explicit_restart);
}

// -- how often, how soon ---------------------------------------------------------------------------

std::optional<policies::restart_limit> limit_in(const std::optional<child_limits>& limits) {
  return limits ? limits->restart_limit : std::nullopt;
}

std::optional<policies::restart_limit> said_limit(const voices& v) {
  const auto by_precedence
    = v.by_precedence(&child_strategy_override::restart_limit, &group_strategy::restart_limit,
                      v.above.more.restart_limit);
  return first_said(limit_in(v.child.more.limits), by_precedence,
                    v.child.more.limits ? std::nullopt : limit_in(v.above.defaults.limits));
}

/// A child that need not be there is given up alone.
std::optional<on_budget_exhausted_action> implied(supervisor::criticality x) {
  if (x == criticality::optional)
    return on_budget_exhausted_action::quarantine;
  return {};
}

verdict verdict_of(on_budget_exhausted_action x) {
  return x == on_budget_exhausted_action::quarantine ? verdict::quarantine : verdict::escalate;
}

void weigh_limits(const voices& v, effective_policy& x) {
  x.on_budget_exhausted = choose(
    first_said(v.child.more.reactions.on_budget_exhausted, implied(v.child.criticality)),
    v.role_says(&role_pack::on_budget_exhausted), on_budget_exhausted_action::stop_and_escalate);

  const auto said = said_limit(v);
  auto& limit = x.limits.value.restart_limit;
  x.limits.value
    = first_said(v.child.more.limits, v.above.defaults.limits).value_or(child_limits{});
  limit = first_said(said, v.role_says(&role_pack::restart_limit));
  if (!limit)
    return;
  limit->when_exhausted = verdict_of(x.on_budget_exhausted.value);
  x.limits.from = said ? policy_source::user_override : policy_source::role_default;
}

stop_budget stop_of(task_kind kind) {
  return kind == task_kind::supervisor ? unlimited_stop : stop_budget{};
}

void weigh_times(const voices& v, effective_policy& x) {
  x.backoff = choose(first_said(unless_default(v.child.backoff, inherited_backoff),
                                unless_default(v.above.defaults.backoff, inherited_backoff)),
                     v.role_says(&role_pack::backoff), policies::backoff{});
  // a default for workers would orphan what is below a supervisor
  const auto default_stop
    = v.child.kind == task_kind::supervisor ? std::nullopt : v.above.defaults.shutdown;
  x.shutdown = choose(first_said(v.child.shutdown, default_stop), {}, stop_of(v.child.kind));
}

void weigh_health(const voices& v, effective_policy& x) {
  const auto sends_beats // unless somebody says so, a program knows nothing of us
    = v.child.kind != task_kind::supervisor && v.child.kind != task_kind::process;
  const auto by_default = sends_beats ? v.above.defaults.health_policy : std::nullopt;
  x.health.value = first_said(v.child.more.health_policy, by_default);
  if (x.health.value)
    x.health.from = policy_source::user_override;
}

// -- with whom, how loud ---------------------------------------------------------------------------

void weigh_scope(const voices& v, effective_policy& x) {
  const auto own = v.for_child ? std::optional{v.for_child->strategy} : std::nullopt;
  const auto of_tag = v.of_tag ? std::optional{v.of_tag->strategy} : std::nullopt;
  x.strategy
    = choose(first_said(own, of_tag, unless_default(v.above.strategy, strategy::one_for_one)), {},
             strategy::one_for_one);
  x.escalation = choose(v.by_precedence(&child_strategy_override::escalation_policy,
                                        &group_strategy::escalation_policy,
                                        unless_default(v.above.more.escalation_policy,
                                                       escalation_policy::escalate_to_parent)),
                        v.role_says(&role_pack::escalation), escalation_policy::escalate_to_parent);
  if (v.of_tag && !v.for_child)
    x.team = v.of_tag->group;
}

std::string group_of(const child_view& child, const singled_out& by_name) {
  const auto listed = by_name.groups.find(child.id);
  if (child.more.group.empty() && listed != by_name.groups.end())
    return std::string{listed->second};
  return child.more.group;
}

std::optional<severity_class> severity_default(const voices& v) {
  if (!v.of_role)
    return {};
  const auto& defaults = v.above.more.severity_defaults;
  const auto found = defaults.find(*v.child.more.task_role);
  return found != defaults.end() ? std::optional{found->second} : std::nullopt;
}

severity_class severity_of(supervisor::criticality x) {
  return x == criticality::critical ? severity_class::critical : severity_class::optional;
}

void weigh_severity(const voices& v, effective_policy& x) {
  x.severity = choose(first_said(v.child.more.severity, severity_default(v)),
                      v.role_says(&role_pack::severity), severity_of(v.child.criticality));
}

} // namespace

sourced<policies::restart> effective_restart(const child_view& child,
                                             const child_defaults& defaults) {
  const auto& role = child.more.task_role;
  return choose(first_said(child.restart, defaults.restart),
                role ? std::optional{restart_of(defaults_of(*role))} : std::nullopt,
                restart::permanent);
}

effective_policy weigh(const child_view& child, const supervisor_view& above) {
  const auto v = voices_about(child, above);
  effective_policy x;
  x.role = child.more.task_role;
  x.group = group_of(child, above.by_name);
  weigh_ends(v, x);
  weigh_limits(v, x);
  weigh_times(v, x);
  weigh_health(v, x);
  weigh_scope(v, x);
  weigh_severity(v, x);
  const std::vector<std::int32_t> zero{0};
  x.success_exit_codes
    = choose(child.more.success_exit_codes, v.of_role ? std::optional{zero} : std::nullopt, zero);
  return x;
}

} // namespace detail

// -- what came of the role ---------------------------------------------------------------------------

namespace {

struct role_value {
  std::string_view field{};
  policy_source from{};
};

/// Everything a role has an opinion on.
std::array<role_value, 11> role_values(const effective_policy& x) {
  return {{{"restart", x.restart.from},
           {"on_success_exit", x.on_success_exit.from},
           {"on_failure_exit", x.on_failure_exit.from},
           {"on_manual_stop", x.on_manual_stop.from},
           {"on_timeout", x.on_timeout.from},
           {"on_budget_exhausted", x.on_budget_exhausted.from},
           {"restart_limit", x.limits.from},
           {"escalation_policy", x.escalation.from},
           {"backoff", x.backoff.from},
           {"success_exit_codes", x.success_exit_codes.from},
           {"severity", x.severity.from}}};
}

} // namespace

policy_source effective_policy::source() const {
  if (!role)
    return policy_source::fallback_default;
  return overridden_fields().empty() ? policy_source::role_default : policy_source::user_override;
}

std::vector<std::string_view> effective_policy::overridden_fields() const {
  std::vector<std::string_view> fields;
  if (!role)
    return fields;
  for (const auto& [field, from] : role_values(*this))
    if (from == policy_source::user_override)
      fields.push_back(field);
  return fields;
}

template effective_policy effective(const declared_child_spec&, const declared_spec&);
template std::vector<role_conflict> role_conflicts(const declared_spec&);

} // namespace supervisor
