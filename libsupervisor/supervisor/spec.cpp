#include "supervisor/spec.hpp"

#include "supervisor/validate.hpp"

#include <algorithm>

namespace supervisor {

namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

bool is_id_char(char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '-'; }

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\n") == std::string_view::npos;
}

} // namespace

bool is_id(std::string_view id) {
  return !id.empty() && is_letter(id.front()) && std::ranges::all_of(id, is_id_char);
}

namespace detail {

void check_id(std::string_view id, const std::string& where, faults& found) {
  if (!is_id(id))
    found.push_back({where, "\"" + std::string{id}
                              + "\" is no id: a letter or _, then letters, digits, _ and -"});
}

void check_backoff(const backoff& x, const std::string& where, faults& found) {
  if (x == inherited_backoff)
    return;
  if (x.first < nanoseconds::zero())
    found.push_back({where + "/initial_delay", "must not be negative"});
  if (x.first > x.longest)
    found.push_back({where + "/initial_delay", "must not be longer than max_delay"});
  if (!(x.jitter.ratio >= 0 && x.jitter.ratio <= 1))
    found.push_back({where + "/jitter", "the ratio must be from 0 to 1"});
}

void check_shutdown(const stop_budget& x, const std::string& where, faults& found) {
  if (x.graceful < nanoseconds::zero())
    found.push_back({where + "/graceful_timeout", "must not be negative"});
  if (x.abort_wait <= nanoseconds::zero())
    found.push_back(
      {where + "/abort_wait", "must be longer than zero: a kill takes time to arrive"});
}

void check_intensity(const intensity& x, const std::string& where, faults& found) {
  if (x.period <= nanoseconds::zero())
    found.push_back({where + "/period", "must be longer than zero"});
}

void check_defaults(const child_defaults& x, const std::string& where, faults& found) {
  check_backoff(x.backoff, where + "/backoff", found);
  if (x.shutdown)
    check_shutdown(*x.shutdown, where + "/shutdown", found);
}

namespace {

void refuse(bool set, const std::string& where, std::string_view field, faults& found) {
  if (set)
    found.push_back({where + "/" + std::string{field}, "not supported yet"});
}

} // namespace

void check_details(const child_details& x, const std::string& where, faults& found) {
  if (!x.name.empty() && is_blank(x.name))
    found.push_back({where + "/name", "must not be blank"});
  for (std::size_t i = 0; i < x.tags.size(); ++i)
    if (is_blank(x.tags[i]))
      found.push_back({where + "/tags/" + std::to_string(i), "must not be blank"});
  refuse(x.run_timeout.has_value(), where, "run_timeout", found);
  refuse(x.health_policy.has_value(), where, "health_policy", found);
  refuse(x.task_role.has_value(), where, "task_role", found);
  refuse(x.sidecar_config.has_value(), where, "sidecar_config", found);
  refuse(x.severity.has_value(), where, "severity", found);
  refuse(x.group.has_value(), where, "group", found);
  refuse(x.health_check.has_value(), where, "health_check", found);
  refuse(x.readiness_probe.has_value(), where, "readiness", found);
  refuse(x.resource_limits.has_value(), where, "resource_limits", found);
  refuse(x.command_permissions.has_value(), where, "command_permissions", found);
  refuse(!x.environment.empty(), where, "environment", found);
  refuse(!x.secrets.empty(), where, "secrets", found);
}

void check_details(const supervisor_details& x, const std::string& where, faults& found) {
  if (is_blank(x.config_version))
    found.push_back({where + "/config_version", "must not be blank"});
  refuse(x.default_health_policy.has_value(), where, "default_health_policy", found);
  refuse(x.supervisor_failure_limit.has_value(), where, "supervisor_failure_limit", found);
  refuse(x.escalation_policy.has_value(), where, "escalation_policy", found);
  refuse(!x.group_strategies.empty(), where, "group_strategies", found);
  refuse(!x.group_configs.empty(), where, "group_configs", found);
  refuse(!x.group_dependencies.empty(), where, "group_dependencies", found);
  refuse(!x.severity_defaults.empty(), where, "severity_defaults", found);
  refuse(!x.child_strategy_overrides.empty(), where, "child_strategy_overrides", found);
  refuse(x.dynamic_supervisor_policy.has_value(), where, "dynamic_supervisor_policy", found);
  refuse(x.control_channel_capacity.has_value(), where, "control_channel_capacity", found);
  refuse(x.event_channel_capacity.has_value(), where, "event_channel_capacity", found);
}

} // namespace detail

template faults validate(const declared_spec&);

} // namespace supervisor
