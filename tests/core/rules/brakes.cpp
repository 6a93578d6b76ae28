// Who is told that nothing stops a child from ending and starting all the time, and who is not.

#include "linted.hpp"

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

constexpr policies::intensity no_limit{unlimited, 60s};
constexpr policies::backoff no_wait{0ms, 1s};

declared_child_spec eager(std::string id = "a") { return waiting(std::move(id), no_wait); }

declared_spec with_child(declared_child_spec child, policies::intensity limit = no_limit) {
  return {.intensity = limit, .children = {std::move(child)}};
}

/// Where a brake is missing.
std::string unbraked(const declared_spec& tree) {
  REQUIRE(to_string(validate(tree)) == "");
  std::string text;
  for (const auto& [rule, at] : lints(tree))
    if (rule == "no_brake")
      text += (text.empty() ? "" : " ") + at.where;
  return text;
}

bool is_braked(declared_spec tree, auto edit) {
  edit(tree);
  return unbraked(tree).empty();
}

} // namespace

TEST_CASE("a child without a wait and without an end is told") {
  CHECK(unbraked(with_child(eager())) == "/children/0/backoff");
  CHECK(lints(with_child(eager())).front().at.what
        == "\"a\" is started again without a wait, and nothing limits how often: if it fails at "
           "once, that uses up a processor. A \"backoff\" with an initial_delay would do, or an "
           "\"intensity\" that can be reached");
}

TEST_CASE("of equal ones the first is enough and each supervisor has its own") {
  declared_spec tree{.intensity = no_limit, .children = {eager("a"), eager("b")}};
  tree.children.push_back(nested("s", tree));
  CHECK(unbraked(tree) == "/children/0/backoff /children/2/supervisor/children/0/backoff");
}

TEST_CASE("a wait is a brake") {
  CHECK(unbraked(with_child(waiting("a", {1ms, 1s}))) == "");
  CHECK(unbraked(with_child(waiting("a", {1ms, 1s, jitter::full()}))) == "");
  CHECK(unbraked(with_child(waiting("a", {0ms, 0ms}))) != "");
  CHECK(unbraked(with_child(waiting("a", {0ms, 1s, jitter::decorrelated()}))) != "");
}

TEST_CASE("a limit that can be reached is a brake and another is none") {
  CHECK(unbraked(with_child(eager(), {10, 60s})) == "");
  CHECK(unbraked(with_child(eager(), {0, 1ns})) == "");
  CHECK(unbraked(with_child(eager(), {1'000'000, 60s})) == "");
  CHECK(unbraked(with_child(eager(), {4'000'000'000, 1s})) != "");
  CHECK(unbraked(with_child(eager(), {10, 10us})) != "");
}

TEST_CASE("a child that is not started again needs no brake") {
  auto once = eager();
  once.restart = restart::temporary;
  CHECK(unbraked(with_child(once)) == "");
  auto own = worker("a");
  own.policy = standard_policy{.backoff = no_wait};
  CHECK(unbraked(with_child(own)) == "");
  auto strict = eager();
  strict.restart = restart::transient;
  strict.more.make().reactions.on_failure_exit = on_failure_action::stop_and_escalate;
  CHECK(unbraked(with_child(strict)) == "");
}

TEST_CASE("a restart at once is one without a wait whatever the backoff") {
  auto hasty = waiting("a", {1s, 10s});
  hasty.more.make()
    = {.task_role = task_role::service,
       .reactions = {.on_failure_exit = on_failure_action::restart_permanent},
       .limits = child_limits{.restart_limit = policies::restart_limit{unlimited, 60s}}};
  CHECK(unbraked(with_child(hasty)) == "/children/0/backoff");
}

TEST_CASE("the limits of a child are brakes if they count") {
  const auto with = [](child_limits some) {
    auto child = eager();
    child.more.make().limits = some;
    return unbraked(with_child(child)).empty();
  };
  CHECK_FALSE(with({}));
  CHECK(with({.failure_window = failure_window{}}));
  CHECK(with({.restart_limit = policies::restart_limit{}}));
  CHECK_FALSE(with({.restart_limit = policies::restart_limit{unlimited, 60s}}));
  CHECK(with({.hot_loop = hot_loop{}}));
  CHECK(with({.meltdown = meltdown_fuse{}}));
  CHECK_FALSE(with({.cold_start = cold_start{}})); // which is over after a while
}

TEST_CASE("the limits of its supervisor and of its group are brakes") {
  const auto tree = with_child(eager());
  CHECK(is_braked(tree, [](auto& x) { x.more.make().limits = guarded_supervisor(); }));
  CHECK(is_braked(tree, [](auto& x) { x.more.make().supervisor_failure_limit = 5; }));
  CHECK(is_braked(tree, [](auto& x) { x.more.make().limit = policies::restart_limit{}; }));
  CHECK_FALSE(is_braked(
    tree, [](auto& x) { x.more.make().limits = scope_limits{.concurrent_restarts = 1}; }));
  const auto in_group = [&](std::optional<scope_limits> limits) {
    return is_braked(tree, [&](auto& x) {
      x.more.make().group_configs = {{.name = "g", .children = {"a"}, .limits = limits}};
    });
  };
  CHECK(in_group(guarded_group()));
  CHECK_FALSE(in_group({}));
}

TEST_CASE("a nested supervisor needs a brake if it can fall without a wait") {
  const auto below = [](policies::intensity limit, declared_child_spec child) {
    auto sub = nested("sub", with_child(std::move(child), limit));
    sub.backoff = no_wait;
    return unbraked(with_child(sub));
  };
  CHECK(below({3, 60s}, eager()) == "/children/0/backoff");
  CHECK(below({0, 60s}, waiting("a", {1s, 1s})) == "/children/0/backoff"); // the first ends it
  CHECK(below({3, 60s}, waiting("a", {1s, 1s})) == "");
  auto patient = eager();
  patient.more.make().limits = child_limits{.hot_loop = hot_loop{}};
  CHECK(below({3, 60s}, patient) == "");
}

TEST_CASE("whatever a group or a reaction says is a decision of the root") {
  const auto decided = [](auto edit) {
    declared_spec root{.children = {worker("a")}};
    edit(root);
    const auto all = lints(root);
    return std::ranges::none_of(all, [](const lint& x) { return x.rule == "default_root"; });
  };
  CHECK_FALSE(decided([](auto&) {}));
  CHECK(decided([](auto& x) { x.says_intensity = true; }));
  CHECK(decided([](auto& x) {
    x.children[0].more.make().reactions.on_failure_exit = on_failure_action::stop_and_escalate;
  }));
  CHECK(decided(
    [](auto& x) { x.more.make().group_configs = {{.name = "g", .limits = guarded_group()}}; }));
  CHECK(decided([](auto& x) {
    x.more.make().child_strategy_overrides
      = {{.child_id = "a", .restart_limit = policies::restart_limit{}}};
  }));
}
