#include "trial.hpp"

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

/// A checkout that bears two restarts in 10 s, in a shop that bears one in a minute.
declared_spec shop() {
  return {.intensity = {.restarts = 1, .period = 1min},
          .children = {nested("checkout", {.intensity = {.restarts = 2, .period = 10s},
                                           .children = {worker("cart"), worker("till")}})}};
}

} // namespace

SCENARIO("a supervisor gives up") {
  GIVEN("a child that crashes more often than its supervisor bears") {
    const declared_spec tree{.intensity = {.restarts = 3, .period = 10s},
                             .children = {worker("db"), worker("a")}};
    const auto x = trial(tree, "crash a every 2s");

    THEN("it is said when, over whom and by which rule") {
      CHECK(x.how == simulation_outcome::gave_up);
      CHECK(x.at == 8s);
      CHECK(x.restarts == 3);
      REQUIRE(x.refusals.size() == 1);
      CHECK(x.refusals.front().at == 8s);
      CHECK(x.path_of(x.refusals.front().who) == "/a");
      CHECK(x.refusals.front().rule == "intensity");
      REQUIRE(x.give_ups.size() == 1);
      CHECK(x.give_ups.front().at == 8s);
      CHECK(x.give_ups.front().who == nobody);
      CHECK(x.path_of(x.give_ups.front().culprit) == "/a");
      CHECK(x.give_ups.front().rule == "intensity");
      REQUIRE(x.rules.size() == 1);
      CHECK(x.rules.front().rule == "intensity");
      CHECK(x.rules.front().refused == 1);
    }

    THEN("who went down with it was not down before") {
      CHECK(story_of(x, "/db").longest_outage == 0s);
      CHECK_FALSE(story_of(x, "/db").is_down);
      CHECK(story_of(x, "/a").is_down);
    }
  }

  GIVEN("one below another") {
    WHEN("the lower one gives up") {
      const auto x = trial(shop(), "crash checkout/cart every 1s until 3s");

      THEN("the upper one starts it again, with everybody in it") {
        CHECK(told(x)
              == "  0:00:01.000  /checkout/cart panicked, restart in 10ms\n"
                 "  0:00:01.010  /checkout/cart restarted, attempt 2\n"
                 "  0:00:02.000  /checkout/cart panicked, restart in 20ms\n"
                 "  0:00:02.020  /checkout/cart restarted, attempt 3\n"
                 "  0:00:03.000  /checkout/cart panicked, its supervisor gives up\n"
                 "  0:00:03.000  /checkout/till stopped\n"
                 "  0:00:03.000  /checkout gave up over /checkout/cart\n"
                 "  0:00:03.000  /checkout gave up, restart in 10ms\n"
                 "  0:00:03.010  /checkout/cart restarted, attempt 1\n"
                 "  0:00:03.010  /checkout/till restarted, attempt 1\n"
                 "  0:00:03.010  /checkout restarted, attempt 2\n");
        CHECK(story_of(x, "/checkout/cart").restarts == 3);
        CHECK(story_of(x, "/checkout/till").restarts == 1);
        CHECK(story_of(x, "/checkout").longest_outage == 10ms);
        CHECK(x.how == simulation_outcome::held_out);
        REQUIRE(x.give_ups.size() == 1);
        CHECK(x.path_of(x.give_ups.front().who) == "/checkout");
      }
    }

    WHEN("it gives up again and again") {
      const auto x = trial(shop(), "crash checkout/cart every 1s");

      THEN("the upper one gives up, too, for a rule of its own") {
        CHECK(x.how == simulation_outcome::gave_up);
        CHECK(x.at == 6s);
        REQUIRE(x.give_ups.size() == 3);
        CHECK(x.path_of(x.give_ups[1].who) == "/checkout");
        CHECK(x.give_ups[2].who == nobody);
        CHECK(x.path_of(x.give_ups[2].culprit) == "/checkout");
        CHECK(x.give_ups[2].exit.detail == exit_detail::escalated);
        CHECK(x.give_ups[2].rule == "intensity");
      }
    }

    WHEN("a child below asks for the end of the whole tree") {
      const auto x = trial(shop(), "crash checkout/cart at 1s as fatal_config");

      THEN("every supervisor passes it on, and only the first one decided it") {
        CHECK(x.how == simulation_outcome::ended_tree);
        CHECK(x.refusals.size() == 1);
        CHECK(x.give_ups.size() == 2);
        CHECK(x.give_ups.back().exit.detail == exit_detail::shutdown_tree);
        CHECK(x.give_ups.back().rule == "");
      }
    }
  }
}

SCENARIO("a tree that does not start") {
  GIVEN("a child that nobody can do without") {
    WHEN("its first start fails") {
      const auto x = trial(shop(), "start checkout/till takes 2s\nstart checkout/till fails");

      THEN("what had been started is rolled back, up to the root") {
        CHECK(told(x)
              == "  0:00:02.000  /checkout/cart stopped\n"
                 "  0:00:02.000  /checkout could not start /checkout/till\n"
                 "  0:00:02.000  the root could not start /checkout\n"
                 "  0:00:02.000  everybody is down\n");
        CHECK(x.how == simulation_outcome::did_not_start);
        CHECK(x.at == 2s);
      }
    }
  }

  GIVEN("a child that may come later") {
    auto preview = worker("preview");
    preview.criticality = criticality::optional;
    const declared_spec tree{.children = {preview}};

    WHEN("its first two starts fail") {
      const auto x = trial(tree, "start preview fails 2 times");

      THEN("it is tried until it runs") {
        CHECK(told(x)
              == "  0:00:00.000  /preview could not start, restart in 10ms\n"
                 "  0:00:00.010  /preview could not start, restart in 20ms\n");
        CHECK(x.restarts == 0);
        CHECK(story_of(x, "/preview").longest_outage == 30ms);
      }
    }

    WHEN("it takes too long to start") {
      const auto x = trial(tree, "start preview takes 31s", {.how_long = 60s});

      THEN("its start time-out ends the attempt") {
        CHECK(told(x)
              == "  0:00:30.000  /preview took too long to start, restart in 10ms\n"
                 "  0:00:30.000  every child was started\n"
                 "  0:01:00.000  told to stop\n"
                 "  0:01:00.000  everybody is down\n");
      }
    }
  }
}

SCENARIO("a child says itself when it is ready") {
  GIVEN("a web front that needs a database which warms up") {
    auto db = worker("db");
    db.readiness = readiness::on_report;
    auto web = worker("web");
    web.dependencies = {"db"};
    const declared_spec tree{.children = {db, web}};

    THEN("the web front starts when the database is ready") {
      const auto x = trial(tree, "ready db after 5s\ncrash db at 1min");
      CHECK(told(x)
            == "  0:00:01.000  /web waits for /db\n"
               "  0:00:05.000  every child was started\n"
               "  0:01:00.000  /db panicked, restart in 10ms\n"
               "  0:01:00.010  /db restarted, attempt 2\n");
      CHECK(story_of(x, "/db").longest_outage == 5010ms);
    }

    THEN("without a word about it, it is ready at once") { CHECK(told(trial(tree, "")) == ""); }

    THEN("one that never is runs into its start time-out") {
      const auto x = trial(tree, "ready db never");
      CHECK(x.how == simulation_outcome::did_not_start);
      CHECK(x.at == 30s);
    }
  }
}
