#include "one_child.hpp"

#include <doctest/doctest.h>

using namespace supervisor;
using namespace std::chrono_literals;

TEST_CASE("otp restarts at once or not at all") {
  const auto answers = [](exit_class how) {
    std::string text;
    for (const auto when : {restart::permanent, restart::transient, restart::temporary})
      text += (text.empty() ? "" : ", ")
              + show(otp_classic{when}.decide({.exit = {how}, .streak = 9}));
    return text;
  };
  CHECK(answers(exit_class::success) == "restart, leave_down, leave_down");
  CHECK(answers(exit_class::external_cancel) == "restart, leave_down, leave_down");
  CHECK(answers(exit_class::panic) == "restart, restart, leave_down");
  CHECK(answers(exit_class::nonzero_exit) == "restart, restart, leave_down");
  CHECK(answers(exit_class::manual_stop) == "leave_down, leave_down, leave_down");
}

SCENARIO("the intensity of otp counts whole seconds") {
  GIVEN("one restart a second") {
    const otp_intensity limit{.restarts = 1, .period = 1s};
    THEN("a crash 1.2 seconds later still counts if only one tick lies between") {
      CHECK(one_child{limit}.crashes({0s, 1200ms}) == "restart, escalate");
      CHECK(one_child{limit}.crashes({0s, 1999ms}) == "restart, escalate");
    }
    THEN("it does not count if there are two ticks, however close they are") {
      CHECK(one_child{limit}.crashes({999ms, 2s}) == "restart, restart");
    }
    THEN("ticks before the clock began are as long as others") {
      CHECK(one_child{limit}.crashes({-1s, 999ms}) == "restart, escalate");
      CHECK(one_child{limit}.crashes({-1s - 1ns, 0s}) == "restart, restart");
    }
  }
  GIVEN("what otp does by default: one restart in five seconds") {
    one_child everybody{otp_intensity{}};
    THEN("the second within five ticks is one too many") {
      CHECK(everybody.crashes({0s, 5s}) == "restart, escalate");
      CHECK(everybody.crashes(6s) == "restart");
    }
    THEN("a reader sees how many it would be") {
      everybody.crashes(0s);
      CHECK(everybody.stands(3s) == "2 of 1 in 5s");
    }
  }
  GIVEN("zero restarts") {
    THEN("the first crash is one too many") {
      CHECK(one_child{otp_intensity{.restarts = 0}}.crashes(0s) == "escalate");
    }
  }
}

TEST_CASE("otp escalates at the crash after the last one allowed") {
  one_child everybody{with(otp_classic{}, otp_intensity{.restarts = 3, .period = 10s})};
  CHECK(everybody.crashes({0s, 0s, 0s, 0s}) == "restart, restart, restart, escalate");
}
