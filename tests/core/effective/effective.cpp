#include <doctest/doctest.h>
#include <supervisor/effective/effective.hpp>

#include <string>

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

declared_child_spec worker(std::string id, child_details more = {}) {
  return {.id = std::move(id), .start = {"x"}, .more = std::move(more)};
}

declared_child_spec with_role(task_role role) { return worker("a", {.task_role = role}); }

declared_child_spec nested(std::string id, declared_spec spec, child_details more = {}) {
  return {.id = std::move(id),
          .start = {.nested = std::make_shared<const declared_spec>(std::move(spec))},
          .more = std::move(more)};
}

/// What holds for a child whose supervisor says nothing.
effective_policy alone(const declared_child_spec& child) { return effective(child, {}); }

template <class T>
sourced<T> as_said(T x) {
  return {x, policy_source::user_override};
}

template <class T>
sourced<T> by_role(T x) {
  return {x, policy_source::role_default};
}

std::string text(std::string_view label) { return std::string{label}; }

std::string situations(const effective_policy& x) {
  return text(label(x.on_success_exit.value)) + ", " + text(label(x.on_failure_exit.value)) + ", "
         + text(label(x.on_manual_stop.value)) + ", " + text(label(x.on_timeout.value)) + ", "
         + text(label(x.on_budget_exhausted.value));
}

std::string overridden(const effective_policy& x) {
  std::string all;
  for (const auto field : x.overridden_fields())
    all += (all.empty() ? "" : ", ") + text(field);
  return all;
}

std::string conflicts(const declared_spec& spec) {
  std::string all;
  for (const auto& x : role_conflicts(spec))
    all += (all.empty() ? "" : "\n") + to_string(x);
  return all;
}

std::string conflict(const declared_child_spec& child) { return conflicts({.children = {child}}); }

std::string limit_of(const effective_policy& x) {
  const auto& limit = x.limits.value.restart_limit;
  return limit ? std::to_string(limit->max_restarts) + " by " + text(label(x.limits.from)) : "none";
}

} // namespace

// -- roles -----------------------------------------------------------------------------------------

SCENARIO("a role says what to do in each of five situations") {
  const auto of = [](task_role role) { return situations(alone(with_role(role))); };

  THEN("a service is always there") {
    CHECK(of(task_role::service)
          == "restart, restart_with_backoff, stop_forever, restart_with_backoff, "
             "stop_and_escalate");
  }
  THEN("a worker is done when it has ended well") {
    CHECK(of(task_role::worker)
          == "stop, restart_with_backoff, stop_forever, restart_with_backoff, stop_and_escalate");
  }
  THEN("a job that takes too long is not tried again") {
    CHECK(of(task_role::job)
          == "stop, restart_with_backoff, stop_forever, stop_and_escalate, stop_and_escalate");
  }
  THEN("a sidecar is always there") {
    CHECK(of(task_role::sidecar)
          == "restart, restart_with_backoff, stop_forever, restart_with_backoff, "
             "stop_and_escalate");
  }
  THEN("a supervisor is always there") {
    CHECK(of(task_role::supervisor)
          == "restart, restart_with_backoff, stop_forever, restart_with_backoff, "
             "stop_and_escalate");
  }
}

TEST_CASE("a role brings its numbers with it") {
  struct row {
    task_role role{};
    restart when{};
    std::uint32_t restarts = 0;
    severity_class severity{};
  };
  for (const auto& expected :
       {row{task_role::service, restart::permanent, 10, severity_class::critical},
        row{task_role::worker, restart::transient, 3, severity_class::standard},
        row{task_role::job, restart::transient, 1, severity_class::optional},
        row{task_role::sidecar, restart::permanent, 5, severity_class::standard},
        row{task_role::supervisor, restart::permanent, 3, severity_class::critical}}) {
    CAPTURE(text(label(expected.role)));
    const auto x = alone(with_role(expected.role));
    CHECK(x.restart.value == expected.when);
    CHECK(x.limits.value == child_limits{.restart_limit = restart_limit{expected.restarts, 60s}});
    CHECK(x.severity.value == expected.severity);
    CHECK(x.escalation.value == escalation_policy::escalate_to_parent);
    CHECK(x.backoff.value == backoff{50ms, 5s, jitter::by(0.2)});
    CHECK(x.success_exit_codes.value == std::vector<std::int32_t>{0});
    CHECK(x.source() == policy_source::role_default);
    CHECK(overridden(x) == "");
  }
}

TEST_CASE("a child without a role has the defaults of the library and nothing of any role") {
  const auto x = alone(worker("a"));
  CHECK(situations(x)
        == "restart, restart_with_backoff, stop_until_explicit_restart, restart_with_backoff, "
           "stop_and_escalate");
  CHECK_FALSE(x.role);
  CHECK(x.restart.value == restart::permanent);
  CHECK(x.backoff.value == backoff{});
  CHECK(x.limits.value == child_limits{});
  CHECK(x.severity.value == severity_class::critical);
  CHECK(x.strategy.value == strategy::one_for_one);
  CHECK(x.shutdown.value == stop_budget{5s, 1s});
  CHECK(x.source() == policy_source::fallback_default);
  CHECK(overridden(x) == "");
}

SCENARIO("what is said wins over the role") {
  GIVEN("a job that is always to be restarted") {
    auto job = with_role(task_role::job);
    job.restart = restart::permanent;
    const auto x = alone(job);

    THEN("all that this is about follows and the rest stays the role's") {
      CHECK(situations(x)
            == "restart, restart_with_backoff, stop_forever, restart_with_backoff, "
               "stop_and_escalate");
      CHECK(x.source() == policy_source::user_override);
      CHECK(overridden(x) == "restart, on_success_exit, on_failure_exit, on_timeout");
    }
  }
  GIVEN("a service that is never to be restarted") {
    auto service = with_role(task_role::service);
    service.restart = restart::temporary;
    const auto x = alone(service);
    THEN("it is not") {
      CHECK(x.restart.value == restart::temporary);
      CHECK(x.on_success_exit.value == on_success_action::stop);
    }
  }
  GIVEN("a service that says one thing about its ends") {
    auto service = with_role(task_role::service);
    service.more.make().reactions.on_success_exit = on_success_action::stop;
    const auto x = alone(service);
    THEN("only that is said") {
      CHECK(x.restart.value == restart::permanent);
      CHECK(x.on_success_exit == as_said(on_success_action::stop));
      CHECK(overridden(x) == "on_success_exit");
    }
  }
  GIVEN("a child that says both when to restart and what to do on a timeout") {
    auto child = worker("a", {.reactions = {.on_timeout = on_timeout_action::stop_and_escalate}});
    child.restart = restart::transient;
    THEN("the more exact word counts") {
      CHECK(alone(child).on_timeout.value == on_timeout_action::stop_and_escalate);
      CHECK(alone(child).on_failure_exit.value == on_failure_action::restart_with_backoff);
    }
  }
  GIVEN("a worker that says everything else") {
    auto child = worker("a", {.task_role = task_role::worker,
                              .success_exit_codes = {{0, 75}},
                              .limits = child_limits{.restart_limit = restart_limit{7, 1s}},
                              .severity = severity_class::critical});
    child.backoff = {1ms, 2ms};
    const auto x = alone(child);
    THEN("that is what holds") {
      CHECK(x.success_exit_codes.value == std::vector<std::int32_t>{0, 75});
      CHECK(x.limits.value.restart_limit == restart_limit{7, 1s});
      CHECK(x.severity.value == severity_class::critical);
      CHECK(x.backoff.value == backoff{1ms, 2ms});
      CHECK(overridden(x) == "restart_limit, backoff, success_exit_codes, severity");
    }
  }
}

SCENARIO("a supervisor speaks for children that say nothing") {
  const child_defaults defaults{.restart = restart::permanent,
                                .backoff = {20ms, 2s},
                                .shutdown = 3s,
                                .limits = child_limits{.hot_loop = hot_loop{}}};
  declared_spec spec{.defaults = defaults};

  THEN("its defaults win over a role") {
    const auto x = effective(with_role(task_role::worker), spec);
    CHECK(x.restart == as_said(restart::permanent));
    CHECK(x.on_success_exit.value == on_success_action::restart);
    CHECK(x.backoff.value == backoff{20ms, 2s});
    CHECK(x.shutdown.value == stop_budget{3s});
    CHECK(x.limits.value.hot_loop == hot_loop{});
  }
  THEN("a limit that they leave open is still the role's") {
    const auto x = effective(with_role(task_role::worker), spec);
    CHECK(limit_of(x) == "3 by role_default");
  }
  THEN("limits of a child stand instead of the default ones") {
    const auto x
      = effective(worker("a", {.limits = child_limits{.cold_start = cold_start{}}}), spec);
    CHECK(x.limits.value == child_limits{.cold_start = cold_start{}});
  }
  THEN("a nested supervisor still has all the time it needs") {
    CHECK(effective(nested("sub", {}), spec).shutdown.value.is_unlimited());
  }
  THEN("it may say how loud the ends of a role are") {
    spec.more.make().severity_defaults[task_role::job] = severity_class::critical;
    CHECK(effective(with_role(task_role::job), spec).severity == as_said(severity_class::critical));
    CHECK(effective(with_role(task_role::worker), spec).severity
          == by_role(severity_class::standard));
    const auto own
      = worker("a", {.task_role = task_role::job, .severity = severity_class::standard});
    CHECK(effective(own, spec).severity.value == severity_class::standard);
  }
}

// -- precedence ------------------------------------------------------------------------------------

SCENARIO("the closest word about strategy and limit and escalation counts") {
  GIVEN("a supervisor that says all three to all and to a tag and to one child") {
    declared_spec spec{.strategy = strategy::one_for_all};
    spec.more = supervisor_details{
      .restart_limit = restart_limit{4},
      .escalation_policy = escalation_policy::shutdown_tree,
      .group_strategies
      = {{"db", strategy::rest_for_one, restart_limit{5}, escalation_policy::quarantine_scope}},
      .child_strategy_overrides
      = {{"web", strategy::one_for_one, restart_limit{6}, escalation_policy::escalate_to_parent}}};

    THEN("who is not meant in particular follows the supervisor") {
      const auto x = effective(worker("log"), spec);
      CHECK(x.strategy.value == strategy::one_for_all);
      CHECK(limit_of(x) == "4 by user_override");
      CHECK(x.escalation.value == escalation_policy::shutdown_tree);
      CHECK(x.team == "");
    }
    THEN("who carries the tag follows it") {
      const auto x = effective(worker("index", {.tags = {"fast", "db"}}), spec);
      CHECK(x.strategy.value == strategy::rest_for_one);
      CHECK(limit_of(x) == "5 by user_override");
      CHECK(x.escalation.value == escalation_policy::quarantine_scope);
      CHECK(x.team == "db");
    }
    THEN("any strategy may be that of a tag") {
      spec.more.make().group_strategies[0].strategy = strategy::one_for_dependents;
      spec.children = {worker("index", {.tags = {"db"}})};
      CHECK(effective(spec.children[0], spec).strategy.value == strategy::one_for_dependents);
      CHECK(show_effective(spec).find("one_for_dependents with tag \"db\"") != std::string::npos);
    }
    THEN("who is meant alone follows that and reaches all siblings") {
      const auto x = effective(worker("web", {.tags = {"db"}}), spec);
      CHECK(x.strategy.value == strategy::one_for_one);
      CHECK(limit_of(x) == "6 by user_override");
      CHECK(x.escalation == as_said(escalation_policy::escalate_to_parent));
      CHECK(x.team == "");
    }
    THEN("a limit that the child names itself is closest of all") {
      const auto x = effective(
        worker("web", {.limits = child_limits{.restart_limit = restart_limit{9}}}), spec);
      CHECK(limit_of(x) == "9 by user_override");
    }
  }
  GIVEN("an override that says no more than a strategy") {
    declared_spec spec;
    spec.more = supervisor_details{
      .restart_limit = restart_limit{4},
      .group_strategies = {{.group = "db", .restart_limit = restart_limit{5}}},
      .child_strategy_overrides = {{.child_id = "web", .strategy = strategy::one_for_all}}};

    THEN("the rest is the tag's and then the supervisor's") {
      CHECK(limit_of(effective(worker("web", {.tags = {"db"}}), spec)) == "5 by user_override");
      CHECK(limit_of(effective(worker("web"), spec)) == "4 by user_override");
    }
  }
  GIVEN("a supervisor with the usual limits and a restart limit of its own") {
    declared_spec spec;
    spec.more.make().restart_limit = restart_limit{4};
    spec = guarded(std::move(spec));
    THEN("its own number counts") {
      CHECK(limit_of(effective(worker("a"), spec)) == "4 by user_override");
      CHECK(effective(worker("a"), spec).limits.value.hot_loop == hot_loop{});
    }
  }
}

SCENARIO("what an exhausted restart limit means is the child's business first") {
  const auto meaning = [](const declared_child_spec& child) {
    const auto x = alone(child);
    return text(label(x.on_budget_exhausted.value)) + ", "
           + text(label(x.limits.value.restart_limit->when_exhausted));
  };
  auto child = with_role(task_role::worker);
  THEN("a critical child escalates") { CHECK(meaning(child) == "stop_and_escalate, escalate"); }
  THEN("an optional child is given up alone") {
    child.criticality = criticality::optional;
    CHECK(meaning(child) == "quarantine, quarantine");
  }
  THEN("whatever it is it may say so") {
    child.more.make().reactions.on_budget_exhausted = on_budget_exhausted_action::quarantine;
    CHECK(meaning(child) == "quarantine, quarantine");
    child.criticality = criticality::optional;
    child.more.make().reactions.on_budget_exhausted = on_budget_exhausted_action::stop_and_escalate;
    CHECK(meaning(child) == "stop_and_escalate, escalate");
  }
}

TEST_CASE("how loud a child without a role is depends on whether it must be there") {
  auto child = worker("a");
  CHECK(alone(child).severity.value == severity_class::critical);
  child.criticality = criticality::optional;
  CHECK(alone(child).severity.value == severity_class::optional);
}

TEST_CASE("a child is in the group that it names or that lists it") {
  declared_spec spec;
  spec.more.make().group_configs = {{.name = "front", .children = {"web"}}, {.name = "back"}};
  CHECK(effective(worker("web"), spec).group == "front");
  CHECK(effective(worker("db", {.group = "back"}), spec).group == "back");
  CHECK(effective(worker("log"), spec).group == "");
}

SCENARIO("a child sends the beats that it or its supervisor names") {
  const health_policy often{500ms, 2s}, seldom{10s, 60s};
  declared_spec spec;
  THEN("it sends none if nobody says so") {
    CHECK(effective(worker("a"), spec).health
          == sourced<std::optional<health_policy>>{std::nullopt, policy_source::fallback_default});
    CHECK_FALSE(effective(with_role(task_role::service), spec).health.value);
  }
  THEN("the default is for whoever says nothing") {
    spec.defaults.health_policy = seldom;
    CHECK(effective(worker("a"), spec).health == as_said(std::optional{seldom}));
    CHECK(effective(worker("a", {.health_policy = often}), spec).health
          == as_said(std::optional{often}));
  }
  THEN("but not for nested supervisors") {
    spec.defaults.health_policy = seldom;
    CHECK_FALSE(effective(nested("sub", {}), spec).health.value);
  }
}

// -- conflicts -------------------------------------------------------------------------------------

SCENARIO("a setting against the sense of a role is reported and followed") {
  THEN("a job that is restarted after every success") {
    auto job = with_role(task_role::job);
    job.restart = restart::permanent;
    CHECK(
      conflict(job)
      == "\"a\": restart \"permanent\" contradicts the role job, which is done when it has ended "
         "well: it would be done again after every success, until a limit stops it");
    job.more.make().reactions.on_success_exit = on_success_action::restart;
    CHECK(conflict(job).starts_with("\"a\": on_success_exit \"restart\" contradicts the role job"));
    job.more.make().reactions.on_success_exit = on_success_action::stop;
    CHECK(conflict(job) == "");
  }
  THEN("a service that nobody starts again") {
    for (const auto role : {task_role::service, task_role::sidecar}) {
      auto child = with_role(role);
      child.restart = restart::temporary;
      CHECK(
        conflict(child)
        == "\"a\": restart \"temporary\" contradicts the role " + text(label(role))
             + ", which is there as long as its supervisor is: after its first end nobody would "
               "start it again");
    }
  }
  THEN("a supervisor that supervises nobody") {
    CHECK(
      conflict(with_role(task_role::supervisor))
      == "\"a\": task_role \"supervisor\" contradicts the role supervisor, which has children of "
         "its own: what this child starts has none");
  }
  THEN("a worker that is a supervisor") {
    CHECK(conflict(nested("sub", {}, {.task_role = task_role::worker}))
          == "\"sub\": task_role \"worker\" contradicts the role worker, which does its work and "
             "ends: a nested supervisor does not end by itself as long as its children are well");
  }
  THEN("a child of a nested supervisor is called by its path") {
    auto job = with_role(task_role::job);
    job.restart = restart::permanent;
    const auto found
      = role_conflicts(declared_spec{.children = {nested("sub", {.children = {job}})}});
    REQUIRE(found.size() == 1);
    CHECK(found[0].child_id == "sub/a");
    CHECK(found[0].role == task_role::job);
    CHECK(found[0].conflicting_field == "restart");
    CHECK(found[0].user_value == "permanent");
  }
}

TEST_CASE("what makes sense for a role is no conflict") {
  CHECK(conflict(worker("a")) == "");
  for (const auto role :
       {task_role::service, task_role::worker, task_role::job, task_role::sidecar})
    CHECK(conflict(with_role(role)) == "");
  CHECK(conflict(nested("sub", {}, {.task_role = task_role::supervisor})) == "");
  auto job = with_role(task_role::job);
  job.restart = restart::temporary;
  CHECK(conflict(job) == "");
  auto service = with_role(task_role::service);
  service.restart = restart::transient;
  CHECK(conflict(service) == "");
}

// -- for a reader ----------------------------------------------------------------------------------

TEST_CASE("every effective value is shown with who says so") {
  auto daily = worker("daily", {.task_role = task_role::job, .group = "night"});
  daily.criticality = criticality::optional;
  daily.shutdown = brutal_kill;
  declared_spec below{.children = {daily}};
  below.more.make().group_configs = {{.name = "night"}};
  auto web = worker("web", {.tags = {"front"}, .limits = guarded_child()});
  web.restart = restart::temporary;
  declared_spec spec{.children = {web, nested("reports", below)}};
  spec.more.make().group_strategies = {{.group = "front", .strategy = strategy::one_for_all}};

  CHECK(show_effective(spec) == R"(web
  restart              temporary                           as said
  failure_window       5 failures in 1min                  as said
  restart_limit        10 restarts in 1min                 as said
  cold_start           5 restarts in the first 1min        as said
  hot_loop             3 ends in 10s                       as said
  meltdown             3 failures in 10s, rests for 2min   as said
  on_budget_exhausted  stop_and_escalate                   by default
  on_manual_stop       stop_until_explicit_restart         by default
  success_exit_codes   0                                   by default
  shutdown             5s, then 1s for a kill              by default
  severity             critical                            by default
  strategy             one_for_all with tag "front"        as said
  escalation_policy    escalate_to_parent                  by default

reports
  restart              permanent                           by default
  on_success_exit      restart                             by default
  on_failure_exit      restart_with_backoff                by default
  on_timeout           restart_with_backoff                by default
  backoff              10ms to 1s, no jitter               by default
  on_budget_exhausted  stop_and_escalate                   by default
  on_manual_stop       stop_until_explicit_restart         by default
  success_exit_codes   0                                   by default
  shutdown             unlimited                           by default
  severity             critical                            by default
  strategy             one_for_one                         by default
  escalation_policy    escalate_to_parent                  by default

reports/daily, role job, group "night"
  restart              transient                           by its role
  on_success_exit      stop                                by its role
  on_failure_exit      restart_with_backoff                by its role
  on_timeout           stop_and_escalate                   by its role
  backoff              50ms to 5s, jitter 0.2              by its role
  restart_limit        1 restart in 1min                   by its role
  on_budget_exhausted  quarantine                          as said
  on_manual_stop       stop_forever                        by its role
  success_exit_codes   0                                   by its role
  shutdown             1s for a kill                       as said
  severity             optional                            by its role
  strategy             one_for_one                         by default
  escalation_policy    escalate_to_parent                  by its role
)");
}

TEST_CASE("beats are shown where somebody asks for them") {
  const declared_spec spec{.children = {worker("a", {.health_policy = health_policy{}})}};
  CHECK(show_effective(spec).find(
          "  health_policy        a beat each 1s, stale after 3s      as said\n")
        != std::string::npos);
  CHECK(show_effective({.children = {worker("a")}}).find("health_policy") == std::string::npos);
}

TEST_CASE("what only the child says is shown where it is said") {
  const auto details = child_details{
    .resource_limits = resource_limits{.max_memory_mb = 64, .required = true},
    .command_permissions = command_permissions{.allow_restart = true},
    .environment = {{.name = "MODE", .value = "fast"}, {.name = "PW", .secret_ref = "${S}"}},
    .secrets = {{.name = "S", .key = "shop/db", .required = true}},
    .preconditions = {{.path = "/run/x"}},
    .recycle = recycle_policy{.max_age = 24h},
    .start_before_stop = true};
  const auto shown = show_effective({.children = {worker("a", details)}});
  CHECK(shown.substr(shown.find("  resource_limits"))
        == R"(  resource_limits      64 MB, required                     as said
  command_permissions  restart, SIGTERM                    as said
  environment          MODE = "fast"                       as said
  environment          PW = ${S}                           as said
  secrets              S = "shop/db", required             as said
  preconditions        path /run/x for 30s each 500ms      as said
  recycle              after 24h, spread 0.1               as said
  start_before_stop    yes                                 as said
)");
}
