#pragma once

#include "supervisor/spec/spec.hpp"

#include <string>
#include <vector>

namespace supervisor {

/// Where a value comes from.
enum class policy_source : std::uint8_t {
  role_default,     ///< the pack of the child's role
  user_override,    ///< said in the spec: by the child, or by its supervisor for it
  fallback_default, ///< nobody said anything: the library's
};

constexpr std::string_view label(policy_source x) noexcept {
  constexpr std::string_view words[] = {"role_default", "user_override", "fallback_default"};
  return words[static_cast<int>(x)];
}

template <class T>
struct sourced {
  T value{};
  policy_source from = policy_source::fallback_default;

  friend bool operator==(const sourced&, const sourced&) = default;
};

/// What a role says about each of the five situations, and its numbers.
struct role_pack {
  on_success_action on_success_exit{};
  on_failure_action on_failure_exit{};
  on_manual_stop_action on_manual_stop{};
  on_timeout_action on_timeout{};
  on_budget_exhausted_action on_budget_exhausted{};
  policies::restart_limit restart_limit{};
  escalation_policy escalation{};
  policies::backoff backoff{};
  severity_class severity{};
};

role_pack defaults_of(task_role);

/// All that holds for one child, after everybody who has a say was asked: the child itself, then
/// (for strategy, restart limit and escalation) the child's override, the strategy of its tag, the
/// supervisor; then its role; then the library.
struct effective_policy {
  std::optional<task_role> role{};
  sourced<policies::restart> restart{};
  sourced<on_success_action> on_success_exit{};
  sourced<on_failure_action> on_failure_exit{};
  sourced<on_manual_stop_action> on_manual_stop{};
  sourced<on_timeout_action> on_timeout{};
  sourced<on_budget_exhausted_action> on_budget_exhausted{};
  sourced<policies::backoff> backoff{};
  sourced<std::vector<std::int32_t>> success_exit_codes{};
  sourced<stop_budget> shutdown{};
  sourced<std::optional<health_policy>> health{}; ///< the beats that it sends; none if empty
  /// With the restart limit in force, and what its exhaustion means. `from` is where that limit
  /// comes from; all others have been said.
  sourced<child_limits> limits{};
  sourced<severity_class> severity{};
  sourced<supervisor::strategy> strategy{};
  sourced<escalation_policy> escalation{};
  std::string team{};  ///< the tag whose children its strategy reaches; empty: all siblings
  std::string group{}; ///< whose budgets and fuses it shares; empty: none

  /// Of the role's values: role_default if all are, fallback_default without a role.
  policy_source source() const;

  /// Labels of the role's values that the spec says otherwise.
  std::vector<std::string_view> overridden_fields() const;

  friend bool operator==(const effective_policy&, const effective_policy&) = default;
};

/// `spec` is the child's supervisor. Total, whether or not the spec is valid. A restart type that
/// was said counts as saying what to do on an exit or a timeout, where nothing more exact is.
template <class Start>
effective_policy effective(const basic_child_spec<Start>& child,
                           const basic_supervisor_spec<Start>& spec);

extern template effective_policy effective(const declared_child_spec&, const declared_spec&);

/// The same supervisor with every limit on, by the usual numbers, that it says nothing about
/// itself: its own, its groups' and its children's. A role keeps its restart limit; nested
/// supervisors stay as they are.
template <class Start>
basic_supervisor_spec<Start> guarded(basic_supervisor_spec<Start> spec) {
  auto& more = spec.more.make();
  if (!more.limits)
    more.limits = guarded_supervisor();
  for (auto& group : more.group_configs)
    if (!group.limits)
      group.limits = guarded_group();
  if (spec.defaults.limits)
    return spec;
  spec.defaults.limits = guarded_child();
  for (auto& child : spec.children)
    if (child.more && child.more->task_role && !child.more->limits)
      child.more.make().limits.emplace(guarded_child()).restart_limit.reset(); // the role has one
  return spec;
}

/// A setting that is allowed and contradicts what the role is for.
struct role_conflict {
  std::string child_id{}; ///< of a child of a nested supervisor, its path: "reports/daily"
  task_role role{};
  std::string conflicting_field{};
  std::string user_value{};
  std::string expected_semantic{};
  std::string reason{};
};

template <class Start>
std::vector<role_conflict> role_conflicts(const basic_supervisor_spec<Start>& spec);

extern template std::vector<role_conflict> role_conflicts(const declared_spec&);

/// One sentence that needs no other.
std::string to_string(const role_conflict&);

/// What holds for each child of the tree, a block each, and who says so.
std::string show_effective(const declared_spec&);

} // namespace supervisor
