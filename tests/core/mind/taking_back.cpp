#include "core_under_test.hpp"

#include <array>

using namespace supervisor;
using namespace std::chrono_literals;

// A revision that did not hold leaves no trace, and one that holds forgets no limit.

namespace {

const declared_spec two{.children = {worker("a"), worker("b")}};
const declared_spec without_a{.children = {worker("b"), worker("c")}};

struct small_policy {
  struct memory {
    char crashes = 0;
  };
  decision decide(const situation&, const memory&) const { return restart_after(1ms); }
  void remember(memory& m, const situation&, const decision&) const { ++m.crashes; }
};

struct large_policy {
  struct memory {
    std::array<std::uint64_t, 64> crashes{};
  };
  decision decide(const situation&, const memory& m) const {
    return restart_after(nanoseconds{1'000'000 + static_cast<std::int64_t>(m.crashes[60] & 1)});
  }
  void remember(memory& m, const situation&, const decision&) const { ++m.crashes[60]; }
};

} // namespace

TEST_CASE("whoever was to leave comes up again when the revision is taken back") {
  core_under_test it{two};
  it.start();
  it.failing = {"c"};
  CHECK(it.revise(without_a) == "stop a");
  CHECK(it.advance(1ms) == "start c");
  CHECK(it.said().no == objection::start_failed);
  CHECK(it.revise(two, false) == "");
  CHECK(it.advance(1ms) == "start a");
  CHECK(it.row("a").now == phase::up);
  CHECK_FALSE(it.has("c"));
}

TEST_CASE("a revision that is taken back is over when everybody is up again") {
  core_under_test it{two};
  it.start();
  it.failing = {"c"};
  it.revise(without_a);
  it.advance(1ms);
  it.slow_to_start = {"a"};
  it.revise(two, false);
  it.advance(1ms);
  CHECK(it.unanswered() == 1);
  it.started("a");
  CHECK(it.unanswered() == 0);
  CHECK(it.said().no == objection::none);
}

TEST_CASE("a revision is over when those who leave are down") {
  core_under_test it{two};
  it.start();
  it.slow_to_stop = {"a"};
  it.revise({.children = {worker("b")}});
  CHECK(it.unanswered() == 1);
  it.exits("a", cancelled);
  it.advance(1ms);
  CHECK(it.said().no == objection::none);
  CHECK_FALSE(it.has("a"));
}

TEST_CASE("whoever leaves takes no commands until that is decided") {
  core_under_test it{two};
  it.start();
  it.slow_to_start = {"c"};
  it.revise(without_a);
  it.advance(1ms);
  for (const auto order : {command::restart_child, command::pause_child, command::remove_child}) {
    CHECK(it.command(order, "a") == "");
    CHECK(it.said().no == objection::restarting);
  }
  it.started("c");
  CHECK_FALSE(it.has("a"));
}

TEST_CASE("whoever still goes down when a revision has failed comes up when it is taken back") {
  declared_spec shop{.children = {worker("a"), worker("b"), worker("d")}};
  shop.children[0].shutdown = {5s, 20s};
  shop.children[2].shutdown = {100ms, 100ms};
  core_under_test it{shop};
  it.start();
  it.slow_to_stop = it.immortal = {"a", "d"};
  auto wanted = without_a;
  wanted.children.push_back(shop.children[2]);
  wanted.children.back().start = {"another"};
  CHECK(it.revise(wanted) == "stop a");
  CHECK(it.advance(5s) == "kill a, stop d");
  it.advance(1s); // d is abandoned, and a has time left
  CHECK(it.row("a").now == phase::killing);
  CHECK(it.said().no == objection::start_failed);
  CHECK(it.revise(shop, false) == "restarting"); // not before everybody is down
  it.exits("a", killed);
  it.revise(shop, false);
  it.advance(1ms);
  CHECK(it.row("a").now == phase::up);
  CHECK_FALSE(it.has("c"));
}

TEST_CASE("a temporary child that was to leave comes up again when the revision is taken back") {
  auto shop = two;
  shop.children[0].restart = restart::temporary;
  core_under_test it{shop};
  it.start();
  it.failing = {"c"};
  it.revise(without_a);
  it.advance(1ms);
  it.revise(shop, false);
  it.advance(1ms);
  CHECK(it.row("a").now == phase::up);
}

TEST_CASE("an operator's word outlasts a revision that is taken back") {
  core_under_test it{two};
  it.start();
  it.command(command::pause_child, "a");
  it.failing = {"c"};
  it.revise(without_a);
  it.advance(1ms);
  it.revise(two, false);
  it.advance(1ms);
  CHECK(it.row("a").op == operation::paused);
  CHECK(it.row("a").now == phase::parked);
}

TEST_CASE("a restart limit outlasts a revision that is taken back") {
  auto shop = two;
  shop.children[0].more.make().limits
    = child_limits{.restart_limit = policies::restart_limit{2, 1h}};
  core_under_test it{shop};
  it.start();
  it.crash("a");
  it.advance(5s);
  it.failing = {"c"};
  it.revise(without_a);
  it.advance(1ms);
  it.revise(shop, false);
  it.advance(1ms);
  it.crash("a");
  it.advance(5s);
  CHECK(it.row("a").now == phase::up);
  it.crash("a");
  CHECK(it.finished);
}

TEST_CASE("an abandoned child does not stand in the way of taking a revision back") {
  core_under_test it{two};
  it.start();
  it.immortal = it.slow_to_stop = {"a"};
  it.failing = {"c"};
  it.revise(without_a);
  it.advance(20s);
  CHECK(it.said().no == objection::start_failed);
  it.revise(two, false);
  it.advance(1ms);
  CHECK(it.has("a"));
  CHECK_FALSE(it.has("c"));
  CHECK(it.exits("a", killed) == "start a");
}

TEST_CASE("a group's budget outlasts a revision that says the same about it") {
  declared_spec shop{.intensity = {unlimited, 1s}, .children = {worker("a"), worker("b")}};
  shop.more.make().group_configs
    = {{.name = "g",
        .limits = scope_limits{.restart_budget = token_bucket{
                                 .window = 1h, .max_burst = 2, .recovery_rate_per_sec = 0.0001}}}};
  shop.children[0].more.make().group = "g";
  shop.children[0].backoff = {1ms, 1ms};
  core_under_test it{shop};
  it.start();
  for (int i = 0; i < 3; ++i) {
    it.crash("a");
    it.advance(50ms);
    shop.children[1].start_timeout = 1s * (i + 1);
    it.revise(shop);
  }
  CHECK(it.row("a").number == 3);
  CHECK(it.row("a").now == phase::waiting);
}

TEST_CASE("a run that is too long is not made longer by a revision") {
  auto shop = two;
  shop.children[0].more.make().run_timeout = 10s;
  core_under_test it{shop};
  it.start();
  it.advance(8s);
  shop.children[0].start_timeout = 1s;
  it.revise(shop);
  CHECK(it.advance(3s) == "stop a, wait 10ms, start a");
}

TEST_CASE("a child that is ready only by a revision is looked after from then on") {
  declared_spec shop{.children = {worker("a")}};
  shop.children[0].readiness = readiness::on_report;
  core_under_test it{shop};
  it.start();
  shop.children[0].readiness = readiness::immediate;
  shop.children[0].more.make().health_policy = health_policy{100ms, 300ms};
  it.revise(shop);
  CHECK(it.row("a").ready);
  CHECK(it.advance(301ms) == "stop a, wait 10ms");
}

TEST_CASE("members of a pool forget what another policy remembered") {
  declared_spec pool{.strategy = strategy::simple_one_for_one,
                     .intensity = {unlimited, 1s},
                     .children = {worker("t")}};
  pool.children[0].policy = restart_policy{small_policy{}};
  core_under_test it{pool};
  it.start();
  auto member = pool.children[0];
  member.id = "m";
  it.add(member);
  it.crash("m");
  it.advance(1s);
  pool.children[0].policy = restart_policy{large_policy{}};
  it.revise(pool);
  CHECK(it.crash("m") == "wait 1ms");
  CHECK(it.advance(1ms) == "start m");
}

TEST_CASE("nothing is revised while a child is being added") {
  core_under_test it{two};
  it.start();
  auto x = worker("x");
  x.readiness = readiness::on_report;
  it.add(x);
  CHECK(it.revise(without_a) == "restarting");
  it.ready("x");
  CHECK(it.revise(without_a) == "stop a");
}
