#include "one_child.hpp"

#include <doctest/doctest.h>

using namespace supervisor;
using namespace std::chrono_literals;

SCENARIO("a circuit breaker opens and lets one run prove itself") {
  GIVEN("a breaker for three failures in a row that opens for a minute") {
    const circuit_breaker breaker{.failures = 3, .open_for = 60s, .proves_itself = 10s};
    one_child child{breaker};
    const auto state = [&](nanoseconds at) {
      return std::string{label(breaker.state(time_point{at}, child.memory()))};
    };
    CHECK(state(0s) == "closed");
    CHECK(child.crashes({0s, 1s, 2s}) == "restart, restart, restart after 60s");
    CHECK(child.stands(2s) == "4 of 3");
    THEN("it is open for a minute and half open after that") {
      CHECK(state(3s) == "open");
      CHECK(state(62s) == "half_open");
    }
    WHEN("the probe fails too") {
      CHECK(child.crashes(63s, 1s) == "restart after 60s");
      THEN("it is open again") { CHECK(state(64s) == "open"); }
    }
    WHEN("the probe ends well but too soon") {
      THEN("it is open again") {
        CHECK(child.returns(63s, 1s) == "restart after 60s");
        CHECK(state(64s) == "open");
      }
    }
    WHEN("the probe runs for ten seconds") {
      THEN("it is closed, and the next failure is the first of a row") {
        CHECK(state(72s) == "closed");
        CHECK(child.crashes(72s, 10s) == "restart");
        CHECK(child.crashes(73s, 1s) == "restart");
        CHECK(child.crashes(74s, 1s) == "restart after 60s");
      }
    }
  }
}

TEST_CASE("a clean end ends the row of failures while the breaker is closed") {
  one_child child{circuit_breaker{.failures = 3}};
  CHECK(child.crashes({0s, 1s}) == "restart, restart");
  CHECK(child.returns(2s) == "restart");
  CHECK(child.crashes({3s, 4s}) == "restart, restart");
  CHECK(child.crashes(5s) == "restart after 30s");
}

TEST_CASE("an end that is asked about again neither lengthens the row nor ends it") {
  one_child child{circuit_breaker{.failures = 3}};
  CHECK(child.crashes({0s, 1s}) == "restart, restart");
  for (int i = 0; i < 10; ++i)
    CHECK(child.is_asked_again(2s) == "restart");
  CHECK(child.crashes(3s) == "restart after 30s");
}

TEST_CASE("what another part refuses is not part of the row") {
  one_child child{circuit_breaker{.failures = 2}};
  for (int i = 0; i < 10; ++i)
    child.refused_elsewhere(0s);
  CHECK(child.crashes({0s, 0s}) == "restart, restart after 30s");
}

TEST_CASE("an unlimited breaker never opens") {
  one_child child{circuit_breaker{.failures = unlimited}};
  for (int i = 0; i < 100; ++i)
    CHECK(child.crashes(0s) == "restart");
}
