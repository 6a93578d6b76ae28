#include "said.hpp"

#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include <filesystem>
#include <fstream>
#include <sstream>

using namespace supervisor;
using nlohmann::json;

namespace {

json parsed(const std::string& text) { return json::parse(text, nullptr, true, true); }

std::string text_of(const std::string& name) {
  std::ostringstream text;
  text << std::ifstream{SUPERVISOR_SOURCE_DIR "/" + name}.rdbuf();
  return text.str();
}

json example(const std::string& name) { return parsed(text_of("examples/" + name)); }

class against_schema {
public:
  against_schema() {
    const auto text = parsed(supervisor::schema());
    valijson::SchemaParser{}.populateSchema(valijson::adapters::NlohmannJsonAdapter{text}, schema_);
  }

  bool takes(const json& file) const {
    valijson::Validator validator;
    return validator.validate(schema_, valijson::adapters::NlohmannJsonAdapter{file}, nullptr);
  }

private:
  valijson::Schema schema_{};
};

/// Every object in `x` that describes an object.
void each_object(const json& x, const auto& visit) {
  if (x.is_object() && x.contains("properties"))
    visit(x);
  if (x.is_structured())
    for (const auto& inner : x)
      each_object(inner, visit);
}

} // namespace

SCENARIO("an editor finds with the schema what is wrong in form") {
  const against_schema editor;

  THEN("it takes every example but the bad one") {
    int good = 0;
    for (const auto& file : std::filesystem::directory_iterator{SUPERVISOR_SOURCE_DIR "/examples"})
      if (file.path().extension() == ".json" && file.path().filename() != "bad.json") {
        CAPTURE(file.path().string());
        CHECK(editor.takes(example(file.path().filename())));
        ++good;
      }
    CHECK(good >= 3);
  }
  THEN("it does not take the bad one") { CHECK_FALSE(editor.takes(example("bad.json"))); }
}

TEST_CASE("the decoder and the schema agree") {
  const against_schema schema;
  const auto agree = [&](const std::string& file, bool good) {
    CAPTURE(file);
    CHECK((said(file) == "ok") == good);
    CHECK(schema.takes(parsed(file)) == good);
  };
  for (const auto* const good :
       {R"("id": "shop")",
        R"("config_version": "7")",
        R"("strategy": "one_for_all")",
        R"("intensity": {})",
        R"("intensity": {"restarts": 0, "period": "1m30s"})",
        R"("intensity": {"restarts": "unlimited"})",
        R"("defaults": {"shutdown": "unlimited"})",
        R"("children": [{"id": "s", "supervisor": {}}])",
        R"("limits": "guarded")",
        R"("limits": {"restart_budget": {"max_burst": 1, "recovery_rate_per_sec": 1000}})",
        R"("limits": {"meltdown": {"max_failures": 1024}, "concurrent_restarts": 1})",
        R"("restart_limit": {"max_restarts": 0})",
        R"("restart_limit": {"max_restarts": 1024})",
        R"("escalation_policy": "shutdown_tree")",
        R"("supervisor_failure_limit": 1)",
        R"("group_strategies": [])",
        R"("child_strategy_overrides": [])",
        R"("children": [{"id": "a", "process": {"argv": ["x", ""]}}])",
        R"("group_configs": [{"name": "a", "limits": "guarded"}])",
        R"("group_configs": [{"name": "a", "limits": {"concurrent_restarts": 2}}, {"name": "b"}],
           "group_dependencies": [{"from_group": "a", "to_group": "b", "propagation": "full"}])",
        R"("severity_defaults": {"job": "critical"})",
        R"("strategy": "simple_one_for_one", "children": [{"id": "a", "factory": "f"}])",
        R"("auto_shutdown": "any_significant")",
        R"("dynamic_supervisor_policy": {})",
        R"("dynamic_supervisor_policy": {"enabled": false, "child_limit": 1})",
        R"("control_channel_capacity": 1)",
        R"("defaults": {"health_policy": {}})",
        R"("defaults": {"limits": "guarded"})"})
    agree(file_with(good), true);
  for (const auto* const bad : {R"("id": 5)",
                                R"("id": "a b")",
                                R"("config_version": "")",
                                R"("strategy": "simple")",
                                R"("intensity": 5)",
                                R"("intensity": {"restarts": -1})",
                                R"("intensity": {"restarts": 4294967295})",
                                R"("intensity": {"restarts": "many"})",
                                R"("intensity": {"period": 5})",
                                R"("intensity": {"period": "5"})",
                                R"("limits": "all")",
                                R"("limits": 5)",
                                R"("limits": {"hot_loop": {}})",
                                R"("limits": {"concurrent_restarts": 0})",
                                R"("limits": {"restart_budget": {"max_burst": 0}})",
                                R"("limits": {"restart_budget": {"recovery_rate_per_sec": 0}})",
                                R"("limits": {"restart_budget": {"recovery_rate_per_sec": 1001}})",
                                R"("limits": {"restart_budget": {"recovery_rate_per_sec": -1}})",
                                R"("limits": {"meltdown": {"max_failures": 0}})",
                                R"("limits": {"meltdown": {"max_failures": 1025}})",
                                R"("restart_limit": {"max_restarts": 1025})",
                                R"("restart_limit": {"max_restarts": 1.5})",
                                R"("restart_limit": {"when_exhausted": "quarantine"})",
                                R"("escalation_policy": "panic")",
                                R"("supervisor_failure_limit": 0)",
                                R"("supervisor_failure_limit": "unlimited")",
                                R"("group_strategies": [{}])",
                                R"("group_strategies": {})",
                                R"("child_strategy_overrides": [{"strategy": "one_for_all"}])",
                                R"("group_configs": [{}])",
                                R"("group_configs": [{"name": "a b"}])",
                                R"("group_configs": [{"name": "a", "budget": {}}])",
                                R"("group_dependencies": [{"from_group": "a"}])",
                                R"("severity_defaults": {"clerk": "critical"})",
                                R"("severity_defaults": {"job": "loud"})",
                                R"("group_strategies": [{"strategy": "simple_one_for_one"}])",
                                R"("auto_shutdown": "always")",
                                R"("dynamic_supervisor_policy": true)",
                                R"("dynamic_supervisor_policy": {"child_limit": 0})",
                                R"("dynamic_supervisor_policy": {"enabled": 1})",
                                R"("control_channel_capacity": 0)",
                                R"("control_channel_capacity": "unlimited")",
                                R"("default_health_policy": {})",
                                R"("defaults": {"health_policy": {"stale_after": 5}})",
                                R"("defaults": {"limits": {"restart_budget": {}}})",
                                R"("defaults": {"id": "a"})",
                                R"("children": {})",
                                R"("children": [{}])",
                                R"("children": [{"id": "a"}])",
                                R"("children": [{"factory": "f"}])",
                                R"("children": [{"id": "a", "supervisor": {}, "args": {}}])",
                                R"("children": [{"id": "a", "supervisor": {"id": "b"}}])",
                                R"("children": [{"id": "a", "supervisor":
                                                  {"control_channel_capacity": 5}}])",
                                R"("children": [{"id": "a", "process": {}}])",
                                R"("children": [{"id": "a", "process": {"argv": []}}])",
                                R"("children": [{"id": "a", "process": {"argv": "true"}}])",
                                R"("children": [{"id": "a", "process": "true"}])",
                                R"("children": [{"id": "a", "process": {"argv": ["x"]},
                                                 "args": {}}])",
                                R"("colour": "red")"})
    agree(file_with(bad), false);
  for (const auto* const good :
       {R"("args": {"any": [1, {}]})",
        R"("name": "x")",
        R"("restart": "transient")",
        R"("backoff": {})",
        R"("backoff": {"jitter": 1})",
        R"("backoff": {"jitter": "full"})",
        R"("shutdown": "1.5s")",
        R"("shutdown": "brutal_kill")",
        R"("shutdown": {"graceful_timeout": "unlimited", "abort_wait": "1s"})",
        R"("readiness_policy": "explicit")",
        R"("dependencies": [])",
        R"("criticality": "optional")",
        R"("start_timeout": "2min")",
        R"("tags": ["x"])",
        R"("task_role": "job")",
        R"("on_success_exit": "no_op")",
        R"("on_failure_exit": "restart_permanent")",
        R"("on_timeout": "stop_and_escalate")",
        R"("on_budget_exhausted": "quarantine")",
        R"("success_exit_codes": [0, 75, 255])",
        R"("limits": "guarded")",
        R"("limits": {})",
        R"("limits": {"failure_window": {"mode": "count_sliding", "max_count": 64}})",
        R"("limits": {"restart_limit": {"max_restarts": "unlimited", "window": "1h"}})",
        R"("limits": {"cold_start": {"max_restarts": 0}, "hot_loop": {"min_restarts": 1}})",
        R"("limits": {"meltdown": {"reset_after": "1s"}})",
        R"("severity": "standard")",
        R"("significant": false)",
        R"("run_timeout": "1h")",
        R"("on_manual_stop": "stop_forever")",
        R"("health_policy": {"heartbeat_interval": "2s", "stale_after": "5s"})",
        R"("health_check": {"check_interval": "1s", "timeout": "1s", "max_retries": 1})",
        R"("readiness": {"check_interval": "1s", "timeout": "1s"})",
        R"("stall_watchdog": {"after": "1s", "action": "restart"})",
        R"("resource_limits": {})",
        R"("resource_limits": {"max_memory_mb": 17592186044415, "max_core_mb": 0})",
        R"("resource_limits": {"max_cpu_percent": 100, "max_file_descriptors": 4})",
        R"("command_permissions": {"allowed_signals": []})",
        R"("command_permissions": {"allowed_signals": ["HUP", "SIGPOLL", "SIGRTMIN+30"]})",
        R"("environment": [{"name": "_a1", "value": ""}])",
        R"("environment": [{"name": "A", "secret_ref": "${B}"}],
           "secrets": [{"name": "B", "key": "k"}])",
        R"("preconditions": [{"tcp": "db:5432"}, {"tcp": "[::1]:1"}, {"check": "x"}])",
        R"("preconditions": [{"path": "/x", "timeout": "500ms"}])",
        R"("recycle": {"max_age": "1h"})",
        R"("recycle": {"max_count": 9007199254740991, "spread": 0})",
        R"("start_before_stop": true)"})
    agree(child_with(good), true);
  for (const auto* const good :
       {R"("cwd": "/", "user": "0", "group": "www-data", "stdin": "/dev/zero")",
        R"("inherit": "listed", "inherited": ["PATH"])", R"("inherit": "clean", "inherited": [])",
        R"("umask": "0")", R"("umask": "00777")",
        R"("stop_signal": "INT", "reload_signal": "SIGRTMIN")",
        R"("max_line_bytes": 1, "max_lines_waiting": 4294967294)"})
    agree(process_with(good), true);
  for (const auto* const bad :
       {R"("cwd": "")", R"("inherit": "some")", R"("inherit": "listed", "inherited": ["1A"])",
        R"("inherit": "listed", "inherited": "PATH")", R"("user": 0)", R"("umask": 22)",
        R"("umask": "")", R"("umask": "1000")", R"("umask": "8")", R"("umask": "-1")",
        R"("stdin": "")", R"("stop_signal": "SIGKILL")", R"("stop_signal": "sigterm")",
        R"("stop_signal": 15)", R"("reload_signal": "SIGRTMIN+31")",
        R"("reload_signal": "SIGRTMIN+0")", R"("max_line_bytes": 0)", R"("max_lines_waiting": 0)",
        R"("env": {})"})
    agree(process_with(bad), false);
  for (const auto* const bad :
       {R"("args": [])",
        R"("name": "")",
        R"("restart": "sometimes")",
        R"("backoff": "1s")",
        R"("backoff": {"jitter": 1.5})",
        R"("backoff": {"jitter": "some"})",
        R"("backoff": {"initial_delay": "5 s"})",
        R"("shutdown": "soon")",
        R"("shutdown": 5)",
        R"("shutdown": {"graceful_timeout": "brutal_kill"})",
        R"("shutdown": {"abort_wait": "unlimited"})",
        R"("readiness_policy": "ready")",
        R"("dependencies": "a")",
        R"("dependencies": [5])",
        R"("criticality": true)",
        R"("start_timeout": "-1s")",
        R"("tags": [""])",
        R"("supervisor": {})",
        R"("group": "a b")",
        R"("task_role": "clerk")",
        R"("on_success_exit": "quarantine")",
        R"("on_failure_exit": true)",
        R"("on_manual_stop": "stop")",
        R"("on_timeout": "no_op")",
        R"("on_budget_exhausted": "wait")",
        R"("success_exit_codes": [])",
        R"("success_exit_codes": 0)",
        R"("success_exit_codes": [0.5])",
        R"("success_exit_codes": [256])",
        R"("success_exit_codes": [-1])",
        R"("success_exit_codes": ["0"])",
        R"("limits": "none")",
        R"("limits": {"concurrent_restarts": 1})",
        R"("limits": {"failure_window": {"mode": "sliding"}})",
        R"("limits": {"failure_window": {"threshold": 0}})",
        R"("limits": {"failure_window": {"max_count": 65, "mode": "count_sliding"}})",
        R"("limits": {"hot_loop": {"min_restarts": 0}})",
        R"("limits": {"hot_loop": {"min_restarts": "unlimited"}})",
        R"("limits": {"hot_loop": {"window": 10}})",
        R"("limits": {"cold_start": 5})",
        R"("severity": "loud")",
        R"("significant": "yes")",
        R"("run_timeout": 5)",
        R"("health_policy": {"interval": "2s"})",
        R"("health_policy": "guarded")",
        R"("health_check": {"max_retries": 0})",
        R"("health_check": 5)",
        R"("readiness": "explicit")",
        R"("readiness": {"max_retries": 1})",
        R"("stall_watchdog": {"action": "kill"})",
        R"("stall_watchdog": "5s")",
        R"("resource_limits": 5)",
        R"("resource_limits": {"max_memory_mb": 0})",
        R"("resource_limits": {"max_memory_mb": 17592186044416})",
        R"("resource_limits": {"max_cpu_percent": 101})",
        R"("resource_limits": {"max_cpu_percent": 0})",
        R"("resource_limits": {"max_file_descriptors": 3})",
        R"("resource_limits": {"max_core_mb": -1})",
        R"("resource_limits": {"max_processes": 0})",
        R"("resource_limits": {"max_threads": 1})",
        R"("command_permissions": {"allowed_signals": ["SIGSTOP"]})",
        R"("command_permissions": {"allowed_signals": "SIGTERM"})",
        R"("command_permissions": {"allow_shutdown": 1})",
        R"("environment": {"A": "b"})",
        R"("environment": [{"value": "b"}])",
        R"("environment": [{"name": "A"}])",
        R"("environment": [{"name": "A-B", "value": "b"}])",
        R"("environment": [{"name": "A", "value": 5}])",
        R"("environment": [{"name": "A", "secret_ref": "$B"}],
           "secrets": [{"name": "B", "key": "k"}])",
        R"("environment": [{"name": "A", "secret_ref": "${B}", "value": "b"}],
           "secrets": [{"name": "B", "key": "k"}])",
        R"("secrets": [{"name": "B"}])",
        R"("secrets": [{"key": "k"}])",
        R"("secrets": [{"name": "a.b", "key": "k"}])",
        R"("secrets": [{"name": "B", "key": ""}])",
        R"("preconditions": [{}])",
        R"("preconditions": [{"path": "/x", "check": "x"}])",
        R"("preconditions": [{"tcp": "db"}])",
        R"("preconditions": [{"tcp": "::1:80"}])",
        R"("preconditions": [{"tcp": ":80"}])",
        R"("preconditions": [{"path": "/x", "timeout": 5}])",
        R"("recycle": {})",
        R"("recycle": {"spread": 0.5})",
        R"("recycle": {"max_count": 0})",
        R"("recycle": {"max_age": 5})",
        R"("recycle": {"max_age": "1h", "spread": 1})",
        R"("recycle": {"max_age": "1h", "spread": -0.1})",
        R"("start_before_stop": "yes")",
        R"("sidecar_config": {})",
        R"("sidecar_config": "b")",
        R"("sidecar_config": {"primary_child_id": "b", "linked_lifecycle": "yes"})"})
    agree(child_with(bad), false);
  agree("{}", false);
  agree(R"({"version": 2})", false);
}

TEST_CASE("a file with every key there is can be read and is taken by the schema") {
  const auto text = text_of("tests/config/every_key.json");
  CHECK(said(text) == "ok");
  CHECK(against_schema{}.takes(parsed(text)));
  each_object(parsed(schema()), [&](const json& object) {
    for (const auto& property : object.at("properties").items()) {
      CAPTURE(property.key());
      CHECK(text.find('"' + property.key() + "\": ") != std::string::npos);
    }
  });
}

TEST_CASE("the schema describes every key and closes every object") {
  int keys = 0;
  each_object(parsed(schema()), [&](const json& object) {
    CHECK(object.at("additionalProperties") == false);
    for (const auto& property : object.at("properties").items()) {
      CAPTURE(property.key());
      CHECK(property.value().contains("description"));
      ++keys;
    }
  });
  CHECK(keys > 130);
}

TEST_CASE("a default that the schema shows can be written into a file") {
  const auto whole = parsed(schema());
  const auto with_defaults = [](const json& object, json base) {
    for (const auto& [key, property] : object.at("properties").items())
      if (property.contains("default"))
        base[key] = property.at("default");
    return base;
  };
  const auto& of = whole.at("definitions");
  auto child = with_defaults(of.at("child"), {{"id", "a"}, {"factory", "f"}});
  child["backoff"] = with_defaults(of.at("backoff"), json::object());
  child["shutdown"] = with_defaults(of.at("shutdown"), json::object());
  auto file = with_defaults(whole, {{"version", 1}});
  file["defaults"] = with_defaults(of.at("defaults"), json::object());
  file["intensity"] = with_defaults(of.at("intensity"), json::object());
  for (const auto* const limit : {"failure_window", "restart_limit", "cold_start", "hot_loop"})
    child["limits"][limit] = with_defaults(of.at(limit), json::object());
  for (const auto* const asked : {"health_policy", "health_check", "readiness", "stall_watchdog"})
    child[asked] = with_defaults(of.at(asked), json::object());
  const auto* const permissions = "command_permissions";
  child[permissions] = with_defaults(of.at(permissions), json::object());
  child["recycle"] = with_defaults(of.at("recycle"), {{"max_age", "1h"}});
  child["preconditions"] = json::array({with_defaults(of.at("precondition"), {{"path", "/x"}})});
  child["limits"]["meltdown"] = with_defaults(of.at("meltdown"), json::object());
  file["limits"]["restart_budget"] = with_defaults(of.at("restart_budget"), json::object());
  file["restart_limit"] = with_defaults(of.at("restart_limit"), json::object());
  file["severity_defaults"] = with_defaults(of.at("severity_defaults"), json::object());
  const auto* const dynamic = "dynamic_supervisor_policy";
  file[dynamic] = with_defaults(of.at(dynamic), json::object());
  const auto process = with_defaults(of.at("process"), {{"argv", {"x"}}});
  file["children"] = json::array({child, {{"id", "b"}, {"process", process}}});

  const auto spec = spec_of(file.dump());
  CHECK(spec.strategy == strategy::one_for_one);
  CHECK(spec.intensity == intensity{});
  CHECK(spec.defaults.restart == restart::permanent);
  CHECK(spec.defaults.shutdown == stop_budget{});
  CHECK(spec.more->config_version == supervisor_details{}.config_version);
  CHECK(spec.children.at(0).backoff == backoff{});
  CHECK(spec.children.at(0).shutdown == stop_budget{});
  CHECK(spec.children.at(0).start_timeout == std::chrono::seconds{30});
  CHECK(spec.children.at(0).more->limits == guarded_child());
  CHECK(spec.children.at(0).more->health_policy == health_policy{});
  CHECK(spec.children.at(0).more->health_check == health_check{});
  CHECK(spec.children.at(0).more->readiness_probe == readiness_probe{});
  CHECK(spec.children.at(0).more->stall_watchdog == stall_watchdog{});
  CHECK(spec.children.at(0).more->significant == child_details{}.significant);
  CHECK(spec.children.at(0).more->command_permissions == command_permissions{});
  CHECK(spec.children.at(0).more->recycle == recycle_policy{std::chrono::hours{1}});
  CHECK(spec.children.at(0).more->preconditions == std::vector{precondition{.path = "/x"}});
  CHECK(*spec.children.at(1).start.process == process_spec{.argv = {"x"}});
  CHECK(spec.more->auto_shutdown == supervisor_details{}.auto_shutdown);
  CHECK(spec.more->dynamic_supervisor_policy == dynamic_supervisor_policy{});
  CHECK(spec.more->limits == scope_limits{.restart_budget = token_bucket{}});
  CHECK(spec.more->restart_limit == restart_limit{});
  CHECK(spec.more->escalation_policy == supervisor_details{}.escalation_policy);
}

TEST_CASE("the schema is the same every time") { CHECK(schema() == schema()); }
