#include "supervisor/config/fields/access.hpp"

namespace supervisor::config {

namespace {

/// All but simple_one_for_one, which is for a whole supervisor.
constexpr words strategies_of_some = words{words_of<strategy>}.first(4);

template <class T>
void read_strategy(reading& r, const value& v, T& to) {
  if (const auto i = read_word(r, v, strategies_of_some))
    to.strategy = static_cast<strategy>(*i);
}

// What is said in the same words of the children with a tag and of one child.

template <class T>
constexpr field<T> strategy_field(std::string_view doc) {
  return {.key = "strategy",
          .what = holds::word,
          .doc = doc,
          .by_default = R"("one_for_one")",
          .is = {read_strategy<T>, from<&T::strategy>},
          .one_of = strategies_of_some};
}

template <class T>
constexpr field<T> restart_limit_field() {
  return {.key = "restart_limit",
          .what = holds::object,
          .doc = "How many restarts each of them gets; the supervisor's if missing.",
          .is = member<&T::restart_limit>,
          .object = "restart_limit"};
}

template <class T>
constexpr field<T> escalation_field() {
  return {.key = "escalation_policy",
          .what = holds::word,
          .doc = "What happens when they cannot be helped; the supervisor's if missing.",
          .is = member<&T::escalation_policy>,
          .one_of = words_of<escalation_policy>};
}

constexpr auto group_strategy_table = std::to_array<field<group_strategy>>({
  {.key = "group",
   .what = holds::text,
   .doc = "The tag of the children that this is for.",
   .is = member<&group_strategy::group>,
   .required = true},
  strategy_field<group_strategy>("Who among those goes down and comes up again with one of them."),
  restart_limit_field<group_strategy>(),
  escalation_field<group_strategy>(),
});

constexpr auto override_table = std::to_array<field<child_strategy_override>>({
  {.key = "child_id",
   .what = holds::id,
   .doc = "The child that this is for, whatever its tags.",
   .is = member<&child_strategy_override::child_id>,
   .required = true},
  strategy_field<child_strategy_override>(
    "Who among all its siblings goes down and comes up again with it."),
  restart_limit_field<child_strategy_override>(),
  escalation_field<child_strategy_override>(),
});

constexpr auto group_config_table = std::to_array<field<group_config>>({
  {.key = "name",
   .what = holds::id,
   .doc = "What the group is called, unique among the groups of its supervisor.",
   .is = member<&group_config::name>,
   .required = true},
  {.key = "children",
   .what = holds::ids,
   .doc = "Who is in it, beside the children that name it as their group.",
   .is = member<&group_config::children>},
  {.key = "limits",
   .what = holds::object_or_word,
   .doc = "What its children are limited by together.",
   .is = {read_group_limits, write_group_limits},
   .one_of = guarded_word,
   .object = "group_limits"},
});

constexpr auto group_dependency_table = std::to_array<field<group_dependency>>({
  {.key = "from_group",
   .what = holds::id,
   .doc = "The group that depends on the other one.",
   .is = member<&group_dependency::from_group>,
   .required = true},
  {.key = "to_group",
   .what = holds::id,
   .doc = "The group whose trouble it is.",
   .is = member<&group_dependency::to_group>,
   .required = true},
  {.key = "propagation",
   .what = holds::word,
   .doc = "Whether the one is paused with the other, only told, or neither. Edges that are not "
          "none must not form a cycle.",
   .is = member<&group_dependency::propagation>,
   .one_of = words_of<propagation>},
});

template <task_role Role>
constexpr field<severity_defaults> severity_of(std::string_view by_default) {
  return {.key = label(Role),
          .what = holds::word,
          .doc = "How loud the ends of children with this role are told.",
          .by_default = by_default,
          .is = {[](reading& r, const value& v, severity_defaults& to) { read(r, v, to[Role]); },
                 [](const severity_defaults& x) {
                   const auto said = x.find(Role);
                   return said == x.end() ? written{} : json_of(said->second);
                 }},
          .one_of = words_of<severity_class>};
}

constexpr auto severity_defaults_table = std::to_array<field<severity_defaults>>({
  severity_of<task_role::service>(R"("critical")"),
  severity_of<task_role::worker>(R"("standard")"),
  severity_of<task_role::job>(R"("optional")"),
  severity_of<task_role::sidecar>(R"("standard")"),
  severity_of<task_role::supervisor>(R"("critical")"),
});

} // namespace

std::span<const field<group_strategy>> fields_of(const group_strategy&) {
  return group_strategy_table;
}

std::span<const field<child_strategy_override>> fields_of(const child_strategy_override&) {
  return override_table;
}

std::span<const field<group_config>> fields_of(const group_config&) { return group_config_table; }

std::span<const field<group_dependency>> fields_of(const group_dependency&) {
  return group_dependency_table;
}

std::span<const field<severity_defaults>> fields_of(const severity_defaults&) {
  return severity_defaults_table;
}

} // namespace supervisor::config
