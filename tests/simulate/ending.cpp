#include "trial.hpp"

using namespace supervisor;
using namespace std::chrono_literals;

SCENARIO("the time of a simulation is over") {
  GIVEN("a child that does not even react to its kill") {
    const declared_spec tree{.children = {worker("a"), worker("stuck")}};
    const auto x = trial(tree, "stop stuck never\nkill stuck never", {.how_long = 10s});

    THEN("it is left behind, and named") {
      CHECK(told(x)
            == "  0:00:10.000  told to stop\n"
               "  0:00:16.000  /stuck abandoned: it did not react to its kill\n"
               "  0:00:16.000  everybody is down\n");
      CHECK(x.how == simulation_outcome::held_out);
      CHECK(x.stop == 6s);
      REQUIRE(x.left_behind.size() == 1);
      CHECK(x.path_of(x.left_behind.front()) == "/stuck");
    }
  }

  GIVEN("a child that is waited for as long as it takes") {
    auto slow = worker("slow");
    slow.shutdown = unlimited_stop;
    const declared_spec tree{.children = {slow}};

    THEN("the simulation ends all the same, and says that the tree would not") {
      const auto x = trial(tree, "stop slow never", {.how_long = 10s});
      CHECK(told(x) == "  0:00:10.000  told to stop\n");
      CHECK(x.how == simulation_outcome::never_stopped);
      REQUIRE(x.left_behind.size() == 1);
      CHECK(x.path_of(x.left_behind.front()) == "/slow");
    }
  }

  GIVEN("crashes up to the last moment") {
    const auto x = trial({.children = {worker("a")}}, "crash a every 1s", {.how_long = 3s});

    THEN("the one at the very end is not told") { CHECK(x.restarts == 2); }
  }
}

SCENARIO("somebody is left below a supervisor that is killed") {
  GIVEN("one that has no time to stop, with a child that takes its time to die") {
    auto below = nested("below", {.children = {worker("slow")}});
    below.shutdown = brutal_kill;
    const declared_spec tree{.strategy = strategy::one_for_all,
                             .children = {worker("a"), std::move(below)}};
    const auto x = trial(tree, "kill below/slow takes 500ms\ncrash a at 10s");

    THEN("nobody is started again before it has ended") {
      CHECK(told(x)
            == "  0:00:10.000  /a panicked, restart in 10ms\n"
               "  0:00:10.500  /below ended after all\n"
               "  0:00:10.500  /below killed\n"
               "  0:00:10.500  /a restarted, attempt 2\n"
               "  0:00:10.500  /below/slow restarted, attempt 1\n"
               "  0:00:10.500  /below restarted, attempt 2\n"
               "  1:00:00.500  /below ended after all\n"
               "  1:00:00.500  /below killed\n"
               "  1:00:00.500  everybody is down\n");
      CHECK(story_of(x, "/below/slow").longest_outage == 500ms);
      CHECK(x.left_behind.empty());
    }
  }

  GIVEN("one that gave up, with a child that outlives its kill") {
    const declared_spec tree{.children
                             = {nested("below", {.intensity = {.restarts = 0},
                                                 .children = {worker("stuck"), worker("a")}})}};
    const auto script = "stop below/stuck never\nkill below/stuck takes ";

    THEN("it is not started again while that one lingers") {
      const auto x = trial(tree, script + std::string{"5s\ncrash below/a at 10s"});
      CHECK(told(x)
            == "  0:00:10.000  /below/a panicked, its supervisor gives up\n"
               "  0:00:16.000  /below/stuck abandoned: it did not react to its kill\n"
               "  0:00:16.000  /below gave up over /below/a\n"
               "  0:00:16.000  /below gave up, restart in 10ms\n"
               "  0:00:17.010  /below waits for what was abandoned below it\n"
               "  0:00:20.000  /below ended after all\n"
               "  0:00:20.000  /below/stuck restarted, attempt 1\n"
               "  0:00:20.000  /below/a restarted, attempt 1\n"
               "  0:00:20.000  /below restarted, attempt 2\n"
               "  1:00:06.000  /below/stuck abandoned: it did not react to its kill\n"
               "  1:00:06.000  everybody is down\n");
    }

    THEN("nor ever, if that one does not end") {
      const auto x = trial(tree, script + std::string{"2h\ncrash below/a at 10s"});
      CHECK(story_of(x, "/below").is_down);
      CHECK(story_of(x, "/below").longest_outage == 1h - 16s);
      REQUIRE(x.left_behind.size() == 1);
      CHECK(x.path_of(x.left_behind.front()) == "/below/stuck");
    }
  }
}

SCENARIO("a simulation always ends") {
  GIVEN("a tree that restarts for ever, and never waits") {
    auto a = worker("a");
    a.backoff = {.first = 0s, .longest = 1s};
    a.criticality = criticality::optional;
    const declared_spec tree{.intensity = {.restarts = unlimited}, .children = {a}};

    THEN("it is said that it never rests") {
      const auto x = trial(tree, "start a fails");
      CHECK(x.how == simulation_outcome::never_rested);
      CHECK(x.at == 0s);
    }
  }

  GIVEN("a script that asks for too much") {
    THEN("it is broken off") {
      const auto x = trial({.children = {worker("a")}}, "crash a every 1ns from 1s",
                           {.most_happenings = 1000});
      CHECK(x.how == simulation_outcome::too_much_to_tell);
      CHECK(x.at < 2s);
    }
  }

  GIVEN("more time than there is") {
    THEN("the time that there is goes by") {
      const auto x = trial({.children = {worker("a")}}, "crash a at 1s", {.how_long = never});
      CHECK(x.how == simulation_outcome::held_out);
      CHECK(x.at > 24h * 365 * 290);
    }
  }
}
