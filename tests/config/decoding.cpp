#include "said.hpp"

using namespace supervisor;
using namespace std::chrono_literals;

TEST_CASE("a file with nothing but its version is an empty tree with the library's defaults") {
  const auto spec = spec_of(R"({"version": 1})");

  CHECK(spec.id.empty());
  CHECK(spec.strategy == strategy::one_for_one);
  CHECK(spec.intensity == intensity{});
  CHECK(spec.children.empty());
  CHECK_FALSE(spec.defaults.restart);
  CHECK(spec.defaults.backoff == inherited_backoff);
  CHECK_FALSE(spec.defaults.shutdown);
  CHECK_FALSE(spec.more);
}

TEST_CASE("a child that says only what it starts leaves everything else to its supervisor") {
  const auto child = child_of("");

  CHECK(child.id == "a");
  CHECK(child.start.factory == "f");
  CHECK(child.start.args == "{}");
  CHECK_FALSE(child.start.nested);
  CHECK_FALSE(child.restart);
  CHECK(child.backoff == inherited_backoff);
  CHECK_FALSE(child.policy);
  CHECK_FALSE(child.shutdown);
  CHECK(child.readiness == readiness::immediate);
  CHECK(child.dependencies.empty());
  CHECK(child.criticality == criticality::critical);
  CHECK_FALSE(child.start_timeout);
  CHECK_FALSE(child.more);
}

TEST_CASE("everything a supervisor can say about itself arrives") {
  const auto spec = spec_of(file_with(R"(
    "id": "shop", "strategy": "rest_for_one", "config_version": "2024-05",
    "intensity": {"restarts": 3, "period": "5s"},
    "defaults": {"restart": "transient", "shutdown": "2s",
                 "backoff": {"initial_delay": "20ms", "max_delay": "2s", "jitter": 0.5}})"));

  CHECK(spec.id == "shop");
  CHECK(spec.strategy == strategy::rest_for_one);
  CHECK(spec.more->config_version == "2024-05");
  CHECK(spec.intensity == intensity{.restarts = 3, .period = 5s});
  CHECK(spec.defaults.restart == restart::transient);
  CHECK(spec.defaults.shutdown == stop_budget{2s});
  CHECK(spec.defaults.backoff == backoff{.first = 20ms, .longest = 2s, .jitter = jitter::by(0.5)});
}

TEST_CASE("everything a child can say about itself arrives") {
  const auto spec = spec_of(file_with(R"("children": [
    {"id": "db", "factory": "f"},
    {"id": "web", "name": "web front", "factory": "g", "args": {"port": 80},
     "restart": "temporary", "backoff": {"jitter": "decorrelated"}, "shutdown": "brutal_kill",
     "readiness_policy": "explicit", "dependencies": ["db"], "criticality": "optional",
     "start_timeout": "1min", "tags": ["public", "http"]}])"));
  const auto& child = spec.children.at(1);

  CHECK(child.id == "web");
  CHECK(child.more->name == "web front");
  CHECK(child.start.factory == "g");
  CHECK(child.start.args == R"({"port":80})");
  CHECK(child.restart == restart::temporary);
  CHECK(child.backoff == backoff{.jitter = jitter::decorrelated()});
  CHECK(child.shutdown == brutal_kill);
  CHECK(child.readiness == readiness::on_report);
  CHECK(child.dependencies == std::vector<std::string>{"db"});
  CHECK(child.criticality == criticality::optional);
  CHECK(child.start_timeout == 60s);
  CHECK(child.more->tags == std::vector<std::string>{"public", "http"});
}

TEST_CASE("everything that a child may be asked for arrives") {
  const auto child = child_of(R"(
    "run_timeout": "1h", "on_manual_stop": "stop_forever",
    "readiness": {"check_interval": "100ms", "timeout": "2s"},
    "health_policy": {"heartbeat_interval": "2s", "stale_after": "7s"},
    "health_check": {"check_interval": "1min", "timeout": "4s", "max_retries": 1},
    "stall_watchdog": {"after": "10s", "action": "restart"})");

  CHECK(child.more->run_timeout == 1h);
  CHECK(child.more->reactions.on_manual_stop == on_manual_stop_action::stop_forever);
  CHECK(child.more->readiness_probe == readiness_probe{100ms, 2s});
  CHECK(child.readiness == readiness::immediate);
  CHECK(child.more->health_policy == health_policy{2s, 7s});
  CHECK(child.more->health_check == health_check{60s, 4s, 1});
  CHECK(child.more->stall_watchdog == stall_watchdog{10s, on_stall_action::restart});
}

TEST_CASE("what a child is asked without numbers has the usual ones") {
  const auto child
    = child_of(R"("readiness": {}, "health_policy": {}, "health_check": {}, "stall_watchdog": {})");

  CHECK(child.more->readiness_probe == readiness_probe{5s, 3s});
  CHECK(child.more->health_policy == health_policy{1s, 3s});
  CHECK(child.more->health_check == health_check{10s, 5s, 3});
  CHECK(child.more->stall_watchdog == stall_watchdog{5s, on_stall_action::report});
}

TEST_CASE("everything about children that come and go arrives") {
  const auto spec = spec_of(file_with(R"(
    "auto_shutdown": "all_significant", "control_channel_capacity": 8,
    "dynamic_supervisor_policy": {"enabled": false, "child_limit": 12},
    "defaults": {"health_policy": {"stale_after": "5s"}},
    "children": [{"id": "a", "factory": "f", "restart": "transient", "significant": true},
                 {"id": "pool", "supervisor": {"strategy": "simple_one_for_one",
                  "dynamic_supervisor_policy": {}, "children": [{"id": "c", "factory": "f"}]}}])"));

  CHECK(spec.more->auto_shutdown == auto_shutdown::all_significant);
  CHECK(spec.more->control_channel_capacity == 8);
  CHECK(spec.more->dynamic_supervisor_policy == dynamic_supervisor_policy{false, 12});
  CHECK(spec.defaults.health_policy == health_policy{1s, 5s});
  CHECK(spec.children.at(0).more->significant);
  const auto& pool = *spec.children.at(1).start.tree();
  CHECK(pool.strategy == strategy::simple_one_for_one);
  CHECK(pool.more->dynamic_supervisor_policy == dynamic_supervisor_policy{true, std::nullopt});
}

TEST_CASE("a child may be a supervisor of its own") {
  const auto spec = spec_of(file_with(R"("children": [{"id": "sub", "supervisor": {
    "strategy": "one_for_all", "intensity": {"restarts": 0}, "defaults": {"restart": "temporary"},
    "children": [{"id": "a", "factory": "f"}]}}])"));
  const auto& start = spec.children.at(0).start;

  CHECK(start.kind() == task_kind::supervisor);
  CHECK(start.tree()->id.empty());
  CHECK(start.tree()->strategy == strategy::one_for_all);
  CHECK(start.tree()->intensity == intensity{.restarts = 0});
  CHECK(start.tree()->defaults.restart == restart::temporary);
  CHECK(start.tree()->children.at(0).start.factory == "f");
}

TEST_CASE("a jitter is a ratio or a word") {
  const auto jitter_of = [](std::string_view text) {
    return child_of(R"("backoff": {"jitter": )" + std::string{text} + "}").backoff.jitter;
  };
  CHECK(jitter_of("0") == jitter::by(0));
  CHECK(jitter_of("0.25") == jitter::by(0.25));
  CHECK(jitter_of("1") == jitter::by(1));
  CHECK(jitter_of(R"("disabled")") == jitter::none());
  CHECK(jitter_of(R"("full")") == jitter::full());
  CHECK(jitter_of(R"("decorrelated")") == jitter::decorrelated());
}

TEST_CASE("a shutdown is a time or a word or both times") {
  const auto shutdown_of = [](std::string_view text) {
    return *child_of(R"("shutdown": )" + std::string{text}).shutdown;
  };
  CHECK(shutdown_of(R"("10s")") == stop_budget{10s, 1s});
  CHECK(shutdown_of(R"("brutal_kill")") == brutal_kill);
  CHECK(shutdown_of(R"("unlimited")") == unlimited_stop);
  CHECK(shutdown_of("{}") == stop_budget{});
  CHECK(shutdown_of(R"({"abort_wait": "2s"})") == stop_budget{5s, 2s});
  CHECK(shutdown_of(R"({"graceful_timeout": "3s", "abort_wait": "2s"})") == stop_budget{3s, 2s});
  CHECK(shutdown_of(R"({"graceful_timeout": "unlimited"})") == unlimited_stop);
}

TEST_CASE("restarts may be unlimited") {
  const auto spec = spec_of(file_with(R"("intensity": {"restarts": "unlimited"})"));
  CHECK(spec.intensity == intensity{.restarts = unlimited});
}

TEST_CASE("defaults written out are the same as defaults left out") {
  const auto spec = spec_of(file_with(R"(
    "strategy": "one_for_one", "config_version": "unversioned",
    "intensity": {"restarts": 10, "period": "60s"},
    "children": [{"id": "a", "factory": "f", "args": {}, "readiness_policy": "immediate",
      "dependencies": [], "criticality": "critical", "tags": [], "start_timeout": "30s",
      "backoff": {"initial_delay": "10ms", "max_delay": "1s", "jitter": "disabled"},
      "shutdown": {"graceful_timeout": "5s", "abort_wait": "1s"}}])"));
  const auto& written = spec.children.at(0);
  const auto left_out = child_of("");

  CHECK(spec.strategy == declared_spec{}.strategy);
  CHECK(spec.more->config_version == supervisor_details{}.config_version);
  CHECK(spec.intensity == declared_spec{}.intensity);
  CHECK(written.start.args == left_out.start.args);
  CHECK(written.readiness == left_out.readiness);
  CHECK(written.dependencies == left_out.dependencies);
  CHECK(written.criticality == left_out.criticality);
  CHECK(written.backoff == backoff{});
  CHECK(written.shutdown == stop_budget{});
  CHECK(written.start_timeout == 30s);
}

TEST_CASE("what a factory is told arrives without comments and spaces") {
  const auto args_of
    = [](std::string_view text) { return child_of(R"("args": )" + std::string{text}).start.args; };
  CHECK(args_of("{ }") == "{}");
  CHECK(args_of("{\"a\": [1, 2.50, -3e2], /* not this */ \"b\": {\"c\": null} }")
        == R"({"a":[1,2.50,-3e2],"b":{"c":null}})");
  CHECK(args_of("{ // nor this \" \n \"a\": true /*/ nor * that */ }") == R"({"a":true})");
  CHECK(args_of(R"({"a b": "c // \" /* d \\"})") == R"({"a b":"c // \" /* d \\"})");
}

TEST_CASE("texts may hold escapes and any language") {
  CHECK(child_of(R"("name": "say \"h\u00e9\"\n")").more->name == "say \"h\u00e9\"\n");
  CHECK(child_of("\"name\": \"\xF0\x9F\x90\x87\"").more->name == "\xF0\x9F\x90\x87");
}

TEST_CASE("comments are allowed anywhere") {
  CHECK(said("// first\n{/* a */ \"version\" /* b */ : // c\n 1 /* d */}\n// last") == "ok");
}

TEST_CASE("a byte order mark is allowed") { CHECK(said("\xEF\xBB\xBF{\"version\": 1}") == "ok"); }
