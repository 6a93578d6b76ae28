#include "one_child.hpp"

#include <doctest/doctest.h>

#include <limits>

using namespace supervisor;
using namespace std::chrono_literals;

SCENARIO("a burst of restarts is free and then they come one after another") {
  GIVEN("a full bucket of ten tokens of which one comes back every two seconds") {
    one_child everybody{token_bucket{}};
    CHECK(everybody.stands(0s) == "10 of 10 in 60s");
    WHEN("thirteen children crash at once") {
      for (int i = 0; i < 10; ++i)
        REQUIRE(everybody.crashes(1h) == "restart");
      CHECK(everybody.stands(1h) == "0 of 10 in 60s");
      THEN("those without a token get one each as it comes back") {
        CHECK(everybody.crashes({1h, 1h, 1h})
              == "restart after 2s, restart after 4s, restart after 6s");
        CHECK(everybody.stands(1h) == "-3 of 10 in 60s");
      }
      THEN("a token that somebody waits for is nobody else's") {
        CHECK(everybody.crashes(1h) == "restart after 2s");
        CHECK(everybody.crashes(1h + 2s) == "restart after 2s");
      }
      THEN("three seconds later there is one token and half of the next") {
        CHECK(everybody.stands(1h + 3s) == "1.5 of 10 in 60s");
        CHECK(everybody.crashes({1h + 3s, 1h + 3s}) == "restart, restart after 1s");
      }
      THEN("it is full again after twenty seconds and never fuller") {
        CHECK(everybody.stands(1h + 20s) == "10 of 10 in 60s");
        CHECK(everybody.stands(3h) == "10 of 10 in 60s");
      }
    }
    WHEN("other parts refuse a hundred restarts") {
      for (int i = 0; i < 100; ++i)
        everybody.refused_elsewhere(1h);
      THEN("it is still full") { CHECK(everybody.stands(1h) == "10 of 10 in 60s"); }
    }
  }
}

TEST_CASE("without recovery a token comes back once a window") {
  for (const auto rate : {0.0, -1.0, std::numeric_limits<double>::quiet_NaN()}) {
    one_child everybody{token_bucket{.max_burst = 2, .recovery_rate_per_sec = rate}};
    CHECK(everybody.crashes({0s, 0s, 0s, 0s})
          == "restart, restart, restart after 60s, restart after 120s");
  }
}

TEST_CASE("an empty bucket is as small as one token") {
  one_child everybody{token_bucket{.max_burst = 0}};
  CHECK(everybody.crashes({0s, 0s}) == "restart, restart after 2s");
}

TEST_CASE("ten thousand crashes in five minutes get no more restarts than the envelope") {
  const token_bucket bucket;
  one_child everybody{bucket};
  int restarts = 0;
  for (int i = 0; i < 10'000; ++i) {
    const auto now = time_point{1h} + i * 30ms;
    const auto d = everybody.ended({.exit = {exit_class::panic}, .now = now});
    restarts += now + d.wait < time_point{1h} + 5min;
  }
  CHECK(restarts > 150);
  CHECK(restarts <= 5 * 40 * 1.05);
}

TEST_CASE("a bucket is called what the configuration calls it") {
  CHECK(std::string{token_bucket::name} == "restart_budget");
}
