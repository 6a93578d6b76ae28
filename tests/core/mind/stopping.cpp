#include "core_under_test.hpp"

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

declared_spec shop() { return {.children = {worker("db"), worker("cache"), worker("web")}}; }

} // namespace

SCENARIO("children stop one at a time in exactly the reverse order of starting") {
  GIVEN("a database, a cache and a web front that all take their time") {
    core_under_test it{shop()};
    it.start();
    it.slow_to_stop = {"db", "cache", "web"};
    CHECK(it.stop() == "stop web");
    it.advance(1s);
    CHECK(it.exits("web", cancelled) == "stop cache");
    it.advance(1s);
    CHECK(it.exits("cache", cancelled) == "stop db");
    CHECK(it.exits("db", cancelled) == "finish");
    CHECK(it.report() == "web graceful, cache graceful, db graceful");
  }
}

SCENARIO("who does not stop in time is killed") {
  GIVEN("two workers with a second each") {
    core_under_test it{{.children = {worker("first", 1s), worker("second", 1s)}}};
    it.start();
    WHEN("the second sleeps") {
      it.slow_to_stop = {"second"};
      CHECK(it.stop() == "stop second");
      CHECK(it.advance(1s - 1ns) == "");
      CHECK(it.advance(1ns) == "kill second, stop first, finish");
      THEN("the first stopped and the second was killed") {
        CHECK(it.report() == "second aborted, first graceful");
      }
    }
  }
  GIVEN("a worker with a second and one to be killed at once") {
    core_under_test it{{.children = {worker("first", 1s), worker("second", brutal_kill)}}};
    it.start();
    CHECK(it.stop() == "kill second, stop first, finish");
    CHECK(it.report() == "second aborted, first graceful");
  }
}

SCENARIO("a stop has an end however slow everybody is") {
  GIVEN("budgets of five, two and four seconds and children that use them up") {
    core_under_test it{
      {.children = {worker("a", 5s), worker("b", 2s), worker("c", stop_budget{4s, 3s})}}};
    it.start();
    it.slow_to_stop = {"a", "b", "c"};
    CHECK(it.stop() == "stop c");
    WHEN("they die when killed") {
      CHECK(it.advance(4s) == "kill c, stop b");
      THEN("once the largest budget has passed the rest are told together") {
        CHECK(it.advance(1s) == "stop a");
        THEN("and each has its own budget in full") {
          CHECK(it.advance(1s) == "kill b");
          CHECK(it.advance(4s - 1ns) == "");
          CHECK(it.advance(1ns) == "kill a, finish");
        }
      }
    }
    WHEN("they do not even die when killed") {
      it.immortal = {"a", "b", "c"};
      CHECK(it.advance(4s) == "kill c");
      CHECK(it.advance(1s) == "stop b, stop a");
      CHECK(it.advance(2s) == "kill b, abandon c");
      CHECK(it.advance(1s) == "abandon b");
      CHECK(it.advance(2s) == "kill a");
      THEN("it is over within twice the largest budget and the largest wait for a kill") {
        CHECK(it.advance(1s) == "abandon a, finish");
      }
    }
  }
  GIVEN("a hundred immortal children") {
    declared_spec spec;
    for (int i = 0; i < 100; ++i)
      spec.children.push_back(worker("c" + std::to_string(i)));
    core_under_test it{spec};
    it.start();
    for (const auto& x : spec.children)
      it.slow_to_stop.insert(x.id);
    it.immortal = it.slow_to_stop;
    it.stop();
    it.advance(11s - 1ns);
    CHECK_FALSE(it.finished);
    it.advance(1ns);
    CHECK(it.finished);
  }
}

SCENARIO("a child without a limit makes its siblings wait for it") {
  GIVEN("a nested supervisor after a worker") {
    core_under_test it{{.children = {worker("log"), worker("sub", unlimited_stop)}}};
    it.start();
    it.slow_to_stop = {"sub"};
    CHECK(it.stop() == "stop sub");
    CHECK(it.advance(24h) == "");
    CHECK(it.exits("sub", cancelled) == "stop log, finish");
  }
}

TEST_CASE("a child that dies by itself before it is told to stop is reported with its reason") {
  for (const auto why : {ended_well, died, cancelled, killed}) {
    core_under_test it{shop()};
    it.start();
    it.slow_to_stop = {"web"};
    it.stop();
    CHECK(it.exits("db", why) == "");
    CHECK(it.exits("web", cancelled) == "stop cache, finish");
    CHECK(it.report() == "web graceful, cache graceful, db already_exited");
    CHECK(it.tally().outcomes.back().exit == why);
  }
}

TEST_CASE("a child that was told to stop may end as it likes") {
  for (const auto why : {ended_well, died, killed}) {
    core_under_test it{shop()};
    it.start();
    it.slow_to_stop = {"web"};
    it.stop();
    CHECK(it.exits("web", why) == "stop cache, stop db, finish");
    CHECK(it.report() == "web graceful, cache graceful, db graceful");
    CHECK(it.tally().outcomes.front().exit == why);
    CHECK(it.state().strikes.empty());
  }
}

TEST_CASE("all may die together during the stop") {
  core_under_test it{shop()};
  it.start();
  it.slow_to_stop = {"web"};
  it.stop();
  CHECK(it.together({{"web", cancelled}, {"cache", died}, {"db", died}}) == "finish");
  CHECK(it.state().strikes.empty());
}

SCENARIO("a shutdown goes through its stages in order") {
  GIVEN("a database, a cache and a web front") {
    core_under_test it{shop()};
    it.start();
    CHECK(it.state().stage == shutdown_phase::idle);
    WHEN("everybody obeys") {
      it.stop();
      THEN("nobody is aborted") {
        CHECK(it.stages() == "request_stop, graceful_drain, reconcile, completed");
      }
    }
    WHEN("somebody has to be killed") {
      it.slow_to_stop = {"cache"};
      it.stop();
      CHECK(it.state().stage == shutdown_phase::graceful_drain);
      it.immortal = {"cache"};
      it.advance(5s);
      CHECK(it.state().stage == shutdown_phase::abort_stragglers);
      it.advance(1s);
      CHECK(it.stages() == "request_stop, graceful_drain, abort_stragglers, reconcile, completed");
    }
  }
}

SCENARIO("the report has every child once and says how it left") {
  GIVEN("one child of each sort") {
    core_under_test it{{.children = {{.id = "once", .start = {"x"}, .restart = restart::transient},
                                     worker("good"),
                                     worker("lazy"),
                                     worker("undead")}}};
    it.start();
    it.exits("once", ended_well);
    it.slow_to_stop = {"lazy", "undead"};
    it.immortal = {"undead"};
    it.stop();
    it.advance(1min);
    CHECK(it.report() == "good graceful, undead abort_failed, lazy aborted, once already_exited");
    CHECK(it.tally().outcomes[1].exit == no_end_so_far);
    THEN("one that ends after all is reported late") {
      CHECK(it.exits("undead", killed) == "");
      CHECK(it.report() == "good graceful, undead late_report, lazy aborted, once already_exited");
      CHECK(it.told("undead").find("child_shutdown_late_report") != std::string::npos);
    }
  }
  GIVEN("one that waits for its restart") {
    core_under_test it{shop()};
    it.start();
    it.crash("cache");
    CHECK(it.stop() == "stop web, stop db, finish");
    CHECK(it.report() == "web graceful, db graceful, cache already_exited");
    CHECK(it.tally().outcomes.back().exit == died);
    CHECK(it.advance(1h) == "");
  }
}

TEST_CASE("a child that was never started is in the report too") {
  core_under_test it{shop()};
  it.slow_to_start = {"cache"};
  it.start();
  it.stop();
  CHECK(it.report() == "cache graceful, db graceful, web never_started");
  CHECK(it.tally().outcomes.back().exit == no_life_at_all);
}

TEST_CASE("a child that was not started because of the end has no end in order") {
  core_under_test it{shop()};
  it.slow_to_start = {"cache"};
  it.start();
  it.slow_to_stop = {"cache"};
  it.stop();
  it.exits("cache", {exit_class::external_cancel, exit_detail::never_started});
  CHECK(it.report() == "cache never_started, db graceful, web never_started");
}

TEST_CASE("being told to stop twice is being told once") {
  core_under_test it{shop()};
  it.start();
  it.slow_to_stop = {"web"};
  it.stop();
  CHECK(it.stop() == "");
  CHECK(it.exits("web", cancelled) == "stop cache, stop db, finish");
  CHECK(it.stop() == "");
  CHECK(it.told("")
        == "runtime_control_loop_started, shutdown_requested, shutdown_phase_changed, "
           "shutdown_phase_changed, shutdown_phase_changed, shutdown_phase_changed, "
           "shutdown_completed, runtime_control_loop_completed");
}

SCENARIO("a stop in the middle of something else") {
  GIVEN("a group restart that waits for a slow web front") {
    auto spec = shop();
    spec.strategy = strategy::rest_for_one;
    core_under_test it{spec};
    it.start();
    it.slow_to_stop = {"web"};
    CHECK(it.crash("cache") == "stop web");
    it.advance(3s);
    WHEN("the supervisor is told to stop") {
      CHECK(it.stop() == "");
      THEN("the web front is not told twice and its time is not prolonged") {
        CHECK(it.advance(2s - 1ns) == "");
        CHECK(it.advance(1ns) == "kill web, stop db, finish");
      }
      THEN("its end goes on with the stop") {
        CHECK(it.exits("web", cancelled) == "stop db, finish");
        CHECK(it.report() == "web graceful, db graceful, cache already_exited");
      }
    }
  }
  GIVEN("a group that is coming up") {
    auto spec = shop();
    spec.strategy = strategy::one_for_all;
    core_under_test it{spec};
    it.start();
    it.slow_to_start = {"cache"};
    it.crash("web");
    CHECK(it.advance(10ms) == "start db, start cache");
    CHECK(it.stop() == "stop cache, stop db, finish");
  }
  GIVEN("a start that was not over") {
    core_under_test it{shop()};
    it.slow_to_start = {"cache"};
    CHECK(it.start() == "start db, start cache");
    CHECK(it.stop() == "stop cache, stop db, finish");
    CHECK_FALSE(it.begun);
    CHECK(it.row("web").number == 0);
  }
  GIVEN("a supervisor that has not started anybody") {
    core_under_test it{shop()};
    CHECK(it.stop() == "finish");
  }
  GIVEN("a child that is being killed for being slow to start") {
    core_under_test it{{.children = {worker("db"), worker("web")}}};
    it.slow_to_start = it.slow_to_stop = it.immortal = {"web"};
    it.start();
    it.advance(30s);
    it.advance(5s);
    CHECK(it.stop() == "");
    it.immortal = {};
    CHECK(it.exits("web", killed) == "stop db, finish");
    CHECK(it.over == aim::stop);
  }
}

TEST_CASE("nobody is stopped before its turn for being slow to get ready") {
  core_under_test it{{.children = {{.id = "db", .start = {"x"}, .readiness = readiness::on_report},
                                   worker("web", unlimited_stop)}}};
  it.start();
  it.slow_to_stop = {"web"};
  CHECK(it.stop() == "stop web");
  CHECK(it.advance(30s) == "");
  CHECK(it.exits("web", cancelled) == "stop db, finish");
}
