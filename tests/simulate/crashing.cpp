#include "trial.hpp"

using namespace supervisor;
using namespace std::chrono_literals;

SCENARIO("a child crashes now and then") {
  GIVEN("a shop with a pricing service that waits 100 ms and 200 ms and so on") {
    auto pricing = worker("pricing");
    pricing.backoff = {.first = 100ms, .longest = 1s};
    const declared_spec shop{.children = {worker("db"), pricing}};

    WHEN("it crashes once") {
      const auto x = trial(shop, "crash pricing at 10s");

      THEN("it is back when its wait is over") {
        CHECK(told(x)
              == "  0:00:10.000  /pricing panicked, restart in 100ms\n"
                 "  0:00:10.100  /pricing restarted, attempt 2\n");
        CHECK(x.how == simulation_outcome::held_out);
        CHECK(x.at == 1h);
        CHECK(x.restarts == 1);
        CHECK(story_of(x, "/pricing").longest_outage == 100ms);
        CHECK(story_of(x, "/db").longest_outage == 0s);
      }
    }

    WHEN("it crashes again and again for a while") {
      const auto x = trial(shop, "crash pricing every 2s from 10s until 14s");

      THEN("it crashes at both ends of that time as well") {
        CHECK(told(x)
              == "  0:00:10.000  /pricing panicked, restart in 100ms\n"
                 "  0:00:10.100  /pricing restarted, attempt 2\n"
                 "  0:00:12.000  /pricing panicked, restart in 100ms\n"
                 "  0:00:12.100  /pricing restarted, attempt 3\n"
                 "  0:00:14.000  /pricing panicked, restart in 100ms\n"
                 "  0:00:14.100  /pricing restarted, attempt 4\n");
      }
    }

    WHEN("it crashes some time after each of its starts") {
      const auto x = trial(shop, "crash pricing after 300ms as exit code 3", {.how_long = 1s});

      THEN("every crash is one restart later") {
        CHECK(told(x)
              == "  0:00:00.300  /pricing exit code 3, restart in 100ms\n"
                 "  0:00:00.400  /pricing restarted, attempt 2\n"
                 "  0:00:00.700  /pricing exit code 3, restart in 200ms\n"
                 "  0:00:00.900  /pricing restarted, attempt 3\n"
                 "  0:00:01.000  told to stop\n"
                 "  0:00:01.000  everybody is down\n");
      }
    }

    WHEN("it should crash while it is down") {
      const auto x = trial(shop, "crash pricing at 10s\ncrash pricing at 10050ms");

      THEN("that crash is missed, and counted") {
        CHECK(told(x)
              == "  0:00:10.000  /pricing panicked, restart in 100ms\n"
                 "  0:00:10.050  /pricing should crash, but does not run\n"
                 "  0:00:10.100  /pricing restarted, attempt 2\n");
        CHECK(story_of(x, "/pricing").missed == 1);
      }
    }
  }
}

SCENARIO("a child ends in other ways") {
  GIVEN("a job that is restarted only after a failure") {
    auto job = worker("job");
    job.restart = restart::transient;
    const declared_spec tree{.children = {job}};

    WHEN("it has done its work") {
      const auto x = trial(tree, "crash job at 10s as normal end");

      THEN("it stays down, and nobody was refused anything") {
        CHECK(told(x) == "  0:00:10.000  /job ended, left down\n");
        CHECK(x.refusals.empty());
        CHECK_FALSE(story_of(x, "/job").is_down);
        CHECK(story_of(x, "/job").longest_outage == 0s);
      }
    }

    WHEN("it finds that no restart can help anybody") {
      const auto x = trial(tree, "crash job at 10s as fatal_config");

      THEN("the tree ends, and it is said by which rule") {
        CHECK(told(x)
              == "  0:00:10.000  /job failed, the whole tree ends\n"
                 "  0:00:10.000  the root asks for the end of the tree over /job\n"
                 "  0:00:10.000  everybody is down\n");
        CHECK(x.how == simulation_outcome::ended_tree);
        REQUIRE(x.refusals.size() == 1);
        CHECK(x.refusals.front().rule == "standard");
        CHECK(x.refusals.front().instead == verdict::shutdown_tree);
      }
    }

    WHEN("it is killed, or times out") {
      const auto x = trial(tree, "crash job at 10s as killed\ncrash job at 20s as timeout");

      THEN("these are failures") {
        CHECK(told(x)
              == "  0:00:10.000  /job killed, restart in 10ms\n"
                 "  0:00:10.010  /job restarted, attempt 2\n"
                 "  0:00:20.000  /job timed out, restart in 10ms\n"
                 "  0:00:20.010  /job restarted, attempt 3\n");
      }
    }
  }

  GIVEN("a temporary child") {
    auto once = worker("once");
    once.restart = restart::temporary;

    WHEN("it crashes") {
      const auto x = trial({.children = {once}}, "crash once at 59min");

      THEN("it was refused a restart by its policy, and is down from then on") {
        CHECK(told(x) == "  0:59:00.000  /once panicked, left down\n");
        REQUIRE(x.refusals.size() == 1);
        CHECK(x.refusals.front().at == 59min);
        CHECK(x.refusals.front().rule == "standard");
        CHECK(story_of(x, "/once").is_down);
        CHECK(story_of(x, "/once").longest_outage == 1min);
      }
    }
  }
}

SCENARIO("children that go down together") {
  GIVEN("a cache, and a web front that is started after it and takes its time to stop and start") {
    const declared_spec shop{.strategy = strategy::rest_for_one,
                             .children = {worker("db"), worker("cache"), worker("web")}};

    WHEN("the cache crashes") {
      const auto x = trial(shop, "crash cache at 10s\nstop web takes 2s\nstart web takes 1s");

      THEN("the web front is down as long as its own start takes, the cache until it has stopped") {
        CHECK(told(x)
              == "  0:00:01.000  every child was started\n"
                 "  0:00:10.000  /cache panicked, restart in 10ms\n"
                 "  0:00:12.000  /web stopped\n"
                 "  0:00:12.000  /cache restarted, attempt 2\n"
                 "  0:00:13.000  /web restarted, attempt 2\n"
                 "  1:00:02.000  everybody is down\n");
        CHECK(story_of(x, "/cache").longest_outage == 2s);
        CHECK(story_of(x, "/web").longest_outage == 1s);
        CHECK(x.stop == 2s);
      }
    }

    WHEN("it is the web front that needs the cache, and nobody else goes along") {
      auto by_needs = shop;
      by_needs.strategy = strategy::one_for_dependents;
      by_needs.children.push_back(worker("log"));
      by_needs.children[2].dependencies = {"cache"};
      const auto x = trial(by_needs, "crash cache at 10s\nstop web takes 2s\ncrash log at 20s");

      THEN("the two come up together, and the log alone") {
        CHECK(told(x)
              == "  0:00:10.000  /cache panicked, restart in 10ms\n"
                 "  0:00:12.000  /web stopped\n"
                 "  0:00:12.000  /cache restarted, attempt 2\n"
                 "  0:00:12.000  /web restarted, attempt 2\n"
                 "  0:00:20.000  /log panicked, restart in 10ms\n"
                 "  0:00:20.010  /log restarted, attempt 2\n"
                 "  1:00:02.000  everybody is down\n");
      }
    }

    WHEN("a supervisor needs the cache") {
      declared_spec by_needs{
        .strategy = strategy::one_for_dependents,
        .children
        = {worker("cache"), nested("reports", {.children = {worker("daily")}}), worker("log")}};
      by_needs.children[1].dependencies = {"cache"};
      const auto x = trial(by_needs, "crash cache at 10s", {.how_long = 20s});

      THEN("it goes down with all that is below it, and comes back with that") {
        CHECK(story_of(x, "/reports").restarts == 1);
        CHECK(story_of(x, "/reports/daily").restarts == 1);
        CHECK(story_of(x, "/log").restarts == 0);
      }
    }

    WHEN("the web front ignores its stop") {
      const auto x = trial(shop, "crash cache at 10s\nstop web never", {.how_long = 20s});

      THEN("it is killed when its time is over") {
        CHECK(told(x)
              == "  0:00:10.000  /cache panicked, restart in 10ms\n"
                 "  0:00:15.000  /web killed\n"
                 "  0:00:15.000  /cache restarted, attempt 2\n"
                 "  0:00:15.000  /web restarted, attempt 2\n"
                 "  0:00:20.000  told to stop\n"
                 "  0:00:25.000  /web killed\n"
                 "  0:00:25.000  everybody is down\n");
      }
    }
  }
}
