#include "core_under_test.hpp"

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

declared_spec shop(strategy how) {
  return {.strategy = how, .children = {worker("db"), worker("cache"), worker("web")}};
}

} // namespace

TEST_CASE("every strategy stops last one first and starts first one first") {
  const auto crash_of_db = [](strategy how) {
    core_under_test it{shop(how)};
    it.start();
    const auto down = it.crash("db");
    const auto up = it.advance(10ms);
    return down + " / " + up + " / " + it.stop();
  };
  CHECK(crash_of_db(strategy::one_for_one)
        == "wait 10ms / start db / stop web, stop cache, stop db, finish");
  CHECK(crash_of_db(strategy::one_for_all)
        == "stop web, stop cache, wait 10ms / start db, start cache, start web / stop web, stop "
           "cache, stop db, finish");
  CHECK(crash_of_db(strategy::rest_for_one) == crash_of_db(strategy::one_for_all));
}

SCENARIO("a group restart stops the siblings that still run before it starts new ones") {
  GIVEN("rest_for_one and a web front that is slow to stop") {
    core_under_test it{shop(strategy::rest_for_one)};
    it.start();
    it.slow_to_stop = {"web"};
    CHECK(it.crash("cache") == "stop web");
    WHEN("the backoff is over and the web front still runs") {
      CHECK(it.advance(4s) == "");
      THEN("its end is what everybody waits for") {
        CHECK(it.exits("web", cancelled) == "");
        CHECK(it.advance(0s) == "start cache, start web");
      }
    }
    WHEN("its time is over as well") {
      CHECK(it.advance(5s) == "kill web, start cache, start web");
      CHECK(it.row("web").number == 2);
    }
  }
}

SCENARIO("temporary siblings are stopped and forgotten") {
  GIVEN("rest_for_one with temporaries on both sides of the child that crashes") {
    core_under_test it{
      {.strategy = strategy::rest_for_one,
       .children = {{.id = "before", .start = {"x"}, .restart = restart::temporary},
                    worker("main"),
                    {.id = "after", .start = {"x"}, .restart = restart::temporary}}}};
    it.start();
    CHECK(it.crash("main") == "stop after, wait 10ms");
    CHECK(it.advance(10ms) == "start main");
    CHECK(it.row("before").now == phase::up);
    CHECK(it.row("after").now == phase::forgotten);
    THEN("the supervisor stops whoever is left") {
      CHECK(it.stop() == "stop main, stop before, finish");
    }
  }
}

SCENARIO("a group restart starts a transient sibling that had finished again") {
  GIVEN("rest_for_one and a transient on either side that has finished") {
    core_under_test it{
      {.strategy = strategy::rest_for_one,
       .children = {{.id = "before", .start = {"x"}, .restart = restart::transient},
                    worker("main"),
                    {.id = "after", .start = {"x"}, .restart = restart::transient}}}};
    it.start();
    it.exits("before", ended_well);
    it.exits("after", ended_well);
    CHECK(it.crash("main") == "wait 10ms");
    THEN("only the younger one is part of the group") {
      CHECK(it.advance(10ms) == "start main, start after");
    }
  }
}

TEST_CASE("no end of a temporary child triggers the strategy") {
  for (const auto why : {ended_well, died, cancelled, killed}) {
    core_under_test it{{.strategy = strategy::one_for_all,
                        .children = {{.id = "temp", .start = {"x"}, .restart = restart::temporary},
                                     worker("main")}}};
    it.start();
    CHECK(it.exits("temp", why) == "");
    CHECK(it.row("main").number == 1);
  }
}

SCENARIO("a restart that waits is taken over by a wider one") {
  GIVEN("a cache and a web front that wait for their restart") {
    core_under_test it{shop(strategy::rest_for_one)};
    it.start();
    it.crash("cache");
    it.advance(4ms);
    WHEN("the database crashes meanwhile") {
      CHECK(it.crash("db") == "wait 10ms");
      THEN("the first due time brings nobody back") { CHECK(it.advance(6ms) == ""); }
      THEN("everybody starts once and at the later time") {
        CHECK(it.advance(24h) == "start db, start cache, start web");
        CHECK(it.row("web").number == 2);
      }
    }
  }
  GIVEN("a long wait inside a short one") {
    auto spec = shop(strategy::rest_for_one);
    spec.children[1].backoff = {500ms, 1s};
    core_under_test it{spec};
    it.start();
    it.crash("cache");
    CHECK(it.crash("db") == "wait 500ms");
    CHECK(it.advance(500ms) == "start db, start cache, start web");
  }
}

SCENARIO("another crash while a group is coming up") {
  GIVEN("one_for_all with a web front that is just starting") {
    core_under_test it{shop(strategy::one_for_all)};
    it.start();
    it.crash("db");
    it.slow_to_start = {"web"};
    CHECK(it.advance(10ms) == "start db, start cache, start web");
    WHEN("the cache crashes") {
      CHECK(it.crash("cache") == "stop web, stop db, wait 10ms");
      THEN("all begin again and nobody twice") {
        it.slow_to_start = {};
        CHECK(it.advance(10ms) == "start db, start cache, start web");
        CHECK(it.row("web").number == 3);
      }
    }
  }
  GIVEN("rest_for_one with a cache that is just starting") {
    core_under_test it{shop(strategy::rest_for_one)};
    it.start();
    it.crash("db");
    it.slow_to_start = {"cache"};
    CHECK(it.advance(10ms) == "start db, start cache");
    WHEN("it cannot") {
      THEN("the database keeps running") {
        CHECK(it.exits("cache", no_start) == "wait 10ms");
        it.slow_to_start = {};
        CHECK(it.advance(10ms) == "start cache, start web");
        CHECK(it.row("db").number == 2);
      }
    }
  }
}

SCENARIO("a crash while the supervisor is still starting") {
  GIVEN("one_for_all and a web front that takes its time") {
    core_under_test it{shop(strategy::one_for_all)};
    it.slow_to_start = {"web"};
    CHECK(it.start() == "start db, start cache, start web");
    WHEN("the database crashes") {
      CHECK(it.crash("db") == "stop web, stop cache, wait 10ms");
      it.slow_to_start = {};
      THEN("the supervisor has begun once all are up") {
        CHECK(it.advance(10ms) == "start db, start cache, start web, begun");
      }
    }
  }
  GIVEN("one_for_one and a web front that takes its time") {
    core_under_test it{shop(strategy::one_for_one)};
    it.slow_to_start = {"cache"};
    it.start();
    CHECK(it.crash("db") == "wait 10ms");
    CHECK(it.advance(10ms) == "start db");
    CHECK(it.started("cache") == "start web, begun");
  }
}

TEST_CASE("only the whole end of a child that was too slow makes room for its next life") {
  core_under_test it{
    {.children
     = {{.id = "a", .start = {"x"}, .criticality = criticality::optional, .start_timeout = 1s}}}};
  it.slow_to_start = it.slow_to_stop = {"a"};
  it.start();
  CHECK(it.advance(1s) == "stop a");
  CHECK(it.advance(4s) == "");
  CHECK(it.exits("a", cancelled) == "wait 10ms, begun");
  CHECK(it.advance(10ms) == "start a");
}
