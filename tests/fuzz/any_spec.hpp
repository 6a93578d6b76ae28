#pragma once

#include "choices.hpp"

#include <supervisor/spec/spec.hpp>

#include <bit>
#include <limits>

// Trees that nobody would write, valid or not: every member may be set, to what is usual, to what is
// at the edge of being allowed, or to what is beyond.

namespace supervisor::fuzz {

inline nanoseconds any_time(choices& c) {
  using namespace std::chrono_literals;
  switch (c.roll(16)) {
    case 0:
      return 0ns;
    case 1:
      return 1ns;
    case 2:
      return -1ns;
    case 3:
      return nanoseconds::max();
    case 4:
      return nanoseconds::max() - 1ns;
    case 5:
      return nanoseconds::min();
    case 6:
      return nanoseconds{std::int64_t{c.byte()} << c.roll(56)};
    case 7:
    case 8:
      return 1s;
    case 9:
      return 1h;
    default:
      return nanoseconds{1'000'000} * c.byte();
  }
}

inline std::uint32_t any_count(choices& c) {
  switch (c.roll(12)) {
    case 0:
      return 0;
    case 1:
      return unlimited;
    case 2:
      return unlimited - 1;
    case 3:
      return most_countable + c.roll(2);
    case 4:
      return std::uint32_t{c.byte()} << c.roll(25);
    default:
      return 1 + c.roll(10);
  }
}

inline std::uint64_t any_large(choices& c) {
  return c.one_of<std::uint64_t>({0, 1, 64, most_megabytes, most_megabytes + 1, ~std::uint64_t{0}});
}

inline double any_share(choices& c) {
  if (c.roll(4) == 0) {
    std::uint64_t bits = 0;
    for (int i = 0; i < 8; ++i)
      bits = bits << 8 | c.byte();
    return std::bit_cast<double>(bits);
  }
  return c.one_of({0.0, 0.1, 0.5, 1.0, 1.5, -0.5, 1e-300, 1e300,
                   std::numeric_limits<double>::quiet_NaN(),
                   std::numeric_limits<double>::infinity()});
}

/// One of a few, so that names meet; or anything.
inline std::string any_name(choices& c) {
  const auto which = c.roll(12);
  if (which == 0)
    return c.text(5);
  return std::string{"abcd"}.substr(which % 4, 1);
}

inline std::string any_group(choices& c) {
  return c.one_of<const char*>({"", "g", "g", "h", "h", "i"});
}
inline std::string any_tag(choices& c) { return c.one_of<const char*>({"t", "t", "u", "v", ""}); }

inline std::vector<std::string> some(choices& c, std::size_t most, std::string (*one)(choices&)) {
  std::vector<std::string> made;
  for (auto n = c.roll(most + 1); n > 0; --n)
    made.push_back(one(c));
  return made;
}

inline backoff any_backoff(choices& c) {
  return {any_time(c), any_time(c), {c.word<jitter_mode>(4), any_share(c)}};
}

inline stop_budget any_stop(choices& c) {
  return c.maybe() ? c.one_of({brutal_kill, unlimited_stop, stop_budget{}})
                   : stop_budget{any_time(c), any_time(c)};
}

inline restart_limit any_restart_limit(choices& c) {
  return {any_count(c), any_time(c), c.word<verdict>(6)};
}

inline meltdown_fuse any_fuse(choices& c) {
  return {any_count(c), any_time(c), any_time(c), c.word<meltdown_scope>(3)};
}

inline child_limits any_limits(choices& c) {
  child_limits x;
  if (c.maybe())
    x.failure_window
      = failure_window{c.word<failure_window_mode>(2), any_time(c), any_count(c), any_count(c)};
  if (c.maybe())
    x.restart_limit = any_restart_limit(c);
  if (c.maybe())
    x.cold_start = cold_start{any_time(c), any_count(c)};
  if (c.maybe())
    x.hot_loop = hot_loop{any_time(c), any_count(c)};
  if (c.maybe())
    x.meltdown = any_fuse(c);
  return x;
}

inline scope_limits any_scope(choices& c) {
  scope_limits x;
  if (c.maybe())
    x.restart_budget = token_bucket{any_time(c), any_count(c), any_share(c)};
  if (c.maybe())
    x.meltdown = any_fuse(c);
  if (c.maybe())
    x.concurrent_restarts = any_count(c);
  return x;
}

inline child_reactions any_reactions(choices& c) {
  child_reactions x;
  if (c.maybe())
    x.on_success_exit = c.word<on_success_action>(3);
  if (c.maybe())
    x.on_failure_exit = c.word<on_failure_action>(3);
  if (c.maybe())
    x.on_manual_stop = c.word<on_manual_stop_action>(2);
  if (c.maybe())
    x.on_timeout = c.word<on_timeout_action>(2);
  if (c.maybe())
    x.on_budget_exhausted = c.word<on_budget_exhausted_action>(2);
  return x;
}

inline void add_signs_of_life(child_details& x, choices& c) {
  if (c.maybe())
    x.run_timeout = any_time(c);
  if (c.maybe())
    x.health_policy = health_policy{any_time(c), any_time(c)};
  if (c.maybe())
    x.health_check = health_check{any_time(c), any_time(c), any_count(c)};
  if (c.maybe())
    x.readiness_probe = readiness_probe{any_time(c), any_time(c)};
  if (c.maybe())
    x.stall_watchdog = stall_watchdog{any_time(c), c.word<on_stall_action>(2)};
  if (c.maybe()) {
    x.recycle.emplace().spread = any_share(c);
    if (c.maybe())
      x.recycle->max_age = any_time(c);
    if (c.maybe())
      x.recycle->max_count = any_large(c);
  }
}

inline resource_limits any_resources(choices& c) {
  resource_limits x{.required = c.maybe()};
  if (c.maybe())
    x.max_memory_mb = any_large(c);
  if (c.maybe())
    x.max_cpu_percent = any_count(c);
  if (c.maybe())
    x.max_file_descriptors = any_large(c);
  if (c.maybe())
    x.max_core_mb = any_large(c);
  if (c.maybe())
    x.max_processes = any_large(c);
  return x;
}

inline std::string any_signal(choices& c) {
  return c.one_of<const char*>({"SIGTERM", "TERM", "SIGRTMIN+1", "SIGKILL", "SIG", ""});
}

inline env_var any_variable(choices& c) {
  env_var x{.name = any_name(c)};
  if (c.maybe())
    x.value = c.text(3);
  if (c.maybe())
    x.secret_ref = c.maybe() ? "${" + any_name(c) + "}" : c.text(4);
  return x;
}

inline precondition any_precondition(choices& c) {
  precondition x{.timeout = any_time(c), .check_interval = any_time(c)};
  if (c.maybe())
    x.path = c.one_of<const char*>({"/", "x", ""});
  if (c.maybe())
    x.tcp = c.one_of<const char*>({"localhost:80", "[::1]:1", "x", ":0"});
  if (c.maybe())
    x.check = any_name(c);
  return x;
}

inline void add_provisions(child_details& x, choices& c) {
  if (c.maybe())
    x.resource_limits = any_resources(c);
  if (c.maybe())
    x.command_permissions = command_permissions{c.maybe(), c.maybe(), some(c, 2, any_signal)};
  for (auto n = c.roll(3); n > 0; --n)
    x.environment.push_back(any_variable(c));
  for (auto n = c.roll(3); n > 0; --n)
    x.secrets.push_back({any_name(c), any_name(c), c.maybe()});
  for (auto n = c.roll(3); n > 0; --n)
    x.preconditions.push_back(any_precondition(c));
}

inline child_details any_details(choices& c) {
  child_details x;
  x.tags = some(c, 2, any_tag);
  if (c.maybe())
    x.task_role = c.word<task_role>(5);
  if (c.maybe())
    x.reactions = any_reactions(c);
  if (c.maybe())
    x.success_exit_codes = std::vector<std::int32_t>{c.byte(), 255};
  if (c.maybe())
    x.limits = any_limits(c);
  if (c.maybe())
    x.severity = c.word<severity_class>(3);
  x.group = any_group(c);
  if (c.roll(4) == 1)
    x.sidecar_config = sidecar_config{any_name(c), c.maybe()};
  x.significant = c.maybe();
  if (c.maybe())
    add_signs_of_life(x, c);
  if (c.maybe())
    add_provisions(x, c);
  x.start_before_stop = c.roll(4) == 1;
  return x;
}

inline process_spec any_process(choices& c) {
  process_spec x{.argv = some(c, 2, any_name), .cwd = any_name(c)};
  x.inherit = c.word<env_inheritance>(3);
  x.inherited = some(c, 2, any_name);
  x.user = any_name(c);
  if (c.maybe())
    x.umask = any_count(c);
  x.stop_signal = any_signal(c);
  x.reload_signal = any_signal(c);
  x.max_line_bytes = any_count(c);
  x.max_lines_waiting = any_count(c);
  return x;
}

declared_spec any_spec(choices& c, int depth);

inline declared_start any_start(choices& c, int depth) {
  switch (c.roll(8)) {
    case 0:
      return {};
    case 1:
      if (depth > 0)
        return {.nested = std::make_shared<const declared_spec>(any_spec(c, depth - 1))};
      return {.factory = "f"};
    case 2:
      return {.process = std::make_shared<const process_spec>(any_process(c))};
    default:
      return {.factory = "f", .args = c.maybe() ? "{}" : ""};
  }
}

inline declared_child_spec any_child(choices& c, int depth) {
  declared_child_spec x{.id = any_name(c), .start = any_start(c, depth)};
  if (c.maybe())
    x.restart = c.word<restart>(3);
  if (c.maybe())
    x.backoff = any_backoff(c);
  if (c.maybe())
    x.shutdown = any_stop(c);
  x.readiness = c.word<readiness>(2);
  if (c.roll(3) == 1)
    x.dependencies = some(c, 2, any_name);
  x.criticality = c.word<criticality>(2);
  if (c.maybe())
    x.start_timeout = any_time(c);
  if (c.maybe())
    x.more = any_details(c);
  return x;
}

inline void add_scopes(supervisor_details& x, choices& c) {
  for (auto n = c.roll(3); n > 0; --n) {
    auto& made = x.group_strategies.emplace_back();
    made = {.group = any_tag(c), .strategy = c.word<strategy>(5)};
    if (c.maybe())
      made.restart_limit = any_restart_limit(c);
    if (c.maybe())
      made.escalation_policy = c.word<escalation_policy>(3);
  }
  for (auto n = c.roll(3); n > 0; --n) {
    auto& made = x.child_strategy_overrides.emplace_back();
    made = {.child_id = any_name(c), .strategy = c.word<strategy>(5)};
    if (c.maybe())
      made.restart_limit = any_restart_limit(c);
  }
  for (auto n = c.roll(4); n > 0; --n) {
    auto& made = x.group_configs.emplace_back();
    made = {.name = any_group(c), .children = some(c, 2, any_name)};
    if (c.maybe())
      made.limits = any_scope(c);
  }
  for (auto n = c.roll(3); n > 0; --n)
    x.group_dependencies.push_back({any_group(c), any_group(c), c.word<propagation>(3)});
}

inline supervisor_details any_supervisor_details(choices& c) {
  supervisor_details x;
  if (c.roll(4) == 1)
    x.config_version = c.text(2);
  if (c.maybe())
    x.limits = any_scope(c);
  if (c.maybe())
    x.restart_limit = any_restart_limit(c);
  x.escalation_policy = c.word<escalation_policy>(3);
  if (c.maybe())
    x.supervisor_failure_limit = any_count(c);
  if (c.maybe())
    add_scopes(x, c);
  if (c.maybe())
    x.severity_defaults[c.word<task_role>(5)] = c.word<severity_class>(3);
  x.auto_shutdown = c.word<auto_shutdown>(3);
  x.dynamic_supervisor_policy.enabled = !c.maybe();
  if (c.maybe())
    x.dynamic_supervisor_policy.child_limit = any_count(c);
  if (c.roll(4) == 1)
    x.control_channel_capacity = any_count(c);
  return x;
}

inline child_defaults any_defaults(choices& c) {
  child_defaults x;
  if (c.maybe())
    x.restart = c.word<restart>(3);
  if (c.maybe())
    x.backoff = any_backoff(c);
  if (c.maybe())
    x.shutdown = any_stop(c);
  if (c.maybe())
    x.limits = any_limits(c);
  if (c.maybe())
    x.health_policy = health_policy{any_time(c), any_time(c)};
  return x;
}

inline declared_spec any_spec(choices& c, int depth) {
  declared_spec x;
  if (c.roll(4) == 1)
    x.id = any_name(c);
  x.strategy = c.word<strategy>(5);
  if (c.maybe())
    x.intensity = {any_count(c), any_time(c)};
  if (c.maybe())
    x.defaults = any_defaults(c);
  if (c.maybe())
    x.more = any_supervisor_details(c);
  for (auto n = c.roll(5); n > 0; --n)
    x.children.push_back(any_child(c, depth));
  return x;
}

} // namespace supervisor::fuzz
