#include "one_child.hpp"

#include <doctest/doctest.h>

using namespace supervisor;
using namespace std::chrono_literals;

SCENARIO("a fuse trips at the last failure it bears and rests") {
  GIVEN("the fuse of a child: three failures in ten seconds") {
    one_child child{meltdown_fuse::for_child()};
    WHEN("it crashes three times in ten seconds") {
      CHECK(child.crashes({0s, 5s, 10s}) == "restart, restart, restart after 120s");
      THEN("after the rest it is as good as new") {
        CHECK(child.crashes({130s, 131s, 132s}) == "restart, restart, restart after 120s");
      }
    }
    WHEN("the first failure is older than ten seconds") {
      THEN("it holds") { CHECK(child.crashes({0s, 5s, 10s + 1ns}) == "restart, restart, restart"); }
    }
    WHEN("it ends well in between") {
      child.crashes({0s, 1s});
      for (int i = 0; i < 10; ++i)
        CHECK(child.returns(2s) == "restart");
      THEN("that counts neither way") { CHECK(child.crashes(3s) == "restart after 120s"); }
    }
    WHEN("other parts refuse") {
      for (int i = 0; i < 10; ++i)
        child.refused_elsewhere(0s);
      THEN("nothing was counted") { CHECK(child.stands(0s) == "1 of 3 in 10s"); }
    }
  }
  GIVEN("the fuse of a group: five failures in thirty seconds") {
    one_child group{meltdown_fuse::for_group()};
    WHEN("there are five") {
      const auto then = group.crashes({0s, 1s, 2s, 3s, 4s});
      THEN("nobody in it is restarted for two minutes") {
        CHECK(then == "restart, restart, restart, restart, pause_group for 120s");
      }
      THEN("asked again after that it lets the restart through") {
        CHECK(group.crashes(124s) == "restart");
        CHECK(group.stands(124s) == "2 of 5 in 30s");
      }
    }
  }
  GIVEN("the fuse of a supervisor: ten failures in a minute") {
    one_child everybody{meltdown_fuse::for_supervisor()};
    for (auto at = 0s; at < 9s; at += 1s)
      CHECK(everybody.crashes(at) == "restart");
    THEN("the tenth makes it give up") { CHECK(everybody.crashes(9s) == "escalate"); }
    THEN("a minute after the first there is room again") {
      CHECK(everybody.crashes(60s + 1ns) == "restart");
    }
  }
}

TEST_CASE("a quiet while makes a fuse forget even what its window still holds") {
  one_child child{meltdown_fuse{.max_failures = 3, .window = 1h, .reset_after = 10s}};
  CHECK(child.crashes({0s, 5s, 15s, 20s}) == "restart, restart, restart, restart");
  CHECK(child.stands(21s) == "3 of 3 in 3600s");
  CHECK(child.crashes(21s) == "restart after 10s");
}

TEST_CASE("those who waited for the end of a pause are no new failures") {
  one_child group{meltdown_fuse::for_group()};
  CHECK(group.crashes({0s, 1s, 2s, 3s, 4s})
        == "restart, restart, restart, restart, pause_group for 120s");
  for (int i = 0; i < 10; ++i)
    CHECK(group.is_asked_again(124s) == "restart");
  CHECK(group.stands(124s) == "1 of 5 in 30s");
}

TEST_CASE("a fuse for no failure at all trips at the first and an unlimited one never") {
  CHECK(one_child{meltdown_fuse{.max_failures = 0}}.crashes(0s) == "restart after 120s");
  CHECK(one_child{meltdown_fuse{.max_failures = 1}}.crashes(0s) == "restart after 120s");
  one_child child{meltdown_fuse{.max_failures = unlimited}};
  for (int i = 0; i < 100; ++i)
    CHECK(child.crashes(0s) == "restart");
}

TEST_CASE("the scopes of a fuse have words") {
  CHECK(std::string{label(meltdown_scope::child)} == "child");
  CHECK(std::string{label(meltdown_scope::group)} == "group");
  CHECK(std::string{label(meltdown_scope::supervisor)} == "supervisor");
}
