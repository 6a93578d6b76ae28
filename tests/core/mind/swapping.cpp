#include "core_under_test.hpp"

using namespace std::chrono_literals;
using namespace supervisor;

namespace {

declared_child_spec two_lives(std::string id, readiness when = readiness::immediate) {
  auto child = worker(std::move(id));
  child.readiness = when;
  child.more.make().start_before_stop = true;
  return child;
}

const auto web = two_lives("web", readiness::on_report);

declared_spec shop(declared_child_spec child = web) {
  return {.children = {worker("db"), std::move(child)}};
}

life next_of(const core_under_test& it, const std::string& id) {
  return {it.slot_of(id), it.life_of(id).number + 1};
}

/// Up, ready, and told to restart: the next life runs and is not ready.
core_under_test swapping(declared_spec spec = shop()) {
  core_under_test it{std::move(spec)};
  it.start();
  it.ready("web");
  CHECK(it.command(command::restart_child, "web") == "start web");
  return it;
}

} // namespace

SCENARIO("a child that may have two lives is restarted without a moment of nobody") {
  GIVEN("a restart by hand") {
    auto it = swapping();
    CHECK(it.said().no == objection::none);
    CHECK(it.said().fence == fence_decision::started_immediately);
    THEN("the old life serves until the new one is ready") {
      CHECK(it.row("web").number == 1);
      CHECK(it.row("web").ready);
      CHECK(it.feed({news::ready, next_of(it, "web")}) == "swap web, stop web");
      CHECK(it.row("web").number == 2);
      CHECK(it.row("web").ready);
      CHECK(it.tally().children[it.slot_of("web")].generation == 1);
      CHECK(it.last(event_type::child_swapped).count == 1);
    }
    THEN("dependents of it are left alone") { CHECK(it.row("db").number == 1); }
    THEN("a second restart is merged with the first") {
      CHECK(it.command(command::restart_child, "web") == "");
      CHECK(it.said().fence == fence_decision::already_pending);
    }
    THEN("its old life has its time to end, and is killed then") {
      it.slow_to_stop = {"web"};
      CHECK(it.feed({news::ready, next_of(it, "web")}) == "swap web, stop web");
      CHECK(it.advance(5s) == "kill web");
      CHECK(it.told("web").ends_with("child_stopped"));
      CHECK(it.row("web").ready);
    }
  }
  GIVEN("a child that is ready as soon as it runs") {
    core_under_test it{shop(two_lives("web"))};
    it.start();
    CHECK(it.command(command::restart_child, "web") == "start web, swap web, stop web");
  }
}

SCENARIO("a next life that fails is no harm") {
  GIVEN("one that ends before it is ready") {
    auto it = swapping();
    it.feed({.what = news::exited, .who = next_of(it, "web"), .exit = died});
    THEN("the old one goes on, and nothing is counted against it") {
      CHECK(it.row("web").ready);
      CHECK(it.last(event_type::child_swap_failed).exit == died);
      CHECK(it.tally().crashes == 0);
    }
    THEN("its number is used up") {
      it.feed({news::ready, next_of(it, "web")});
      CHECK(it.last(event_type::child_attempt_stale_report).who.number == 2);
      CHECK(it.crash("web") == "wait 10ms");
      it.advance(10ms);
      CHECK(it.row("web").number == 3);
    }
    THEN("the next try has another one") {
      CHECK(it.command(command::restart_child, "web") == "start web");
      it.feed({news::ready, {it.slot_of("web"), 3}});
      CHECK(it.row("web").number == 3);
    }
  }
  GIVEN("one that is not ready in time") {
    auto it = swapping();
    CHECK(it.advance(30s) == "kill web");
    CHECK(it.last(event_type::child_swap_failed).exit.what == exit_class::timeout);
    CHECK(it.row("web").number == 1);
    CHECK(it.row("web").ready);
  }
}

SCENARIO("whatever happens to the child while it has two lives") {
  GIVEN("an old life that crashes") {
    auto it = swapping();
    it.crash("web");
    THEN("both are down, and its policy decides") {
      CHECK(it.tally().crashes == 1);
      CHECK(it.advance(10ms) == "start web");
      CHECK(it.row("web").number == 3);
    }
  }
  GIVEN("an operator who pauses it") {
    auto it = swapping();
    CHECK(it.command(command::pause_child, "web") == "kill web, stop web");
    CHECK(it.row("web").now == phase::parked);
  }
  GIVEN("one who removes it") {
    auto it = swapping();
    it.immortal = {"web"};
    it.command(command::remove_child, "web");
    THEN("its seat is free when the second life has ended as well") {
      CHECK(it.row("web").now == phase::forgotten);
      it.feed({.what = news::exited, .who = {1, 2}, .exit = killed});
      CHECK_FALSE(it.has("web"));
    }
  }
  GIVEN("the end of its supervisor") {
    auto it = swapping();
    it.slow_to_stop = {"web"};
    it.feed({news::ready, next_of(it, "web")});
    it.stop();
    THEN("that waits for both") {
      it.exits("web", cancelled);
      CHECK_FALSE(it.finished);
      it.feed({.what = news::exited, .who = {1, 1}, .exit = cancelled});
      CHECK(it.finished);
    }
  }
  GIVEN("an old life that nothing can end") {
    auto it = swapping();
    it.slow_to_stop = it.immortal = {"web"};
    it.feed({news::ready, next_of(it, "web")});
    CHECK(it.advance(10s) == "kill web, abandon web");
    THEN("it is counted, and the child is well") {
      CHECK(it.tally().abandoned == 1);
      CHECK(it.row("web").ready);
    }
    THEN("there is no third life beside it: a restart waits for the end of the second") {
      CHECK(it.command(command::restart_child, "web") == "stop web");
    }
    THEN("the report names it") {
      it.slow_to_stop = it.immortal = {};
      it.stop();
      CHECK(it.report() == "web graceful, db graceful, web abort_failed");
    }
    THEN("its late end is told") {
      it.feed({.what = news::exited, .who = {1, 1}, .exit = killed});
      CHECK(it.tally().abandoned == 0);
      CHECK(it.last(event_type::child_shutdown_late_report).who.number == 1);
    }
  }
}

SCENARIO("a child is replaced when it is old enough") {
  auto child = worker("web");
  child.more.make().recycle = recycle_policy{.max_age = 100s, .spread = 0.5};
  GIVEN("one that has one life at a time") {
    core_under_test it{{.children = {child}}};
    it.start();
    THEN("that is no failure, and no two are replaced at the same time") {
      CHECK(it.advance(50s) == "");
      CHECK(it.advance(50s) == "stop web, start web");
      CHECK(it.count(event_type::child_recycling, "web") == 1);
      CHECK(it.tally().crashes == 0);
      CHECK(it.row("web").ready);
    }
  }
  GIVEN("one that may have two") {
    child.more.make().start_before_stop = true;
    core_under_test it{{.children = {child}}};
    it.start();
    CHECK(it.advance(100s) == "start web, swap web, stop web");
    THEN("it goes on like that") {
      const auto before = it.row("web").number;
      it.advance(1000s);
      CHECK(it.row("web").number >= before + 10);
    }
  }
  GIVEN("a next life that does not come up") {
    child.more.make().start_before_stop = true;
    core_under_test it{{.children = {child}}};
    it.start();
    it.failing = {"web"};
    CHECK(it.advance(100s) == "start web");
    it.failing = {};
    THEN("it is tried again after the same time") {
      CHECK(it.advance(100s) == "start web, swap web, stop web");
    }
  }
  GIVEN("one that has done as much as it should") {
    core_under_test it{{.children = {worker("web")}}};
    it.start();
    CHECK(it.feed({news::worn, it.life_of("web")}) == "stop web");
    it.advance(1ms);
    CHECK(it.row("web").number == 2);
  }
  GIVEN("one that is held by an operator when its time comes") {
    core_under_test it{{.children = {child}}};
    it.start();
    it.command(command::pause_child, "web");
    CHECK(it.advance(200s) == "");
  }
}

TEST_CASE("a seat is not free while a second life runs in it") {
  core_under_test it{{}};
  it.start();
  auto x = two_lives("x");
  x.restart = restart::temporary;
  it.add(x);
  auto d = worker("d");
  d.dependencies = {"x"};
  it.add(d);
  it.slow_to_stop = {"x"};
  it.command(command::restart_child, "x");
  it.exits("x", ended_well);
  it.command(command::remove_child, "d");
  CHECK(it.has("x"));
  CHECK(it.advance(5s) == "kill x");
  CHECK_FALSE(it.has("x"));
}

TEST_CASE("a child cannot be deleted while its old life runs") {
  auto it = swapping();
  it.slow_to_stop = {"web"};
  it.feed({news::ready, next_of(it, "web")});
  it.command(command::terminate_child, "web");
  it.exits("web", cancelled);
  it.command(command::delete_child, "web");
  CHECK(it.said().no == objection::still_running);
  it.feed({.what = news::exited, .who = {1, 1}, .exit = cancelled});
  it.command(command::delete_child, "web");
  CHECK(it.said().no == objection::none);
}

TEST_CASE("the time to start begins when all that must hold does") {
  auto child = worker("db");
  child.readiness = readiness::on_report;
  child.start_timeout = 1s;
  child.more.make().preconditions = {{.path = "/run/db", .timeout = 10min}};
  GIVEN("a first start") {
    core_under_test it{{.children = {child}}};
    it.slow_to_start = {"db"};
    it.start();
    CHECK(it.advance(9min) == "");
    it.feed({news::prepared, it.life_of("db")});
    it.started("db");
    CHECK(it.advance(999ms) == "");
    CHECK(it.advance(1ms).starts_with("stop db"));
  }
  GIVEN("the next of two lives") {
    child.more.make().start_before_stop = true;
    core_under_test it{{.children = {child}}};
    it.start();
    it.ready("db");
    it.slow_to_start = {"db"};
    it.command(command::restart_child, "db");
    CHECK(it.advance(9min) == "");
    it.feed({news::prepared, next_of(it, "db")});
    CHECK(it.advance(1s) == "kill db");
  }
}
