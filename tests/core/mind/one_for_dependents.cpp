#include "core_under_test.hpp"

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

declared_child_spec needing(std::string id, std::vector<std::string> needs) {
  auto x = worker(std::move(id));
  x.dependencies = std::move(needs);
  return x;
}

declared_spec with_dependents(std::vector<declared_child_spec> children) {
  return {.strategy = strategy::one_for_dependents,
          .intensity = {.restarts = unlimited},
          .children = std::move(children)};
}

/// A cache and a queue need the database, the web front needs both; the log needs nobody.
declared_spec diamond() {
  return with_dependents({worker("db"), needing("cache", {"db"}), worker("log"),
                          needing("queue", {"db"}), needing("web", {"cache", "queue"})});
}

} // namespace

SCENARIO("one_for_dependents restarts the crashed child and those that depend on it") {
  GIVEN("a diamond of dependencies, and a log beside it") {
    core_under_test it{diamond()};
    CHECK(it.start() == "start db, start cache, start log, start queue, start web, begun");
    WHEN("the one that everybody needs crashes") {
      THEN("the youngest goes down first, and they come up in start order") {
        CHECK(it.crash("db") == "stop web, stop queue, stop cache, wait 10ms");
        CHECK(it.advance(10ms - 1ns) == "");
        CHECK(it.advance(1ns) == "start db, start cache, start queue, start web");
        CHECK(it.row("log").number == 1);
        CHECK(it.state().strikes.size() == 1);
      }
    }
    WHEN("one in the middle crashes") {
      CHECK(it.crash("cache") == "stop web, wait 10ms");
      CHECK(it.advance(10ms) == "start cache, start web");
      CHECK(it.row("db").number == 1);
      CHECK(it.row("queue").number == 1);
    }
    WHEN("one on which nobody depends crashes") {
      CHECK(it.crash("web") == "wait 10ms");
      CHECK(it.advance(10ms) == "start web");
    }
    WHEN("several of them crash together") {
      CHECK(it.together({{"web", died}, {"db", died}}) == "stop queue, stop cache, wait 10ms");
      THEN("that is one restart") {
        CHECK(it.state().strikes.size() == 1);
        CHECK(it.advance(10ms) == "start db, start cache, start queue, start web");
      }
    }
    WHEN("two in the middle crash together") {
      CHECK(it.together({{"cache", died}, {"queue", died}}) == "stop web, wait 10ms");
      CHECK(it.advance(10ms) == "start cache, start queue, start web");
    }
  }
}

SCENARIO("nobody comes up before all who depend on it are down") {
  GIVEN("a web front that is slow to stop, as the cache has crashed") {
    core_under_test it{diamond()};
    it.start();
    it.slow_to_stop = {"web"};
    CHECK(it.crash("cache") == "stop web");
    WHEN("the backoff is over") {
      CHECK(it.advance(1s) == "");
      CHECK(it.exits("web", cancelled) == "");
      CHECK(it.advance(0s) == "start cache, start web");
    }
    WHEN("the queue, on which the web front depends as well, crashes") {
      CHECK(it.crash("queue") == "");
      CHECK(it.advance(1s) == "");
      THEN("all of them come up together") {
        CHECK(it.exits("web", cancelled) == "");
        CHECK(it.advance(0s) == "start cache, start queue, start web");
        CHECK(it.state().strikes.size() == 2);
      }
    }
    WHEN("the database crashes") {
      CHECK(it.crash("db") == "");
      CHECK(it.exits("web", cancelled) == "stop queue, wait 10ms");
      CHECK(it.advance(10ms) == "start db, start cache, start queue, start web");
    }
    WHEN("it does not stop at all") {
      it.immortal = {"web"};
      CHECK(it.advance(5s) == "kill web");
      CHECK(it.advance(1s) == "abandon web, stop queue, stop log, stop db, give up over cache");
      CHECK(it.over == aim::give_up);
    }
  }
}

SCENARIO("a failure while those who depend on each other wait to come up") {
  GIVEN("a database with a long backoff, and its dependents down") {
    auto spec = diamond();
    spec.children[0].backoff = {1s, 1s};
    core_under_test it{spec};
    it.start();
    CHECK(it.crash("db") == "stop web, stop queue, stop cache, wait 1s");
    it.advance(500ms);
    WHEN("the log crashes, which needs nobody") {
      CHECK(it.crash("log") == "wait 10ms");
      CHECK(it.advance(10ms) == "start log");
      CHECK(it.advance(490ms) == "start db, start cache, start queue, start web");
    }
    WHEN("the database crashes again as soon as it is up") {
      it.slow_to_start = {"cache"};
      CHECK(it.advance(500ms) == "start db, start cache");
      CHECK(it.crash("db") == "stop cache, wait 1s");
      it.slow_to_start = {};
      CHECK(it.advance(1s) == "start db, start cache, start queue, start web");
      CHECK(it.row("queue").number == 2);
      CHECK(it.row("log").number == 1);
    }
    WHEN("a dependent cannot start") {
      it.failing = {"queue"};
      CHECK(it.advance(500ms) == "start db, start cache, start queue, wait 10ms");
      it.failing = {};
      THEN("it is tried again, and the web front waits for it") {
        CHECK(it.advance(10ms) == "start queue, start web");
        CHECK(it.row("db").number == 2);
        CHECK(it.row("cache").number == 2);
      }
    }
    WHEN("the supervisor is told to stop") { CHECK(it.stop() == "stop log, finish"); }
  }
  GIVEN("a web front that waits for its own restart") {
    auto spec = diamond();
    spec.children[4].backoff = {1h, 1h};
    core_under_test it{spec};
    it.start();
    CHECK(it.crash("web") == "wait 1h");
    THEN("it comes along with the one that it needs") {
      CHECK(it.crash("cache") == "wait 10ms");
      CHECK(it.advance(10ms) == "start cache, start web");
      CHECK(it.advance(2h) == "");
    }
  }
}

TEST_CASE("who depends on one over another that is held depends on it all the same") {
  for (const auto order :
       {command::pause_child, command::quarantine_child, command::terminate_child}) {
    core_under_test it{
      with_dependents({worker("db"), needing("cache", {"db"}), needing("web", {"cache"})})};
    it.start();
    CHECK(it.command(order, "cache") == "stop cache");
    CHECK(it.crash("db") == "stop web, wait 10ms");
    CHECK(it.advance(10ms) == "start db");
    CHECK(it.row("web").waits_for == wait_reason::dependencies);
    CHECK(it.command(command::restart_child, "cache") == "start cache, start web");
  }
}

SCENARIO("dependents that are down when the one they need fails") {
  const auto chain
    = with_dependents({worker("db"), needing("cache", {"db"}), needing("web", {"cache"})});
  GIVEN("a web front that an operator holds down") {
    core_under_test it{chain};
    it.start();
    it.command(command::pause_child, "web");
    CHECK(it.crash("db") == "stop cache, wait 10ms");
    CHECK(it.advance(10ms) == "start db, start cache");
    CHECK(it.row("web").now == phase::parked);
  }
  GIVEN("a transient cache that has ended well") {
    auto spec = chain;
    spec.children[1].restart = restart::transient;
    core_under_test it{spec};
    it.start();
    CHECK(it.exits("cache", ended_well) == "");
    THEN("its end concerns nobody") { CHECK(it.row("web").number == 1); }
    WHEN("the database crashes") {
      THEN("it runs again with those it goes along with, as in every group") {
        CHECK(it.crash("db") == "stop web, wait 10ms");
        CHECK(it.advance(10ms) == "start db, start cache, start web");
      }
    }
  }
  GIVEN("a temporary web front") {
    auto spec = chain;
    spec.children[2].restart = restart::temporary;
    core_under_test it{spec};
    it.start();
    CHECK(it.crash("db") == "stop web, stop cache, wait 10ms");
    CHECK(it.advance(10ms) == "start db, start cache");
    CHECK(it.row("web").now == phase::forgotten);
  }
}

SCENARIO("a child that fails and is not started again") {
  GIVEN("a temporary cache on which the web front depends") {
    auto spec
      = with_dependents({worker("db"), needing("cache", {"db"}), needing("web", {"cache"})});
    spec.children[1].restart = restart::temporary;
    core_under_test it{spec};
    it.start();
    WHEN("it crashes") {
      THEN("the web front goes down, and says for whom it waits") {
        CHECK(it.crash("cache") == "stop web");
        CHECK(it.advance(1h) == "");
        CHECK(it.row("web").waits_for == wait_reason::dependencies);
        CHECK(it.count(event_type::child_blocked, "web") == 1);
        CHECK(it.row("db").number == 1);
      }
    }
    WHEN("it ends well") {
      CHECK(it.exits("cache", ended_well) == "");
      CHECK(it.row("web").number == 1);
    }
  }
  GIVEN("a cache that is quarantined at its first failure") {
    auto spec = with_dependents(
      {worker("db"), needing("cache", {"db"}), needing("web", {"cache"}), worker("log")});
    auto& more = spec.children[1].more.make();
    more.limits = child_limits{.restart_limit = policies::restart_limit{.max_restarts = 0}};
    more.reactions.on_budget_exhausted = on_budget_exhausted_action::quarantine;
    core_under_test it{spec};
    it.start();
    CHECK(it.crash("cache") == "stop web");
    CHECK(it.row("cache").op == operation::quarantined);
    CHECK(it.advance(1h) == "");
    THEN("its dependents come back with it") {
      CHECK(it.row("web").op == operation::active);
      CHECK(it.command(command::release_child, "cache") == "start cache, start web");
    }
    THEN("an end of the one that all need takes the web front along once more") {
      CHECK(it.crash("db") == "wait 10ms");
      CHECK(it.advance(10ms) == "start db");
      CHECK(it.row("web").now == phase::waiting);
    }
  }
  GIVEN("a scope that is quarantined as a whole") {
    auto spec = diamond();
    spec.intensity = {.restarts = 0, .period = 1s};
    spec.more.make().escalation_policy = escalation_policy::quarantine_scope;
    core_under_test it{spec};
    it.start();
    CHECK(it.crash("cache") == "stop web");
    CHECK(it.row("cache").op == operation::quarantined);
    CHECK(it.row("web").op == operation::quarantined);
    CHECK(it.row("queue").now == phase::up);
  }
}

SCENARIO("commands touch the child they name, as with every strategy") {
  GIVEN("a diamond") {
    core_under_test it{diamond()};
    it.start();
    CHECK(it.command(command::restart_child, "cache") == "stop cache");
    CHECK(it.advance(0s) == "start cache");
    CHECK(it.command(command::pause_child, "db") == "stop db");
    CHECK(it.row("web").number == 1);
    THEN("one that is needed is not removed") {
      it.command(command::remove_child, "db");
      CHECK(it.said().no == objection::needed);
    }
  }
}

SCENARIO("children that come at run time take part in one_for_dependents") {
  GIVEN("a child that is added and needs one that runs") {
    core_under_test it{with_dependents({worker("db"), worker("log")})};
    it.start();
    CHECK(it.plan().each_for_itself);
    CHECK(it.add(needing("web", {"db"})) == "start web");
    CHECK_FALSE(it.plan().each_for_itself);
    CHECK(it.crash("db") == "stop web, wait 10ms");
    CHECK(it.advance(10ms) == "start db, start web");
    CHECK(it.crash("log") == "wait 10ms");
    WHEN("it is removed") {
      CHECK(it.command(command::remove_child, "web") == "stop web");
      it.advance(10ms);
      CHECK(it.crash("db") == "wait 20ms");
    }
  }
}

SCENARIO("a supervisor that becomes one_for_dependents") {
  GIVEN("one_for_one and a chain") {
    auto spec = diamond();
    spec.strategy = strategy::one_for_one;
    core_under_test it{spec};
    it.start();
    CHECK(it.crash("db") == "wait 10ms");
    it.advance(10ms);
    WHEN("its strategy changes") {
      spec.strategy = strategy::one_for_dependents;
      CHECK(it.revise(spec) == "");
      THEN("nobody is restarted for that, and the next crash takes the dependents along") {
        CHECK(it.crash("cache") == "stop web, wait 10ms");
        CHECK(it.advance(10ms) == "start cache, start web");
        spec.strategy = strategy::one_for_one;
        CHECK(it.revise(spec) == "");
        CHECK(it.crash("cache") == "wait 20ms");
      }
    }
    WHEN("who depends on whom changes too") {
      spec.strategy = strategy::one_for_dependents;
      spec.children[4].dependencies = {"queue"};
      it.revise(spec);
      CHECK(it.crash("cache") == "wait 10ms");
      it.advance(10ms);
      CHECK(it.crash("queue") == "stop web, wait 10ms");
    }
  }
}

SCENARIO("one_for_dependents for some children only") {
  const auto tagged = [](declared_child_spec x) {
    x.more.make().tags = {"t"};
    return x;
  };
  GIVEN("a team, and a chain that leads through a child outside of it") {
    auto spec = with_dependents(
      {tagged(worker("db")), needing("cache", {"db"}), tagged(needing("web", {"cache"}))});
    spec.strategy = strategy::one_for_one;
    spec.more.make().group_strategies = {{.group = "t", .strategy = strategy::one_for_dependents}};
    core_under_test it{spec};
    it.start();
    CHECK(it.crash("db") == "stop web, wait 10ms");
    CHECK(it.advance(10ms) == "start db, start web");
    CHECK(it.row("cache").number == 1);
    CHECK(it.crash("cache") == "wait 10ms");
  }
  GIVEN("one child that takes its dependents along") {
    auto spec = diamond();
    spec.strategy = strategy::one_for_one;
    spec.more.make().child_strategy_overrides
      = {{.child_id = "db", .strategy = strategy::one_for_dependents}};
    core_under_test it{spec};
    it.start();
    CHECK(it.crash("cache") == "wait 10ms");
    CHECK(it.advance(10ms) == "start cache");
    CHECK(it.crash("db") == "stop web, stop queue, stop cache, wait 10ms");
    CHECK(it.advance(1s) == "start db, start cache, start queue, start web");
  }
}

SCENARIO("sidecars and those who depend on them go along") {
  GIVEN("a database with a linked proxy, and a web front that needs the proxy") {
    auto proxy = worker("proxy");
    proxy.more.make().task_role = task_role::sidecar;
    proxy.more.make().sidecar_config = sidecar_config{"db", true};
    core_under_test it{with_dependents({worker("db"), proxy, needing("web", {"proxy"})})};
    it.start();
    CHECK(it.crash("db") == "stop web, stop proxy, wait 10ms");
    CHECK(it.advance(10ms) == "start db, start proxy, start web");
    CHECK(it.crash("proxy").starts_with("stop web, wait "));
    CHECK(it.advance(1s) == "start proxy, start web");
  }
}

SCENARIO("a job is needed until it is done") {
  GIVEN("a web front that needs a job, and the job the database") {
    auto migrate = needing("migrate", {"db"});
    migrate.more.make().task_role = task_role::job;
    core_under_test it{with_dependents({worker("db"), migrate, needing("web", {"migrate"})})};
    CHECK(it.start() == "start db, start migrate");
    CHECK(it.exits("migrate", ended_well) == "start web, begun");
    WHEN("the database crashes") {
      THEN("the job is done again before the web front comes up") {
        CHECK(it.crash("db") == "stop web, wait 10ms");
        CHECK(it.advance(10ms) == "start db, start migrate");
        CHECK(it.exits("migrate", ended_well) == "start web");
      }
    }
  }
}

TEST_CASE("without dependencies one_for_dependents is one_for_one") {
  for (const auto how : {strategy::one_for_one, strategy::one_for_dependents}) {
    core_under_test it{{.strategy = how, .children = {worker("a"), worker("b"), worker("c")}}};
    it.start();
    CHECK(it.crash("a") == "wait 10ms");
    CHECK(it.advance(10ms) == "start a");
    CHECK(it.plan().each_for_itself);
  }
}

TEST_CASE("a long chain goes down and comes up whole") {
  std::vector<declared_child_spec> all{worker("c0")};
  for (int i = 1; i < 1000; ++i)
    all.push_back(needing("c" + std::to_string(i), {"c" + std::to_string(i - 1)}));
  core_under_test it{with_dependents(std::move(all))};
  it.is_large = true;
  it.start();
  it.crash("c500");
  it.advance(10ms);
  CHECK(it.row("c499").number == 1);
  CHECK(it.row("c500").number == 2);
  CHECK(it.row("c999").number == 2);
}
