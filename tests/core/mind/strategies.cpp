#include "core_under_test.hpp"

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

declared_spec shop(strategy how) {
  return {.strategy = how,
          .children = {{.id = "db", .start = {"x"}},
                       {.id = "cache", .start = {"x"}},
                       {.id = "web", .start = {"x"}}}};
}

} // namespace

SCENARIO("one_for_one restarts the crashed child and nobody else") {
  GIVEN("a database, a cache and a web front") {
    core_under_test it{shop(strategy::one_for_one)};
    CHECK(it.start() == "start db, start cache, start web, begun");
    WHEN("the cache crashes") {
      CHECK(it.crash("cache") == "wait 10ms");
      THEN("it comes back after its backoff, not sooner") {
        CHECK(it.advance(10ms - 1ns) == "");
        CHECK(it.advance(1ns) == "start cache");
        CHECK(it.row("cache").number == 2);
        CHECK(it.row("db").number == 1);
      }
    }
    WHEN("two crash together") {
      CHECK(it.together({{"web", died}, {"db", died}}) == "wait 10ms, wait 10ms");
      THEN("both count") { CHECK(it.state().strikes.size() == 2); }
    }
  }
}

SCENARIO("one_for_all stops everybody before it starts anybody") {
  GIVEN("a database, a cache and a web front") {
    core_under_test it{shop(strategy::one_for_all)};
    it.start();
    WHEN("the cache crashes") {
      CHECK(it.crash("cache") == "stop web, stop db, wait 10ms");
      CHECK(it.advance(10ms) == "start db, start cache, start web");
      CHECK(it.state().strikes.size() == 1);
    }
    WHEN("a sibling is slow to stop") {
      it.slow_to_stop = {"db"};
      CHECK(it.crash("cache") == "stop web, stop db");
      THEN("nobody starts before it is down, and a second death is covered by the first") {
        CHECK(it.advance(1s) == "");
        CHECK(it.exits("db", died) == "");
        CHECK(it.advance(0s) == "start db, start cache, start web");
        CHECK(it.state().strikes.size() == 1);
      }
    }
    WHEN("a restarted sibling cannot start") {
      it.failing = {"cache"};
      it.crash("web");
      CHECK(it.advance(10ms) == "start db, start cache, stop db, wait 10ms");
      it.failing = {};
      CHECK(it.advance(10ms) == "start db, start cache, start web");
      CHECK(it.state().strikes.size() == 2);
    }
  }
}

SCENARIO("rest_for_one restarts the crashed child and those after it") {
  GIVEN("a database, a cache and a web front, started in that order") {
    core_under_test it{shop(strategy::rest_for_one)};
    it.start();
    WHEN("the cache crashes") {
      THEN("the web front goes down first, the database stays") {
        CHECK(it.crash("cache") == "stop web, wait 10ms");
        CHECK(it.advance(10ms) == "start cache, start web");
        CHECK(it.row("db").number == 1);
      }
    }
    WHEN("the database crashes while the web front is going down for the cache") {
      it.slow_to_stop = {"web"};
      CHECK(it.crash("cache") == "stop web");
      CHECK(it.crash("db") == "");
      it.slow_to_stop = {};
      CHECK(it.exits("web", cancelled) == "wait 10ms");
      CHECK(it.advance(10ms) == "start db, start cache, start web");
      CHECK(it.state().strikes.size() == 2);
    }
    WHEN("cache and web die together") {
      CHECK(it.together({{"web", died}, {"cache", died}}) == "wait 10ms");
      CHECK(it.state().strikes.size() == 1);
      CHECK(it.advance(10ms) == "start cache, start web");
    }
    WHEN("a later sibling cannot start again") {
      it.crash("cache");
      it.failing = {"web"};
      CHECK(it.advance(10ms) == "start cache, start web, wait 10ms");
      it.failing = {};
      THEN("the one restarted before it is left running") {
        CHECK(it.advance(10ms) == "start web");
        CHECK(it.row("cache").number == 2);
      }
    }
  }
}

SCENARIO("a group restart touches each kind of sibling as it should") {
  GIVEN("a transient that finished, a temporary that runs, a permanent") {
    core_under_test it{{.strategy = strategy::one_for_all,
                        .children = {{.id = "once", .start = {"x"}, .restart = restart::transient},
                                     {.id = "temp", .start = {"x"}, .restart = restart::temporary},
                                     {.id = "main", .start = {"x"}}}}};
    it.start();
    CHECK(it.exits("once", ended_well) == "");
    WHEN("the permanent one crashes") {
      CHECK(it.crash("main") == "stop temp, wait 10ms");
      THEN("the finished one is started again and the temporary one is forgotten") {
        CHECK(it.advance(10ms) == "start once, start main");
        CHECK(it.row("temp").now == phase::forgotten);
      }
    }
    WHEN("the temporary one crashes") {
      CHECK(it.crash("temp") == "");
      THEN("that concerns nobody and does not count") {
        CHECK(it.row("temp").now == phase::forgotten);
        CHECK(it.state().strikes.empty());
      }
    }
  }
}

TEST_CASE("a normal end of a transient child does not trigger the strategy") {
  core_under_test it{{.strategy = strategy::one_for_all,
                      .children = {{.id = "a", .start = {"x"}, .restart = restart::transient},
                                   {.id = "b", .start = {"x"}}}}};
  it.start();
  CHECK(it.exits("a", ended_well) == "");
  CHECK(it.row("b").number == 1);
}

TEST_CASE("a permanent child that ends well is restarted with backoff") {
  core_under_test it{{.children = {{.id = "a", .start = {"x"}}}}};
  it.start();
  CHECK(it.exits("a", ended_well) == "wait 10ms");
  CHECK(it.advance(10ms) == "start a");
  CHECK(it.exits("a", ended_well) == "wait 20ms");
}

TEST_CASE("a restart without a wait is still a later step") {
  core_under_test it{{.children = {{.id = "a", .start = {"x"}, .backoff = {0ns, 0ns}}}}};
  it.start();
  CHECK(it.crash("a") == "");
  CHECK(it.row("a").now == phase::waiting);
  CHECK(it.stop() == "finish");
}

TEST_CASE("no more restarts start at a time than may be in flight") {
  declared_spec many;
  for (int i = 0; i < 300; ++i)
    many.children.push_back({.id = "c" + std::to_string(i), .start = {"x"}});
  many.intensity.restarts = unlimited;
  core_under_test it{many};
  it.start();
  for (int i = 0; i < 300; ++i)
    it.slow_to_start.insert("c" + std::to_string(i));
  for (int i = 0; i < 300; ++i)
    it.crash("c" + std::to_string(i));
  it.advance(10ms);
  CHECK(it.state().starting == 256);
  CHECK(it.state().line.size() == 44);
  CHECK(it.started("c0") == "start c256");
  CHECK(it.state().starting == 256);
}
