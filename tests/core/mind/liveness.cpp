#include "core_under_test.hpp"

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

declared_spec with(child_details more) {
  return {.children = {{.id = "a", .start = {"x"}, .more = std::move(more)}, worker("b")}};
}

declared_spec beating() { return with({.health_policy = health_policy{1s, 3s}}); }
declared_spec checked() { return with({.health_check = health_check{10s, 5s, 3}}); }
declared_spec probed() { return with({.readiness_probe = readiness_probe{5s, 3s}}); }

void beat(core_under_test& it) { it.feed({.what = news::heartbeat, .who = it.life_of("a")}); }

/// The child says how it is, to the last question.
std::string say(core_under_test& it, bool well) {
  REQUIRE_FALSE(it.checks.empty());
  auto answer = it.checks.back();
  answer.well = well;
  return it.feed(answer);
}

child_health health(const core_under_test& it) {
  return it.state().vitals[it.row("a").vital].health;
}

constexpr child_exit unhealthy{exit_class::nonzero_exit, exit_detail::none, failure_kind::unhealthy,
                               0};
constexpr child_exit timed_out{exit_class::timeout, exit_detail::none, failure_kind::timeout, 0};

} // namespace

SCENARIO("a child that does not beat is stopped and its policy decides") {
  GIVEN("one that may be silent for three seconds") {
    core_under_test it{beating()};
    it.start();
    WHEN("it never beats") {
      CHECK(it.advance(3s) == "");
      CHECK(it.advance(1ns) == "stop a, wait 10ms");
      CHECK(it.last(event_type::child_heartbeat_stale).wait == 3s + 1ns);
      CHECK(it.count(event_type::child_heartbeat_stale, "a") == 1);
      CHECK(it.count(event_type::child_unhealthy, "a") == 1);
      CHECK(it.last(event_type::child_failed).exit == unhealthy);
      CHECK(it.state().strikes.size() == 1);
      THEN("its next life has three seconds of its own") {
        it.advance(10ms - 1ns);
        it.advance(1ns);
        REQUIRE(it.row("a").now == phase::up);
        CHECK(health(it) == child_health::unknown);
        CHECK(it.advance(3s) == "");
        CHECK(it.advance(1ns).find("stop a") == 0);
      }
    }
    WHEN("it beats") {
      for (int i = 0; i < 10; ++i) {
        CHECK(it.advance(3s) == "");
        beat(it);
        CHECK(health(it) == child_health::healthy);
      }
      THEN("a beat that is exactly as old as allowed is not too old") {
        CHECK(it.advance(3s) == "");
        CHECK(it.advance(1ns) == "stop a, wait 10ms");
        CHECK(it.last(event_type::child_heartbeat_stale).wait == 3s + 1ns);
      }
    }
    WHEN("the wake-up comes late") {
      it.now += 3s + 200ms;
      CHECK(it.feed({.what = news::deadline}) == "stop a, wait 10ms");
      CHECK(it.last(event_type::child_heartbeat_stale).wait == 3s + 200ms);
    }
    WHEN("a beat of an old life comes") {
      const auto old = it.life_of("a");
      it.crash("a");
      it.advance(10ms);
      it.advance(2s);
      it.feed({.what = news::heartbeat, .who = old});
      CHECK(it.tally().stale == 1);
      CHECK(it.advance(1s + 1ns).find("stop a") == 0);
    }
  }
  GIVEN("one that is not ready so far") {
    auto spec = beating();
    spec.children[0].readiness = readiness::on_report;
    core_under_test it{spec};
    it.start();
    it.advance(20s);
    CHECK(it.row("a").now == phase::up);
    it.ready("a");
    CHECK(it.advance(3s) == "");
    CHECK(it.advance(1ns) == "stop a, wait 10ms");
  }
  GIVEN("one that is to stay down when it fails") {
    auto spec = beating();
    spec.children[0].restart = restart::temporary;
    core_under_test it{spec};
    it.start();
    CHECK(it.advance(1h) == "stop a");
    CHECK(it.row("a").now == phase::forgotten);
  }
  GIVEN("one whose strategy takes the others along") {
    auto spec = beating();
    spec.strategy = strategy::one_for_all;
    core_under_test it{spec};
    it.start();
    CHECK(it.advance(4s).find("stop a, stop b, wait 10ms, start a, start b") == 0);
  }
  GIVEN("one that neither beats nor stops nor dies") {
    core_under_test it{beating()};
    it.start();
    it.slow_to_stop = it.immortal = {"a"};
    CHECK(it.advance(1min) == "stop a, kill a, abandon a, stop b, give up over a");
  }
}

SCENARIO("a child is asked how it is") {
  GIVEN("one that is asked every ten seconds and has five to answer") {
    core_under_test it{checked()};
    it.start();
    CHECK(it.advance(10s - 1ns) == "");
    CHECK(it.advance(1ns) == "check a");
    WHEN("it is well") {
      CHECK(say(it, true) == "");
      CHECK(health(it) == child_health::healthy);
      CHECK(it.count(event_type::health_check_passed, "a") == 1);
      CHECK(it.advance(10s) == "check a");
    }
    WHEN("it says three times that it is not") {
      say(it, false);
      CHECK(it.advance(10s) == "check a");
      say(it, false);
      CHECK(it.last(event_type::health_check_failed).count == 2);
      CHECK(it.advance(10s) == "check a");
      CHECK(say(it, false) == "stop a, wait 10ms");
      CHECK(it.last(event_type::child_failed).exit == unhealthy);
    }
    WHEN("it does not answer in time") {
      CHECK(it.advance(5s - 1ns) == "");
      CHECK(it.count(event_type::health_check_failed, "a") == 0);
      CHECK(it.advance(1ns) == "");
      CHECK(it.count(event_type::health_check_failed, "a") == 1);
      THEN("a late answer is none") {
        say(it, true);
        CHECK(it.count(event_type::health_check_passed, "a") == 0);
      }
      THEN("three times is once too often") {
        CHECK(it.advance(10s) == "check a");
        it.advance(5s);
        CHECK(it.advance(10s) == "check a");
        CHECK(it.advance(5s) == "stop a, wait 10ms");
      }
    }
    WHEN("it is well between two failures") {
      say(it, false);
      it.advance(10s);
      say(it, false);
      it.advance(10s);
      say(it, true);
      it.advance(10s);
      say(it, false);
      THEN("they are not in a row") {
        CHECK(it.last(event_type::health_check_failed).count == 1);
        CHECK(it.row("a").now == phase::up);
      }
    }
    WHEN("it answers twice") {
      say(it, false);
      say(it, false);
      CHECK(it.count(event_type::health_check_failed, "a") == 1);
    }
    WHEN("the answer is that of an old life") {
      const auto old = it.checks.back();
      it.crash("a");
      it.advance(1s);
      it.feed(old);
      CHECK(it.tally().stale == 1);
    }
    WHEN("it is restarted after two failures") {
      say(it, false);
      it.advance(10s);
      say(it, false);
      it.command(command::restart_child, "a");
      it.advance(10s);
      say(it, false);
      THEN("its health starts anew") { CHECK(it.row("a").now == phase::up); }
    }
  }
}

SCENARIO("a child that is probed is ready when it says yes") {
  GIVEN("one that is asked every five seconds") {
    auto spec = probed();
    spec.children[1].dependencies = {"a"};
    core_under_test it{spec};
    it.start();
    CHECK(it.advance(0s) == "check a");
    CHECK_FALSE(it.row("a").ready);
    WHEN("it says yes") {
      CHECK(say(it, true) == "start b, begun");
      CHECK(it.row("a").ready);
      CHECK(it.advance(1h) == "");
    }
    WHEN("it says no for a while") {
      for (int i = 0; i < 5; ++i) {
        CHECK(say(it, false) == "");
        CHECK(it.advance(5s) == "check a");
      }
      CHECK(say(it, true) == "start b, begun");
    }
    WHEN("it says nothing until its start is over") {
      CHECK(it.advance(30s - 1ns).find("stop") == std::string::npos);
      THEN("it has failed to start") {
        CHECK(it.advance(1ns) == "stop a, fail to start over a");
        CHECK(it.last(event_type::child_start_failed).exit.what == exit_class::timeout);
      }
    }
    WHEN("it says so by itself") {
      CHECK(it.ready("a") == "start b, begun");
      CHECK(it.advance(1h) == "");
    }
  }
}

SCENARIO("a life that lasts too long has timed out") {
  GIVEN("a child with a minute") {
    core_under_test it{with({.run_timeout = 1min})};
    it.start();
    CHECK(it.advance(1min - 1ns) == "");
    WHEN("the minute is over") {
      CHECK(it.advance(1ns) == "stop a, wait 10ms");
      CHECK(it.last(event_type::child_failed).exit == timed_out);
      THEN("its next life has a minute of its own") {
        CHECK(it.advance(10ms) == "start a");
        CHECK(it.advance(1min - 1ns) == "");
        CHECK(it.advance(1ns) == "stop a, wait 10ms");
      }
    }
    WHEN("it ends in time") {
      it.crash("a");
      CHECK(it.advance(10ms) == "start a");
      CHECK(it.advance(1min - 1ns) == "");
    }
    WHEN("it has to be killed") {
      it.slow_to_stop = {"a"};
      CHECK(it.advance(1ns) == "stop a");
      CHECK(it.advance(5s) == "kill a, wait 10ms");
      CHECK(it.last(event_type::child_failed).exit == timed_out);
    }
  }
  GIVEN("a transient child with a minute") {
    auto spec = with({.run_timeout = 1min});
    spec.children[0].restart = restart::transient;
    core_under_test it{spec};
    it.start();
    CHECK(it.advance(1min) == "stop a, wait 10ms");
  }
}

SCENARIO("a child that is stuck is told of and stopped if its spec says so") {
  const input stuck{.what = news::stalled, .then = {verdict::restart, 0, 7s}};
  GIVEN("one that is only reported") {
    core_under_test it{beating()};
    it.start();
    auto x = stuck;
    x.who = it.life_of("a");
    CHECK(it.feed(x) == "");
    CHECK(it.last(event_type::child_stalled).wait == 7s);
    CHECK(health(it) == child_health::stale);
    beat(it);
    CHECK(health(it) == child_health::healthy);
  }
  GIVEN("one that is to be restarted") {
    core_under_test it{
      with({.stall_watchdog = stall_watchdog{.action = on_stall_action::restart}})};
    it.start();
    auto x = stuck;
    x.who = it.life_of("a");
    CHECK(it.feed(x) == "stop a, wait 10ms");
    CHECK(it.last(event_type::child_failed).exit == unhealthy);
    THEN("what is said of the old life is stale") {
      it.feed(x);
      CHECK(it.tally().stale == 1);
      CHECK(it.count(event_type::child_stalled, "a") == 1);
    }
  }
}

TEST_CASE("nobody looks at who is held") {
  for (const auto order : {command::pause_child, command::quarantine_child})
    for (const auto slow : {false, true}) {
      core_under_test it{with({.run_timeout = 1min,
                               .health_policy = health_policy{1s, 3s},
                               .health_check = health_check{1s, 1s, 1}})};
      it.start();
      if (slow)
        it.slow_to_stop = {"a"};
      it.command(order, "a");
      CHECK(it.advance(4s) == "");
      CHECK((it.row("a").now == phase::stopping) == slow);
      it.exits("a", cancelled);
      CHECK(it.advance(1h) == "");
      CHECK(it.row("a").now == phase::parked);
      CHECK(it.count(event_type::child_unhealthy, "a") == 0);
    }
}

SCENARIO("a sick child and a command meet") {
  GIVEN("a child that is being stopped for its silence") {
    core_under_test it{beating()};
    it.start();
    it.slow_to_stop = {"a"};
    CHECK(it.advance(4s) == "stop a");
    WHEN("it is paused") {
      CHECK(it.command(command::pause_child, "a") == "");
      CHECK(it.exits("a", cancelled) == "");
      THEN("it is down and its illness counts for nothing") {
        CHECK(it.row("a").now == phase::parked);
        CHECK(it.state().strikes.empty());
        CHECK(it.advance(1h) == "");
      }
    }
    WHEN("it is restarted") {
      CHECK(it.command(command::restart_child, "a") == "");
      CHECK(it.said().fence == fence_decision::queued_after_stop);
      it.exits("a", cancelled);
      CHECK(it.advance(0s) == "start a");
      CHECK(it.state().strikes.empty());
    }
    WHEN("the supervisor is stopped") {
      CHECK(it.stop() == "stop b");
      it.exits("a", cancelled);
      CHECK(it.finished);
    }
  }
}

SCENARIO("signs of life may change while a child runs") {
  GIVEN("a child nobody looks at") {
    core_under_test it{with({})};
    it.start();
    it.advance(1min);
    WHEN("it is to beat") {
      CHECK(it.revise(beating()) == "");
      CHECK(it.row("a").number == 1);
      CHECK(it.advance(3s) == "");
      CHECK(it.advance(1ns) == "stop a, wait 10ms");
    }
    WHEN("it is to beat and then no more") {
      it.revise(beating());
      it.revise(with({}));
      CHECK(it.advance(1h) == "");
    }
  }
  GIVEN("a child that has not said so far that it is ready") {
    auto spec = with({});
    spec.children[0].readiness = readiness::on_report;
    core_under_test it{spec};
    it.start();
    it.advance(10s);
    REQUIRE_FALSE(it.row("a").ready);
    WHEN("it need not say so any more") {
      it.revise(with({}));
      CHECK(it.row("a").ready);
      CHECK(it.advance(1h) == "");
    }
    WHEN("it is to be asked") {
      it.revise(probed());
      CHECK(it.advance(0s) == "check a");
      CHECK(it.advance(20s).find("stop a") != std::string::npos);
    }
  }
}
