#include "one_child.hpp"

#include <doctest/doctest.h>

using namespace supervisor;
using namespace std::chrono_literals;

SCENARIO("a child that spins is slowed down") {
  GIVEN("three ends in ten seconds are a hot loop") {
    one_child child{hot_loop{}};
    WHEN("it crashes every two seconds") {
      const auto then = child.crashes({0s, 2s, 4s});
      THEN("the third restart waits until the first end is ten seconds old") {
        CHECK(then == "restart, restart, restart after 6s");
      }
      THEN("a crash right after that wait is the third in ten seconds again") {
        CHECK(child.crashes(10s) == "restart after 2s");
      }
      THEN("a quiet while lets it go") { CHECK(child.crashes(14s) == "restart"); }
    }
    WHEN("it returns at once every time") {
      THEN("that is a hot loop as well") {
        CHECK(child.returns(0s) == "restart");
        CHECK(child.returns(0s) == "restart");
        CHECK(child.returns(0s) == "restart after 10s");
      }
    }
    WHEN("the first of three ends is exactly ten seconds ago") {
      THEN("it no longer counts") {
        CHECK(child.crashes({0s, 5s, 10s}) == "restart, restart, restart");
        CHECK(child.stands(10s) == "3 of 3 in 10s");
      }
    }
    WHEN("other parts refuse") {
      for (int i = 0; i < 10; ++i)
        child.refused_elsewhere(0s);
      THEN("nothing was counted") { CHECK(child.stands(0s) == "1 of 3 in 10s"); }
    }
  }
}

TEST_CASE("a hot loop says why") {
  const hot_loop twice{.min_restarts = 2};
  const situation s{.now = time_point{1s}};
  sliding<16> m;
  CHECK(std::string{label(twice.reason(s, m))} == "not_applicable");
  twice.remember(m, s, restart_now());
  CHECK(std::string{label(twice.reason(s, m))} == "rapid_crash_detected");
}

TEST_CASE("a loop is never too hot for no limit and at once for none at all") {
  one_child free{hot_loop{.min_restarts = unlimited}};
  for (int i = 0; i < 100; ++i)
    CHECK(free.crashes(0s) == "restart");
  CHECK(one_child{hot_loop{.min_restarts = 0}}.crashes(0s) == "restart after 10s");
  CHECK(one_child{hot_loop{.min_restarts = 1}}.crashes(0s) == "restart after 10s");
}
