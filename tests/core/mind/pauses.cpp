#include "core_under_test.hpp"

using namespace supervisor;
using namespace std::chrono_literals;

// The process of the supervisor does not run for a while: it is stopped, or has no processor. That is
// nobody's fault.

namespace {

declared_child_spec beating(std::string id) {
  auto made = worker(std::move(id), stop_budget{2s, 1s});
  made.more.make().health_policy = health_policy{1s, 3s};
  return made;
}

declared_child_spec slow_to_be_ready(std::string id) {
  auto made = worker(std::move(id));
  made.readiness = readiness::on_report;
  made.start_timeout = 1s;
  return made;
}

input beat(const core_under_test& it, const std::string& id, time_point at) {
  return {.what = news::heartbeat, .who = it.life_of(id), .at = at};
}

input end(const core_under_test& it, const std::string& id) {
  return {news::exited, it.life_of(id), cancelled};
}

bool listens(const core_under_test& it) {
  return std::ranges::any_of(it.deeds, [](const effect& x) { return x.what == deed::listen; });
}

} // namespace

SCENARIO("beats that waited during a pause are heard before anybody is judged") {
  GIVEN("a child that has to beat every 3 s, and a pause of 10 s") {
    core_under_test it{{.children = {beating("a")}}};
    it.start();
    WHEN("it has beaten all the time") {
      const auto last = it.now + 9500ms;
      CHECK(it.pause(10s, {beat(it, "a", last)}) == "");
      THEN("it lives, and its next beat is due 3 s after the last one") {
        CHECK(it.state().vitals[0].beat_by.at == last + 3s);
        CHECK(it.advance(2500ms) == "");
        CHECK(it.advance(1ms) == "stop a, wait 10ms");
      }
    }
    WHEN("it could not run either, and beats as soon as it can") {
      CHECK(it.pause(10s) == "");
      CHECK(it.feed(beat(it, "a", time_point::max())) == "");
      THEN("it lives") { CHECK(it.advance(2900ms) == ""); }
    }
    WHEN("it does not beat any more") {
      CHECK(it.pause(10s) == "");
      THEN("it has its time once more, and is found then") {
        CHECK(it.advance(3s) == "");
        CHECK(it.advance(1ms) == "stop a, wait 10ms");
        CHECK(it.last(event_type::child_heartbeat_stale).wait > 12s);
      }
    }
  }
}

SCENARIO("a hang is found however often the supervisor is paused") {
  GIVEN("a child that does not beat, and pauses without an end") {
    core_under_test it{{.children = {beating("a")}}};
    it.start();
    WHEN("each is a second longer than the time that is left") {
      CHECK(it.pause(4s) == "");
      CHECK(it.pause(2s) == "");
      CHECK(it.pause(2s) == "");
      THEN("they put it off by no more than its time was") {
        CHECK(it.pause(2s) == "");
        CHECK(it.advance(1ms) == "stop a, wait 10ms");
      }
    }
  }
}

SCENARIO("the end of a child counts when it came within its time") {
  GIVEN("a child with 2 s to stop, which is told to, and a pause of 4 s") {
    core_under_test it{{.children = {worker("a", stop_budget{2s, 1s})}}};
    it.start();
    it.slow_to_stop = {"a"};
    REQUIRE(it.stop() == "stop a");
    WHEN("it has ended meanwhile") {
      CHECK(it.pause(4s, {end(it, "a")}) == "finish");
      THEN("it left gracefully") { CHECK(it.report() == "a graceful"); }
    }
    WHEN("it has not") {
      it.immortal = {"a"};
      CHECK(it.pause(4s) == "");
      THEN("it is killed when the time of the pause has passed once more") {
        CHECK(it.advance(1999ms) == "");
        CHECK(it.advance(1ms) == "kill a");
        AND_WHEN("it survives that, and a pause") {
          CHECK(it.pause(3s) == "");
          THEN("it is abandoned when it had its time") {
            CHECK(it.advance(999ms) == "");
            CHECK(it.advance(1ms) == "abandon a, finish");
          }
        }
      }
    }
  }
}

SCENARIO("a child that became ready during a pause is ready") {
  GIVEN("a child with a second to become ready") {
    core_under_test it{{.children = {slow_to_be_ready("a"), worker("b")}}};
    it.start();
    WHEN("it said so while the supervisor was paused") {
      CHECK(it.pause(5s, {{.what = news::ready, .who = it.life_of("a")}}) == "");
      THEN("nothing happens to it") {
        CHECK(it.row("a").ready);
        CHECK(it.advance(1h) == "");
      }
    }
    WHEN("it did not") {
      CHECK(it.pause(5s) == "");
      THEN("it has its second once more") {
        CHECK(it.advance(999ms) == "");
        CHECK(it.advance(1ms) == "stop a, stop b, fail to start over a");
      }
    }
  }
  GIVEN("one that does not run yet") {
    core_under_test it{{.children = {slow_to_be_ready("a")}}};
    it.slow_to_start = {"a"};
    it.start();
    WHEN("it ran while the supervisor was paused") {
      CHECK(it.pause(5s, {{.what = news::started, .who = it.life_of("a")}}) == "begun");
      THEN("it is not told to stop") { CHECK(it.row("a").now == phase::up); }
    }
  }
}

TEST_CASE("a run that may not last longer is longer by the pause") {
  auto a = worker("a");
  a.more.make().run_timeout = 2s;
  core_under_test it{{.children = {a}}};
  it.start();
  CHECK(it.pause(3s) == "");
  CHECK(it.advance(999ms) == "");
  CHECK(it.advance(1ms) == "stop a, wait 10ms");
}

TEST_CASE("the answer to a question may come late") {
  auto a = worker("a");
  a.more.make().health_check = health_check{1s, 1s, 1};
  core_under_test it{{.children = {a}}};
  it.start();
  CHECK(it.advance(1s) == "check a");
  auto answer = it.checks.back();
  answer.well = true;
  CHECK(it.pause(5s, {answer}) == "");
  CHECK(it.row("a").now == phase::up);
}

TEST_CASE("a policy that lives outside has its time, too") {
  auto a = worker("a");
  a.policy = restart_policy{asked_outside<standard_policy>{{.within = 1s}, {.backoff = {5s, 5s}}}};
  core_under_test it{{.children = {a}}};
  it.start();
  CHECK(it.crash("a") == "ask about a");
  CHECK(
    it.pause(
      3s,
      {{.what = news::answered, .who = it.life_of("a"), .count = 1, .then = restart_after(20ms)}})
    == "wait 20ms");
}

TEST_CASE("what the supervisor itself was to do is late enough") {
  core_under_test it{{.children = {worker("a")}}};
  it.start();
  CHECK(it.crash("a") == "wait 10ms");
  CHECK(it.pause(3s) == "start a");
}

TEST_CASE("while it listens nobody is judged") {
  core_under_test it{{.children = {beating("a"), beating("b")}}};
  it.start();
  it.is_deaf = true;
  it.now += 4s;
  CHECK(it.feed({.what = news::deadline}) == "");
  CHECK(it.feed(beat(it, "a", it.now - 1s)) == "");
  CHECK(it.crash("b") == "wait 10ms");
  it.now += 1h;
  CHECK(it.feed({.what = news::deadline}) == "");
  CHECK(it.feed({.what = news::listened}) == "start b");
}

TEST_CASE("a wake-up that is a little late is in time") {
  core_under_test it{{.children = {beating("a")}}};
  it.start();
  it.now += 3s + tolerated_lateness;
  CHECK(it.feed({.what = news::deadline}) == "stop a, wait 10ms");
  CHECK_FALSE(listens(it));
}

TEST_CASE("a next life that is to take over may be paused, too") {
  auto a = slow_to_be_ready("a");
  a.more.make().start_before_stop = true;
  core_under_test it{{.children = {a}}};
  it.start();
  it.ready("a");
  CHECK(it.command(command::restart_child, "a") == "start a");
  const life next{it.slot_of("a"), it.life_of("a").number + 1};
  CHECK(it.pause(5s, {{.what = news::ready, .who = next}}) == "swap a, stop a");
  CHECK(it.life_of("a") == next);
}
