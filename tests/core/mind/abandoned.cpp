#include "core_under_test.hpp"

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

declared_spec shop() {
  return {.strategy = strategy::one_for_all,
          .children = {worker("log"), worker("db"), worker("web")}};
}

} // namespace

SCENARIO("a child that outlives its kill is abandoned") {
  GIVEN("a group restart that waits for an immortal database") {
    core_under_test it{shop()};
    it.start();
    it.slow_to_stop = it.immortal = {"db"};
    CHECK(it.crash("web") == "stop db");
    CHECK(it.advance(5s) == "kill db, stop log");
    CHECK(it.advance(1s - 1ns) == "");
    WHEN("its time to die is over") {
      CHECK(it.advance(1ns) == "abandon db, give up over web");
      THEN("the supervisor gives up because it could not start it again") {
        CHECK(it.over == aim::give_up);
        CHECK(it.row("db").now == phase::abandoned);
        CHECK(it.tally().abandoned == 1);
      }
      THEN("its end is reported when it comes after all") {
        CHECK(it.exits("db", killed) == "");
        CHECK(it.last(event_type::child_shutdown_late_report).exit == killed);
        CHECK(it.row("db").now == phase::down);
        CHECK(it.tally().abandoned == 0);
      }
    }
    WHEN("it dies in the last moment") {
      CHECK(it.exits("db", killed) == "");
      CHECK(it.advance(0s) == "start log, start db, start web");
    }
  }
  GIVEN("a child that hangs in its start and cannot be killed") {
    core_under_test it{
      {.children
       = {worker("log"), {.id = "db", .start = {"x"}, .criticality = criticality::optional}}}};
    it.slow_to_start = it.slow_to_stop = it.immortal = {"db"};
    it.start();
    THEN("nobody can start it again so the supervisor gives up") {
      CHECK(it.advance(36s) == "stop db, kill db, abandon db, stop log, give up over db");
    }
  }
}

TEST_CASE("the report names a child that was abandoned in a restart") {
  core_under_test it{shop()};
  it.start();
  it.slow_to_stop = it.immortal = {"db"};
  it.crash("web");
  it.advance(6s);
  REQUIRE(it.finished);
  CHECK(it.report().find("db abort_failed") != std::string::npos);
}

TEST_CASE("the report names a child that was abandoned in its start") {
  core_under_test it{{.children = {worker("log"), worker("db")}}};
  it.slow_to_start = it.slow_to_stop = it.immortal = {"db"};
  it.start();
  it.advance(36s);
  REQUIRE(it.finished);
  CHECK(it.report().find("db abort_failed") != std::string::npos);
}

TEST_CASE("a late report says how the child ended") {
  core_under_test it{{.children = {worker("db")}}};
  it.start();
  it.slow_to_stop = it.immortal = {"db"};
  it.stop();
  it.advance(6s);
  it.exits("db", killed);
  REQUIRE(it.report() == "db late_report");
  CHECK(it.tally().outcomes.front().exit == killed);
}

SCENARIO("a late end before the shutdown is over") {
  GIVEN("an immortal web front and a slow log") {
    core_under_test it{shop()};
    it.start();
    it.slow_to_stop = {"web", "log"};
    it.immortal = {"web"};
    it.stop();
    CHECK(it.advance(5s) == "kill web, stop db, stop log");
    CHECK(it.advance(1s) == "abandon web");
    WHEN("the web front ends") {
      CHECK(it.exits("web", killed) == "");
      CHECK(it.exits("log", cancelled) == "finish");
      THEN("it is in the report once") {
        CHECK(it.report() == "db graceful, web late_report, log graceful");
      }
    }
  }
}

SCENARIO("a supervisor with abandoned children below it is not started again before they end") {
  GIVEN("a nested supervisor that gave up and left two of its own behind") {
    core_under_test it{{.children = {worker("sub"), worker("log")}}};
    it.start();
    const child_exit gave_up{exit_class::nonzero_exit, exit_detail::escalated};
    const auto sub = it.life_of("sub");
    CHECK(it.feed({{.what = news::lingering, .who = sub, .count = 2},
                   {.what = news::exited, .who = sub, .exit = gave_up}})
          == "wait 10ms");
    WHEN("its wait is over") {
      THEN("it stays down until both have ended") {
        CHECK(it.advance(1h) == "");
        CHECK(it.feed({.what = news::late_end, .who = sub}) == "");
        CHECK(it.feed({.what = news::late_end, .who = sub}) == "start sub");
        CHECK(it.told("sub").find("child_shutdown_late_report") != std::string::npos);
      }
    }
    WHEN("both have ended before that") {
      it.feed({.what = news::late_end, .who = sub});
      CHECK(it.feed({.what = news::late_end, .who = sub}) == "");
      CHECK(it.advance(10ms) == "start sub");
    }
    WHEN("the supervisor is told to stop meanwhile") {
      it.advance(1h);
      CHECK(it.stop() == "stop log, finish");
      THEN("late ends do no harm") {
        it.feed({.what = news::late_end, .who = sub});
        CHECK(it.feed({.what = news::late_end, .who = sub}) == "");
      }
    }
  }
  GIVEN("the same within a group") {
    core_under_test it{
      {.strategy = strategy::one_for_all, .children = {worker("sub"), worker("log")}}};
    it.start();
    const auto sub = it.life_of("sub");
    it.feed({{.what = news::lingering, .who = sub, .count = 1},
             {.what = news::exited, .who = sub, .exit = died}});
    CHECK(it.advance(1h) == "");
    CHECK(it.feed({.what = news::late_end, .who = sub}) == "start sub, start log");
  }
  GIVEN("a nested supervisor that left nobody behind") {
    core_under_test it{{.children = {worker("sub")}}};
    it.start();
    const auto sub = it.life_of("sub");
    it.feed({{.what = news::lingering, .who = sub, .count = 0},
             {.what = news::exited, .who = sub, .exit = died}});
    CHECK(it.advance(10ms) == "start sub");
  }
}

TEST_CASE("a late end below another life is stale") {
  core_under_test it{{.children = {worker("sub")}}};
  it.start();
  const auto sub = it.life_of("sub");
  it.feed({{.what = news::lingering, .who = sub, .count = 1},
           {.what = news::exited, .who = sub, .exit = died}});
  it.feed({.what = news::late_end, .who = {sub.who, 7}});
  CHECK(it.tally().stale == 1);
  CHECK(it.advance(1h) == "");
}

SCENARIO("a supervisor that was killed counts as down when those below it have ended") {
  GIVEN("one_for_all over a nested supervisor and a sibling") {
    core_under_test it{
      {.strategy = strategy::one_for_all,
       .children = {{.id = "sub", .start = {"x"}, .shutdown = 1s}, {.id = "web", .start = {"x"}}}}};
    it.start();
    it.slow_to_stop = {"sub"};
    CHECK(it.crash("web") == "stop sub");
    it.feed({.what = news::lingering, .who = it.life_of("sub"), .count = 1});
    CHECK(it.exits("sub", killed) == "");
    WHEN("the one below it ends in time") {
      CHECK(it.feed({.what = news::late_end, .who = it.life_of("sub")}) == "wait 10ms");
      CHECK(it.advance(10ms) == "start sub, start web");
    }
    WHEN("it does not") {
      CHECK(it.advance(1s) == "abandon sub, give up over web");
      CHECK(it.report() == "sub abort_failed, web already_exited");
    }
  }
}

TEST_CASE("news that come in one batch do not make a dependency hopeless") {
  core_under_test it{{.children = {{.id = "a", .start = {"x"}},
                                   {.id = "b", .start = {"x"}},
                                   {.id = "c", .start = {"x"}, .dependencies = {"a"}}}}};
  it.slow_to_start = {"b"};
  CHECK(it.start() == "start a, start b");
  CHECK(it.feed(std::vector<input>{{.what = news::exited, .who = it.life_of("a"), .exit = died},
                                   {.what = news::started, .who = it.life_of("b")}})
        == "wait 10ms");
  CHECK(it.advance(10ms) == "start a, start c, begun");
}

TEST_CASE("an optional child whose dependency is gone does not roll back the others") {
  core_under_test it{{.children = {{.id = "db", .start = {"x"}},
                                   {.id = "cache",
                                    .start = {"x"},
                                    .restart = restart::temporary,
                                    .criticality = criticality::optional},
                                   {.id = "warmer",
                                    .start = {"x"},
                                    .dependencies = {"cache"},
                                    .criticality = criticality::optional},
                                   {.id = "web", .start = {"x"}}}}};
  it.failing = {"cache"};
  CHECK(it.start() == "start db, start cache, start web, begun");
}
