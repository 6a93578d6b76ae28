#include "supervisor/config/fields/access.hpp"

namespace supervisor::config {

namespace {

constexpr field<child_defaults> default_later(std::string_view key) { return {.key = key}; }

constexpr auto defaults_table = std::to_array<field<child_defaults>>({
  {.key = "restart",
   .what = holds::word,
   .doc = "When an ended child is started again.",
   .by_default = R"("permanent")",
   .is = member<&child_defaults::restart>,
   .one_of = words_of<restart>},
  {.key = "backoff",
   .what = holds::object,
   .doc = "The wait before a restart.",
   .is = member<&child_defaults::backoff>,
   .object = "backoff"},
  {.key = "shutdown",
   .what = holds::shutdown,
   .doc = "How long a child may take to stop; a nested supervisor has all the time it needs.",
   .by_default = R"("5s")",
   .is = member<&child_defaults::shutdown>,
   .one_of = stop_words,
   .object = "shutdown"},
  {.key = "limits",
   .what = holds::object_or_word,
   .doc = "What the restarts of a child are limited by.",
   .is = member<&child_defaults::limits>,
   .one_of = guarded_word,
   .object = "child_limits"},
  {.key = "health_policy",
   .what = holds::object,
   .doc = "The heartbeats that children send; none if missing, and none of nested supervisors.",
   .is = member<&child_defaults::health_policy>,
   .object = "health_policy"},
  default_later("policy"),
  default_later("severity"),
});

constexpr auto dynamic_supervisor_policy_table = std::to_array<field<dynamic_supervisor_policy>>({
  {.key = "enabled",
   .what = holds::boolean,
   .doc = "Whether children may be added.",
   .is = member<&dynamic_supervisor_policy::enabled>},
  {.key = "child_limit",
   .what = holds::count,
   .doc = "How many children there may be, the declared ones included; no limit if missing.",
   .is = count<&dynamic_supervisor_policy::child_limit>,
   .least = 1},
});

constexpr field<declared_spec> spec_later(std::string_view key) { return {.key = key}; }

// The file's own keys come first, and a nested supervisor has those behind them.
constexpr std::size_t own_fields = 5;

constexpr auto file_table = std::to_array<field<declared_spec>>({
  {.key = "version",
   .what = holds::version,
   .doc = "The version of this format, 1.",
   .is = {read_version, write_version},
   .required = true},
  {.key = "id",
   .what = holds::id,
   .doc = "What the whole tree is called, for display.",
   .is = member<&declared_spec::id>},
  {.key = "config_version",
   .what = holds::text,
   .doc = "The version of this very configuration, shown with the state.",
   .is = more<&supervisor_details::config_version>},
  {.key = "control_channel_capacity",
   .what = holds::count,
   .doc = "How many commands may be under way in the whole tree; more are refused.",
   .by_default = "256",
   .is = more_count<&supervisor_details::control_channel_capacity>,
   .least = 1},
  {.key = "$schema",
   .what = holds::any_text,
   .doc = "Where the schema is that the file keeps to, for editors; nobody else looks at it.",
   .is = {read_name_of_schema}},
  {.key = "strategy",
   .what = holds::word,
   .doc = "Who goes down and comes up again with a child that is restarted: nobody else, all its "
          "siblings, those started after it, or those that depend on it. With "
          "simple_one_for_one the only child is a template, of which children are made.",
   .is = member<&declared_spec::strategy>,
   .one_of = words_of<strategy>},
  {.key = "intensity",
   .what = holds::object,
   .doc = "How many restarts the supervisor bears before it gives up.",
   .is = {read_intensity, write_intensity},
   .object = "intensity"},
  {.key = "defaults",
   .what = holds::object,
   .doc = "What children get that say nothing themselves. Not handed down to nested supervisors.",
   .is = member<&declared_spec::defaults>,
   .object = "defaults"},
  {.key = "children",
   .what = holds::objects,
   .doc = "Started in this order, dependencies first, and stopped in the reverse one.",
   .by_default = "[]",
   .is = {read_children, from<&declared_spec::children>},
   .object = "child"},
  {.key = "limits",
   .what = holds::object_or_word,
   .doc = "What all children are limited by together. \"guarded\" turns on the usual limits of the "
          "supervisor, of its groups and of its children, where nothing else is said.",
   .is = {read_supervisor_limits, write_supervisor_limits},
   .one_of = guarded_word,
   .object = "supervisor_limits"},
  {.key = "restart_limit",
   .what = holds::object,
   .doc = "How many restarts each child gets that says nothing itself.",
   .is = more<&supervisor_details::restart_limit>,
   .object = "restart_limit"},
  {.key = "escalation_policy",
   .what = holds::word,
   .doc = "What happens when the supervisor cannot help itself.",
   .is = more<&supervisor_details::escalation_policy>,
   .one_of = words_of<escalation_policy>},
  {.key = "supervisor_failure_limit",
   .what = holds::count,
   .doc = "max_failures of the supervisor's meltdown fuse, in short.",
   .is = more_count<&supervisor_details::supervisor_failure_limit>,
   .least = 1,
   .most = most_countable},
  {.key = "group_strategies",
   .what = holds::objects,
   .doc = "Strategies for the children with a tag; a child carries no more than one of these.",
   .is = more<&supervisor_details::group_strategies>,
   .object = "group_strategy"},
  {.key = "child_strategy_overrides",
   .what = holds::objects,
   .doc = "Strategies for single children.",
   .is = more<&supervisor_details::child_strategy_overrides>,
   .object = "child_strategy_override"},
  {.key = "group_configs",
   .what = holds::objects,
   .doc = "Groups of children that share budgets and fuses; a child is in no more than one.",
   .is = more<&supervisor_details::group_configs>,
   .object = "group_config"},
  {.key = "group_dependencies",
   .what = holds::objects,
   .doc = "What the trouble of one group means for another; nothing if it is not said here.",
   .is = more<&supervisor_details::group_dependencies>,
   .object = "group_dependency"},
  {.key = "severity_defaults",
   .what = holds::object,
   .doc = "How loud the ends of children are told, by their roles.",
   .is = more<&supervisor_details::severity_defaults>,
   .object = "severity_defaults"},
  {.key = "auto_shutdown",
   .what = holds::word,
   .doc = "Which ends of significant children end the supervisor.",
   .is = more<&supervisor_details::auto_shutdown>,
   .one_of = words_of<auto_shutdown>},
  {.key = "dynamic_supervisor_policy",
   .what = holds::object,
   .doc = "Whether and how many children may be added while the supervisor runs.",
   .is = more<&supervisor_details::dynamic_supervisor_policy>,
   .object = "dynamic_supervisor_policy"},
  {.key = "default_health_policy", .elsewhere = "health_policy in defaults"},
  spec_later("event_channel_capacity"),
  spec_later("policy"),
});

} // namespace

std::span<const field<dynamic_supervisor_policy>> fields_of(const dynamic_supervisor_policy&) {
  return dynamic_supervisor_policy_table;
}

std::span<const field<child_defaults>> fields_of(const child_defaults&) { return defaults_table; }
std::span<const field<declared_spec>> fields_of_file() { return file_table; }

std::span<const field<declared_spec>> fields_of_supervisor() {
  return fields_of_file().subspan(own_fields);
}

} // namespace supervisor::config
