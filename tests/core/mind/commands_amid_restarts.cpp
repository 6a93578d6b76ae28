// Commands to children that are on their way up or down, or wait.

#include "commanded.hpp"

#include <supervisor/report/report.hpp>

#include <algorithm>

using namespace supervisor;
using namespace std::chrono_literals;

TEST_CASE("a child that starts can be held") {
  for (const auto order : holding) {
    CAPTURE(label(order));
    core_under_test it{shop()};
    it.slow_to_start = {"cache"};
    it.start();
    CHECK(it.command(order, "cache") == "stop cache, start web, begun");
    CHECK(it.row("cache").now == phase::parked);
  }
}

TEST_CASE("a child that has not been started yet can be held") {
  for (const auto order : holding) {
    CAPTURE(label(order));
    core_under_test it{shop()};
    it.slow_to_start = {"db"};
    it.start();
    CHECK(it.command(order, "cache") == "");
    CHECK(it.started("db") == "start web, begun");
  }
}

TEST_CASE("a child that backs off can be held") {
  for (const auto order : holding) {
    CAPTURE(label(order));
    core_under_test it{shop()};
    it.start();
    it.crash("cache");
    CHECK(it.command(order, "cache") == "");
    CHECK(it.said().stop == stop_state::no_active_attempt);
    CHECK(it.advance(1h) == "");
  }
}

TEST_CASE("a child that waits for a dependency can be held") {
  for (const auto order : holding) {
    CAPTURE(label(order));
    auto spec = shop();
    spec.children[1].dependencies = {"db"};
    core_under_test it{spec};
    it.start();
    it.slow_to_start = {"db"};
    it.together({{"db", died}, {"cache", died}});
    it.advance(1s);
    REQUIRE(it.row("cache").awaits_dependency);
    CHECK(it.command(order, "cache") == "");
    CHECK(it.started("db") == "");
  }
}

TEST_CASE("a child that stands in line can be held") {
  for (const auto order : holding) {
    CAPTURE(label(order));
    auto spec = shop();
    spec.more.make().limits = scope_limits{.concurrent_restarts = 1};
    core_under_test it{spec};
    it.start();
    it.slow_to_start = {"db"};
    it.together({{"db", died}, {"cache", died}});
    it.advance(10ms);
    REQUIRE(it.row("cache").waits_for == wait_reason::turn);
    CHECK(it.command(order, "cache") == "");
    CHECK(it.state().line.empty());
    CHECK(it.started("db") == "");
  }
}

SCENARIO("a restart takes a child out of whatever it waits for") {
  GIVEN("one that backs off") {
    core_under_test it{shop()};
    it.start();
    it.crash("cache");
    CHECK(it.command(command::restart_child, "cache") == "start cache");
    CHECK(it.said().fence == fence_decision::started_immediately);
    CHECK(it.advance(1h) == "");
  }
  GIVEN("one that stands in line") {
    auto spec = shop();
    spec.more.make().limits = scope_limits{.concurrent_restarts = 1};
    core_under_test it{spec};
    it.start();
    it.slow_to_start = {"db"};
    it.together({{"db", died}, {"cache", died}});
    it.advance(10ms);
    CHECK(it.command(command::restart_child, "cache") == "");
    THEN("it has not jumped the queue and stands in it once") {
      CHECK(it.state().line.size() == 1);
      CHECK(it.started("db") == "start cache");
    }
  }
  GIVEN("one whose dependency is not ready") {
    auto spec = shop();
    spec.children[1].dependencies = {"db"};
    core_under_test it{spec};
    it.start();
    it.command(command::pause_child, "db");
    it.crash("cache");
    it.advance(1s);
    CHECK(it.command(command::restart_child, "cache") == "");
    CHECK(it.command(command::resume_child, "db") == "start db, start cache");
  }
  GIVEN("one whose group is paused by a fuse") {
    const scope_limits fused{
      .meltdown = meltdown_fuse{.max_failures = 1, .window = 30s, .reset_after = 120s}};
    auto spec = shop();
    spec.intensity.restarts = unlimited;
    spec.more.make().group_configs = {{.name = "g", .limits = fused}};
    spec.children[1].more.make().group = "g";
    core_under_test it{spec};
    it.start();
    CHECK(it.crash("cache") == "wait 2min");
    CHECK(it.command(command::restart_child, "cache") == "wait 2min");
    THEN("it starts when the pause is over and without another question") {
      CHECK(it.advance(2min - 1ns) == "");
      CHECK(it.advance(1ns) == "start cache");
    }
    THEN("it may be paused by an operator as well") {
      CHECK(it.command(command::pause_child, "cache") == "");
      CHECK(it.advance(1h) == "");
    }
  }
  GIVEN("one whose policy is asked outside") {
    const asked_outside<standard_policy> judge{{.within = 1s}, {}};
    auto spec = shop();
    spec.children[1].policy = restart_policy{judge};
    core_under_test it{spec};
    it.start();
    CHECK(it.crash("cache") == "ask about cache");
    CHECK(it.command(command::restart_child, "cache") == "start cache");
    THEN("the answer is too late") {
      it.feed({.what = news::answered,
               .who = {it.slot_of("cache"), 1},
               .count = 1,
               .then = restart_after(0s)});
      CHECK(it.tally().stale == 1);
      CHECK(it.advance(1h) == "");
    }
  }
}

SCENARIO("a hanging restart loop can be commanded") {
  GIVEN("a child whose start takes two seconds and then fails") {
    auto spec = declared_spec{.intensity = {.restarts = unlimited}, .children = {worker("a")}};
    core_under_test it{spec};
    it.start();
    it.slow_to_start = {"a"};
    it.crash("a");
    WHEN("it waits between two attempts") {
      it.advance(10ms);
      it.exits("a", no_start);
      CHECK(it.row("a").now == phase::waiting);
      it.command(command::delete_child, "a");
      CHECK(it.said().no == objection::restarting);
      CHECK(it.command(command::restart_child, "a") == "start a");
      CHECK(it.command(command::terminate_child, "a") == "stop a");
      CHECK(it.said().stop == stop_state::completed);
      CHECK(it.advance(1h) == "");
      it.slow_to_start = {};
      CHECK(it.command(command::restart_child, "a") == "start a");
    }
    WHEN("it is in the middle of an attempt") {
      it.advance(10ms);
      it.command(command::delete_child, "a");
      CHECK(it.said().no == objection::running);
      CHECK(it.command(command::terminate_child, "a") == "stop a");
      CHECK(it.advance(1h) == "");
    }
    WHEN("the supervisor is stopped") {
      it.advance(10ms);
      CHECK(it.stop() == "stop a, finish");
    }
  }
}

SCENARIO("a crash and a terminate") {
  GIVEN("a shop that restarts all") {
    auto spec = shop();
    spec.strategy = strategy::one_for_all;
    core_under_test it{spec};
    it.start();
    WHEN("the terminate comes before the crash is seen") {
      it.slow_to_stop = {"cache"};
      it.command(command::terminate_child, "cache");
      it.crash("cache");
      THEN("the crash does not count and nobody else is touched") {
        CHECK(it.state().strikes.empty());
        CHECK(it.row("web").now == phase::up);
        CHECK(it.row("cache").now == phase::parked);
        CHECK(it.said().exit == died);
      }
    }
    WHEN("they come together") {
      it.feed({{.what = news::exited, .who = it.life_of("cache"), .exit = died},
               it.input_of(command::terminate_child, "cache")});
      it.advance(1s);
      THEN("the crash counts and the siblings come up without it") {
        CHECK(it.state().strikes.size() == 1);
        CHECK(it.row("cache").now == phase::parked);
        CHECK(it.row("db").number == 2);
        CHECK(it.row("web").number == 2);
      }
    }
  }
}

SCENARIO("a restart of the group leaves down who is held") {
  for (const auto order : holding)
    for (const auto with : {strategy::one_for_all, strategy::rest_for_one}) {
      CAPTURE(label(order));
      auto spec = shop();
      spec.strategy = with;
      core_under_test it{spec};
      it.start();
      it.command(order, "web");
      it.crash("db");
      it.advance(1s);
      CHECK(it.row("db").now == phase::up);
      CHECK(it.row("cache").now == phase::up);
      CHECK(it.row("web").now == phase::parked);
      CHECK(it.row("web").number == 1);
    }
}

SCENARIO("a hold during a restart of the group") {
  GIVEN("a group on its way down") {
    auto spec = shop();
    spec.strategy = strategy::one_for_all;
    core_under_test it{spec};
    it.start();
    it.slow_to_stop = {"web"};
    CHECK(it.crash("cache") == "stop web");
    WHEN("the one that is on its way down is paused") {
      it.command(command::pause_child, "web");
      CHECK(it.said().stop == stop_state::cancel_delivered);
      CHECK(it.exits("web", cancelled) == "stop db, wait 10ms");
      CHECK(it.advance(10ms) == "start db, start cache");
      CHECK(it.row("web").now == phase::parked);
    }
    WHEN("the one that crashed is paused") {
      it.command(command::pause_child, "cache");
      CHECK(it.row("cache").now == phase::parked);
      it.exits("web", cancelled);
      CHECK(it.advance(10ms) == "start db, start web");
    }
    WHEN("all are paused") {
      for (const auto* id : {"db", "cache", "web"})
        it.command(command::pause_child, id);
      it.exits("web", cancelled);
      CHECK(it.advance(1h) == "");
      CHECK(std::ranges::none_of(it.state().regroups, &regroup::open));
    }
    WHEN("the supervisor is stopped during its backoff") {
      it.exits("web", cancelled);
      CHECK(it.stop() == "finish");
      CHECK(it.advance(1h) == "");
    }
  }
}

SCENARIO("who is held waits in no gate of a group on its way up") {
  GIVEN("a web front that waits for its cache within a restart of all") {
    auto spec = shop();
    spec.strategy = strategy::one_for_all;
    spec.children[1].readiness = readiness::on_report;
    spec.children[2].dependencies = {"cache"};
    core_under_test it{spec};
    it.start();
    it.ready("cache");
    it.crash("db");
    it.advance(10ms);
    REQUIRE(it.row("web").awaits_dependency);
    it.command(command::quarantine_child, "web");
    THEN("the cache does not start it") {
      CHECK(it.ready("cache") == "");
      CHECK(it.row("web").now == phase::parked);
    }
  }
}

SCENARIO("a linked sidecar goes along") {
  GIVEN("a web front with a logger at its side") {
    auto spec = shop();
    spec.children.push_back(sidecar("logger", "web"));
    core_under_test it{spec};
    it.start();
    const auto held_by = [&](command order, command back) {
      CHECK(it.command(order, "web") == "stop logger, stop web");
      CHECK(it.said().stop == stop_state::cancel_delivered);
      CHECK(it.row("logger").op == it.row("web").op);
      SUBCASE("both come back together") {
        CHECK(it.command(back, "web") == "start web, start logger");
      }
      SUBCASE("a restart brings both back as well") {
        CHECK(it.command(command::restart_child, "web") == "start web, start logger");
        CHECK(it.row("logger").op == operation::active);
      }
      SUBCASE("the logger alone has to wait") {
        CHECK(it.command(back, "logger") == "");
        CHECK(it.command(back, "web") == "start web, start logger");
      }
    };
    WHEN("the web front is paused") { held_by(command::pause_child, command::resume_child); }
    WHEN("the web front is quarantined") {
      held_by(command::quarantine_child, command::release_child);
    }
    WHEN("the logger was held before") {
      it.command(command::terminate_child, "logger");
      it.command(command::pause_child, "web");
      THEN("it stays as it is") {
        CHECK(it.row("logger").op == operation::terminated);
        CHECK(it.command(command::resume_child, "web") == "start web");
        CHECK(it.row("logger").now == phase::parked);
      }
    }
    WHEN("the web front is restarted") {
      CHECK(it.command(command::restart_child, "web") == "stop logger, stop web");
      CHECK(it.advance(0s) == "start web, start logger");
    }
  }
}

TEST_CASE("a commanded restart waits for the old life and no longer") {
  core_under_test it{{.children = {worker("a", stop_budget{5s, 1s})}}};
  it.start();
  it.slow_to_stop = it.slow_to_start = {"a"};
  it.command(command::restart_child, "a");
  const auto told = [&] { return describe(it.plan(), it.state(), it.tally(), 0, it.now); };
  CHECK(told().stop_state == stop_state::cancel_delivered);
  CHECK(told().fence == fence_phase::waiting_for_old_stop);
  CHECK(told().pending_restart.has_value());
  it.exits("a", cancelled);
  it.advance(0ns);
  CHECK(it.row("a").now == phase::starting);
  CHECK(told().stop_state == stop_state::idle);
  CHECK(told().fence == fence_phase::open);
  CHECK_FALSE(told().pending_restart.has_value());
  it.started("a");
  CHECK(told().fence == fence_phase::open);
}

TEST_CASE("a supervisor that is removed keeps its seat until those left below it have ended") {
  core_under_test it{{.children = {worker("sub", stop_budget{5s, 1s}), worker("other")}}};
  it.start();
  it.slow_to_stop = {"sub"};
  const auto sub = it.life_of("sub");
  it.command(command::remove_child, "sub");
  it.feed({.what = news::lingering, .who = sub, .count = 2});
  it.exits("sub", cancelled);
  CHECK(it.has("sub"));
  it.feed({.what = news::late_end, .who = sub});
  CHECK(it.has("sub"));
  it.feed({.what = news::late_end, .who = sub});
  CHECK_FALSE(it.has("sub"));
  CHECK(it.state().members == 1);
}
