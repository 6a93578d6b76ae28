#include "core_under_test.hpp"

using namespace supervisor;
using namespace std::chrono_literals;

SCENARIO("every decided fact is an event in its order") {
  GIVEN("a child that runs") {
    core_under_test it{{.children = {worker("a"), worker("b")}}};
    it.start();
    CHECK(it.told("a") == "child_starting, child_running, child_ready");
    it.facts.clear();
    it.advance(3s);
    WHEN("it crashes and comes back") {
      it.crash("a");
      const auto crashed = it.now;
      it.advance(10ms);
      CHECK(it.told("a")
            == "child_panicked, backoff_scheduled, child_restarting, child_starting, "
               "child_running, child_restarted, child_ready");
      THEN("the first event holds the question and the answer") {
        const auto& x = it.last(event_type::child_panicked);
        CHECK(x.who == life{0, 1});
        CHECK(x.at == crashed);
        CHECK(x.exit == died);
        CHECK(x.decided);
        CHECK(x.given.exit == died);
        CHECK(x.given.uptime == 3s);
        CHECK(x.given.streak == 0);
        CHECK(x.given.recent == 0);
        CHECK(x.given.now == crashed);
        CHECK(x.then == restart_after(10ms));
        CHECK(it.last(event_type::backoff_scheduled).wait == 10ms);
      }
      THEN("asking the policy again gives the same answer") {
        const auto& x = it.last(event_type::child_panicked);
        CHECK(it.plan().of(0).policy.decide(x.given, {}) == x.then);
      }
      THEN("the next question knows of this restart") {
        it.crash("a");
        const auto& x = it.last(event_type::child_panicked);
        CHECK(x.who == life{0, 2});
        CHECK(x.given.streak == 1);
        CHECK(x.given.recent == 1);
        CHECK(x.given.last_wait == 10ms);
        CHECK(x.given.uptime == 0s);
      }
    }
    WHEN("it ends in other ways") {
      it.exits("a", ended_well);
      CHECK(it.told("a") == "child_stopped, backoff_scheduled");
      it.exits("b", {exit_class::nonzero_exit, exit_detail::code, failure_kind::none, 3});
      CHECK(it.told("b") == "child_failed, backoff_scheduled");
      CHECK(it.last(event_type::child_failed).exit.code == 3);
    }
  }
  GIVEN("a child that is stopped for a sibling") {
    core_under_test it{{.strategy = strategy::one_for_all, .children = {worker("a"), worker("b")}}};
    it.start();
    it.facts.clear();
    it.crash("a");
    CHECK(it.told("b") == "child_control_cancel_delivered, child_stopped");
    THEN("its end was asked for and nobody decided about it") {
      CHECK(it.last(event_type::child_stopped).exit.what == exit_class::manual_stop);
      CHECK_FALSE(it.last(event_type::child_stopped).decided);
    }
  }
  GIVEN("a child that is stopped with its supervisor") {
    core_under_test it{{.children = {worker("a")}}};
    it.start();
    it.facts.clear();
    it.stop();
    CHECK(it.told("a") == "child_shutdown_cancel_delivered, child_shutdown_graceful");
  }
  GIVEN("a child that fails to start") {
    core_under_test it{{.children = {worker("a")}}};
    it.failing = {"a"};
    it.start();
    CHECK(it.told("a") == "child_starting, child_start_failed, runtime_control_loop_failed");
  }
}

SCENARIO("news of another life has no effect but is recorded and counted") {
  GIVEN("a child in its second life") {
    core_under_test it{
      {.children = {{.id = "a", .start = {"x"}, .readiness = readiness::on_report}}}};
    it.start();
    it.ready("a");
    it.crash("a");
    it.advance(10ms);
    const auto before = it.state();
    const auto stale = [&](news what, life who) {
      const auto count = it.tally().stale;
      CHECK(it.feed({.what = what, .who = who, .exit = died}) == "");
      CHECK(it.state() == before);
      CHECK(it.tally().stale == count + 1);
      CHECK(it.last(event_type::child_attempt_stale_report).who == who);
    };
    WHEN("its first life ends again") { stale(news::exited, {0, 1}); }
    WHEN("its first life starts or is ready") {
      stale(news::started, {0, 1});
      stale(news::ready, {0, 1});
      stale(news::ignored, {0, 1});
    }
    WHEN("a life is named that never was") {
      stale(news::exited, {0, 3});
      stale(news::exited, {0, 0});
    }
    WHEN("a child is named that never was") {
      stale(news::exited, {7, 1});
      stale(news::started, {nobody, 1});
    }
  }
  GIVEN("a child that is down") {
    core_under_test it{{.children = {worker("a")}}};
    it.start();
    it.crash("a");
    WHEN("its end is told twice") {
      CHECK(it.crash("a") == "");
      THEN("it counts once") {
        CHECK(it.state().strikes.size() == 1);
        CHECK(it.tally().stale == 1);
        CHECK(it.advance(10ms) == "start a");
      }
    }
  }
  GIVEN("an end that is told twice in one breath") {
    core_under_test it{{.children = {worker("a")}}};
    it.start();
    CHECK(it.together({{"a", died}, {"a", died}}) == "wait 10ms");
    CHECK(it.state().strikes.size() == 1);
  }
}

SCENARIO("attempts count starts and generations count restarts") {
  GIVEN("a child that crashes and then fails to start twice") {
    core_under_test it{{.children = {worker("a")}}};
    it.start();
    CHECK(it.last(event_type::child_running).generation == 0);
    it.failing = {"a"};
    it.crash("a");
    it.advance(10ms);
    it.advance(20ms);
    it.failing = {};
    it.advance(40ms);
    THEN("its retries share a generation") {
      const auto& x = it.last(event_type::child_running);
      CHECK(x.who.number == 4);
      CHECK(x.generation == 1);
      CHECK(it.tally().children[0].restarts == 1);
    }
    WHEN("it crashes again") {
      it.crash("a");
      it.advance(1s);
      CHECK(it.last(event_type::child_running).generation == 2);
      CHECK(it.last(event_type::child_running).who.number == 5);
    }
  }
  GIVEN("a sibling that is restarted with it") {
    core_under_test it{{.strategy = strategy::one_for_all, .children = {worker("a"), worker("b")}}};
    it.start();
    it.crash("a");
    it.advance(10ms);
    CHECK(it.last(event_type::child_running).who == life{1, 2});
    CHECK(it.last(event_type::child_running).generation == 1);
  }
}

TEST_CASE("luck is the same for the same life and differs between lives children and seeds") {
  CHECK(luck(1, {3, 2}) == luck(1, {3, 2}));
  CHECK(luck(1, {3, 2}) != luck(1, {3, 3}));
  CHECK(luck(1, {3, 2}) != luck(1, {4, 2}));
  CHECK(luck(1, {3, 2}) != luck(2, {3, 2}));
  double sum = 0;
  for (slot who = 0; who < 10'000; ++who) {
    const auto x = luck(42, {who, 1});
    REQUIRE(x >= 0.0);
    REQUIRE(x < 1.0);
    sum += x;
  }
  CHECK(sum / 10'000 == doctest::Approx(0.5).epsilon(0.02));
}

TEST_CASE("those who fell together do not rise together once there is jitter") {
  declared_spec herd;
  herd.intensity.restarts = unlimited;
  herd.defaults.backoff = {1s, 1s, jitter::full()};
  for (int i = 0; i < 20; ++i)
    herd.children.push_back(worker("c" + std::to_string(i)));
  core_under_test it{herd};
  it.start();
  std::vector<input> all;
  for (slot i = 0; i < 20; ++i)
    all.push_back({.what = news::exited, .who = {i, 1}, .exit = died});
  it.feed(all);
  std::set<time_point> due;
  for (const auto& x : it.state().children)
    due.insert(x.since);
  CHECK(due.size() == 20);
}

TEST_CASE("the same inputs give the same effects and the same state") {
  const declared_spec spec{.children = {worker("a"), worker("b")},
                           .defaults = {.backoff = {10ms, 1s, jitter::decorrelated()}}};
  const auto lived = [&spec] {
    core_under_test it{spec};
    auto text = it.start();
    for (int i = 0; i < 5; ++i) {
      text += it.crash("a");
      text += it.advance(77ms);
      text += it.crash("b");
      text += it.advance(3s);
    }
    return std::pair{text, it.state()};
  };
  CHECK(lived() == lived());
}

SCENARIO("one wake-up is armed at a time and it is the earliest") {
  GIVEN("three children that wait for their restarts") {
    core_under_test it{{.children = {{.id = "slow", .start = {"x"}, .backoff = {300ms, 1s}},
                                     {.id = "slower", .start = {"x"}, .backoff = {400ms, 1s}},
                                     {.id = "fast", .start = {"x"}, .backoff = {100ms, 1s}}}}};
    it.start();
    it.deeds.clear();
    const auto armed = [&it] {
      std::string text;
      for (const auto& x : it.deeds)
        if (x.what == deed::wake)
          text += std::to_string((x.at - it.now).count() / 1'000'000) + " ";
      return text;
    };
    it.crash("slow");
    CHECK(armed() == "300 ");
    it.crash("slower");
    CHECK(armed() == "300 ");
    it.crash("fast");
    CHECK(armed() == "300 100 ");
    THEN("each comes back in its time") {
      CHECK(it.advance(100ms) == "start fast");
      CHECK(it.advance(200ms) == "start slow");
      CHECK(it.advance(100ms) == "start slower");
    }
    THEN("a wake-up too early does no harm") {
      const auto before = it.state();
      CHECK(it.feed({.what = news::deadline}) == "");
      CHECK(it.state() == before);
    }
    THEN("a wake-up too late makes up for what was missed") {
      it.now += 1h;
      CHECK(it.feed({.what = news::deadline}) == "start fast, start slow, start slower");
    }
  }
}
