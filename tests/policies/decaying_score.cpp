#include "one_child.hpp"

#include <doctest/doctest.h>

using namespace supervisor;
using namespace std::chrono_literals;

SCENARIO("failures fade away and too many of them pause everybody") {
  GIVEN("suture's numbers without its spread: above five, wait fifteen seconds") {
    one_child everybody{decaying_score{.spread = 0}};
    WHEN("six services fail at once") {
      const auto then = everybody.crashes({0s, 0s, 0s, 0s, 0s, 0s});
      THEN("the sixth waits") {
        CHECK(then == "restart, restart, restart, restart, restart, restart after 15s");
      }
      THEN("who fails in the pause makes it longer while the score is too high") {
        CHECK(everybody.crashes(1s) == "restart after 15s");
        CHECK(everybody.crashes(14s) == "restart after 15s");
      }
      THEN("after the pause it counts from zero") {
        CHECK(everybody.stands(15s) == "1 of 5 in 30s");
        CHECK(everybody.crashes({15s, 15s, 15s, 15s, 15s, 15s})
              == "restart, restart, restart, restart, restart, restart after 15s");
      }
    }
    WHEN("one service fails every ten seconds for an hour") {
      THEN("the score never gets that high") {
        for (auto at = 0s; at < 1h; at += 10s)
          REQUIRE(everybody.crashes(at) == "restart");
      }
    }
    WHEN("four have failed and half a minute passes") {
      everybody.crashes({0s, 0s, 0s, 0s});
      THEN("two of them are left") { CHECK(everybody.stands(30s) == "3 of 5 in 30s"); }
    }
    WHEN("others refuse") {
      for (int i = 0; i < 10; ++i)
        everybody.refused_elsewhere(0s);
      THEN("nothing was counted") { CHECK(everybody.stands(0s) == "1 of 5 in 30s"); }
    }
  }
  GIVEN("a short pause in which the score falls below the threshold") {
    one_child everybody{
      decaying_score{.half_life = 1s, .threshold = 1.5, .pause = 60s, .spread = 0}};
    CHECK(everybody.crashes({0s, 0s}) == "restart, restart after 60s");
    THEN("who fails then waits for the end of the pause") {
      CHECK(everybody.crashes(20s) == "restart after 40s");
    }
  }
}

TEST_CASE("a pause is up to half as long again by luck") {
  const decaying_score always{.threshold = 0};
  CHECK(show(always.decide({.luck = 0.0}, {})) == "restart after 15s");
  CHECK(show(always.decide({.luck = 0.5}, {})) == "restart after 18750ms");
}
