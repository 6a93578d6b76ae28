#include <supervisor/changes/changes.hpp>
#include <supervisor/effective/effective.hpp>

#include <doctest/doctest.h>

#include <functional>
#include <map>
#include <random>
#include <string>

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

declared_child_spec worker(std::string id) { return {.id = std::move(id), .start = {"x"}}; }

declared_child_spec nested(std::string id, declared_spec spec) {
  declared_start start;
  start.nested = std::make_shared<const declared_spec>(std::move(spec));
  return {.id = std::move(id), .start = std::move(start)};
}

declared_spec of(std::vector<declared_child_spec> children) {
  return {.children = std::move(children)};
}

/// What is to be done, a line for each reason.
std::string to_do(const declared_spec& running, const declared_spec& wanted) {
  REQUIRE(to_string(validate(running)) == "");
  REQUIRE(to_string(validate(wanted)) == "");
  std::string text;
  for (const auto& x : changes(running, wanted))
    for (const auto& why : x.why)
      text += std::string{label(x.what)} + " " + x.path + " " + why + "\n";
  return text;
}

/// The paths, in the order of the list.
std::string order(const declared_spec& running, const declared_spec& wanted) {
  std::string text;
  for (const auto& x : changes(running, wanted))
    text += (text.empty() ? "" : ", ") + std::string{label(x.what)} + " " + x.path;
  return text;
}

/// "db", then "web" with a tag, a group and a role that leaves most to say.
declared_spec shop() {
  auto web = worker("web");
  web.more.make() = {.tags = {"front"}, .group = "g"};
  declared_spec spec{.children = {worker("db"), web}};
  auto& more = spec.more.make();
  more.group_configs = {{.name = "g"}, {.name = "h"}};
  more.group_strategies = {{.group = "front", .strategy = strategy::one_for_all}};
  return spec;
}

struct row {
  std::string expected{};
  std::function<void(declared_spec&)> edit{};
};

row of_child(std::string expected, std::function<void(declared_child_spec&)> edit) {
  return {std::move(expected), [edit](declared_spec& spec) { edit(spec.children[1]); }};
}

row of_details(std::string expected, std::function<void(child_details&)> edit) {
  return of_child(std::move(expected), [edit](declared_child_spec& x) { edit(x.more.make()); });
}

row of_root(std::string expected, std::function<void(supervisor_details&)> edit) {
  return {std::move(expected), [edit](declared_spec& spec) { edit(spec.more.make()); }};
}

/// Each row is one field, and what is said when only that becomes another one.
void check(const std::vector<row>& rows, const std::string& path, change_kind what) {
  for (const auto& one : rows) {
    const auto& expected = one.expected;
    CAPTURE(expected);
    const auto running = shop();
    auto wanted = running;
    one.edit(wanted);
    REQUIRE(to_string(validate(wanted)) == "");
    auto list = changes(running, wanted);
    std::erase_if(list, [](const change& x) { return x.what == change_kind::nothing; });
    REQUIRE(list.size() == 1);
    CHECK(list[0].path == path);
    CHECK(label(list[0].what) == label(what));
    std::string why;
    for (const auto& x : list[0].why)
      why += (why.empty() ? "" : "; ") + x;
    CHECK(why == expected);
  }
}

} // namespace

// -- every field -------------------------------------------------------------------------------------

TEST_CASE("every field of a child is changed in place and named with both values") {
  check(
    {
      of_child("restart: permanent -> transient", [](auto& x) { x.restart = restart::transient; }),
      of_child("backoff: 10ms to 1s -> 50ms to 1s",
               [](auto& x) {
                 x.backoff = {50ms, 1s};
               }),
      of_child("backoff: 10ms to 1s -> 10ms to 1s, jitter 0.25",
               [](auto& x) {
                 x.backoff = {10ms, 1s, jitter::by(0.25)};
               }),
      of_child("policy: none -> its own", [](auto& x) { x.policy = standard_policy{}; }),
      of_child("shutdown: 5s, then 1s for a kill -> 1.5s, then 1s for a kill",
               [](auto& x) { x.shutdown = 1500ms; }),
      of_child("readiness: immediate -> explicit",
               [](auto& x) { x.readiness = readiness::on_report; }),
      of_child("dependencies: none -> db", [](auto& x) { x.dependencies = {"db"}; }),
      of_child("on_budget_exhausted: stop_and_escalate -> quarantine; "
               "severity: critical -> optional; criticality: critical -> optional",
               [](auto& x) { x.criticality = criticality::optional; }),
      of_child("start_timeout: 30s -> 1.001s", [](auto& x) { x.start_timeout = 1001ms; }),
      of_details("name: web -> front", [](auto& x) { x.name = "front"; }),
      of_details("tags: front -> a, front",
                 [](auto& x) {
                   x.tags = {"front", "a"};
                 }),
      of_details("on_success_exit: restart -> no_op",
                 [](auto& x) { x.reactions.on_success_exit = on_success_action::no_op; }),
      of_details(
        "on_failure_exit: restart_with_backoff -> restart_permanent",
        [](auto& x) { x.reactions.on_failure_exit = on_failure_action::restart_permanent; }),
      of_details("on_manual_stop: stop_until_explicit_restart -> stop_forever",
                 [](auto& x) { x.reactions.on_manual_stop = on_manual_stop_action::stop_forever; }),
      of_details("on_timeout: restart_with_backoff -> stop_and_escalate",
                 [](auto& x) { x.reactions.on_timeout = on_timeout_action::stop_and_escalate; }),
      of_details(
        "on_budget_exhausted: stop_and_escalate -> quarantine",
        [](auto& x) { x.reactions.on_budget_exhausted = on_budget_exhausted_action::quarantine; }),
      of_details("success_exit_codes: 0 -> 0, 3",
                 [](auto& x) {
                   x.success_exit_codes = {3, 0};
                 }),
      of_details("failure_window: none -> 5 failures in 1min",
                 [](auto& x) { x.limits = {.failure_window = failure_window{}}; }),
      of_details("restart_limit: none -> 3 restarts in 1min",
                 [](auto& x) { x.limits = {.restart_limit = restart_limit{3}}; }),
      of_details("cold_start: none -> 5 restarts in the first 1min",
                 [](auto& x) { x.limits = {.cold_start = cold_start{}}; }),
      of_details("hot_loop: none -> 3 ends in 10s",
                 [](auto& x) { x.limits = {.hot_loop = hot_loop{}}; }),
      of_details("meltdown: none -> 3 failures in 10s, rests for 2min",
                 [](auto& x) { x.limits = {.meltdown = meltdown_fuse{}}; }),
      of_details("severity: critical -> standard",
                 [](auto& x) { x.severity = severity_class::standard; }),
      of_details("group: g -> h", [](auto& x) { x.group = "h"; }),
      of_details("run_timeout: none -> 2h", [](auto& x) { x.run_timeout = 2h; }),
      of_details("health_policy: none -> a beat each 1s, stale after 3s",
                 [](auto& x) { x.health_policy = health_policy{}; }),
      of_details("health_check: none -> asked each 10s for 5s, 3 failures in a row",
                 [](auto& x) { x.health_check = health_check{}; }),
      of_details("readiness_probe: none -> asked each 5s for 3s",
                 [](auto& x) { x.readiness_probe = readiness_probe{}; }),
      of_details("stall_watchdog: none -> report after 5s",
                 [](auto& x) { x.stall_watchdog = stall_watchdog{}; }),
      of_details("command_permissions: SIGTERM -> shutdown, restart, SIGHUP, SIGRTMIN+1",
                 [](auto& x) {
                   x.command_permissions = {true, true, {"RTMIN+1", "SIGHUP"}};
                 }),
      of_details("command_permissions: SIGTERM -> nothing",
                 [](auto& x) {
                   x.command_permissions = {false, false, {}};
                 }),
      of_details(
        "resource_limits: none -> 1 MB, 2% of a core, 4 open files, no core dump, 5 processes",
        [](auto& x) {
          x.resource_limits = {1, 2, 4, 0, 5};
        }),
      of_details(
        "preconditions: none -> path /x for 30s each 500ms, tcp a:1 for 1s each 1s",
        [](auto& x) {
          x.preconditions = {{.path = "/x"}, {.tcp = "a:1", .timeout = 1s, .check_interval = 1s}};
        }),
      of_details("preconditions: none -> check ready for 30s each 500ms",
                 [](auto& x) { x.preconditions = {{.check = "ready"}}; }),
      of_details("recycle: none -> after 24h, at a count of 9, spread 0.1",
                 [](auto& x) {
                   x.recycle = {24h, 9};
                 }),
      of_details("start_before_stop: no -> yes", [](auto& x) { x.start_before_stop = true; }),
    },
    "/web", change_kind::change_in_place);
}

TEST_CASE("a child that becomes significant is changed in place") {
  auto running = of({worker("a")});
  running.children[0].restart = restart::transient;
  running.more.make().auto_shutdown = auto_shutdown::any_significant;
  auto wanted = running;
  wanted.children[0].more.make().significant = true;
  CHECK(to_do(running, wanted) == "change_in_place /a significant: no -> yes\n");
}

TEST_CASE("a helper that gets another primary is changed in place") {
  auto running = of({worker("a"), worker("b"), worker("c")});
  running.children[2].more.make()
    = {.task_role = task_role::sidecar, .sidecar_config = sidecar_config{"a", true}};
  auto wanted = running;
  wanted.children[2].more.make().sidecar_config = {"b", false};
  CHECK(to_do(running, wanted) == "change_in_place /c sidecar_config: of a, linked -> of b\n");
}

TEST_CASE("every setting of a supervisor is changed in place and named with both values") {
  check(
    {
      {"id: none -> shop", [](auto& x) { x.id = "shop"; }},
      {"strategy: one_for_one -> rest_for_one",
       [](auto& x) { x.strategy = strategy::rest_for_one; }},
      {"intensity: 10 restarts in 1min -> 3 restarts in 5s",
       [](auto& x) {
         x.intensity = {3, 5s};
       }},
      of_root("config_version: unversioned -> 2", [](auto& x) { x.config_version = "2"; }),
      of_root("limits: none -> a budget of 10 in 1min, 0.5 back a second",
              [](auto& x) { x.limits = {.restart_budget = token_bucket{}}; }),
      of_root("limits: none -> 3 failures in 10s, rests for 2min",
              [](auto& x) { x.limits = {.meltdown = meltdown_fuse{}}; }),
      of_root("limits: none -> 5 restarts at a time",
              [](auto& x) { x.limits = {.concurrent_restarts = 5}; }),
      of_root("limit: none -> its own", [](auto& x) { x.limit = standard_policy{}; }),
      of_root("escalation_policy: escalate_to_parent -> shutdown_tree",
              [](auto& x) { x.escalation_policy = escalation_policy::shutdown_tree; }),
      of_root("supervisor_failure_limit: none -> 7",
              [](auto& x) { x.supervisor_failure_limit = 7; }),
      of_root("group_strategies \"front\": one_for_all -> rest_for_one",
              [](auto& x) { x.group_strategies[0].strategy = strategy::rest_for_one; }),
      of_root("group_strategies \"front\": one_for_all -> one_for_all, quarantine_scope",
              [](auto& x) {
                x.group_strategies[0].escalation_policy = escalation_policy::quarantine_scope;
              }),
      of_root("group_configs \"g\": no limits -> 1 restart at a time",
              [](auto& x) { x.group_configs[0].limits = {.concurrent_restarts = 1}; }),
      of_root("group_configs \"h\": no limits -> none",
              [](auto& x) { x.group_configs.pop_back(); }),
      of_root("group_dependencies \"g on h\": none -> full",
              [](auto& x) {
                x.group_dependencies = {{"g", "h", propagation::full}};
              }),
      of_root("auto_shutdown: never -> any_significant",
              [](auto& x) { x.auto_shutdown = auto_shutdown::any_significant; }),
      of_root("dynamic_supervisor_policy: no limit -> up to 5 in all",
              [](auto& x) { x.dynamic_supervisor_policy.child_limit = 5; }),
      of_root("dynamic_supervisor_policy: no limit -> nobody is added",
              [](auto& x) { x.dynamic_supervisor_policy.enabled = false; }),
      of_root("control_channel_capacity: 256 -> 10",
              [](auto& x) { x.control_channel_capacity = 10; }),
    },
    "/", change_kind::change_in_place);
}

TEST_CASE("another start is a restart") {
  check({of_child("factory: x -> y", [](auto& x) { x.start.factory = "y"; }),
         of_child("args: none -> {\"port\":80}", [](auto& x) { x.start.args = R"({"port":80})"; }),
         of_child("factory: x -> y, args: none -> {}",
                  [](auto& x) {
                    x.start = {"y", "{}", {}};
                  }),
         of_child("factory: x -> y; name: web -> front",
                  [](auto& x) {
                    x.start.factory = "y";
                    x.more.make().name = "front";
                  })},
        "/web", change_kind::restart);
}

TEST_CASE("what a child is given at its start needs another life") {
  check(
    {
      of_details("environment \"MODE\": none -> \"fast\"",
                 [](auto& x) { x.environment = {{.name = "MODE", .value = "fast"}}; }),
      of_details("environment \"A\": none -> ${S}; secrets \"S\": none -> \"k\", required",
                 [](auto& x) {
                   x.environment = {{.name = "A", .secret_ref = "${S}"}};
                   x.secrets = {{"S", "k", true}};
                 }),
      of_details("secrets \"S\": none -> \"k\"; name: web -> front",
                 [](auto& x) {
                   x.secrets = {{"S", "k"}};
                   x.name = "front";
                 }),
    },
    "/web", change_kind::restart);
}

TEST_CASE("a variable that says nothing is there, and a long one is shown from where it differs") {
  const auto with = [](std::string value) {
    auto a = worker("a");
    a.more.make().environment = {{.name = "X", .value = std::move(value)}};
    return of({a});
  };
  const std::string same(200, 'a');
  CHECK(to_do(of({worker("a")}), with("")) == "restart /a environment \"X\": none -> \"\"\n");
  CHECK(to_do(with(""), of({worker("a")})) == "restart /a environment \"X\": \"\" -> none\n");
  CHECK(to_do(with(same + "1"), with(same + "2"))
        == "restart /a environment \"X\": ..." + std::string(20, 'a') + "1\" -> ..."
             + std::string(20, 'a') + "2\"\n");
}

TEST_CASE("what is given to one and is not written in the same order is the same") {
  auto running = of({worker("a")});
  running.children[0].more.make()
    = {.command_permissions = command_permissions{},
       .environment = {{.name = "A", .value = "1"}, {.name = "B", .value = "2"}},
       .secrets = {{"S", "k"}, {"T", "l"}}};
  auto wanted = running;
  auto& more = wanted.children[0].more.make();
  more.command_permissions = {};
  std::swap(more.environment[0], more.environment[1]);
  std::swap(more.secrets[0], more.secrets[1]);
  CHECK(to_do(running, wanted) == "");
}

namespace {

declared_child_spec process(std::string id, process_spec what) {
  declared_start start;
  start.process = std::make_shared<const process_spec>(std::move(what));
  return {.id = std::move(id), .start = std::move(start)};
}

} // namespace

TEST_CASE("every field of a process needs another life and is named with both values") {
  const process_spec was{.argv = {"/bin/sh", "-c", "a b"}};
  const auto becomes = [&](auto edit) {
    auto is = was;
    edit(is);
    const auto running = of({process("p", was)}), wanted = of({process("p", is)});
    const auto text = to_do(running, wanted);
    const auto start = text.find("process/"), end = text.find('\n');
    CHECK(text.starts_with("restart /p process/"));
    CHECK(start_difference(was, is) == text.substr(start, end - start));
    CHECK_FALSE(same_start(running.children[0].start, wanted.children[0].start));
    return text.substr(start + 8, end - start - 8);
  };
  CHECK(becomes([](auto& x) { x.argv.pop_back(); })
        == R"(argv: ["/bin/sh", "-c", "a b"] -> ["/bin/sh", "-c"])");
  CHECK(becomes([](auto& x) { x.argv.emplace_back(); })
        == R"(argv: ["/bin/sh", "-c", "a b"] -> ["/bin/sh", "-c", "a b", ""])");
  CHECK(becomes([](auto& x) { x.cwd = "/srv"; }) == "cwd: none -> /srv");
  CHECK(becomes([](auto& x) { x.inherit = env_inheritance::clean; })
        == "inherit: inherit -> clean");
  CHECK(becomes([](auto& x) {
          x.inherit = env_inheritance::listed;
          x.inherited = {"PATH", "LANG"};
        })
        == "inherit: inherit -> listed, process/inherited: none -> LANG, PATH");
  CHECK(becomes([](auto& x) { x.stdin_file = "/x"; }) == "stdin: /dev/null -> /x");
  CHECK(becomes([](auto& x) { x.user = "nobody"; }) == "user: none -> nobody");
  CHECK(becomes([](auto& x) { x.group = "33"; }) == "group: none -> 33");
  CHECK(becomes([](auto& x) { x.umask = 022; }) == "umask: none -> 022");
  CHECK(becomes([](auto& x) { x.umask = 0; }) == "umask: none -> 000");
  CHECK(becomes([](auto& x) { x.stop_signal = "INT"; }) == "stop_signal: SIGTERM -> SIGINT");
  CHECK(becomes([](auto& x) { x.reload_signal = "SIGUSR1"; })
        == "reload_signal: SIGHUP -> SIGUSR1");
  CHECK(becomes([](auto& x) { x.max_line_bytes = 10; }) == "max_line_bytes: 16384 -> 10");
  CHECK(becomes([](auto& x) { x.max_lines_waiting = 10; }) == "max_lines_waiting: 1024 -> 10");
}

TEST_CASE("a process goes on if it is started in the same words") {
  const auto running = of({process("p", {.argv = {"x"}})});
  CHECK(to_do(running, of({process("p", {.argv = {"x"}})})) == "");
  CHECK(to_do(running, of({process("p", {.argv = {"x"}, .stop_signal = "TERM"})})) == "");
}

TEST_CASE("a process and anything else are two things") {
  const auto of_process = of({process("p", {.argv = {"x"}})});
  CHECK(to_do(of_process, of({worker("p")})) == "restart /p start: it is no process any more\n");
  CHECK(to_do(of({worker("p")}), of_process) == "restart /p start: it is a process now\n");
  CHECK(order(of_process, of({nested("p", {})})) == "nothing /, restart /p");
}

TEST_CASE("the limits of a process are set at its start and so are new ones") {
  auto running = of({process("p", {.argv = {"x"}})});
  auto wanted = running;
  wanted.children[0].more.make().resource_limits = {.max_memory_mb = 64, .required = true};
  CHECK(to_do(running, wanted) == "restart /p resource_limits: none -> 64 MB, required\n");
  wanted.children[0].more.make().resource_limits = {.required = true};
  CHECK(to_do(running, wanted) == "");
}

TEST_CASE("what is said otherwise and means the same is nothing") {
  auto running = of({worker("a"), worker("b"), worker("c")});
  running.children[2].dependencies = {"a", "b"};
  auto wanted = running;
  wanted.children[0].backoff = {10ms, 1s};
  wanted.children[0].start_timeout = 30s;
  wanted.children[0].more.make() = {.name = "a", .success_exit_codes = {{0}}};
  wanted.children[1].shutdown = stop_budget{};
  wanted.children[2].dependencies = {"b", "a"};
  CHECK(to_do(running, wanted) == "");
}

// -- what holds in the end ---------------------------------------------------------------------------

SCENARIO("what is changed above a child is seen at the children that it concerns") {
  auto running = of({worker("a"), worker("b"), nested("sub", of({worker("c")}))});
  running.children[1].backoff = {10ms, 1s};
  auto wanted = running;

  WHEN("the default backoff is another one") {
    wanted.defaults.backoff = {20ms, 1s};
    THEN("those that said nothing are changed") {
      CHECK(to_do(running, wanted)
            == "change_in_place /a backoff: 10ms to 1s -> 20ms to 1s\n"
               "change_in_place /sub backoff: 10ms to 1s -> 20ms to 1s\n");
    }
  }
  WHEN("the default restart limit is another one") {
    wanted.more.make().restart_limit = restart_limit{2, 5s};
    THEN("it is said of each child") {
      CHECK(to_do(running, wanted)
            == "change_in_place /a restart_limit: none -> 2 restarts in 5s\n"
               "change_in_place /b restart_limit: none -> 2 restarts in 5s\n"
               "change_in_place /sub restart_limit: none -> 2 restarts in 5s\n");
    }
  }
  WHEN("a child gets a role") {
    wanted.children[0].more.make().task_role = task_role::job;
    THEN("all that comes with it is said") {
      CHECK(to_do(running, wanted)
            == "change_in_place /a task_role: none -> job\n"
               "change_in_place /a on_manual_stop: stop_until_explicit_restart -> stop_forever\n"
               "change_in_place /a restart: permanent -> transient\n"
               "change_in_place /a on_timeout: restart_with_backoff -> stop_and_escalate\n"
               "change_in_place /a backoff: 10ms to 1s -> 50ms to 5s, jitter 0.2\n"
               "change_in_place /a restart_limit: none -> 1 restart in 1min\n"
               "change_in_place /a severity: critical -> optional\n");
    }
  }
  WHEN("a child gets a strategy of its own") {
    wanted.more.make().child_strategy_overrides
      = {{.child_id = "a", .strategy = strategy::one_for_all}};
    THEN("it is said of the child") {
      CHECK(to_do(running, wanted) == "change_in_place /a strategy: one_for_one -> one_for_all\n");
    }
  }
  WHEN("a child gets a tag with a strategy") {
    wanted.more.make().group_strategies = {{.group = "t", .strategy = strategy::one_for_all}};
    wanted.children[0].more.make().tags = {"t"};
    THEN("it is said of both") {
      CHECK(to_do(running, wanted)
            == "change_in_place / group_strategies \"t\": none -> one_for_all\n"
               "change_in_place /a tags: none -> t\n"
               "change_in_place /a strategy: one_for_one -> one_for_all with tag \"t\"\n");
    }
  }
}

TEST_CASE("a default that no child takes is said of the supervisor") {
  auto running = of({worker("a")});
  running.children[0].restart = restart::transient;
  auto wanted = running;
  wanted.defaults.restart = restart::temporary;
  CHECK(to_do(running, wanted)
        == "change_in_place / defaults: other ones for children that are added later\n");
}

TEST_CASE("a policy of one's own is compared by identity") {
  const restart_policy one = standard_policy{}, another = standard_policy{};
  auto running = of({worker("a")});
  running.children[0].policy = one;
  auto wanted = running;
  CHECK(to_do(running, wanted) == "");
  wanted.children[0].policy = another;
  CHECK(to_do(running, wanted) == "change_in_place /a policy: another one\n");
}

TEST_CASE("a default that a policy stands instead of is no change") {
  auto running = of({worker("a"), worker("b")});
  running.children[0].policy = standard_policy{};
  auto wanted = running;
  wanted.defaults.restart = restart::transient;
  CHECK(to_do(running, wanted) == "change_in_place /b restart: permanent -> transient\n");
}

TEST_CASE("long arguments are shown from where they differ") {
  const std::string same(200, 'a');
  auto running = of({worker("a")});
  running.children[0].start.args = same + "1";
  auto wanted = running;
  wanted.children[0].start.args = same + "2";
  CHECK(to_do(running, wanted)
        == "restart /a args: ..." + std::string(20, 'a') + "1 -> ..." + std::string(20, 'a')
             + "2\n");
}

// -- who is there ------------------------------------------------------------------------------------

SCENARIO("children come and go") {
  GIVEN("a tree with a supervisor in it") {
    const auto sub = nested("sub", of({worker("x"), nested("deep", of({worker("y")}))}));
    const auto running = of({worker("a"), sub, worker("b")});

    WHEN("everything is dropped") {
      THEN("it stops in the reverse order and what is below is counted") {
        CHECK(to_do(running, of({}))
              == "stop /b not in the new spec\n"
                 "stop /sub not in the new spec\n"
                 "stop /sub with 3 children below\n"
                 "stop /a not in the new spec\n");
      }
    }
    WHEN("all of it is new") {
      THEN("it starts in order") {
        CHECK(to_do(of({}), running)
              == "start /a not there so far\n"
                 "start /sub not there so far\n"
                 "start /sub with 3 children below\n"
                 "start /b not there so far\n");
      }
    }
    WHEN("a child below is replaced by one with another id") {
      const auto wanted = of(
        {worker("a"), nested("sub", of({worker("z"), worker("x")})), worker("b"), worker("c")});
      THEN("stops come first, then the order of starting") {
        CHECK(order(running, wanted)
              == "stop /sub/deep, nothing /, nothing /a, nothing /sub, start /sub/z, "
                 "nothing /sub/x, nothing /b, start /c");
      }
    }
    WHEN("a worker becomes a supervisor and the other way round") {
      const auto wanted = of({nested("a", of({worker("y")})), worker("sub"), worker("b")});
      THEN("both are restarted") {
        CHECK(to_do(running, wanted)
              == "restart /a start: it is a supervisor now\n"
                 "restart /a shutdown: 5s, then 1s for a kill -> unlimited\n"
                 "restart /a with 1 child below\n"
                 "restart /sub start: it is no supervisor any more\n"
                 "restart /sub shutdown: unlimited -> 5s, then 1s for a kill\n");
      }
    }
    WHEN("something deep is another thing") {
      auto deep = nested("deep", of({worker("y")}));
      deep.shutdown = stop_budget{9s};
      auto below = of({worker("x"), deep});
      below.intensity = {1, 1s};
      const auto wanted = of({worker("a"), nested("sub", below), worker("b")});
      THEN("each is said where it is") {
        CHECK(to_do(running, wanted)
              == "change_in_place /sub intensity: 10 restarts in 1min -> 1 restart in 1s\n"
                 "change_in_place /sub/deep shutdown: unlimited -> 9s, then 1s for a kill\n");
      }
    }
  }
}

TEST_CASE("the order of starting counts and not that of the declaration") {
  auto last = worker("c");
  last.dependencies = {"a"};
  const auto running = of({worker("a"), worker("b"), last});
  CHECK(to_do(running, of({worker("b"), worker("a"), last}))
        == "change_in_place / order of children: b before a\n");
  CHECK(order(running, of({last, worker("a"), worker("b")}))
        == "change_in_place /, nothing /a, nothing /c, nothing /b");
  CHECK(to_do(of({worker("a"), last}), of({last, worker("a")})) == "");
}

TEST_CASE("children that come between others change no order") {
  CHECK(to_do(of({worker("a"), worker("c")}), of({worker("a"), worker("b"), worker("c")}))
        == "start /b not there so far\n");
}

// -- pools -------------------------------------------------------------------------------------------

SCENARIO("the template of a pool is a setting of the pool") {
  const auto pool = [](declared_child_spec of) {
    return declared_spec{.strategy = strategy::simple_one_for_one, .children = {std::move(of)}};
  };
  const auto running = of({nested("pool", pool(worker("t")))});

  WHEN("it starts another thing") {
    auto changed = worker("t");
    changed.start.factory = "y";
    THEN("new children are made of it") {
      CHECK(to_do(running, of({nested("pool", pool(changed))}))
            == "change_in_place /pool template: factory: x -> y\n"
               "change_in_place /pool template: new children are made of it\n");
    }
  }
  WHEN("something else holds for it") {
    auto changed = worker("t");
    changed.restart = restart::transient;
    THEN("it is said of the pool") {
      CHECK(to_do(running, of({nested("pool", pool(changed))}))
            == "change_in_place /pool template: restart: permanent -> transient\n");
    }
  }
  WHEN("the pool gets declared children") {
    THEN("it is restarted") {
      CHECK(to_do(running, of({nested("pool", of({worker("t")}))}))
            == "restart /pool strategy: simple_one_for_one -> one_for_one\n"
               "restart /pool with 1 child below\n");
    }
  }
  WHEN("it is new") {
    THEN("nobody is below it") {
      CHECK(to_do(of({}), running) == "start /pool not there so far\n");
    }
  }
  WHEN("supervisors are made of it") {
    const auto shops = [&](std::string factory) {
      auto till = worker("till");
      till.start.factory = std::move(factory);
      return of({nested("pool", pool(nested("t", of({till}))))});
    };
    THEN("what is below counts") {
      CHECK(to_do(shops("x"), shops("x")) == "");
      CHECK(to_do(shops("x"), shops("y"))
            == "change_in_place /pool template: new children are made of it\n");
    }
  }
}

// -- as text -----------------------------------------------------------------------------------------

TEST_CASE("a plan can be read and is counted") {
  auto running = of({worker("old"), worker("a"), worker("shop"), worker("same")});
  auto wanted = of({worker("a"), worker("shop"), worker("same"), nested("new", of({worker("x")}))});
  wanted.children[0].restart = restart::transient;
  wanted.children[0].backoff = {50ms, 1s};
  wanted.children[1].start.factory = "y";
  CHECK(to_string(changes(running, wanted))
        == "stop             /old   not in the new spec\n"
           "change_in_place  /a     restart: permanent -> transient\n"
           "                        backoff: 10ms to 1s -> 50ms to 1s\n"
           "restart          /shop  factory: x -> y\n"
           "start            /new   not there so far\n"
           "                        with 1 child below\n"
           "1 to start, 1 to stop, 1 to restart, 1 to change in place, 2 as they are\n");
}

TEST_CASE("a plan with nothing to do is one line") {
  const auto spec = of({worker("a"), nested("sub", of({worker("b")}))});
  CHECK(to_string(changes(spec, spec)) == "4 as they are\n");
  CHECK(to_string(changes(of({}), of({}))) == "1 as it is\n");
}

TEST_CASE("the kinds of change have labels") {
  CHECK(label(change_kind::nothing) == "nothing");
  CHECK(label(change_kind::start) == "start");
  CHECK(label(change_kind::stop) == "stop");
  CHECK(label(change_kind::restart) == "restart");
  CHECK(label(change_kind::change_in_place) == "change_in_place");
}

// -- at random ---------------------------------------------------------------------------------------

namespace {

using dice = std::mt19937_64;

std::uint32_t roll(dice& d, std::uint32_t sides) { return static_cast<std::uint32_t>(d() % sides); }

declared_spec any_tree(dice& d, int depth) {
  declared_spec spec;
  spec.strategy = static_cast<strategy>(roll(d, 4));
  spec.intensity = {roll(d, 5), 1s};
  if (roll(d, 3) == 0)
    spec.defaults.restart = static_cast<restart>(roll(d, 3));
  if (roll(d, 3) == 0)
    spec = guarded(std::move(spec));
  for (std::uint32_t id = 0; id < 6; ++id) {
    if (roll(d, 3) == 0)
      continue;
    const auto name = "c" + std::to_string(id);
    auto child = depth > 0 && roll(d, 3) == 0 ? nested(name, any_tree(d, depth - 1)) : worker(name);
    child.backoff = {(1 + roll(d, 2)) * 1ms, 1s};
    if (roll(d, 4) == 0)
      child.more.make().task_role = static_cast<task_role>(roll(d, 4));
    if (!spec.children.empty() && roll(d, 3) == 0)
      child.dependencies = {spec.children[roll(d, 2) % spec.children.size()].id};
    spec.children.push_back(std::move(child));
  }
  return spec;
}

/// What each line of one list is in the list of the way back.
change_kind reversed(change_kind x) {
  switch (x) {
    case change_kind::start:
      return change_kind::stop;
    case change_kind::stop:
      return change_kind::start;
    case change_kind::nothing:
    case change_kind::restart:
    case change_kind::change_in_place:
      return x;
  }
  return x;
}

std::map<std::string, change_kind> by_path(const std::vector<change>& list) {
  std::map<std::string, change_kind> all;
  for (const auto& x : list)
    CHECK(all.emplace(x.path, x.what).second);
  return all;
}

} // namespace

TEST_CASE("from any tree to itself there is nothing to do and the way back is the reverse") {
  dice d{1};
  for (int i = 0; i < 300; ++i) {
    CAPTURE(i);
    const auto a = any_tree(d, 2), b = any_tree(d, 2);
    for (const auto& x : changes(a, a)) {
      CHECK(x.what == change_kind::nothing);
      CHECK(x.why.empty());
    }
    auto back = by_path(changes(b, a));
    for (auto& [path, what] : back)
      what = reversed(what);
    CHECK(by_path(changes(a, b)) == back);
  }
}
