#include <doctest/doctest.h>
#include <supervisor/policies.hpp>

using namespace supervisor;
using namespace std::chrono_literals;

TEST_CASE("the restart after the last one allowed is refused") {
  constexpr intensity limit{.restarts = 2, .period = 5s};
  CHECK(limit.decide({.recent = 0}) == restart_now());
  CHECK(limit.decide({.recent = 1}) == restart_now());
  CHECK(limit.decide({.recent = 2}) == escalate());
  CHECK(limit.decide({.recent = 3}) == escalate());
}

TEST_CASE("limit zero gives up at the first crash") {
  CHECK(intensity{.restarts = 0}.decide({}) == escalate());
}

TEST_CASE("unlimited never gives up") {
  CHECK(intensity{.restarts = unlimited}.decide({.recent = 0}) == restart_now());
  CHECK(intensity{.restarts = unlimited}.decide({.recent = unlimited}) == restart_now());
}

TEST_CASE("ten restarts in a minute are allowed to whoever says nothing") {
  CHECK(intensity{}.decide({.recent = 9}) == restart_now());
  CHECK(intensity{}.decide({.recent = 10}) == escalate());
  CHECK(intensity{}.period == 60s);
}

TEST_CASE("a restart exactly one period old still counts") {
  constexpr intensity limit{.restarts = 1, .period = 1s};
  const time_point noon{12h};
  CHECK_FALSE(limit.forgets(noon, noon));
  CHECK_FALSE(limit.forgets(noon, noon + 1s));
  CHECK(limit.forgets(noon, noon + 1s + 1ns));
}
