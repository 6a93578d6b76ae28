// What a supervisor says about some of its children, and whether it says another thing now.

#include "core_under_test.hpp"

#include <supervisor/changes/changes.hpp>
#include <supervisor/changes/make_changes.hpp>

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

declared_spec shop() {
  declared_spec spec{.children = {worker("db"), worker("web")}};
  spec.children[1].more.make().tags = {"front"};
  auto& more = spec.more.make();
  more.group_configs = {{.name = "g", .children = {"db"}}, {.name = "h"}};
  more.group_strategies = {{.group = "front",
                            .strategy = strategy::one_for_all,
                            .restart_limit = policies::restart_limit{3, 60s}}};
  more.child_strategy_overrides
    = {{.child_id = "db", .restart_limit = policies::restart_limit{5, 60s}}};
  return spec;
}

/// "path why; why" of each that is no longer as it was, one a line.
std::string changed(void (*edit)(supervisor_details&)) {
  const auto before = shop();
  auto after = before;
  edit(after.more.make());
  REQUIRE(to_string(validate(after)) == "");
  std::string text;
  for (const auto& x : changes(before, after)) {
    if (x.what == change_kind::nothing)
      continue;
    text += x.path;
    for (const auto& why : x.why)
      text += " " + why + ";";
    text += "\n";
  }
  return text;
}

} // namespace

TEST_CASE("a supervisor that says the same of some of its children does not change") {
  CHECK(changed([](auto&) {}) == "");
}

TEST_CASE("an override is compared in all that it says") {
  CHECK(changed([](auto& x) { x.child_strategy_overrides[0].restart_limit->max_restarts = 6; })
        == "/db restart_limit: 5 restarts in 1min -> 6 restarts in 1min;\n");
  CHECK(changed([](auto& x) {
          x.child_strategy_overrides[0].escalation_policy = escalation_policy::shutdown_tree;
        })
        == "/db escalation_policy: escalate_to_parent -> shutdown_tree;\n");
  CHECK(changed([](auto& x) { x.child_strategy_overrides[0].strategy = strategy::rest_for_one; })
        == "/db strategy: one_for_one -> rest_for_one;\n");
  CHECK(changed([](auto& x) { x.child_strategy_overrides[0].child_id = "web"; }) != "");
}

TEST_CASE("a limit that a tag sets is told at those who have it") {
  CHECK(changed([](auto& x) { x.group_strategies[0].restart_limit->max_restarts = 4; })
        == "/web restart_limit: 3 restarts in 1min -> 4 restarts in 1min;\n");
}

TEST_CASE("a child that a group lists moves with the list") {
  CHECK(changed([](auto& x) {
          x.group_configs[0].children.clear();
          x.group_configs[1].children = {"db"};
        })
        == "/db group: g -> h;\n");
}

TEST_CASE("a limit of a group and an escalation of a tag are told of the supervisor") {
  CHECK(changed([](auto& x) { x.group_configs[1].limits = scope_limits{.concurrent_restarts = 2}; })
        == "/ group_configs \"h\": no limits -> 2 restarts at a time;\n");
  CHECK(changed([](auto& x) {
          x.group_strategies[0].escalation_policy = escalation_policy::quarantine_scope;
        }).find("one_for_all, quarantine_scope")
        != std::string::npos);
}

namespace {

/// Of children that were told everything by themselves.
std::string changed_for_later(void (*edit)(declared_spec&)) {
  auto before = shop();
  for (auto& child : before.children) {
    child.restart = restart::permanent;
    child.backoff = {10ms, 1s};
    child.shutdown = stop_budget{};
    child.more.make().limits = child_limits{};
    child.more.make().health_policy = health_policy{};
    child.more.make().severity = severity_class::critical;
  }
  before.children[0].more.make().group = "g";
  before.more.make().child_strategy_overrides.push_back(
    {.child_id = "web", .restart_limit = policies::restart_limit{7, 60s}});
  auto after = before;
  edit(after);
  REQUIRE(to_string(validate(after)) == "");
  std::string text;
  for (const auto& x : changes(before, after))
    for (const auto& why : x.why)
      if (x.what != change_kind::nothing)
        text += x.path + " " + why + ";";
  return text;
}

constexpr auto for_later = "/ defaults: other ones for children that are added later;";

} // namespace

TEST_CASE("what only children that are added later would see is told of the supervisor") {
  CHECK(changed_for_later([](auto&) {}) == "");
  CHECK(changed_for_later([](auto& x) { x.defaults.restart = restart::transient; }) == for_later);
  CHECK(changed_for_later([](auto& x) { x.defaults.backoff = {2ms, 3ms}; }) == for_later);
  CHECK(changed_for_later([](auto& x) { x.defaults.shutdown = brutal_kill; }) == for_later);
  CHECK(changed_for_later([](auto& x) { x.defaults.limits = guarded_child(); }) == for_later);
  CHECK(changed_for_later([](auto& x) {
          x.defaults.health_policy = health_policy{2s, 9s};
        })
        == for_later);
  CHECK(changed_for_later([](auto& x) { x.more.make().restart_limit = policies::restart_limit{}; })
        == for_later);
  CHECK(changed_for_later([](auto& x) {
          x.more.make().severity_defaults[task_role::job] = severity_class::critical;
        })
        == for_later);
  CHECK(changed_for_later(
          [](auto& x) { x.more.make().group_strategies[0].restart_limit->max_restarts = 4; })
        == for_later);
  CHECK(changed_for_later([](auto& x) {
          auto& overrides = x.more.make().child_strategy_overrides;
          std::swap(overrides[0], overrides[1]);
        })
        == for_later);
  CHECK(changed_for_later([](auto& x) { x.more.make().group_configs[0].children.clear(); })
        == for_later);
}

TEST_CASE("an order that comes to its end has no difference") {
  const auto of = [](std::vector<std::string_view> was, std::vector<std::string_view> is) {
    return detail::order_difference(was, is);
  };
  CHECK(of({"a", "b"}, {"b", "a"}) == "order of children: b before a");
  CHECK(of({"a", "b"}, {"a"}) == "");
  CHECK(of({"a"}, {"a", "b"}) == "");
}

TEST_CASE("a umask and a signal are told as they are written") {
  const auto why = [](process_spec was, process_spec is) {
    was.argv = is.argv = {"x"};
    return start_difference({.process = std::make_shared<const process_spec>(was)},
                            {.process = std::make_shared<const process_spec>(is)});
  };
  CHECK(why({.umask = 077}, {}) == "process/umask: 077 -> none");
  CHECK(why({}, {.umask = 0}) == "process/umask: none -> 000");
  CHECK(why({.stop_signal = "TERM"}, {.stop_signal = "SIGTERM"}) == "");
  CHECK(why({.stop_signal = "INT"}, {.stop_signal = "nonsense"})
        == "process/stop_signal: SIGINT -> nonsense");
}
