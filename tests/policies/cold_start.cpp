#include "one_child.hpp"

#include <doctest/doctest.h>

using namespace supervisor;
using namespace std::chrono_literals;

SCENARIO("a child that cannot get going has five tries in its first minute") {
  GIVEN("a child started at noon that crashed after a second, again and again") {
    one_child child{cold_start{}};
    const auto noon = 12h;
    for (auto tries = 1; tries <= 5; ++tries)
      REQUIRE(child.crashes(noon + tries * 1s, 1s) == "restart");
    THEN("the sixth restart waits until the minute is over") {
      CHECK(child.crashes(noon + 6s, 1s) == "restart after just over 54s");
      AND_THEN("and then it may crash as often as other limits let it") {
        for (int i = 0; i < 20; ++i)
          CHECK(child.crashes(noon + 60s + 1ns, 0s) == "restart");
      }
    }
    THEN("a reader sees that it would be the sixth of five") {
      CHECK(child.stands(noon + 6s) == "6 of 5 in 60s");
      CHECK(child.stands(noon + 2min) == "0 of 5 in 60s");
    }
  }
  GIVEN("a child that ran well for an hour at first") {
    one_child child{cold_start{}};
    CHECK(child.crashes(1h, 1h) == "restart");
    THEN("it has no cold start any more") {
      for (int i = 0; i < 20; ++i)
        CHECK(child.crashes(1h + 1s, 1s) == "restart");
    }
  }
}

TEST_CASE("a first end within the window says why") {
  const cold_start once{.max_restarts = 1};
  const situation soon{.uptime = 10s, .now = time_point{10s}};
  const situation late{.uptime = 2min, .now = time_point{2min}};
  cold_start::memory m;
  CHECK(once.reason(soon, m) == cold_start_reason::initial_startup);
  CHECK(once.reason(late, m) == cold_start_reason::not_applicable);
  once.remember(m, soon, restart_now());
  CHECK(once.reason(soon, m) == cold_start_reason::budget_exhausted);
  CHECK(once.reason(late, m) == cold_start_reason::not_applicable);
}

TEST_CASE("a refused restart is no try") {
  const cold_start once{.max_restarts = 1};
  cold_start::memory m;
  once.remember(m, {.now = time_point{1s}}, quarantine());
  CHECK(m.started == 0);
  CHECK(m.restarts == 0);
}

TEST_CASE("the reasons of a cold start have words") {
  CHECK(std::string{label(cold_start_reason::not_applicable)} == "not_applicable");
  CHECK(std::string{label(cold_start_reason::initial_startup)} == "initial_startup");
  CHECK(std::string{label(cold_start_reason::budget_exhausted)} == "budget_exhausted");
}
