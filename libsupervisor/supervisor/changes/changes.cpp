#include "supervisor/changes/findings.hpp"

#include <algorithm>
#include <map>

namespace supervisor {

namespace detail {

namespace {

// -- of a child --------------------------------------------------------------------------------------

/// Says nothing about a clean end that `restart` does not say.
bool is_plain(const effective_policy& x) {
  return (x.on_success_exit.value == on_success_action::restart)
           == (x.restart.value == restart::permanent)
         && x.on_success_exit.value != on_success_action::no_op;
}

void compare_ends(findings& all, const child_settings& was, const child_settings& is) {
  all.compare("on_manual_stop", was.holds.on_manual_stop.value, is.holds.on_manual_stop.value);
  all.compare("on_budget_exhausted", was.holds.on_budget_exhausted.value,
              is.holds.on_budget_exhausted.value);
  all.compare_policies("policy", was.policy, is.policy);
  if (was.policy || is.policy)
    return; // it stands instead of all that follows
  all.compare("restart", was.holds.restart.value, is.holds.restart.value);
  if (!is_plain(was.holds) || !is_plain(is.holds))
    all.compare("on_success_exit", was.holds.on_success_exit.value, is.holds.on_success_exit.value);
  all.compare("on_failure_exit", was.holds.on_failure_exit.value, is.holds.on_failure_exit.value);
  all.compare("on_timeout", was.holds.on_timeout.value, is.holds.on_timeout.value);
}

std::string waits(const backoff& x) {
  return x.jitter == jitter::none() ? words(x.first) + " to " + words(x.longest) : words(x);
}

void compare_limits(findings& all, const child_limits& was, const child_limits& is) {
  all.compare("failure_window", was.failure_window, is.failure_window);
  all.compare("restart_limit", was.restart_limit, is.restart_limit);
  all.compare("cold_start", was.cold_start, is.cold_start);
  all.compare("hot_loop", was.hot_loop, is.hot_loop);
  all.compare("meltdown", was.meltdown, is.meltdown);
}

/// What follows its supervisor or its tag is said once, at the supervisor.
bool follows_the_same(const child_settings& was, const child_settings& is) {
  return !was.singled_out && !is.singled_out && was.holds.team == is.holds.team;
}

void compare_scope(findings& all, const child_settings& was, const child_settings& is) {
  const auto &a = was.holds, &b = is.holds;
  all.compare("severity", a.severity.value, b.severity.value);
  all.compare_texts("group", a.group, b.group);
  if (follows_the_same(was, is))
    return;
  all.compare_words("strategy", words(a.strategy.value, a.team), words(b.strategy.value, b.team));
  all.compare("escalation_policy", a.escalation.value, b.escalation.value);
}

std::string name_of(const child_settings& x) {
  return x.more.name.empty() ? std::string{x.id} : x.more.name;
}

void compare_signs_of_life(findings& all, const child_settings& was, const child_settings& is) {
  all.compare("run_timeout", was.more.run_timeout, is.more.run_timeout);
  all.compare("health_policy", was.holds.health.value, is.holds.health.value);
  all.compare("health_check", was.more.health_check, is.more.health_check);
  all.compare("readiness_probe", was.more.readiness_probe, is.more.readiness_probe);
  all.compare("stall_watchdog", was.more.stall_watchdog, is.more.stall_watchdog);
}

void compare_replacement(findings& all, const child_settings& was, const child_settings& is) {
  const auto &a = was.more, &b = is.more;
  all.compare_texts("preconditions", words(a.preconditions), words(b.preconditions));
  all.compare("recycle", a.recycle, b.recycle);
  all.compare("start_before_stop", a.start_before_stop, b.start_before_stop);
}

void compare_permissions(findings& all, const child_settings& was, const child_settings& is) {
  all.compare("command_permissions", was.more.command_permissions.value_or(command_permissions{}),
              is.more.command_permissions.value_or(command_permissions{}));
  if (is.kind != task_kind::process) // of a process they are set at its start
    all.compare("resource_limits", was.more.resource_limits, is.more.resource_limits);
}

void compare_start(findings& all, const child_settings& was, const child_settings& is) {
  all.compare("readiness", was.readiness, is.readiness);
  all.compare_names("dependencies", was.dependencies, is.dependencies);
  all.compare("criticality", was.criticality, is.criticality);
  all.compare("start_timeout", was.start_timeout, is.start_timeout);
  all.compare_words("sidecar_config", text(was.more.sidecar_config), text(is.more.sidecar_config));
}

} // namespace

reasons differences(const child_settings& was, const child_settings& is) {
  findings all;
  all.compare_texts("name", name_of(was), name_of(is));
  all.compare_names("tags", was.more.tags, is.more.tags);
  all.compare("task_role", was.holds.role, is.holds.role);
  compare_ends(all, was, is);
  all.compare_words("backoff", waits(was.holds.backoff.value), waits(is.holds.backoff.value));
  all.compare("success_exit_codes", was.holds.success_exit_codes.value,
              is.holds.success_exit_codes.value);
  all.compare("shutdown", was.holds.shutdown.value, is.holds.shutdown.value);
  compare_limits(all, was.holds.limits.value, is.holds.limits.value);
  compare_scope(all, was, is);
  compare_start(all, was, is);
  all.compare("significant", was.more.significant, is.more.significant);
  compare_signs_of_life(all, was, is);
  compare_permissions(all, was, is);
  compare_replacement(all, was, is);
  return std::move(all.why);
}

// -- of what a child was given -----------------------------------------------------------------------

namespace {

named variables_of(const child_details& x) {
  named all;
  for (const auto& variable : x.environment)
    all.emplace(variable.name, words(variable));
  return all;
}

named secrets_of(const child_details& x) {
  named all;
  for (const auto& secret : x.secrets)
    all.emplace(secret.name, words(secret));
  return all;
}

} // namespace

reasons renewals(const child_view& was, const child_view& is) {
  findings all;
  all.compare_each_text("environment", variables_of(was.more), variables_of(is.more));
  all.compare_each_text("secrets", secrets_of(was.more), secrets_of(is.more));
  if (is.kind == task_kind::process)
    all.compare("resource_limits", was.more.resource_limits, is.more.resource_limits);
  return std::move(all.why);
}

bool needs_new_life(const child_view& was, const child_view& is) {
  return !renewals(was, is).empty();
}

// -- of a supervisor ---------------------------------------------------------------------------------

namespace {

named strategies_of(const supervisor_details& x) {
  named all;
  for (const auto& tag : x.group_strategies)
    all.emplace(tag.group, text(tag.strategy)
                             + (tag.escalation_policy ? ", " + text(*tag.escalation_policy) : ""));
  return all;
}

named groups_of(const supervisor_details& x) {
  named all;
  for (const auto& group : x.group_configs)
    all.emplace(group.name, group.limits ? words(*group.limits) : "no limits");
  return all;
}

named edges_of(const supervisor_details& x) {
  named all;
  for (const auto& edge : x.group_dependencies)
    all.emplace(edge.from_group + " on " + edge.to_group, text(edge.propagation));
  return all;
}

void compare_own_limits(findings& all, const supervisor_details& was,
                        const supervisor_details& is) {
  all.compare("limits", was.limits, is.limits);
  all.compare_policies("limit", was.limit, is.limit);
  all.compare("supervisor_failure_limit", was.supervisor_failure_limit,
              is.supervisor_failure_limit);
}

void compare_groups(findings& all, const supervisor_details& was, const supervisor_details& is) {
  all.compare_each("group_strategies", strategies_of(was), strategies_of(is));
  all.compare_each("group_configs", groups_of(was), groups_of(is));
  all.compare_each("group_dependencies", edges_of(was), edges_of(is));
}

constexpr std::uint32_t usual_control_channel = 256;

} // namespace

reasons differences(const supervisor_settings& was, const supervisor_settings& is) {
  findings all;
  const auto &a = was.more, &b = is.more;
  all.compare_texts("config_version", a.config_version, b.config_version);
  all.compare("strategy", was.strategy, is.strategy);
  all.compare("intensity", was.intensity, is.intensity);
  compare_own_limits(all, a, b);
  all.compare("escalation_policy", a.escalation_policy, b.escalation_policy);
  compare_groups(all, a, b);
  all.compare("auto_shutdown", a.auto_shutdown, b.auto_shutdown);
  all.compare("dynamic_supervisor_policy", a.dynamic_supervisor_policy,
              b.dynamic_supervisor_policy);
  all.compare("control_channel_capacity",
              a.control_channel_capacity.value_or(usual_control_channel),
              b.control_channel_capacity.value_or(usual_control_channel));
  return std::move(all.why);
}

namespace {

bool same(const child_defaults& a, const child_defaults& b) {
  return a.restart == b.restart && a.backoff == b.backoff && a.shutdown == b.shutdown
         && a.limits == b.limits && a.health_policy == b.health_policy;
}

bool same_override(const child_strategy_override& a, const child_strategy_override& b) {
  return a.child_id == b.child_id && a.strategy == b.strategy && a.restart_limit == b.restart_limit
         && a.escalation_policy == b.escalation_policy;
}

/// By tag.
std::map<std::string, restart_limit> limits_of_tags(const supervisor_details& x) {
  std::map<std::string, restart_limit> all;
  for (const auto& tag : x.group_strategies)
    if (tag.restart_limit)
      all.emplace(tag.group, *tag.restart_limit);
  return all;
}

/// Their groups, by those that the groups list.
named members_of(const supervisor_details& x) {
  named all;
  for (const auto& group : x.group_configs)
    for (const auto& child : group.children)
      all.emplace(child, group.name);
  return all;
}

} // namespace

bool tell_children_the_same(const supervisor_settings& was, const supervisor_settings& is) {
  const auto &a = was.more, &b = is.more;
  return same(was.defaults, is.defaults) && a.restart_limit == b.restart_limit
         && a.severity_defaults == b.severity_defaults && limits_of_tags(a) == limits_of_tags(b)
         && members_of(a) == members_of(b)
         && std::ranges::equal(a.child_strategy_overrides, b.child_strategy_overrides,
                               same_override);
}

// -- of several --------------------------------------------------------------------------------------

std::string id_difference(const std::string& was, const std::string& is) {
  findings all;
  all.compare_texts("id", was, is);
  return all.why.empty() ? "" : all.why.front();
}

std::string order_difference(const std::vector<std::string_view>& was,
                             const std::vector<std::string_view>& is) {
  const auto [old, now] = std::ranges::mismatch(was, is);
  if (old == was.end() || now == is.end())
    return "";
  return "order of children: " + words(*now) + " before " + words(*old);
}

std::string with_below(std::size_t children) {
  if (children == 0)
    return "";
  return "with " + std::to_string(children) + (children == 1 ? " child below" : " children below");
}

reasons of_template(reasons why) {
  for (auto& x : why)
    x.insert(0, "template: ");
  return why;
}

} // namespace detail

// -- as text -----------------------------------------------------------------------------------------

namespace {

using detail::reasons;

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(text.size(), width), ' ');
  return text;
}

struct widths {
  std::size_t what = 0, path = 0;
};

widths widest(const std::vector<change>& list) {
  widths most;
  for (const auto& x : list)
    if (x.what != change_kind::nothing) {
      most.what = std::max(most.what, label(x.what).size());
      most.path = std::max(most.path, x.path.size());
    }
  return most;
}

/// The reasons below one another.
std::string lines_of(const change& x, const widths& most) {
  auto start = padded(std::string{label(x.what)}, most.what) + "  " + padded(x.path, most.path);
  std::string text;
  for (const auto& why : x.why) {
    text.append(start).append("  ").append(showing::printable(why, showing::whole)).append("\n");
    start.assign(start.size(), ' ');
  }
  return text;
}

std::string counts_of(const std::vector<change>& list) {
  const auto count
    = [&](change_kind what) { return std::ranges::count(list, what, &change::what); };
  std::string text;
  const auto add = [&](change_kind what, const std::string& words) {
    if (const auto n = count(what); n > 0)
      text += (text.empty() ? "" : ", ") + std::to_string(n) + " " + words;
  };
  add(change_kind::start, "to start");
  add(change_kind::stop, "to stop");
  add(change_kind::restart, "to restart");
  add(change_kind::change_in_place, "to change in place");
  add(change_kind::nothing, count(change_kind::nothing) == 1 ? "as it is" : "as they are");
  return text + '\n';
}

} // namespace

std::string to_string(const std::vector<change>& list) {
  const auto most = widest(list);
  std::string text;
  for (const auto& x : list)
    if (x.what != change_kind::nothing)
      text += lines_of(x, most);
  return text + counts_of(list);
}

template std::vector<change> changes(const declared_spec&, const declared_spec&);

} // namespace supervisor
