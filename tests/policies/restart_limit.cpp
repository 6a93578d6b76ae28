#include "one_child.hpp"

#include <doctest/doctest.h>

using namespace supervisor;
using namespace std::chrono_literals;

SCENARIO("ten restarts a minute and no more") {
  GIVEN("a child that has used up its ten restarts within nine seconds") {
    one_child child{restart_limit{}};
    for (auto at = 0s; at < 10s; at += 1s)
      REQUIRE(child.crashes(at) == "restart");
    THEN("the eleventh is refused") { CHECK(child.crashes(10s) == "escalate"); }
    THEN("it is still refused when the first is exactly a minute old") {
      CHECK(child.crashes(60s) == "escalate");
    }
    THEN("a nanosecond later there is room for one") {
      CHECK(child.crashes({60s + 1ns, 60s + 1ns}) == "restart, escalate");
    }
    THEN("a refusal costs nothing") {
      for (int i = 0; i < 100; ++i)
        REQUIRE(child.crashes(10s) == "escalate");
      CHECK(child.crashes(60s + 1ns) == "restart");
    }
    THEN("a reader sees that this would be the eleventh") {
      CHECK(child.stands(10s) == "11 of 10 in 60s");
    }
  }
}

TEST_CASE("restarts after clean ends count as well") {
  one_child child{restart_limit{.max_restarts = 2}};
  CHECK(child.returns(0s) == "restart");
  CHECK(child.returns(1s) == "restart");
  CHECK(child.returns(2s) == "escalate");
}

TEST_CASE("limit zero refuses the first restart and unlimited none") {
  CHECK(one_child{restart_limit{.max_restarts = 0}}.crashes(0s) == "escalate");
  one_child free{restart_limit{.max_restarts = unlimited}};
  for (int i = 0; i < 100; ++i)
    CHECK(free.crashes(0s) == "restart");
}

TEST_CASE("what an exhausted limit means can be chosen") {
  const auto refused = [](verdict what) {
    return one_child{restart_limit{.max_restarts = 1, .when_exhausted = what}}.crashes({0s, 20s});
  };
  CHECK(refused(verdict::quarantine) == "restart, quarantine");
  CHECK(refused(verdict::shutdown_tree) == "restart, shutdown_tree");
  CHECK(refused(verdict::restart) == "restart, restart after just over 40s");
  CHECK(refused(verdict::pause_group) == "restart, pause_group for just over 40s");
}

TEST_CASE("a limit larger than its memory trips at that and a wide one does not") {
  one_child narrow{restart_limit{.max_restarts = 20}};
  one_child ample{wide<restart_limit, 128>{{.max_restarts = 20}}};
  for (int i = 0; i < 16; ++i) {
    CHECK(narrow.crashes(0s) == "restart");
    CHECK(ample.crashes(0s) == "restart");
  }
  CHECK(narrow.crashes(0s) == "escalate");
  CHECK(ample.crashes({0s, 0s, 0s, 0s, 0s}) == "restart, restart, restart, restart, escalate");
}
