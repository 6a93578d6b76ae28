#include "one_child.hpp"

#include <doctest/doctest.h>

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

constexpr failure_window of_the_last(std::uint32_t ends, std::uint32_t failures) {
  return {.mode = failure_window_mode::count_sliding, .max_count = ends, .threshold = failures};
}

} // namespace

SCENARIO("the fifth failure in a minute waits until the first is a minute old") {
  GIVEN("a child with the usual window") {
    one_child child{failure_window{}};
    WHEN("it crashes every ten seconds") {
      const auto then = child.crashes({0s, 10s, 20s, 30s, 40s});
      THEN("the fifth crash has to wait for the first") {
        CHECK(then == "restart, restart, restart, restart, restart after just over 20s");
      }
      THEN("a crash after that wait has to wait for the second") {
        CHECK(child.crashes(60s + 1ns) == "restart after 10s");
      }
    }
    WHEN("it crashes every sixteen seconds") {
      THEN("there are never five within a minute") {
        CHECK(child.crashes({0s, 16s, 32s, 48s, 64s, 80s, 96s})
              == "restart, restart, restart, restart, restart, restart, restart");
      }
    }
    WHEN("a fifth crash comes when the first is exactly a minute old") {
      THEN("that one still counts") {
        CHECK(child.crashes({0s, 1s, 2s, 3s, 60s})
              == "restart, restart, restart, restart, restart after just over 0s");
      }
    }
    WHEN("it only ever ends well") {
      for (auto at = 0s; at < 20s; at += 1s)
        CHECK(child.returns(at) == "restart");
      THEN("nothing was counted") { CHECK(child.memory() == failures_seen<16>{}); }
    }
    WHEN("other parts refuse its restarts") {
      for (auto at = 0s; at < 20s; at += 1s)
        child.refused_elsewhere(at);
      THEN("nothing was counted") { CHECK(child.memory() == failures_seen<16>{}); }
    }
  }
}

TEST_CASE("a reader sees how many failures there are with this one") {
  one_child child{failure_window{}};
  child.crashes({0s, 10s, 20s});
  CHECK(child.stands(30s) == "4 of 5 in 60s");
  CHECK(child.stands(75s) == "2 of 5 in 60s");
}

SCENARIO("a child that fails too often among its last ends is quarantined") {
  GIVEN("three of the last four") {
    one_child child{of_the_last(4, 3)};
    WHEN("it fails three times in a row") {
      CHECK(child.crashes({0s, 1h, 2h}) == "restart, restart, quarantine");
      THEN("it stays quarantined however long ago that was") {
        CHECK(child.crashes(1000h) == "quarantine");
        CHECK(child.stands(1000h) == "3 of 3");
      }
    }
    WHEN("clean ends push the failures out") {
      CHECK(child.crashes(0s) == "restart");
      CHECK(child.returns(1s) == "restart");
      CHECK(child.crashes(2s) == "restart");
      CHECK(child.returns(3s) == "restart");
      THEN("an older failure is forgotten") {
        CHECK(child.crashes(4s) == "restart");
        CHECK(child.crashes(5s) == "quarantine");
      }
    }
  }
}

TEST_CASE("an end that is asked about again is no new failure") {
  one_child by_time{failure_window{}};
  one_child by_count{of_the_last(4, 3)};
  for (int i = 0; i < 10; ++i) {
    CHECK(by_time.is_asked_again(0s) == "restart");
    CHECK(by_count.is_asked_again(0s) == "restart");
  }
}

TEST_CASE("an impossible share of the last ends means all of them") {
  one_child three{of_the_last(3, 9)};
  CHECK(three.crashes({0s, 0s, 0s}) == "restart, restart, quarantine");
  one_child many{of_the_last(1000, 1000)};
  for (int i = 0; i < 63; ++i)
    CHECK(many.crashes(0s) == "restart");
  CHECK(many.crashes(0s) == "quarantine");
}

TEST_CASE("a failure window without a threshold never objects") {
  one_child by_time{failure_window{.threshold = unlimited}};
  one_child by_count{of_the_last(4, unlimited)};
  for (int i = 0; i < 100; ++i) {
    CHECK(by_time.crashes(0s) == "restart");
    CHECK(by_count.crashes(0s) == "restart");
  }
}

TEST_CASE("failures of one child are no business of another") {
  const failure_window window;
  one_child a{window};
  one_child b{window};
  CHECK(a.crashes({0s, 0s, 0s, 0s, 0s})
        == "restart, restart, restart, restart, restart after just over 60s");
  CHECK(b.crashes(0s) == "restart");
}

TEST_CASE("what a failure window slides over has a word") {
  CHECK(std::string{label(failure_window_mode::time_sliding)} == "time_sliding");
  CHECK(std::string{label(failure_window_mode::count_sliding)} == "count_sliding");
}
