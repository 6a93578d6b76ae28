#include "said.hpp"

#include <supervisor/rules/validate.hpp>

#include <limits>

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

/// Three children called a, b and c, the last with the tag "fast", beside other members of a file.
std::string three_with(std::string_view members) {
  return said(file_with(R"("children": [{"id": "a", "factory": "f"}, {"id": "b", "factory": "f"},
                                        {"id": "c", "factory": "f", "tags": ["fast"]}], )"
                        + std::string{members}));
}

std::string with_children(std::string_view children) {
  return said(file_with("\"children\": [" + std::string{children} + "]"));
}

std::string limit_of_child(std::string_view limits) {
  return said(child_with("\"limits\": {" + std::string{limits} + "}"));
}

std::string wrong_with(const declared_spec& spec) { return to_string(validate(spec)); }

declared_child_spec child(child_details more) {
  return {.id = "a", .start = {"x"}, .more = std::move(more)};
}

std::string wrong_with(const declared_child_spec& child) {
  return wrong_with(declared_spec{.children = {child}});
}

} // namespace

// -- numbers ---------------------------------------------------------------------------------------

TEST_CASE("a limit of zero is strict and not wrong") {
  CHECK(limit_of_child(R"("restart_limit": {"max_restarts": 0}, "cold_start": {"max_restarts": 0})")
        == "ok");
}

TEST_CASE("a limit whose numbers cannot be meant says which would be right") {
  CHECK(
    limit_of_child(R"("hot_loop": {"min_restarts": 0})")
    == "/children/0/limits/hot_loop/min_restarts (line 1): 0 is out of range, must be from 1 to "
       "1024");
  CHECK(
    limit_of_child(R"("meltdown": {"max_failures": 5000})")
    == "/children/0/limits/meltdown/max_failures (line 1): 5000 is out of range, must be from 1 "
       "to 1024");
  CHECK(limit_of_child(R"("restart_limit": {"window": "0s"})")
        == "/children/0/limits/restart_limit/window (line 1): must be longer than zero");
  CHECK(limit_of_child(R"("cold_start": {"window": "2000000h"})")
        == "/children/0/limits/cold_start/window (line 1): must not be longer than 100 years");
  CHECK(limit_of_child(R"("meltdown": {"reset_after": "0ms"})")
        == "/children/0/limits/meltdown/reset_after (line 1): must be longer than zero");
  CHECK(said(file_with(R"("limits": {"restart_budget": {"max_burst": 0}})"))
        == "/limits/restart_budget/max_burst (line 1): must be at least 1: a restart costs one");
  CHECK(
    said(file_with(R"("limits": {"restart_budget": {"recovery_rate_per_sec": -0.5}})"))
    == "/limits/restart_budget/recovery_rate_per_sec (line 1): must be more than 0 and not more "
       "than 1000");
  CHECK(said(file_with(R"("limits": {"concurrent_restarts": 0})"))
        == "/limits/concurrent_restarts (line 1): must be at least 1, or nobody is restarted");
  CHECK(said(file_with(R"("supervisor_failure_limit": 0)"))
        == "/supervisor_failure_limit (line 1): 0 is out of range, must be from 1 to 1024");
}

TEST_CASE("a number that is none has its place as well") {
  const auto place = "/children/0/limits/restart_limit/max_restarts (line 1): ";
  CHECK(limit_of_child(R"("restart_limit": {"max_restarts": 1.5})")
        == place + std::string{"1.5 is out of range, must be a whole number or \"unlimited\""});
  CHECK(limit_of_child(R"("restart_limit": {"max_restarts": -1})")
        == place + std::string{"-1 is out of range, must be a whole number or \"unlimited\""});
  CHECK(limit_of_child(R"("restart_limit": {"max_restarts": true})")
        == place + std::string{"is a boolean, must be a whole number or \"unlimited\""});
  CHECK(
    limit_of_child(R"("hot_loop": {"min_restarts": "3"})")
    == "/children/0/limits/hot_loop/min_restarts (line 1): is a string, must be a whole number");
  CHECK(limit_of_child(R"("hot_loop": {"window": 10})")
        == "/children/0/limits/hot_loop/window (line 1): is a bare number: write \"10s\", not 10");
  CHECK(limit_of_child(R"("hot_loop": {"window": "9999999999h"})").ends_with("about 292 years"));
  CHECK(said(file_with(R"("limits": {"restart_budget": {"recovery_rate_per_sec": "fast"}})"))
        == "/limits/restart_budget/recovery_rate_per_sec (line 1): is a string, must be a number");
  CHECK(said(file_with(R"("limits": {"restart_budget": {"recovery_rate_per_sec": 1e999}})"))
          .starts_with("/limits/restart_budget (line 1): not JSON: "));
  CHECK(said(child_with(R"("success_exit_codes": [0, 0.5, 255, 256, -1])"))
        == "/children/0/success_exit_codes/1 (line 1): 0.5 is out of range, must be a whole number "
           "from 0 to 255\n"
           "/children/0/success_exit_codes/3 (line 1): 256 is out of range, must be a whole number "
           "from 0 to 255\n"
           "/children/0/success_exit_codes/4 (line 1): -1 is out of range, must be a whole number "
           "from 0 to 255");
  CHECK(said(child_with(R"("success_exit_codes": [])"))
        == "/children/0/success_exit_codes (line 1): must name at least one code, such as 0");
}

TEST_CASE("of the last ends no more can be failures than are looked at") {
  const auto by_count = [](std::string_view numbers) {
    return limit_of_child(R"("failure_window": {"mode": "count_sliding", )" + std::string{numbers}
                          + "}");
  };
  CHECK(by_count(R"("max_count": 5, "threshold": 5)") == "ok");
  CHECK(by_count(R"("max_count": 4, "threshold": 5)")
        == "/children/0/limits/failure_window/threshold (line 1): must not be more than max_count, "
           "4: of so many ends no more can be failures");
  CHECK(by_count(R"("max_count": 65)")
        == "/children/0/limits/failure_window/max_count (line 1): 65 is out of range, must be from "
           "1 to 64");
  CHECK(limit_of_child(R"("failure_window": {"max_count": 4, "threshold": 5})") == "ok");
}

TEST_CASE("numbers that only a program can write are faults as well") {
  const auto nan = std::numeric_limits<double>::quiet_NaN();
  const auto endless = std::numeric_limits<double>::infinity();
  const auto rate = [](double x) {
    declared_spec spec;
    spec.more.make().limits = scope_limits{.restart_budget = token_bucket{60s, 10, x}};
    return wrong_with(spec);
  };
  for (const auto x : {nan, endless, -endless, 0.0, -1.0, 1000.5})
    CHECK(rate(x)
          == "/limits/restart_budget/recovery_rate_per_sec: must be more than 0 and not more than "
             "1000");
  CHECK(rate(1000) == "");

  auto shaky = child({});
  for (const auto x : {nan, endless, -0.5}) {
    shaky.backoff = {1s, 2s, jitter::by(x)};
    CHECK(wrong_with(shaky) == "/children/0/backoff/jitter: the ratio must be from 0 to 1");
  }
  CHECK(wrong_with(child({.limits = child_limits{.hot_loop = hot_loop{nanoseconds::min()}}}))
        == "/children/0/limits/hot_loop/window: must be longer than zero");
  CHECK(wrong_with(child({.limits = child_limits{.hot_loop = hot_loop{nanoseconds::max()}}}))
        == "/children/0/limits/hot_loop/window: must not be longer than 100 years");
  CHECK(wrong_with(child({.limits = child_limits{.hot_loop = hot_loop{1s, unlimited}}})) == "");
  CHECK(wrong_with(child(
          {.limits = child_limits{.restart_limit = restart_limit{1, 1s, verdict::quarantine}}}))
        == "/children/0/limits/restart_limit/when_exhausted: is for the child to say, by "
           "on_budget_exhausted");
}

TEST_CASE("a policy of its own stands instead of what it decides and beside limits") {
  auto own = child({.limits = guarded_child()});
  own.policy = restart_policy{standard_policy{}};
  CHECK(wrong_with(own) == "");
  own.more.make().reactions.on_timeout = on_timeout_action::stop_and_escalate;
  CHECK(wrong_with(own)
        == "/children/0/policy: a policy stands instead of restart, backoff and what to do on an "
           "exit or a timeout: drop one");
}

// -- strategies ------------------------------------------------------------------------------------

TEST_CASE("a strategy for a tag needs somebody to carry it") {
  CHECK(three_with(R"("group_strategies": [{"group": "fast"}])") == "ok");
  CHECK(three_with(R"("group_strategies": [{"group": "fats"}])")
        == "/group_strategies/0/group (line 2): no child carries the tag \"fats\", did you mean "
           "\"fast\"?");
  CHECK(
    three_with(R"("group_strategies": [{"group": " "}])")
    == "/group_strategies/0/group (line 2): must not be blank: it is the tag of those it is for");
  CHECK(three_with(R"("group_strategies": [{"group": "fast"}, {"group": "fast"}])")
        == "/group_strategies/1/group (line 2): \"fast\" has a strategy already");
  CHECK(three_with(R"("group_strategies": [{"strategy": "one_for_all"}])")
        == "/group_strategies/0/group (line 2): is missing. The tag of the children that this is "
           "for.");
  CHECK(three_with(R"("group_strategies": [{"group": "fast", "restart_limit": {"window": "0s"}}])")
        == "/group_strategies/0/restart_limit/window (line 2): must be longer than zero");
}

TEST_CASE("a child follows no more than one strategy of a tag") {
  CHECK(
    said(file_with(R"("children": [{"id": "a", "factory": "f", "tags": ["x", "y", "z"]}],
                          "group_strategies": [{"group": "z"}, {"group": "x"}])"))
    == "/children/0/tags (line 1): two group_strategies are for \"a\", by \"x\" and by \"z\": one "
       "child follows one");
}

TEST_CASE("an override is for a child that exists and has no other") {
  CHECK(three_with(R"("child_strategy_overrides": [{"child_id": "a"}, {"child_id": "b"}])")
        == "ok");
  CHECK(three_with(R"("child_strategy_overrides": [{"child_id": "aa"}])")
        == "/child_strategy_overrides/0/child_id (line 2): no child is called \"aa\", did you mean "
           "\"a\"?");
  CHECK(three_with(R"("child_strategy_overrides": [{"child_id": "a"}, {"child_id": "a"}])")
        == "/child_strategy_overrides/1/child_id (line 2): \"a\" has an override already: one for "
           "each child");
}

TEST_CASE("a strategy for some children is none for a pool") {
  CHECK(three_with(R"("group_strategies": [{"group": "fast", "strategy": "simple_one_for_one"}])")
          .starts_with("/group_strategies/0/strategy (line 2): \"simple_one_for_one\" is none of "
                       "one_for_one, one_for_all, rest_for_one, one_for_dependents"));
  declared_spec spec{.children = {child({.tags = {"fast"}})}};
  spec.more.make().group_strategies = {{"fast", strategy::simple_one_for_one}};
  spec.more.make().child_strategy_overrides = {{"a", strategy::simple_one_for_one}};
  CHECK(
    wrong_with(spec)
    == "/child_strategy_overrides/0/strategy: simple_one_for_one is for a whole supervisor, must "
       "be one of one_for_one, one_for_all, rest_for_one, one_for_dependents\n"
       "/group_strategies/0/strategy: simple_one_for_one is for a whole supervisor, must be one of "
       "one_for_one, one_for_all, rest_for_one, one_for_dependents");
}

// -- pools -----------------------------------------------------------------------------------------

TEST_CASE("a pool is made of one template") {
  const auto pool = [](std::string_view children) {
    return said(file_with(R"("strategy": "simple_one_for_one", "children": [)"
                          + std::string{children} + "]"));
  };
  const std::string a = R"({"id": "a", "factory": "f"})";
  CHECK(pool(a) == "ok");
  CHECK(pool(R"({"id": "sub", "supervisor": {}})") == "ok");
  CHECK(pool("")
        == "/children (line 1): simple_one_for_one has one child, the template that all others are "
           "made of, and here are 0");
  CHECK(pool(a + R"(, {"id": "b", "factory": "f"})").ends_with("made of, and here are 2"));
  CHECK(said(file_with(R"("strategy": "simple_one_for_one")")).ends_with("and here are 0"));
}

TEST_CASE("a template stands alone") {
  const auto of_template = [](std::string_view members) {
    return said(file_with(R"("strategy": "simple_one_for_one", "children": [{"id": "a",
                             "factory": "f", )"
                          + std::string{members} + "}]"));
  };
  CHECK(of_template(R"("dependencies": ["b"])")
        == "/children/0/dependencies (line 2): does not go with a template of simple_one_for_one, "
           "which has no siblings");
  CHECK(
    of_template(R"("task_role": "sidecar", "sidecar_config": {"primary_child_id": "b"})")
    == "/children/0/sidecar_config (line 2): does not go with a template of simple_one_for_one, "
       "which has no siblings");
}

TEST_CASE("a pool may end by itself, and does not restart one child with another") {
  const auto pool = [](std::string_view members) {
    return said(file_with(R"("strategy": "simple_one_for_one", "children": [{"id": "a",
                             "factory": "f", "tags": ["fast"], "restart": "transient"}],
                             )"
                          + std::string{members}));
  };
  for (const std::string when : {"any_significant", "all_significant", "never"})
    CHECK(pool(R"("auto_shutdown": ")" + when + '"') == "ok");
  CHECK(pool(R"("group_strategies": [{"group": "fast"}])")
        == "/group_strategies (line 3): does not go with simple_one_for_one, where a restart "
           "reaches nobody else");
  CHECK(pool(R"("child_strategy_overrides": [{"child_id": "a"}])")
        == "/child_strategy_overrides (line 3): does not go with simple_one_for_one, where a "
           "restart reaches nobody else");
}

// -- significant children --------------------------------------------------------------------------

TEST_CASE("a significant child can stay down and its supervisor minds") {
  const auto significant = [](std::string_view child, std::string_view spec) {
    return said(file_with(R"("children": [{"id": "a", "factory": "f", "significant": true)"
                          + std::string{child} + "}]" + std::string{spec}));
  };
  const std::string any = R"(, "auto_shutdown": "any_significant")";
  const std::string at = "/children/0/significant (line 1): ";
  const std::string permanent = at
                                + "does not go with a permanent child, which never stays down: "
                                  "make it transient or temporary";
  CHECK(significant(R"(, "restart": "transient")", any) == "ok");
  CHECK(significant(R"(, "restart": "temporary")", any) == "ok");
  CHECK(significant(R"(, "restart": "permanent")", any) == permanent);
  CHECK(significant("", any) == permanent);
  CHECK(significant(R"(, "task_role": "service")", any) == permanent);
  CHECK(significant(R"(, "task_role": "job")", any) == "ok");
  CHECK(significant("", R"(, "auto_shutdown": "all_significant",
                              "defaults": {"restart": "temporary"})")
        == "ok");
  CHECK(significant(R"(, "restart": "transient")", "")
        == at
             + "means nothing to a supervisor whose auto_shutdown is never: say any_significant "
               "or all_significant there");
  CHECK(said(child_with(R"("significant": false)")) == "ok");
}

TEST_CASE("a significant child with a policy of its own may stay down") {
  auto own = child({.significant = true});
  own.policy = restart_policy{standard_policy{}};
  declared_spec spec{.children = {own}};
  spec.more.make().auto_shutdown = auto_shutdown::any_significant;
  CHECK(wrong_with(spec) == "");
}

// -- signs of life ---------------------------------------------------------------------------------

TEST_CASE("a life may not be shorter than nothing") {
  CHECK(said(child_with(R"("run_timeout": "1ms")")) == "ok");
  CHECK(said(child_with(R"("run_timeout": "0s")"))
        == "/children/0/run_timeout (line 1): must be longer than zero");
  CHECK(said(child_with(R"("run_timeout": "2000000h")"))
        == "/children/0/run_timeout (line 1): must not be longer than 100 years");
}

TEST_CASE("a beat is not stale before the next one is due") {
  const auto beats = [](std::string_view times) {
    return said(child_with("\"health_policy\": {" + std::string{times} + "}"));
  };
  const std::string at = "/children/0/health_policy/";
  CHECK(beats(R"("heartbeat_interval": "2s")") == "ok");
  CHECK(beats(R"("heartbeat_interval": "3s")")
        == at
             + "stale_after (line 1): must be longer than heartbeat_interval, 3s: a beat may be "
               "that old");
  CHECK(beats(R"("heartbeat_interval": "0s")")
        == at + "heartbeat_interval (line 1): must be longer than zero");
  CHECK(beats(R"("stale_after": "0s")") == at + "stale_after (line 1): must be longer than zero");
  CHECK(said(file_with(R"("defaults": {"health_policy": {"stale_after": "1s"}})"))
        == "/defaults/health_policy/stale_after (line 1): must be longer than heartbeat_interval, "
           "1s: a beat may be that old");
}

TEST_CASE("a question is asked at times that pass and some answer is a good one") {
  CHECK(said(child_with(R"("health_check": {"check_interval": "0s", "timeout": "0s"})"))
        == "/children/0/health_check/check_interval (line 1): must be longer than zero\n"
           "/children/0/health_check/timeout (line 1): must be longer than zero");
  CHECK(said(child_with(R"("health_check": {"max_retries": 0})"))
        == "/children/0/health_check/max_retries (line 1): must be at least 1, or no answer is a "
           "good one");
  CHECK(said(child_with(R"("readiness": {"check_interval": "0s", "timeout": "0s"})"))
        == "/children/0/readiness/check_interval (line 1): must be longer than zero\n"
           "/children/0/readiness/timeout (line 1): must be longer than zero");
  CHECK(said(child_with(R"("stall_watchdog": {"after": "0s"})"))
        == "/children/0/stall_watchdog/after (line 1): must be longer than zero");
}

TEST_CASE("an answer that comes after the start has timed out is none") {
  CHECK(said(child_with(R"("start_timeout": "3s", "readiness": {"timeout": "3s"})")) == "ok");
  CHECK(said(child_with(R"("start_timeout": "2s", "readiness": {})"))
        == "/children/0/readiness/timeout (line 1): must not be longer than start_timeout, 2s: by "
           "then the child has to be ready");
  CHECK(said(child_with(R"("readiness": {"timeout": "31s"})"))
        == "/children/0/readiness/timeout (line 1): must not be longer than start_timeout, 30s: by "
           "then the child has to be ready");
  CHECK(said(child_with(R"("readiness_policy": "explicit", "readiness": {})")) == "ok");
}

TEST_CASE("a nested supervisor is asked for nothing") {
  for (const std::string key : {"health_policy", "health_check", "readiness", "stall_watchdog"})
    CHECK(with_children(R"({"id": "sub", "supervisor": {}, ")" + key + R"(": {}})")
          == "/children/0/" + key
               + " (line 1): does not go with a supervisor, which answers for itself");
  CHECK(with_children(R"({"id": "sub", "supervisor": {}, "run_timeout": "1h"})") == "ok");
}

namespace {

/// What runs in a thread of its own; a file cannot say so.
struct blocking_start {
  bool empty() const { return false; }
  task_kind kind() const { return task_kind::blocking_worker; }
  std::string_view label() const { return "f"; }
  const basic_supervisor_spec<blocking_start>* tree() const { return nullptr; }
};

} // namespace

TEST_CASE("a blocking worker sends beats and answers nothing") {
  const auto wrong = [](child_details more) {
    basic_child_spec<blocking_start> blocking;
    blocking.id = "a";
    blocking.more = std::move(more);
    return to_string(validate(blocking));
  };
  const std::string why = ": a blocking worker answers no messages: use health_policy";
  CHECK(wrong({.health_policy = health_policy{}}) == "");
  CHECK(wrong({.health_check = health_check{}}) == "/health_check" + why);
  CHECK(wrong({.readiness_probe = readiness_probe{}}) == "/readiness" + why);
  CHECK(wrong({.stall_watchdog = stall_watchdog{}}) == "/stall_watchdog" + why);
}

// -- sidecars --------------------------------------------------------------------------------------

TEST_CASE("a sidecar needs a primary") {
  const std::string web = R"({"id": "web", "factory": "f"}, )";
  CHECK(with_children(web + R"({"id": "p", "factory": "f", "task_role": "sidecar"})")
        == "/children/1/sidecar_config (line 1): is missing: a sidecar has a primary_child_id, the "
           "sibling it helps");
  CHECK(with_children(web + R"({"id": "p", "factory": "f",
                                "sidecar_config": {"primary_child_id": "web"}})")
        == "/children/1/sidecar_config (line 2): goes only with the task_role \"sidecar\"");
  const auto beside = [&](std::string_view primary) {
    return with_children(web + R"({"id": "p", "factory": "f", "task_role": "sidecar",
      "sidecar_config": {"primary_child_id": "web"}}, {"id": "q", "factory": "f",
      "task_role": "sidecar", "sidecar_config": {"primary_child_id": ")"
                         + std::string{primary} + "\"}}");
  };
  CHECK(beside("web") == "ok");
  CHECK(
    beside("wep")
    == "/children/2/sidecar_config/primary_child_id (line 3): no sibling is called \"wep\", did "
       "you mean \"web\"?");
  CHECK(
    beside("q")
    == "/children/2/sidecar_config/primary_child_id (line 3): \"q\" is its own primary: name the "
       "sibling it helps");
  CHECK(
    beside("p")
    == "/children/2/sidecar_config/primary_child_id (line 3): \"p\" is a sidecar itself: name the "
       "one that it helps");
}

TEST_CASE("a linked sidecar waits for its primary and so nobody may wait in a circle") {
  const auto linked = [](std::string_view web) {
    return with_children(R"({"id": "proxy", "factory": "f", "task_role": "sidecar",
      "sidecar_config": {"primary_child_id": "web", "linked_lifecycle": true}},
      {"id": "web", "factory": "f")"
                         + std::string{web} + "}");
  };
  CHECK(linked("") == "ok");
  CHECK(linked(R"(, "dependencies": ["proxy"])")
        == "/children/0/sidecar_config (line 2): dependencies form a cycle, so none of these can "
           "start first: proxy, web (a linked sidecar depends on its primary)");
}

// -- groups ----------------------------------------------------------------------------------------

TEST_CASE("a child is in a group that exists and in no other") {
  const auto in = [](std::string_view group, std::string_view groups) {
    return said(file_with(R"("children": [{"id": "a", "factory": "f", "group": ")"
                          + std::string{group} + R"("}, {"id": "b", "factory": "f"}],
                          "group_configs": [)"
                          + std::string{groups} + "]"));
  };
  CHECK(in("front", R"({"name": "front", "children": ["a", "b"]})") == "ok");
  CHECK(in("font", R"({"name": "front"}, {"name": "back"})")
        == "/children/0/group (line 1): \"font\" is none of the groups front, back, did you mean "
           "\"front\"?");
  CHECK(in("front", "")
        == "/children/0/group (line 1): \"front\" is no group: there are no group_configs here");
  CHECK(in("front", R"({"name": "front"}, {"name": "back", "children": ["a"]})")
        == "/children/0/group (line 1): group \"back\" lists \"a\" as well: a child is in one");
  CHECK(
    in("front", R"({"name": "front", "children": ["b"]}, {"name": "back", "children": ["b"]})")
    == "/group_configs/1/children/0 (line 2): \"b\" is in group \"front\" already: a child is in "
       "one, and once");
  CHECK(in("front", R"({"name": "front", "children": ["c"]})")
          .starts_with("/group_configs/0/children/0 (line 2): no child is called \"c\""));
  CHECK(in("front", R"({"name": "front"}, {"name": "front"})")
        == "/group_configs/1/name (line 2): \"front\" is taken by group 0: names are unique");
  CHECK(in("front", R"({"name": "front", "limits": {"meltdown": {"window": "0s"}}})")
        == "/group_configs/0/limits/meltdown/window (line 2): must be longer than zero");
}

TEST_CASE("what one group has to do with another is said once and of groups that exist") {
  const auto edges = [](std::string_view some) {
    return said(file_with(
      R"("group_configs": [{"name": "a"}, {"name": "b"}, {"name": "c"}, {"name": "d"}],
         "group_dependencies": [)"
      + std::string{some} + "]"));
  };
  CHECK(edges(R"({"from_group": "a", "to_group": "b"}, {"from_group": "b", "to_group": "c"})")
        == "ok");
  CHECK(edges(R"({"from_group": "a", "to_group": "x1"})")
        == "/group_dependencies/0/to_group (line 2): \"x1\" is none of the groups a, b, c, d");
  CHECK(edges(R"({"from_group": "a", "to_group": "a"})")
        == "/group_dependencies/0/to_group (line 2): \"a\" depends on itself");
  CHECK(edges(R"({"from_group": "a", "to_group": "b"},
                 {"from_group": "a", "to_group": "b", "propagation": "full"})")
        == "/group_dependencies/1 (line 3): \"a\" depends on \"b\" already: say it once");
}

TEST_CASE("trouble must not come back to the group it began in") {
  const auto circle = [](std::string_view last) {
    return said(file_with(
      R"("group_configs": [{"name": "a"}, {"name": "b"}, {"name": "c"}, {"name": "d"}, {"name": "e"}],
         "group_dependencies": [
           {"from_group": "e", "to_group": "a", "propagation": "full"},
           {"from_group": "a", "to_group": "b", "propagation": "full"},
           {"from_group": "b", "to_group": "c", "propagation": "escalate_only"},
           {"from_group": "c", "to_group": "d", "propagation": "full"},
           {"from_group": "c", "to_group": "a", "propagation": ")"
      + std::string{last} + "\"}]"));
  };
  CHECK(
    circle("full")
    == "/group_dependencies (line 2): groups depend on each other in a cycle, so the trouble of "
       "one comes back to it: a, b, c");
  CHECK(circle("escalate_only").find("a, b, c") != std::string::npos);
  CHECK(circle("none") == "ok");
}

// -- children that come later ------------------------------------------------------------------------

TEST_CASE("there is room for at least one child and one command") {
  CHECK(said(file_with(R"("dynamic_supervisor_policy": {"child_limit": 0})"))
        == "/dynamic_supervisor_policy/child_limit (line 1): must be at least 1: whoever wants no "
           "children added says enabled, false");
  CHECK(said(file_with(R"("control_channel_capacity": 0)"))
        == "/control_channel_capacity (line 1): must be at least 1, or no command gets through");
}

TEST_CASE("commands are counted for the whole tree") {
  declared_spec below;
  below.more.make().control_channel_capacity = 5;
  declared_spec spec{.children = {{.id = "sub"}}};
  spec.children[0].start.nested = std::make_shared<const declared_spec>(below);
  CHECK(wrong_with(spec)
        == "/children/0/supervisor/control_channel_capacity: is the root's to say: commands are "
           "counted for the whole tree");
  CHECK(wrong_with(below) == "");
}

TEST_CASE("rules hold within one supervisor and in each") {
  CHECK(said(file_with(R"("group_configs": [{"name": "g"}], "children": [{"id": "sub", "supervisor":
        {"children": [{"id": "a", "factory": "f", "group": "g"}]}}])"))
        == "/children/0/supervisor/children/0/group (line 2): \"g\" is no group: there are no "
           "group_configs here");
}

TEST_CASE("of a long cycle the first ten are named") {
  std::string children;
  for (int i = 0; i < 30; ++i)
    children += (i == 0 ? "" : ",") + (R"({"id": "c)" + std::to_string(i))
                + R"(", "factory": "f", "dependencies": ["c)" + std::to_string((i + 1) % 30)
                + "\"]}";
  CHECK(
    said(file_with("\"children\": [" + children + "]"))
    == "/children/0/dependencies (line 1): dependencies form a cycle, so none of these can start "
       "first: c0, c1, c2, c3, c4, c5, c6, c7, c8, c9 and 20 more");
}
