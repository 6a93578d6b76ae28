// Commands that are refused for what they lack, and news that come when they mean nothing any more.

#include "commanded.hpp"

using namespace supervisor;
using namespace std::chrono_literals;

TEST_CASE("a child that may end its supervisor has to say why") {
  auto spec = shop();
  spec.children[0].more.make().command_permissions = command_permissions{.allow_shutdown = true};
  core_under_test it{spec};
  it.start();
  auto x = it.input_of(command::shutdown, "db");
  x.asker = it.life_of("db");
  x.audited = false;
  CHECK(it.feed(x) == "");
  CHECK(it.said().no == objection::unaudited);
  CHECK_FALSE(it.finished);
}

TEST_CASE("another spec that nobody stands for is refused") {
  core_under_test it{shop()};
  CHECK(objection_to_revision(it.state(), true, true) == objection::restarting);
  it.start();
  CHECK(objection_to_revision(it.state(), true, false) == objection::unaudited);
  CHECK(objection_to_revision(it.state(), true, true) == objection::none);
  it.stop();
  CHECK(objection_to_revision(it.state(), true, true) == objection::shutting_down);
}

TEST_CASE("a child whose declaration has faults is refused without a seat") {
  core_under_test it{shop()};
  it.start();
  CHECK(it.feed({.what = news::added, .who = {nobody, 0}, .count = 7, .audited = true}) == "");
  REQUIRE(it.said_to(7));
  CHECK(it.said_to(7)->no == objection::invalid);
  CHECK(it.last(event_type::child_declaration_rejected).no == objection::invalid);
  CHECK(it.state().members == 3);
}

TEST_CASE("a child that is added where somebody sits is refused and the other one stays") {
  core_under_test it{shop()};
  it.start();
  const auto who = it.slot_of("cache");
  CHECK(it.feed({.what = news::added, .who = {who, 0}, .count = 7, .audited = true}) == "");
  REQUIRE(it.said_to(7));
  CHECK(it.said_to(7)->no == objection::restarting);
  CHECK(it.row("cache").now == phase::up);
  CHECK(it.row("cache").number == 1);
}

TEST_CASE("a child that is added by nobody is refused and its seat is free again") {
  core_under_test it{shop()};
  it.start();
  auto x = it.input_to_add(worker("x"));
  x.audited = false;
  CHECK(it.feed(x) == "");
  CHECK(it.said().no == objection::unaudited);
  CHECK_FALSE(it.has("x"));
}

TEST_CASE("what must hold before a start holds too late for another life") {
  core_under_test it{shop()};
  it.start();
  const auto old = it.life_of("web");
  it.slow_to_start = {"web"};
  it.crash("web");
  it.advance(10ms);
  const auto before = it.state();
  it.feed({.what = news::prepared, .who = old});
  CHECK(it.state() == before);
  it.feed({.what = news::prepared, .who = it.life_of("cache")}); // which runs
  CHECK(it.state() == before);
}

TEST_CASE("the time to start begins anew when all that must hold before does") {
  auto slow = worker("a");
  slow.start_timeout = 1s;
  slow.criticality = criticality::optional;
  core_under_test it{{.children = {slow}}};
  it.slow_to_start = {"a"};
  it.start();
  CHECK(it.advance(900ms) == "");
  it.feed({.what = news::prepared, .who = it.life_of("a")});
  CHECK(it.advance(900ms) == "");
  CHECK(it.advance(100ms) == "stop a, wait 10ms, begun");
}

TEST_CASE("abandoned actors below another life are nobody's") {
  core_under_test it{shop()};
  it.start();
  const auto old = it.life_of("web");
  it.crash("web");
  it.advance(10ms);
  const auto stale = it.tally().stale;
  it.feed({.what = news::lingering, .who = old, .count = 2});
  CHECK(it.tally().stale == stale + 1);
  CHECK_FALSE(it.row("web").lingers);
  it.feed({.what = news::lingering, .who = it.life_of("web"), .count = 0});
  CHECK_FALSE(it.row("web").lingers);
}

TEST_CASE("a child that starts and has nothing to run when its turn to stop comes") {
  core_under_test it{{.children = {worker("a"), worker("b")}}};
  it.slow_to_start = {"a"};
  it.slow_to_stop = {"b"};
  it.start();
  REQUIRE(it.row("a").now == phase::starting);
  it.stop();
  it.feed({.what = news::ignored, .who = it.life_of("a")});
  CHECK(it.finished);
  CHECK(it.over == aim::stop);
}

TEST_CASE("a child that starts beside one that is slow to stop may have nothing to run") {
  core_under_test it{{.children = {worker("a"), worker("b")}}};
  it.start();
  it.slow_to_start = {"a"};
  it.slow_to_stop = {"b"};
  it.crash("a");
  it.advance(10ms);
  REQUIRE(it.row("a").now == phase::starting);
  CHECK(it.stop() == "stop b");
  CHECK(it.feed({.what = news::ignored, .who = it.life_of("a")}) == "");
  CHECK(it.row("a").now == phase::down);
  CHECK(it.exits("b", cancelled) == "finish");
  CHECK(it.report() == "b graceful, a already_exited");
}

TEST_CASE("a child that another spec drops leaves when those below it have ended") {
  core_under_test it{{.children = {worker("sub"), worker("b")}}};
  it.start();
  it.slow_to_stop = {"sub"};
  const auto life = it.life_of("sub");
  it.revise({.children = {worker("b")}});
  it.feed({.what = news::lingering, .who = life, .count = 2});
  it.exits("sub", cancelled);
  CHECK(it.has("sub"));
  it.feed({.what = news::late_end, .who = life});
  CHECK(it.has("sub"));
  it.feed({.what = news::late_end, .who = life});
  CHECK_FALSE(it.has("sub"));
}

TEST_CASE("a plan has no policy for what the intensity says") {
  core_under_test it{shop()};
  CHECK(policy_at(it.plan(), 0, scope::intensity) == nullptr);
  CHECK(part_name(it.plan(), 0, because_of_intensity) == "intensity");
  CHECK(part_name(it.plan(), 0, 0) == "standard");
}

TEST_CASE("giving up means what the closest escalation policy says") {
  const auto carried = [](escalation_policy how) {
    auto spec = shop();
    spec.more.make().escalation_policy = how;
    core_under_test it{spec};
    return std::string{label(carried_out(it.plan(), 0, escalate()))};
  };
  CHECK(carried(escalation_policy::escalate_to_parent) == "escalate");
  CHECK(carried(escalation_policy::shutdown_tree) == "shutdown_tree");
  CHECK(carried(escalation_policy::quarantine_scope) == "quarantine");
  core_under_test it{shop()};
  CHECK(carried_out(it.plan(), 0, quarantine()) == verdict::quarantine);
}

TEST_CASE("each life may serve a little less than the most of all") {
  auto busy = worker("a");
  busy.more.make().recycle = recycle_policy{.max_count = 1000, .spread = 0.5};
  auto exact = worker("b");
  exact.more.make().recycle = recycle_policy{.max_count = 3, .spread = 0};
  core_under_test it{{.children = {busy, exact, worker("c")}}};
  std::set<std::uint64_t> seen;
  for (std::uint32_t number = 1; number <= 20; ++number) {
    const auto most = most_served(it.plan(), {0, number});
    CHECK(most > 500);
    CHECK(most <= 1000);
    seen.insert(most);
    CHECK(most_served(it.plan(), {1, number}) == 3);
    CHECK(most_served(it.plan(), {2, number}) == 0);
  }
  CHECK(seen.size() > 15);
}

TEST_CASE("signals that one can die of and not send have names") {
  CHECK(signal_name(9) == "SIGKILL");
  CHECK(signal_name(19) == "SIGSTOP");
  CHECK(signal_number("SIGKILL") == 0);
  CHECK(signal_number("STOP") == 0);
  CHECK(signal_number("HUP") == signal_number("SIGHUP"));
}

TEST_CASE("ties have names") {
  std::set<std::string_view> all;
  for (const auto x : {tie_break::none, tie_break::explicit_child_setting, tie_break::fused_group,
                       tie_break::smaller_scope})
    all.insert(label(x));
  CHECK(all.size() == 4);
  CHECK(label(tie_break::smaller_scope) == "smaller_scope");
}

TEST_CASE("a life that ends at last is told of although its supervisor is over") {
  core_under_test it{shop()};
  it.start();
  it.slow_to_stop = it.immortal = {"web"};
  it.stop();
  it.advance(6s);
  REQUIRE(it.finished);
  CHECK(it.report() == "cache graceful, db graceful, web abort_failed");
  it.exits("web", killed);
  CHECK(it.report() == "cache graceful, db graceful, web late_report");
}

TEST_CASE("the second life of a child that was abandoned may end after its supervisor") {
  auto web = worker("web");
  web.more.make().start_before_stop = true;
  core_under_test it{{.children = {web}}};
  it.start();
  it.slow_to_stop = it.immortal = {"web"};
  it.command(command::restart_child, "web");
  it.advance(6s);
  const life old{it.slot_of("web"), 1};
  CHECK(it.tally().abandoned == 1);
  it.stop();
  it.advance(12s);
  REQUIRE(it.finished);
  it.feed({.what = news::exited, .who = old, .exit = killed});
  CHECK(it.tally().abandoned == 1);
  it.exits("web", killed);
  CHECK(it.tally().abandoned == 0);
}
