#include "said.hpp"

#include <supervisor/effective/effective.hpp>

using namespace supervisor;
using namespace std::chrono_literals;

TEST_CASE("everything a child can say about its ends and limits arrives") {
  const auto child = child_of(R"(
    "task_role": "worker", "success_exit_codes": [0, 75],
    "on_success_exit": "no_op", "on_failure_exit": "stop_and_escalate",
    "on_timeout": "stop_and_escalate",
    "on_budget_exhausted": "quarantine", "severity": "critical",
    "limits": {
      "failure_window": {"mode": "count_sliding", "window": "5s", "max_count": 20, "threshold": 4},
      "restart_limit": {"max_restarts": 7, "window": "30s"},
      "cold_start": {"window": "20s", "max_restarts": 0},
      "hot_loop": {"window": "3s", "min_restarts": 2},
      "meltdown": {"max_failures": 6, "window": "9s", "reset_after": "1min"}})");

  CHECK(child.more->task_role == task_role::worker);
  CHECK(child.more->success_exit_codes == std::vector<std::int32_t>{0, 75});
  CHECK(child.more->reactions
        == child_reactions{on_success_action::no_op, on_failure_action::stop_and_escalate,
                           std::nullopt, on_timeout_action::stop_and_escalate,
                           on_budget_exhausted_action::quarantine});
  CHECK(child.more->severity == severity_class::critical);
  CHECK(
    child.more->limits
    == child_limits{.failure_window = failure_window{failure_window_mode::count_sliding, 5s, 20, 4},
                    .restart_limit = restart_limit{7, 30s},
                    .cold_start = cold_start{20s, 0},
                    .hot_loop = hot_loop{3s, 2},
                    .meltdown = meltdown_fuse{6, 9s, 1min}});
}

TEST_CASE("one_for_dependents is a strategy wherever there is one") {
  const auto spec = spec_of(file_with(R"("strategy": "one_for_dependents",
    "group_strategies": [{"group": "fast", "strategy": "one_for_dependents"}],
    "child_strategy_overrides": [{"child_id": "b", "strategy": "one_for_dependents"}],
    "children": [{"id": "a", "factory": "f", "tags": ["fast"]},
                 {"id": "b", "factory": "f", "dependencies": ["a"]}])"));
  CHECK(spec.strategy == strategy::one_for_dependents);
  CHECK(spec.more->group_strategies.at(0).strategy == strategy::one_for_dependents);
  CHECK(spec.more->child_strategy_overrides.at(0).strategy == strategy::one_for_dependents);
}

TEST_CASE("everything a supervisor can say about groups and limits arrives") {
  const auto spec = spec_of(file_with(R"(
    "limits": {"restart_budget": {"window": "2min", "max_burst": 3, "recovery_rate_per_sec": 0.1},
               "meltdown": {"max_failures": 4}, "concurrent_restarts": 2},
    "restart_limit": {"max_restarts": 2, "window": "1s"},
    "escalation_policy": "quarantine_scope", "supervisor_failure_limit": 8,
    "group_strategies": [{"group": "fast", "strategy": "one_for_all",
                          "restart_limit": {"max_restarts": 1}, "escalation_policy": "shutdown_tree"}],
    "child_strategy_overrides": [{"child_id": "a", "strategy": "rest_for_one"}],
    "group_configs": [{"name": "front", "children": ["a"], "limits": {"concurrent_restarts": 1}},
                      {"name": "back"}],
    "group_dependencies": [{"from_group": "front", "to_group": "back", "propagation": "full"}],
    "severity_defaults": {"job": "standard", "service": "optional"},
    "children": [{"id": "a", "factory": "f", "tags": ["fast"]},
                 {"id": "b", "factory": "f", "group": "back"}])"));
  const auto& more = *spec.more;

  CHECK(more.limits
        == scope_limits{.restart_budget = token_bucket{2min, 3, 0.1},
                        .meltdown = meltdown_fuse{4, 60s, 120s, meltdown_scope::supervisor},
                        .concurrent_restarts = 2});
  CHECK(more.restart_limit == restart_limit{2, 1s});
  CHECK(more.escalation_policy == escalation_policy::quarantine_scope);
  CHECK(more.supervisor_failure_limit == 8);
  CHECK(more.group_strategies.at(0).group == "fast");
  CHECK(more.group_strategies.at(0).strategy == strategy::one_for_all);
  CHECK(more.group_strategies.at(0).restart_limit == restart_limit{1});
  CHECK(more.group_strategies.at(0).escalation_policy == escalation_policy::shutdown_tree);
  CHECK(more.child_strategy_overrides.at(0).child_id == "a");
  CHECK(more.child_strategy_overrides.at(0).strategy == strategy::rest_for_one);
  CHECK_FALSE(more.child_strategy_overrides.at(0).restart_limit);
  CHECK(more.group_configs.at(0).name == "front");
  CHECK(more.group_configs.at(0).children == std::vector<std::string>{"a"});
  CHECK(more.group_configs.at(0).limits == scope_limits{.concurrent_restarts = 1});
  CHECK_FALSE(more.group_configs.at(1).limits);
  CHECK(more.group_dependencies.at(0).from_group == "front");
  CHECK(more.group_dependencies.at(0).to_group == "back");
  CHECK(more.group_dependencies.at(0).propagation == propagation::full);
  CHECK(more.severity_defaults
        == std::map<task_role, severity_class>{{task_role::service, severity_class::optional},
                                               {task_role::job, severity_class::standard}});
  CHECK(spec.children.at(1).more->group == "back");
}

TEST_CASE("a sidecar arrives with its primary") {
  const auto spec = spec_of(file_with(R"("children": [{"id": "web", "factory": "f"},
    {"id": "proxy", "factory": "f", "task_role": "sidecar",
     "sidecar_config": {"primary_child_id": "web", "linked_lifecycle": true}},
    {"id": "log", "factory": "f", "task_role": "sidecar",
     "sidecar_config": {"primary_child_id": "web"}}])"));
  CHECK(spec.children.at(1).more->sidecar_config->primary_child_id == "web");
  CHECK(spec.children.at(1).more->sidecar_config->linked_lifecycle);
  CHECK_FALSE(spec.children.at(2).more->sidecar_config->linked_lifecycle);
}

TEST_CASE("what an object of numbers does not say are the usual numbers") {
  const auto child = child_of(R"("limits": {"failure_window": {}, "restart_limit": {},
    "cold_start": {}, "hot_loop": {}, "meltdown": {}})");
  CHECK(child.more->limits == guarded_child());
  const auto spec = spec_of(file_with(R"("limits": {"restart_budget": {}, "meltdown": {}},
    "group_configs": [{"name": "g", "limits": {"restart_budget": {}, "meltdown": {}}}])"));
  CHECK(
    spec.more->limits
    == scope_limits{.restart_budget = token_bucket{}, .meltdown = meltdown_fuse::for_supervisor()});
  CHECK(spec.more->group_configs.at(0).limits == guarded_group());
}

SCENARIO("one word turns on the usual limits") {
  THEN("of a child") { CHECK(child_of(R"("limits": "guarded")").more->limits == guarded_child()); }
  THEN("of all children that say nothing") {
    CHECK(spec_of(file_with(R"("defaults": {"limits": "guarded"})")).defaults.limits
          == guarded_child());
  }
  THEN("of a group") {
    const auto spec
      = spec_of(file_with(R"("group_configs": [{"name": "g", "limits": "guarded"}])"));
    CHECK(spec.more->group_configs.at(0).limits == guarded_group());
    CHECK_FALSE(spec.more->limits);
  }
  THEN("of a supervisor with all that is in it wherever the word stands") {
    const auto spec = spec_of(file_with(R"("limits": "guarded",
      "group_configs": [{"name": "g"}, {"name": "h", "limits": {}}],
      "children": [{"id": "sub", "supervisor": {}}])"));
    CHECK(spec.more->limits == guarded_supervisor());
    CHECK(spec.more->group_configs.at(0).limits == guarded_group());
    CHECK(spec.more->group_configs.at(1).limits == scope_limits{});
    CHECK(spec.defaults.limits == guarded_child());
    CHECK_FALSE(spec.children.at(0).start.nested->more);
    CHECK_FALSE(spec.children.at(0).start.nested->defaults.limits);
  }
  THEN("of a nested supervisor") {
    const auto spec
      = spec_of(file_with(R"("children": [{"id": "sub", "supervisor": {"limits": "guarded"}}])"));
    CHECK_FALSE(spec.more);
    CHECK(spec.children.at(0).start.nested->more->limits == guarded_supervisor());
  }
  THEN("but not what is said otherwise") {
    const auto spec
      = spec_of(file_with(R"("defaults": {"limits": {"hot_loop": {}}}, "limits": "guarded")"));
    CHECK(spec.defaults.limits == child_limits{.hot_loop = hot_loop{}});
  }
}

TEST_CASE("a limit that a role brings can be taken away") {
  const auto child
    = child_of(R"("task_role": "job", "limits": {"restart_limit": {"max_restarts": "unlimited"}})");
  CHECK(effective(child, {}).limits.value.restart_limit->max_restarts == unlimited);
}
