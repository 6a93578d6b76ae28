#include "supervisor/config/fields/access.hpp"

namespace supervisor::config {

namespace {

constexpr auto sidecar_config_table = std::to_array<field<sidecar_config>>({
  {.key = "primary_child_id",
   .what = holds::id,
   .doc = "The sibling that it helps.",
   .is = member<&sidecar_config::primary_child_id>,
   .required = true},
  {.key = "linked_lifecycle",
   .what = holds::boolean,
   .doc = "Whether it starts after its primary, and goes down and up with it.",
   .is = member<&sidecar_config::linked_lifecycle>},
});

template <class Action>
constexpr words actions(std::optional<Action> child_reactions::*) {
  return words_of<Action>;
}

template <auto Member>
constexpr field<declared_child_spec> reaction(std::string_view key, std::string_view doc) {
  return {.key = key,
          .what = holds::word,
          .doc = doc,
          .is = {[](reading& r, const value& v, declared_child_spec& to) {
                   read(r, v, to.more.make().reactions.*Member);
                 },
                 [](const declared_child_spec& x) {
                   return x.more ? from<Member>(x.more->reactions) : written{};
                 }},
          .one_of = actions(Member)};
}

constexpr field<declared_child_spec> child_later(std::string_view key) { return {.key = key}; }

constexpr auto child_table = std::to_array<field<declared_child_spec>>({
  {.key = "id",
   .what = holds::id,
   .doc = "What the child is called, unique among its siblings.",
   .is = member<&declared_child_spec::id>,
   .required = true},
  {.key = "factory",
   .what = holds::text,
   .doc = "What to start, by its name in the catalog of the program.",
   .is = {read_factory, write_factory}},
  {.key = "args",
   .what = holds::anything,
   .doc = "What the factory is told.",
   .by_default = "{}",
   .is = {read_args, write_args}},
  {.key = "supervisor",
   .what = holds::object,
   .doc = "A supervisor of its own instead of a factory.",
   .is = {read_nested, write_nested},
   .object = "supervisor"},
  {.key = "process",
   .what = holds::object,
   .doc = "A program to run instead of a factory.",
   .is = {read_process, write_process},
   .object = "process"},
  {.key = "name",
   .what = holds::text,
   .doc = "For display; the id if missing.",
   .is = more<&child_details::name>},
  {.key = "restart",
   .what = holds::word,
   .doc = "When the child is started again after its end; the supervisor's default if missing.",
   .is = member<&declared_child_spec::restart>,
   .one_of = words_of<restart>},
  {.key = "backoff",
   .what = holds::object,
   .doc = "The wait before a restart; the supervisor's default if missing.",
   .is = member<&declared_child_spec::backoff>,
   .object = "backoff"},
  {.key = "shutdown",
   .what = holds::shutdown,
   .doc = "How long the child may take to stop; the supervisor's default if missing.",
   .is = member<&declared_child_spec::shutdown>,
   .one_of = stop_words,
   .object = "shutdown"},
  {.key = "readiness_policy",
   .what = holds::word,
   .doc = "Whether the child is ready as soon as it runs, or when it says so; with readiness, when "
          "the answer is yes.",
   .is = member<&declared_child_spec::readiness>,
   .one_of = words_of<readiness>},
  {.key = "dependencies",
   .what = holds::ids,
   .doc = "Siblings that must be ready before the child is started.",
   .is = member<&declared_child_spec::dependencies>},
  {.key = "criticality",
   .what = holds::word,
   .doc = "A critical child that cannot be started, or is restarted more often than the intensity "
          "allows, "
          "is the end of its supervisor. The restarts of an optional one are counted for itself, "
          "by the same "
          "numbers, and when they are used up it is quarantined.",
   .is = member<&declared_child_spec::criticality>,
   .one_of = words_of<criticality>},
  {.key = "start_timeout",
   .what = holds::duration,
   .doc = "How long the child may take until it runs and, if explicit or asked, is ready.",
   .by_default = R"("30s")",
   .is = member<&declared_child_spec::start_timeout>},
  {.key = "run_timeout",
   .what = holds::duration,
   .doc = "How long a life of the child may last before it has timed out; for ever if missing.",
   .is = more<&child_details::run_timeout>},
  {.key = "readiness",
   .what = holds::object,
   .doc = "What the child is asked until it is ready.",
   .is = more<&child_details::readiness_probe>,
   .object = "readiness"},
  {.key = "health_policy",
   .what = holds::object,
   .doc = "The heartbeats that the child sends; the supervisor's default, or none, if missing.",
   .is = more<&child_details::health_policy>,
   .object = "health_policy"},
  {.key = "health_check",
   .what = holds::object,
   .doc = "What the child is asked again and again once it is ready.",
   .is = more<&child_details::health_check>,
   .object = "health_check"},
  {.key = "stall_watchdog",
   .what = holds::object,
   .doc = "When the child has been too long in one handler, and what happens then.",
   .is = more<&child_details::stall_watchdog>,
   .object = "stall_watchdog"},
  {.key = "significant",
   .what = holds::boolean,
   .doc = "Whether its end may end the supervisor, see auto_shutdown. Not of a permanent child.",
   .is = more<&child_details::significant>},
  {.key = "tags",
   .what = holds::texts,
   .doc = "Words by which children are chosen.",
   .is = more<&child_details::tags>},
  {.key = "task_role",
   .what = holds::word,
   .doc = "What the child is there for; brings defaults for all that is not said.",
   .is = more<&child_details::task_role>,
   .one_of = words_of<task_role>},
  reaction<&child_reactions::on_success_exit>(
    "on_success_exit", "What happens when the child ends well; its role's, or by restart."),
  reaction<&child_reactions::on_failure_exit>(
    "on_failure_exit", "What happens when the child fails; its role's, or by restart."),
  reaction<&child_reactions::on_manual_stop>(
    "on_manual_stop", "Whether the child may be started again once somebody stopped it; its "
                      "role's, or stop_until_explicit_restart."),
  reaction<&child_reactions::on_timeout>(
    "on_timeout", "What happens when the child took too long; its role's, or by restart."),
  reaction<&child_reactions::on_budget_exhausted>(
    "on_budget_exhausted",
    "What happens when its restart limit is reached; an optional child is quarantined if missing."),
  {.key = "success_exit_codes",
   .what = holds::codes,
   .doc = "Exit codes that are no failure, from 0 to 255.",
   .by_default = "[0]",
   .is = more<&child_details::success_exit_codes>},
  {.key = "limits",
   .what = holds::object_or_word,
   .doc = "What the restarts of this child are limited by; the supervisor's default if missing.",
   .is = more<&child_details::limits>,
   .one_of = guarded_word,
   .object = "child_limits"},
  {.key = "severity",
   .what = holds::word,
   .doc = "How loud its end is told; its role's, or by criticality, if missing.",
   .is = more<&child_details::severity>,
   .one_of = words_of<severity_class>},
  {.key = "group",
   .what = holds::id,
   .doc = "One of the supervisor's group_configs, whose budgets and fuses it shares.",
   .is = more<&child_details::group>},
  {.key = "sidecar_config",
   .what = holds::object,
   .doc = "Whom it helps; of a sidecar, and of nobody else.",
   .is = more<&child_details::sidecar_config>,
   .object = "sidecar_config"},
  {.key = "resource_limits",
   .what = holds::object,
   .doc = "What a process may use, kept by the operating system; an actor shares the limits of its "
          "program.",
   .is = more<&child_details::resource_limits>,
   .object = "resource_limits"},
  {.key = "command_permissions",
   .what = holds::object,
   .doc = "What the child may ask its supervisor for.",
   .is = more<&child_details::command_permissions>,
   .object = "command_permissions"},
  {.key = "environment",
   .what = holds::objects,
   .doc = "Variables that the child gets.",
   .is = more<&child_details::environment>,
   .object = "env_var"},
  {.key = "secrets",
   .what = holds::objects,
   .doc = "What is looked up for the child at every start, and is in no file.",
   .is = more<&child_details::secrets>,
   .object = "secret_ref"},
  {.key = "preconditions",
   .what = holds::objects,
   .doc = "What must hold before the child is started, one after the other.",
   .is = more<&child_details::preconditions>,
   .object = "precondition"},
  {.key = "recycle",
   .what = holds::object,
   .doc = "When a child that is well is replaced by a fresh one; never if missing.",
   .is = more<&child_details::recycle>,
   .object = "recycle"},
  {.key = "start_before_stop",
   .what = holds::boolean,
   .doc = "Whether a restart by hand or by recycle waits until the next one is ready.",
   .is = more<&child_details::start_before_stop>},
  child_later("policy"),
});

} // namespace

std::span<const field<sidecar_config>> fields_of(const sidecar_config&) {
  return sidecar_config_table;
}

std::span<const field<declared_child_spec>> fields_of(const declared_child_spec&) {
  return child_table;
}

} // namespace supervisor::config
