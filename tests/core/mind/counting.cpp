#include "core_under_test.hpp"

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

declared_spec shop(std::uint32_t restarts, strategy how = strategy::one_for_one) {
  return {.strategy = how,
          .intensity = {.restarts = restarts, .period = 5s},
          .children = {worker("db"), worker("cache"), worker("web")}};
}

} // namespace

SCENARIO("the limit belongs to the supervisor and not to a child") {
  GIVEN("two restarts in five seconds") {
    core_under_test it{shop(2)};
    it.start();
    WHEN("three children crash once each") {
      CHECK(it.crash("db") == "wait 10ms");
      CHECK(it.advance(10ms) == "start db");
      CHECK(it.crash("cache") == "wait 10ms");
      CHECK(it.advance(10ms) == "start cache");
      THEN("the third is not restarted and the others stop last one first") {
        CHECK(it.crash("web") == "stop cache, stop db, give up over web");
        CHECK(it.over == aim::give_up);
        CHECK(it.row("web").number == 1);
        CHECK(it.tally().restarts == 2);
      }
    }
  }
}

TEST_CASE("with limit zero the first crash ends the supervisor") {
  core_under_test it{shop(0)};
  it.start();
  CHECK(it.crash("cache") == "stop web, stop db, give up over cache");
}

TEST_CASE("with limit zero nobody is ended by an end that wants no restart") {
  core_under_test it{{.intensity = {.restarts = 0},
                      .children = {{.id = "once", .start = {"x"}, .restart = restart::transient},
                                   {.id = "temp", .start = {"x"}, .restart = restart::temporary}}}};
  it.start();
  CHECK(it.exits("once", ended_well) == "");
  CHECK(it.crash("temp") == "");
  CHECK_FALSE(it.finished);
}

TEST_CASE("without a limit a child may crash for ever") {
  core_under_test it{{.intensity = {.restarts = unlimited}, .children = {worker("a")}}};
  it.start();
  for (int i = 0; i < 1000; ++i) {
    it.crash("a");
    it.advance(1s);
  }
  CHECK(it.row("a").number == 1001);
  CHECK(it.tally().restarts == 1000);
}

TEST_CASE("who says nothing is allowed ten restarts and the eleventh crash gives up") {
  core_under_test it{{.children = {worker("a")}}};
  it.start();
  for (int i = 0; i < 10; ++i) {
    it.crash("a");
    it.advance(1s);
  }
  CHECK(it.row("a").number == 11);
  CHECK(it.crash("a") == "give up over a");
}

SCENARIO("the period slides and its edge belongs to it") {
  GIVEN("one restart in five seconds") {
    core_under_test it{shop(1)};
    it.start();
    it.crash("db");
    WHEN("the next crash is exactly five seconds later") {
      it.advance(5s);
      CHECK(it.crash("web") == "stop cache, stop db, give up over web");
    }
    WHEN("it is a nanosecond later than that") {
      it.advance(5s + 1ns);
      CHECK(it.crash("web") == "wait 10ms");
    }
  }
  GIVEN("two restarts in five seconds") {
    core_under_test it{shop(2)};
    it.start();
    WHEN("two crashes lie before a five second mark and one after it") {
      it.advance(4800ms);
      it.crash("db");
      it.advance(100ms);
      it.crash("cache");
      it.advance(200ms);
      THEN("they count together") {
        CHECK(it.crash("web") == "stop cache, stop db, give up over web");
      }
    }
  }
}

TEST_CASE("crashes far enough apart are borne for ever") {
  core_under_test it{shop(1)};
  it.start();
  for (int i = 0; i < 4; ++i) {
    it.crash("db");
    CHECK(it.advance(5s + 1ns) == "start db");
  }
}

TEST_CASE("a group restart counts once however many it restarts") {
  core_under_test it{shop(2, strategy::one_for_all)};
  it.start();
  CHECK(it.crash("cache") == "stop web, stop db, wait 10ms");
  it.advance(10ms);
  CHECK(it.crash("cache") == "stop web, stop db, wait 20ms");
  it.advance(20ms);
  CHECK(it.state().strikes.size() == 2);
  CHECK(it.crash("cache") == "stop web, stop db, give up over cache");
}

SCENARIO("those who die together count once if one restart covers them") {
  GIVEN("one restart in five seconds and rest_for_one") {
    core_under_test it{shop(1, strategy::rest_for_one)};
    it.start();
    THEN("it does not matter whose news comes first") {
      SUBCASE("the older") { it.together({{"db", died}, {"cache", died}}); }
      SUBCASE("the younger") { it.together({{"cache", died}, {"db", died}}); }
      CHECK(it.state().strikes.size() == 1);
      CHECK(it.advance(10ms) == "start db, start cache, start web");
    }
  }
  GIVEN("one restart in five seconds and one_for_all") {
    core_under_test it{shop(1, strategy::one_for_all)};
    it.start();
    CHECK(it.together({{"web", died}, {"cache", died}, {"db", died}}) == "wait 10ms");
    CHECK(it.advance(10ms) == "start db, start cache, start web");
  }
  GIVEN("one restart in five seconds and one_for_one") {
    core_under_test it{shop(1)};
    it.start();
    THEN("no restart covers the other") {
      CHECK(it.together({{"web", died}, {"db", died}})
            == "wait 10ms, stop cache, give up over web");
    }
  }
}

TEST_CASE("a death before its group has started anybody is covered by the restart") {
  core_under_test it{shop(1, strategy::one_for_all)};
  it.start();
  it.slow_to_stop = {"web", "db"};
  CHECK(it.crash("cache") == "stop web");
  CHECK(it.crash("db") == "");
  CHECK(it.crash("web") == "wait 10ms");
  CHECK(it.state().strikes.size() == 1);
}

SCENARIO("a failed start counts like a crash") {
  GIVEN("five restarts in a minute and a child that can never start again") {
    core_under_test it{{.intensity = {.restarts = 5}, .children = {worker("a")}}};
    it.start();
    it.failing = {"a"};
    it.crash("a");
    THEN("the waits grow and the sixth failure gives up") {
      CHECK(it.advance(1min)
            == "start a, wait 20ms, start a, wait 40ms, start a, wait 80ms, start a, wait 160ms, "
               "start a, give up over a");
    }
  }
}

TEST_CASE("an end that wants no restart never counts") {
  core_under_test it{{.intensity = {.restarts = 1},
                      .children = {{.id = "once", .start = {"x"}, .restart = restart::transient},
                                   {.id = "gone", .start = {"x"}, .restart = restart::transient},
                                   {.id = "temp", .start = {"x"}, .restart = restart::temporary},
                                   worker("main")}}};
  it.start();
  it.exits("once", ended_well);
  it.exits("gone", cancelled);
  it.crash("temp");
  CHECK(it.state().strikes.empty());
  CHECK(it.tally().restarts == 0);
  CHECK(it.crash("main") == "wait 10ms");
}

SCENARIO("a stable run ends a streak") {
  GIVEN("a child that has crashed three times in a row") {
    core_under_test it{{.children = {worker("a")}}};
    it.start();
    it.crash("a");
    it.advance(10ms);
    it.crash("a");
    it.advance(20ms);
    CHECK(it.crash("a") == "wait 40ms");
    it.advance(40ms);
    WHEN("it runs as long as its longest wait") {
      it.advance(1s);
      CHECK(it.crash("a") == "wait 10ms");
    }
    WHEN("it runs a nanosecond less") {
      it.advance(1s - 1ns);
      CHECK(it.crash("a") == "wait 80ms");
    }
    WHEN("news of an earlier life comes late") {
      it.advance(1s - 1ns);
      it.feed({.what = news::exited, .who = {0, 2}, .exit = died});
      THEN("it ends nothing") { CHECK(it.crash("a") == "wait 80ms"); }
    }
    WHEN("its next start takes longer than that and fails") {
      it.slow_to_start = {"a"};
      it.crash("a");
      it.advance(80ms);
      it.advance(10s);
      THEN("a start is no run") { CHECK(it.exits("a", no_start) == "wait 160ms"); }
    }
  }
}

TEST_CASE("a streak is of one child and not of its siblings") {
  core_under_test it{shop(10)};
  it.start();
  it.crash("db");
  it.advance(10ms);
  CHECK(it.crash("db") == "wait 20ms");
  CHECK(it.crash("web") == "wait 10ms");
}

TEST_CASE("a policy may count restarts also where the supervisor sets no limit") {
  core_under_test it{
    {.intensity = {.restarts = unlimited},
     .children
     = {{.id = "a", .start = {"x"}, .policy = with(standard_policy{}, intensity{.restarts = 1})}}}};
  it.start();
  CHECK(it.crash("a") == "wait 10ms");
  it.advance(10ms);
  CHECK(it.crash("a") == "give up over a");
}
