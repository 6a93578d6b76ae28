#include "core_under_test.hpp"

#include <algorithm>

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

declared_spec shop() { return {.children = {worker("db"), worker("cache"), worker("web")}}; }

std::size_t starts(const core_under_test& it, const std::string& id) {
  return static_cast<std::size_t>(std::ranges::count_if(it.deeds, [&](const effect& x) {
    return x.what == deed::start && x.who.who == it.slot_of(id);
  }));
}

} // namespace

SCENARIO("a restart by command waits for the end of the life before") {
  GIVEN("a running child that takes its time") {
    core_under_test it{shop()};
    it.start();
    it.slow_to_stop = {"cache"};
    it.facts.clear();
    CHECK(it.command(command::restart_child, "cache") == "stop cache");
    CHECK(it.said().fence == fence_decision::queued_after_stop);
    CHECK(it.said().generation == 0);
    CHECK(it.said().target_generation == 1);
    CHECK(it.said().cancel_delivered);
    CHECK(it.said().stop == stop_state::cancel_delivered);
    CHECK(it.last(event_type::child_restart_fence_entered).wait == 5s);
    WHEN("it ends") {
      CHECK(it.exits("cache", cancelled) == "");
      CHECK(it.advance(0s) == "start cache");
      THEN("the fence is drained and then released") {
        CHECK(it.told("cache")
              == "command_accepted, child_restart_fence_entered, child_control_cancel_delivered, "
                 "child_control_command_completed, child_stopped, "
                 "child_restart_fence_pending_drained, child_control_stop_completed, "
                 "child_restarting, child_starting, child_running, child_restarted, "
                 "child_restart_fence_released, child_ready");
        CHECK(it.tally().children[it.slot_of("cache")].generation == 1);
      }
      THEN("it counts for nothing") {
        CHECK(it.state().strikes.empty());
        CHECK(it.tally().restarts == 0);
      }
    }
    WHEN("it does not end in time and nobody says anything") {
      CHECK(it.advance(5s - 1ns) == "");
      CHECK(it.advance(1ns) == "kill cache, start cache");
      CHECK(it.count(event_type::child_restart_fence_abort_requested, "cache") == 1);
      CHECK(it.count(event_type::child_control_stop_failed, "cache") == 0);
    }
    WHEN("it outlives its kill") {
      it.immortal = {"cache"};
      CHECK(it.advance(6s) == "kill cache, abandon cache");
      CHECK_FALSE(it.finished);
      THEN("it starts when its late end comes") {
        CHECK(it.advance(1h) == "");
        CHECK(it.exits("cache", killed) == "start cache");
        CHECK(it.count(event_type::child_restart_fence_released, "cache") == 1);
      }
      THEN("another restart is refused until then") {
        it.command(command::restart_child, "cache");
        CHECK(it.said().no == objection::still_running);
        CHECK(it.said().fence == fence_decision::rejected);
        CHECK(it.count(event_type::child_restart_conflict, "cache") == 1);
      }
    }
    WHEN("its restart fails") {
      it.failing = {"cache"};
      it.exits("cache", cancelled);
      THEN("its policy decides and nothing is released") {
        CHECK(it.advance(0s) == "start cache, wait 10ms");
        CHECK(it.count(event_type::child_restart_fence_released, "cache") == 0);
      }
    }
    WHEN("it is paused meanwhile") {
      CHECK(it.command(command::pause_child, "cache") == "");
      it.exits("cache", cancelled);
      CHECK(it.advance(1h) == "");
      CHECK(it.row("cache").now == phase::parked);
    }
  }
}

SCENARIO("restarts that come while one is pending are merged with it") {
  GIVEN("a child that was told to restart") {
    core_under_test it{shop()};
    it.start();
    it.slow_to_stop = {"cache"};
    it.command(command::restart_child, "cache");
    for (int i = 0; i < 10; ++i) {
      CHECK(it.command(command::restart_child, "cache") == "");
      CHECK(it.said().fence == fence_decision::already_pending);
      CHECK_FALSE(it.said().cancel_delivered);
    }
    CHECK(it.tally().children[it.slot_of("cache")].merged == 10);
    CHECK(it.count(event_type::child_restart_conflict, "cache") == 10);
    it.exits("cache", cancelled);
    it.advance(1s);
    CHECK(starts(it, "cache") == 2);
  }
  GIVEN("a group that is about to start it again") {
    auto spec = shop();
    spec.strategy = strategy::one_for_all;
    core_under_test it{spec};
    it.start();
    it.crash("cache");
    CHECK(it.command(command::restart_child, "cache") == "start db, start cache, start web");
    CHECK(it.said().fence == fence_decision::started_immediately);
    CHECK(it.advance(1s) == "");
  }
}

TEST_CASE("a restart of one that is down starts it at once") {
  core_under_test it{{.children = {{.id = "a", .start = {"x"}, .restart = restart::transient}}}};
  it.start();
  it.exits("a", ended_well);
  CHECK(it.command(command::restart_child, "a") == "start a");
  CHECK(it.said().fence == fence_decision::started_immediately);
  CHECK(it.said().stop == stop_state::no_active_attempt);
  CHECK_FALSE(it.said().had_attempt);
  CHECK(it.said().target_generation == 1);
}

TEST_CASE("a restart during the shutdown is blocked") {
  core_under_test it{shop()};
  it.start();
  it.slow_to_stop = {"web"};
  it.stop();
  CHECK(it.command(command::restart_child, "web") == "");
  CHECK(it.said().fence == fence_decision::blocked_by_shutdown);
  CHECK(it.said().no == objection::shutting_down);
  CHECK(it.count(event_type::child_restart_conflict, "web") == 1);
}

TEST_CASE("a shutdown takes a pending restart back") {
  core_under_test it{shop()};
  it.start();
  it.slow_to_stop = {"web"};
  it.command(command::restart_child, "web");
  CHECK(it.stop() == "");
  CHECK(it.exits("web", cancelled) == "stop cache, stop db, finish");
}

TEST_CASE("ten thousand restarts of one child leave one attempt and one start") {
  core_under_test it{{.children = {worker("a")}}};
  it.start();
  it.slow_to_stop = {"a"};
  std::vector<input> all;
  for (int i = 0; i < 5'000; ++i)
    all.push_back(it.input_of(command::restart_child, "a"));
  CHECK(it.feed(all) == "stop a");
  for (int i = 0; i < 5'000; ++i)
    it.command(command::restart_child, "a");
  CHECK(it.outcomes.size() == 10'000);
  CHECK(std::ranges::count(it.outcomes, fence_decision::queued_after_stop, &control_outcome::fence)
        == 1);
  CHECK(std::ranges::count(it.outcomes, fence_decision::already_pending, &control_outcome::fence)
        == 9'999);
  it.exits("a", cancelled);
  it.advance(1s);
  CHECK(it.row("a").now == phase::up);
  CHECK(it.row("a").number == 2);
  CHECK(starts(it, "a") == 2);
}

TEST_CASE("two operators who restart the same child in one step restart it once") {
  core_under_test it{shop()};
  it.start();
  SUBCASE("a running one") {
    CHECK(it.feed({it.input_of(command::restart_child, "web"),
                   it.input_of(command::restart_child, "web")})
          == "stop web");
    CHECK(it.said_to(1)->fence == fence_decision::queued_after_stop);
    CHECK(it.said_to(2)->fence == fence_decision::already_pending);
    CHECK(it.advance(0s) == "start web");
  }
  SUBCASE("one that is down") {
    it.command(command::terminate_child, "web");
    it.slow_to_start = {"web"};
    CHECK(it.feed({it.input_of(command::restart_child, "web"),
                   it.input_of(command::restart_child, "web")})
          == "start web, stop web");
    CHECK(it.said_to(2)->fence == fence_decision::started_immediately);
    CHECK(it.said_to(3)->fence == fence_decision::queued_after_stop);
  }
}

TEST_CASE("a restart together with the crash of that child starts it once") {
  core_under_test it{shop()};
  it.start();
  CHECK(it.feed({{.what = news::exited, .who = it.life_of("web"), .exit = died},
                 it.input_of(command::restart_child, "web")})
        == "wait 10ms, start web");
  CHECK(it.said().fence == fence_decision::started_immediately);
  CHECK(it.advance(1h) == "");
  CHECK(it.row("web").number == 2);
}

TEST_CASE("a new life that is slow to start is no restart that is pending") {
  core_under_test it{shop()};
  it.start();
  it.slow_to_start = {"web"};
  it.command(command::restart_child, "web");
  it.advance(0s);
  it.slow_to_stop = {"web"};
  it.advance(35s);
  CHECK(it.count(event_type::child_restart_fence_abort_requested, "web") == 0);
  CHECK(it.count(event_type::child_start_failed, "web") == 1);
}

TEST_CASE("news of a life before the fence are stale") {
  core_under_test it{shop()};
  it.start();
  const auto old = it.life_of("web");
  it.command(command::restart_child, "web");
  it.advance(0s);
  const auto before = it.state();
  it.feed({.what = news::exited, .who = old, .exit = died});
  it.feed({.what = news::heartbeat, .who = old});
  it.feed({.what = news::ready, .who = old});
  CHECK(it.tally().stale == 3);
  CHECK(it.state() == before);
}
