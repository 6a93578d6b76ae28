#include "core_under_test.hpp"

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

declared_spec shop() {
  return {.intensity = {.restarts = 0}, .children = {worker("db"), worker("cache"), worker("web")}};
}

constexpr child_exit saying(failure_kind cause) {
  return {exit_class::nonzero_exit, exit_detail::none, cause, 0};
}

constexpr child_exit gave_up{exit_class::nonzero_exit, exit_detail::escalated, failure_kind::none,
                             0};
constexpr child_exit ends_the_tree{exit_class::nonzero_exit, exit_detail::shutdown_tree,
                                   failure_kind::none, 0};

} // namespace

SCENARIO("a supervisor that gives up stops its children last one first") {
  GIVEN("no restarts allowed and siblings that are slow to stop") {
    core_under_test it{shop()};
    it.start();
    it.slow_to_stop = {"web", "db"};
    CHECK(it.crash("cache") == "stop web");
    THEN("the one that crashed is not stopped again") {
      CHECK(it.exits("web", cancelled) == "stop db");
      CHECK(it.exits("db", cancelled) == "give up over cache");
      CHECK(it.deeds.back().who == it.life_of("cache"));
      CHECK(it.last(event_type::runtime_control_loop_failed).exit == died);
      CHECK(it.report() == "web graceful, db graceful, cache already_exited");
    }
    THEN("further deaths change nothing") {
      CHECK(it.crash("db") == "");
      CHECK(it.crash("web") == "give up over cache");
    }
    THEN("being told to stop meanwhile changes nothing either") {
      CHECK(it.stop() == "");
      it.exits("web", cancelled);
      CHECK(it.exits("db", cancelled) == "give up over cache");
      CHECK(it.over == aim::give_up);
    }
    THEN("nobody is restarted any more") {
      it.advance(1h);
      CHECK(it.finished);
      CHECK(it.row("cache").number == 1);
    }
  }
}

TEST_CASE("restarts that wait are given up too") {
  core_under_test it{{.intensity = {.restarts = 1}, .children = {worker("a"), worker("b")}}};
  it.start();
  CHECK(it.crash("a") == "wait 10ms");
  CHECK(it.crash("b") == "give up over b");
  CHECK(it.advance(1h) == "");
}

TEST_CASE("only a limit of the supervisor is a meltdown") {
  core_under_test it{shop()};
  it.start();
  WHEN("the intensity is exceeded") {
    it.crash("web");
    CHECK(it.last(event_type::meltdown).who == it.life_of("web"));
    CHECK(it.last(event_type::child_panicked).then.because == because_of_intensity);
  }
  WHEN("a child says it has a bug") {
    it.exits("web", saying(failure_kind::fatal_bug));
    CHECK(it.told("web").find("meltdown") == std::string::npos);
  }
}

SCENARIO("a supervisor that gave up is a failure to the one above") {
  for (const auto when : {restart::permanent, restart::transient}) {
    core_under_test it{{.children = {{.id = "sub", .start = {"x"}, .restart = when}}}};
    it.start();
    CHECK(it.exits("sub", gave_up) == "wait 10ms");
    CHECK(it.advance(10ms) == "start sub");
  }
  core_under_test it{{.children = {{.id = "sub", .start = {"x"}, .restart = restart::temporary}}}};
  it.start();
  CHECK(it.exits("sub", gave_up) == "");
}

SCENARIO("a child may say that no restart can help it") {
  GIVEN("all the restarts one could wish for") {
    auto spec = shop();
    spec.intensity.restarts = unlimited;
    core_under_test it{spec};
    it.start();
    WHEN("it has a bug") {
      CHECK(it.exits("cache", saying(failure_kind::fatal_bug))
            == "stop web, stop db, give up over cache");
    }
    WHEN("its configuration is wrong") {
      THEN("the whole tree ends") {
        CHECK(it.exits("cache", saying(failure_kind::fatal_config))
              == "stop web, stop db, end the tree over cache");
        CHECK(it.over == aim::end_tree);
      }
    }
    WHEN("a nested supervisor passes the end of the tree upwards") {
      CHECK(it.exits("web", ends_the_tree) == "stop cache, stop db, end the tree over web");
    }
  }
  GIVEN("a temporary child") {
    core_under_test it{
      {.children = {{.id = "temp", .start = {"x"}, .restart = restart::temporary}, worker("a")}}};
    it.start();
    THEN("its word counts as much") {
      CHECK(it.exits("temp", saying(failure_kind::fatal_config))
            == "stop a, end the tree over temp");
    }
  }
}

TEST_CASE("a stop goes on when a child asks for the end of the whole tree meanwhile") {
  core_under_test it{{.children = {{.id = "a", .start = {"x"}}, {.id = "sub", .start = {"x"}}}}};
  it.start();
  it.slow_to_stop = {"sub"};
  CHECK(it.stop() == "stop sub");
  CHECK(it.exits("sub", {exit_class::nonzero_exit, exit_detail::shutdown_tree})
        == "stop a, finish");
}

TEST_CASE("the end of the whole tree is passed on even from within a restart") {
  core_under_test it{
    {.strategy = strategy::one_for_all, .children = {worker("db"), worker("sub")}}};
  it.start();
  CHECK(it.together({{"db", died}, {"sub", ends_the_tree}}) == "wait 10ms, end the tree over sub");
}

SCENARIO("a policy of one's own has the last word about its child") {
  struct stays_away {
    decision decide(const situation&) const { return quarantine(); }
  };
  GIVEN("a cache that is to be left alone once it failed") {
    core_under_test it{
      {.strategy = strategy::one_for_all,
       .intensity = {.restarts = 0},
       .children = {worker("db"), {.id = "cache", .start = {"x"}, .policy = stays_away{}}}}};
    it.start();
    WHEN("it crashes") {
      CHECK(it.crash("cache") == "");
      THEN("it is down until an operator says otherwise") {
        CHECK(it.row("cache").now == phase::parked);
        CHECK(it.told("cache")
              == "child_starting, child_running, child_ready, child_panicked, "
                 "child_quarantined, child_control_operation_changed");
        CHECK(it.state().strikes.empty());
      }
    }
  }
  GIVEN("the same and a database that crashes afterwards") {
    core_under_test it{
      {.strategy = strategy::one_for_all,
       .children = {worker("db"), {.id = "cache", .start = {"x"}, .policy = stays_away{}}}}};
    it.start();
    it.crash("cache");
    THEN("no group restart brings it back") {
      CHECK(it.crash("db") == "wait 10ms");
      CHECK(it.advance(10ms) == "start db");
      CHECK(it.row("cache").now == phase::parked);
    }
  }
}

TEST_CASE("what a policy remembers is of one child") {
  struct two_lives {
    struct memory {
      int used = 1;
    };
    decision decide(const situation&, const memory& past) const {
      return past.used < 2 ? restart_now() : leave_down();
    }
    void remember(memory& m, const situation&, const decision& final) const {
      m.used += final.what == verdict::restart;
    }
  };
  const restart_policy shared{two_lives{}};
  core_under_test it{{.children = {{.id = "a", .start = {"x"}, .policy = shared},
                                   {.id = "b", .start = {"x"}, .policy = shared}}}};
  it.start();
  it.crash("a");
  CHECK(it.advance(0s) == "start a");
  it.crash("a");
  CHECK(it.advance(1h) == "");
  it.crash("b");
  CHECK(it.advance(0s) == "start b");
  CHECK(it.plan().kinds.size() == 1);
}
