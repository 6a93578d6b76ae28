// What operators see of children that wait, of those that leave, and of decisions that rest.

#include "commanded.hpp"

#include <supervisor/report/report.hpp>
#include <supervisor/spec/tcp_address.hpp>

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

child_state now_of(const core_under_test& it, const std::string& id) {
  return describe(it.plan(), it.state(), it.tally(), it.slot_of(id), it.now);
}

declared_child_spec in_group(std::string id) {
  auto child = worker(std::move(id));
  child.more.make().group = "g";
  return child;
}

/// A group that rests for two minutes after its second failure.
declared_spec fused() {
  declared_spec spec{.intensity = {.restarts = unlimited},
                     .children = {in_group("a"), in_group("b")}};
  spec.more.make().group_configs = {
    {.name = "g",
     .limits = scope_limits{
       .meltdown = meltdown_fuse{
         .max_failures = 2, .window = 30s, .reset_after = 120s, .scope = meltdown_scope::group}}}};
  return spec;
}

std::string held(const core_under_test& it, const std::string& id) {
  const auto x = now_of(it, id);
  return std::string{label(x.state)} + ", stop " + std::string{label(x.stop_state)} + ", fence "
         + std::string{label(x.fence)};
}

question asked(const plan& p, nanoseconds now) {
  question q{.plan = p.hash, .who = {0, 1}, .given = {.exit = died, .now = time_point{now}}};
  q.base = restart_now();
  return q;
}

/// Who counted of two limits that say the same.
tie_break tie(declared_spec spec) {
  core_under_test it{std::move(spec)};
  auto q = asked(it.plan(), 1h);
  for (int i = 0; i < 3; ++i)
    for (const auto at : limiting_scopes)
      if (const auto* limit = policy_at(it.plan(), 0, at))
        limit->remember(q.past_of(at), q.given, restart_now());
  return ask_limits(it.plan(), q).tie;
}

constexpr token_bucket one_token{.window = 60s, .max_burst = 1, .recovery_rate_per_sec = 0.5};

} // namespace

TEST_CASE("a child of a group that rests says until when") {
  core_under_test it{fused()};
  it.start();
  it.crash("a");
  it.advance(1s);
  it.crash("b");
  const auto b = now_of(it, "b");
  CHECK(b.state == lifecycle::restarting);
  CHECK(b.held_by == wait_reason::new_decision);
  CHECK(b.next_start == 120s);
  it.crash("a");
  it.advance(10s);
  CHECK(now_of(it, "a").state == lifecycle::restarting);
  CHECK(now_of(it, "a").next_start == 110s);
  const auto text = to_string(it.explained("b"), "b");
  CHECK(text.find("b: pause_group for 2min (supervision_paused)") == 0);
}

TEST_CASE("a child whose group rests when it is due waits for the end of that") {
  auto spec = fused();
  spec.children[0].backoff = {5s, 5s};
  core_under_test it{spec};
  it.start();
  it.crash("a");
  it.advance(1s);
  it.crash("b");
  it.advance(5s);
  CHECK(now_of(it, "a").held_by == wait_reason::pause);
  CHECK(now_of(it, "a").next_start == 115s);
}

TEST_CASE("a stop of a child that never ran had nothing to stop") {
  core_under_test it{shop()};
  it.slow_to_start = {"db"};
  it.start();
  it.command(command::pause_child, "web");
  CHECK(held(it, "web") == "paused, stop no_active_attempt, fence open");
}

TEST_CASE("a restart that is pending when its child is abandoned aborts the old life") {
  core_under_test it{shop()};
  it.start();
  it.slow_to_stop = it.immortal = {"web"};
  it.command(command::restart_child, "web");
  it.advance(6s);
  CHECK(held(it, "web") == "abandoned, stop failed, fence aborting_old");
}

TEST_CASE("a child that goes down with others before its restart waits for its turn to stop") {
  auto spec = shop();
  spec.strategy = strategy::one_for_all;
  core_under_test it{spec};
  it.start();
  it.slow_to_stop = {"web", "cache"};
  it.crash("db");
  CHECK(now_of(it, "cache").status == attempt_status::ready);
  it.command(command::restart_child, "cache");
  CHECK(held(it, "cache") == "ready, stop cancel_delivered, fence waiting_for_old_stop");
}

TEST_CASE("a seat that is free is nobody's") {
  core_under_test it{shop()};
  it.start();
  const auto who = it.slot_of("web");
  it.crash("web");
  it.advance(1s);
  it.command(command::remove_child, "web");
  const auto x = describe(it.plan(), it.state(), it.tally(), who, it.now);
  CHECK(x.state == lifecycle::stopped);
  CHECK_FALSE(x.significant);
  CHECK_FALSE(x.last_exit);
}

TEST_CASE("a shutdown that has to wait for a second life has no bound if that has none") {
  auto web = worker("web", unlimited_stop);
  web.more.make().start_before_stop = true;
  core_under_test it{{.children = {web}}};
  it.start();
  it.slow_to_start = {"web"};
  it.command(command::restart_child, "web");
  CHECK_FALSE(stop_bound(it.plan(), it.state()));
}

TEST_CASE("a second life that was abandoned is not waited for") {
  auto web = worker("web", stop_budget{3s, 1s});
  web.more.make().start_before_stop = true;
  core_under_test it{{.children = {web}}};
  it.start();
  it.slow_to_stop = it.immortal = {"web"};
  it.command(command::restart_child, "web");
  it.advance(1s);
  CHECK(stop_bound(it.plan(), it.state()) == 7s);
  it.advance(10s);
  it.command(command::pause_child, "web");
  it.advance(10s);
  CHECK(stop_bound(it.plan(), it.state()) == 0s);
}

TEST_CASE("a shutdown that was asked for is no failure") {
  CHECK(shutdown_report{.why = aim::stop}.asked_for());
  CHECK_FALSE(shutdown_report{.why = aim::give_up}.asked_for());
}

TEST_CASE("between limits that say the same the closer one counts") {
  declared_spec spec{.children = {in_group("a")}};
  auto& more = spec.more.make();
  more.group_configs = {{.name = "g", .limits = scope_limits{.restart_budget = one_token}}};
  CHECK(tie(spec) == tie_break::none);
  more.limits = scope_limits{.restart_budget = one_token};
  CHECK(tie(spec) == tie_break::smaller_scope);
}

TEST_CASE("what a child is and how it may be written have words") {
  CHECK(label(task_kind::async_worker) == "async_worker");
  CHECK(label(task_kind::supervisor) == "supervisor");
  CHECK(label(task_kind::process) == "process");
  const declared_start program{.process = std::make_shared<const process_spec>()};
  CHECK(program.label() == "process");
  CHECK(program.kind() == task_kind::process);
  CHECK(declared_start{.factory = "f"}.label() == "f");
}

TEST_CASE("preconditions are the same if all that can be compared is") {
  const precondition one{.path = "/a", .tcp = "b:1", .check = "c", .timeout = 1s};
  const auto differs = [&](void (*edit)(precondition&)) {
    auto other = one;
    edit(other);
    return !(one == other);
  };
  CHECK_FALSE(differs([](auto&) {}));
  CHECK_FALSE(differs([](auto& x) { x.holds = [] { return true; }; }));
  CHECK(differs([](auto& x) { x.path = "/b"; }));
  CHECK(differs([](auto& x) { x.tcp = ""; }));
  CHECK(differs([](auto& x) { x.check = ""; }));
  CHECK(differs([](auto& x) { x.timeout = 2s; }));
  CHECK(differs([](auto& x) { x.check_interval = 1s; }));
}

TEST_CASE("an address has a host without brackets and a port") {
  CHECK(tcp_address_of("[::1]:80") == tcp_address{"::1", 80});
  for (const auto* wrong : {"a", "a:", "a:0", "a:65536", "a:80x", "a:99999999999", "a[:80",
                            "a]b:80", "a\x7f:80", " :80", ":80"})
    CHECK_MESSAGE(!tcp_address_of(wrong), wrong);
}

TEST_CASE("a nested supervisor goes on if it changes and not if it becomes a pool") {
  const auto with = [](strategy how) {
    declared_child_spec sub{.id = "sub"};
    sub.start.nested = std::make_shared<const declared_spec>(
      declared_spec{.strategy = how, .children = {worker("a")}});
    return declared_spec{.children = {sub}};
  };
  core_under_test it{with(strategy::one_for_one)};
  it.start();
  CHECK(it.revise(with(strategy::one_for_all)) == "");
  CHECK(it.revise(with(strategy::simple_one_for_one)) == "stop sub");
  CHECK(it.advance(1ms) == "start sub");
}

TEST_CASE("no wait is shown as one of nothing") {
  const effect wait{.what = deed::wait, .at = time_point{1h}};
  CHECK(detail::show(wait, time_point{1h}, "") == "wait 0ns");
}

TEST_CASE("a policy stands alone with its child's words about restarts") {
  const auto wrong = [](auto edit) {
    auto child = worker("a");
    child.policy = standard_policy{};
    edit(child);
    return to_string(validate(declared_spec{.children = {child}}));
  };
  CHECK(wrong([](auto&) {}) == "");
  CHECK(wrong([](auto& x) { x.restart = restart::transient; }) != "");
  CHECK(wrong([](auto& x) { x.backoff = {1ms, 2ms}; }) != "");
  CHECK(wrong([](auto& x) { x.more.make().reactions.on_success_exit = on_success_action::stop; })
        != "");
  CHECK(wrong([](auto& x) {
          x.more.make().reactions.on_failure_exit = on_failure_action::restart_permanent;
        })
        != "");
  CHECK(wrong([](auto& x) {
          x.more.make().reactions.on_timeout = on_timeout_action::stop_and_escalate;
        })
        != "");
}
