#include "core_under_test.hpp"

using namespace supervisor;
using namespace std::chrono_literals;

SCENARIO("children start in the order of their declaration with dependencies first") {
  GIVEN("a web front that needs the database which is declared after it") {
    core_under_test it{
      {.children
       = {{.id = "web", .start = {"x"}, .dependencies = {"db"}}, worker("log"), worker("db")}}};
    CHECK(it.start() == "start log, start db, start web, begun");
    THEN("they stop in exactly the reverse order") {
      CHECK(it.stop() == "stop web, stop db, stop log, finish");
    }
  }
  GIVEN("two web fronts that need two databases crosswise") {
    core_under_test it{{.children = {{.id = "web1", .start = {"x"}, .dependencies = {"db2"}},
                                     {.id = "web2", .start = {"x"}, .dependencies = {"db1"}},
                                     worker("db1"),
                                     worker("db2")}}};
    THEN("ties are in the order of declaration") {
      CHECK(it.start() == "start db1, start web2, start db2, start web1, begun");
    }
  }
  GIVEN("no children") {
    core_under_test it{{}};
    THEN("the supervisor starts and stays up until it is told to stop") {
      CHECK(it.start() == "begun");
      CHECK(it.advance(24h) == "");
      CHECK(it.stop() == "finish");
    }
  }
}

SCENARIO("the next child starts when the one before has started") {
  GIVEN("a database that takes its time and a log") {
    core_under_test it{{.children = {worker("db"), worker("log")}}};
    it.slow_to_start = {"db"};
    CHECK(it.start() == "start db");
    CHECK(it.advance(29s) == "");
    THEN("the log waits for it") { CHECK(it.started("db") == "start log, begun"); }
    WHEN("it fails after all") {
      THEN("nobody was started for nothing") {
        CHECK(it.exits("db", no_start) == "fail to start over db");
      }
    }
  }
  GIVEN("a database that says itself when it is ready and a log that does not need it") {
    core_under_test it{
      {.children
       = {{.id = "db", .start = {"x"}, .readiness = readiness::on_report}, worker("log")}}};
    THEN("nobody waits for it to be ready") { CHECK(it.start() == "start db, start log, begun"); }
  }
}

SCENARIO("a dependent waits until its dependency is ready") {
  GIVEN("a database that says itself when it is ready and a web front that needs it") {
    core_under_test it{
      {.children = {{.id = "db", .start = {"x"}, .readiness = readiness::on_report},
                    {.id = "web", .start = {"x"}, .dependencies = {"db"}}}}};
    CHECK(it.start() == "start db");
    CHECK(it.ready("db") == "start web, begun");

    WHEN("both crash together") {
      CHECK(it.together({{"db", died}, {"web", died}}) == "wait 10ms, wait 10ms");
      THEN("the restart of the web front waits for the database as well") {
        CHECK(it.advance(10ms) == "start db");
        CHECK(it.advance(10s) == "");
        CHECK(it.ready("db") == "start web");
      }
    }
    WHEN("only the database crashes") {
      it.crash("db");
      THEN("who restarts with whom is the business of the strategy") {
        CHECK(it.advance(10ms) == "start db");
        CHECK(it.row("web").number == 1);
      }
    }
    WHEN("it crashes again and again before it is ready") {
      it.together({{"db", died}, {"web", died}});
      it.advance(10ms);
      CHECK(it.crash("db") == "wait 20ms");
      CHECK(it.advance(20ms) == "start db");
      CHECK(it.ready("db") == "start web");
    }
  }
}

SCENARIO("a dependency that has done its work does not block") {
  GIVEN("a migration that runs once and a web front that needs it") {
    core_under_test it{{.children = {{.id = "migrate",
                                      .start = {"x"},
                                      .restart = restart::transient,
                                      .readiness = readiness::on_report},
                                     {.id = "web", .start = {"x"}, .dependencies = {"migrate"}}}}};
    CHECK(it.start() == "start migrate");
    CHECK(it.exits("migrate", ended_well) == "start web, begun");
    WHEN("the web front crashes later") {
      it.crash("web");
      CHECK(it.advance(10ms) == "start web");
    }
  }
  GIVEN("a temporary one that is forgotten when it ends") {
    core_under_test it{{.children = {{.id = "migrate",
                                      .start = {"x"},
                                      .restart = restart::temporary,
                                      .readiness = readiness::on_report},
                                     {.id = "web", .start = {"x"}, .dependencies = {"migrate"}}}}};
    it.start();
    CHECK(it.exits("migrate", ended_well) == "start web, begun");
    CHECK(it.row("migrate").now == phase::forgotten);
  }
  GIVEN("one that finds nothing to do") {
    core_under_test it{{.children = {worker("migrate"),
                                     {.id = "web", .start = {"x"}, .dependencies = {"migrate"}}}}};
    it.ignoring = {"migrate"};
    CHECK(it.start() == "start migrate, start web, begun");
  }
}

SCENARIO("a dependency that is gone for good ends the first start") {
  GIVEN("a log, a temporary migration and a web front that needs it") {
    core_under_test it{{.children = {worker("log"),
                                     {.id = "migrate",
                                      .start = {"x"},
                                      .restart = restart::temporary,
                                      .readiness = readiness::on_report},
                                     {.id = "web", .start = {"x"}, .dependencies = {"migrate"}}}}};
    CHECK(it.start() == "start log, start migrate");
    WHEN("the migration crashes") {
      CHECK(it.crash("migrate") == "stop log, fail to start over migrate");
      CHECK(it.over == aim::roll_back);
    }
  }
  GIVEN("the same with a migration that may fail to start") {
    core_under_test it{{.children = {{.id = "migrate",
                                      .start = {"x"},
                                      .restart = restart::temporary,
                                      .criticality = criticality::optional},
                                     {.id = "web", .start = {"x"}, .dependencies = {"migrate"}}}}};
    it.failing = {"migrate"};
    CHECK(it.start() == "start migrate, fail to start over migrate");
  }
}

SCENARIO("a child is ready once and never before it runs") {
  GIVEN("a database that is being started") {
    core_under_test it{
      {.children = {{.id = "db", .start = {"x"}, .readiness = readiness::on_report}}}};
    it.slow_to_start = {"db"};
    it.start();
    WHEN("it runs") {
      it.started("db");
      THEN("it is not ready before it says so") {
        CHECK_FALSE(it.row("db").ready);
        it.ready("db");
        CHECK(it.row("db").ready);
      }
      THEN("saying so twice is saying so once") {
        it.ready("db");
        it.ready("db");
        CHECK(it.told("db") == "child_starting, child_running, child_ready");
      }
      THEN("once ready it may take as long as it likes") {
        it.ready("db");
        CHECK(it.advance(24h) == "");
      }
    }
    WHEN("it crashes and is started again") {
      it.slow_to_start = {};
      it.started("db");
      it.ready("db");
      it.crash("db");
      CHECK_FALSE(it.row("db").ready);
      it.advance(10ms);
      THEN("it has to say so again") { CHECK_FALSE(it.row("db").ready); }
    }
  }
  GIVEN("a worker that is ready as soon as it runs") {
    core_under_test it{{.children = {worker("a")}}};
    it.start();
    it.ready("a");
    CHECK(it.told("a") == "child_starting, child_running, child_ready");
  }
}

SCENARIO("a start that takes too long is a failed start") {
  const auto slow = [](criticality what) {
    return declared_spec{.children
                         = {worker("log"),
                            {.id = "db", .start = {"x"}, .criticality = what, .start_timeout = 1s},
                            worker("web")}};
  };
  GIVEN("a critical database that hangs in its first start") {
    core_under_test it{slow(criticality::critical)};
    it.slow_to_start = {"db"};
    CHECK(it.start() == "start log, start db");
    WHEN("its second is over") {
      CHECK(it.advance(1s - 1ns) == "");
      THEN("it is stopped and the supervisor does not start") {
        CHECK(it.advance(1ns) == "stop db, stop log, fail to start over db");
        CHECK(it.over == aim::roll_back);
        CHECK(it.last(event_type::child_start_failed).exit.what == exit_class::timeout);
      }
    }
    WHEN("it does not even stop when told") {
      it.slow_to_stop = {"db"};
      CHECK(it.advance(1s) == "stop db");
      CHECK(it.advance(5s) == "kill db, stop log, fail to start over db");
      THEN("it still died of being slow") {
        CHECK(it.last(event_type::runtime_control_loop_failed).exit.what == exit_class::timeout);
      }
    }
    WHEN("it starts in the last moment") {
      it.advance(1s - 1ns);
      CHECK(it.started("db") == "start web, begun");
      CHECK(it.advance(24h) == "");
    }
    WHEN("it starts while it is being stopped for being slow") {
      it.slow_to_stop = {"db"};
      it.advance(1s);
      THEN("that is too late") {
        CHECK(it.started("db") == "");
        CHECK(it.exits("db", cancelled) == "stop log, fail to start over db");
      }
    }
  }
  GIVEN("an optional database that hangs in its first start") {
    core_under_test it{slow(criticality::optional)};
    it.slow_to_start = {"db"};
    it.start();
    THEN("the others start and its policy tries again") {
      CHECK(it.advance(1s) == "stop db, wait 10ms, start web, begun");
      CHECK(it.last(event_type::child_failed).exit.what == exit_class::timeout);
      it.slow_to_start = {};
      CHECK(it.advance(10ms) == "start db");
    }
  }
  GIVEN("a database that runs but never says that it is ready") {
    core_under_test it{{.children = {{.id = "db",
                                      .start = {"x"},
                                      .readiness = readiness::on_report,
                                      .criticality = criticality::optional,
                                      .start_timeout = 1s}}}};
    CHECK(it.start() == "start db, begun");
    CHECK(it.advance(1s) == "stop db, wait 10ms");
    CHECK(it.last(event_type::child_failed).exit.what == exit_class::timeout);
  }
  GIVEN("a database that hangs in a restart") {
    core_under_test it{slow(criticality::critical)};
    it.start();
    it.crash("db");
    it.slow_to_start = {"db"};
    it.advance(10ms);
    THEN("that counts like a crash") {
      CHECK(it.advance(1s) == "stop db, wait 20ms");
      CHECK(it.state().strikes.size() == 2);
    }
  }
}

SCENARIO("an optional child leaves the tree alone") {
  const auto tree = [](strategy how) {
    return declared_spec{.strategy = how,
                         .intensity = {.restarts = 2, .period = 60s},
                         .children = {{.id = "cache",
                                       .start = {"x"},
                                       .backoff = {.first = 10ms, .longest = 10ms},
                                       .criticality = criticality::optional},
                                      worker("web"),
                                      {.id = "shop", .start = {"x"}, .dependencies = {"cache"}}}};
  };
  GIVEN("one that fails more often than its supervisor bears") {
    core_under_test it{tree(strategy::one_for_one)};
    it.start();
    it.crash("cache");
    it.advance(10ms);
    it.crash("cache");
    it.advance(10ms);
    CHECK(it.crash("cache") == "");
    THEN("it alone is quarantined, by the numbers of the intensity") {
      CHECK(it.row("cache").op == operation::quarantined);
      const auto& last = it.last(event_type::child_panicked);
      CHECK(last.then.what == verdict::quarantine);
      CHECK(last.then.because == because_of_intensity);
      CHECK(it.row("web").now == phase::up);
      CHECK(it.row("shop").now == phase::up);
    }
    THEN("its restarts are not those of others") {
      it.crash("web");
      it.advance(10ms);
      it.crash("web");
      CHECK(it.advance(20ms) == "start web");
      CHECK(it.crash("web") == "stop shop, give up over web");
    }
    THEN("a release gives it all its restarts again") {
      CHECK(it.command(command::release_child, "cache") == "start cache");
      it.crash("cache");
      CHECK(it.advance(10ms) == "start cache");
    }
  }
  GIVEN("one whose failures are a period apart") {
    core_under_test it{tree(strategy::one_for_one)};
    it.start();
    for (int i = 0; i < 5; ++i) {
      it.crash("cache");
      CHECK(it.advance(61s) == "start cache");
    }
  }
  GIVEN("one that takes others along") {
    core_under_test it{tree(strategy::one_for_all)};
    it.start();
    it.crash("cache");
    CHECK(it.advance(10ms) == "start cache, start web, start shop");
    it.crash("cache");
    it.advance(10ms);
    THEN("it is quarantined alone, and others go on") {
      CHECK(it.crash("cache") == "");
      CHECK(it.row("cache").now == phase::parked);
      CHECK(it.row("web").now == phase::up);
    }
  }
}

TEST_CASE("a child that says nothing has thirty seconds to start") {
  core_under_test it{{.children = {worker("a")}}};
  it.slow_to_start = {"a"};
  it.start();
  CHECK(it.advance(30s - 1ns) == "");
  CHECK(it.advance(1ns) == "stop a, fail to start over a");
}

TEST_CASE("a run that never got ready is not a stable one") {
  core_under_test it{
    {.children = {{.id = "db", .start = {"x"}, .readiness = readiness::on_report}}}};
  it.start();
  it.ready("db");
  CHECK(it.crash("db") == "wait 10ms");
  it.advance(10ms);
  CHECK(it.advance(30s) == "stop db, wait 20ms");
  it.advance(20ms);
  CHECK(it.advance(30s) == "stop db, wait 40ms");
}

SCENARIO("a critical child that cannot start keeps its supervisor from starting") {
  GIVEN("a database, a cache that cannot start and a web front") {
    core_under_test it{{.children = {worker("log"), worker("db"), worker("cache"), worker("web")}}};
    it.failing = {"cache"};
    WHEN("nobody is slow") {
      CHECK(it.start()
            == "start log, start db, start cache, stop db, stop log, "
               "fail to start over cache");
      THEN("the supervisor names the child and its reason") {
        CHECK(it.over == aim::roll_back);
        CHECK(it.deeds.back().who == it.life_of("cache"));
        CHECK(it.last(event_type::runtime_control_loop_failed).exit == no_start);
      }
      THEN("nothing was tried again and nothing counted") {
        CHECK(it.row("cache").number == 1);
        CHECK(it.state().strikes.empty());
        CHECK_FALSE(it.begun);
      }
    }
    WHEN("the database is slow to stop") {
      it.slow_to_stop = {"db"};
      CHECK(it.start() == "start log, start db, start cache, stop db");
      CHECK(it.exits("db", cancelled) == "stop log, fail to start over cache");
    }
  }
}

SCENARIO("an optional child that cannot start is left to its policy") {
  GIVEN("an optional cache that cannot start and a web front") {
    core_under_test it{
      {.children
       = {{.id = "cache", .start = {"x"}, .criticality = criticality::optional}, worker("web")}}};
    it.failing = {"cache"};
    CHECK(it.start() == "start cache, wait 10ms, start web, begun");
    THEN("it is tried again until it starts") {
      CHECK(it.advance(10ms) == "start cache, wait 20ms");
      it.failing = {};
      CHECK(it.advance(20ms) == "start cache");
      CHECK(it.state().strikes.empty());
      CHECK(it.state().troubles[it.row("cache").trouble].strikes.size() == 2);
    }
  }
}

TEST_CASE("a critical child that had started once is restarted when a later start fails") {
  core_under_test it{{.children = {worker("a")}}};
  it.start();
  it.crash("a");
  it.failing = {"a"};
  CHECK(it.advance(10ms) == "start a, wait 20ms");
  it.failing = {};
  CHECK(it.advance(20ms) == "start a");
}

SCENARIO("a start may say that there is nothing to run") {
  GIVEN("a cron job that has nothing to do and a web front") {
    core_under_test it{
      {.strategy = strategy::rest_for_one, .children = {worker("cron"), worker("web")}}};
    it.ignoring = {"cron"};
    CHECK(it.start() == "start cron, start web, begun");
    THEN("it is down without a restart and without a count") {
      CHECK(it.row("cron").now == phase::down);
      CHECK(it.state().strikes.empty());
      CHECK(it.stop() == "stop web, finish");
    }
  }
  GIVEN("a job that finds nothing to do when it is restarted") {
    core_under_test it{{.children = {worker("job")}}};
    it.start();
    it.ignoring = {"job"};
    it.crash("job");
    THEN("the crash counts once and that is accepted") {
      CHECK(it.advance(10ms) == "start job");
      CHECK(it.advance(24h) == "");
      CHECK(it.row("job").now == phase::down);
      CHECK(it.tally().restarts == 1);
    }
  }
  GIVEN("a temporary one") {
    core_under_test it{
      {.children = {{.id = "once", .start = {"x"}, .restart = restart::temporary}, worker("web")}}};
    it.ignoring = {"once"};
    CHECK(it.start() == "start once, start web, begun");
    THEN("it is forgotten") { CHECK(it.row("once").now == phase::forgotten); }
  }
  GIVEN("one in the middle of a group restart") {
    core_under_test it{
      {.strategy = strategy::one_for_all, .children = {worker("a"), worker("b"), worker("c")}}};
    it.start();
    it.ignoring = {"b"};
    CHECK(it.crash("a") == "stop c, stop b, wait 10ms");
    CHECK(it.advance(10ms) == "start a, start b, start c");
  }
}

TEST_CASE("nothing to run is an end also for a child that was told to stop meanwhile") {
  core_under_test it{{.children = {worker("db"), worker("web")}}};
  it.slow_to_start = it.slow_to_stop = {"web"};
  it.start();
  CHECK(it.stop() == "stop web");
  CHECK(it.feed({.what = news::ignored, .who = it.life_of("web")}) == "stop db, finish");
}

SCENARIO("a child may be told to stop before it runs") {
  GIVEN("a web front that is being started") {
    core_under_test it{{.children = {worker("db"), worker("web")}}};
    it.slow_to_start = {"web"};
    it.start();
    it.slow_to_stop = {"web"};
    CHECK(it.stop() == "stop web");
    THEN("it is waited for") {
      CHECK(it.started("web") == "");
      CHECK(it.exits("web", cancelled) == "stop db, finish");
      CHECK(it.report() == "web graceful, db graceful");
    }
    THEN("a start that fails now is no other story") {
      CHECK(it.exits("web", no_start) == "stop db, finish");
      CHECK(it.over == aim::stop);
    }
  }
}

TEST_CASE("a restart in line looks at its dependencies again when its turn comes") {
  declared_spec many{.intensity = {.restarts = unlimited}};
  many.children = {worker("db"), {.id = "web", .start = {"x"}, .dependencies = {"db"}}};
  for (int i = 0; i < 256; ++i)
    many.children.push_back(worker("c" + std::to_string(i)));
  core_under_test it{many};
  it.start();
  for (int i = 0; i < 256; ++i) {
    it.slow_to_start.insert("c" + std::to_string(i));
    it.crash("c" + std::to_string(i));
  }
  it.advance(1ms);
  it.crash("web");
  it.advance(10ms);
  REQUIRE(it.state().line.size() == 1);
  CHECK(it.crash("db") == "wait 10ms");
  CHECK(it.started("c0") == "");
  CHECK(it.advance(10ms) == "start db, start web");
}

TEST_CASE("a sibling without dependencies comes back although another cannot") {
  core_under_test it{{.strategy = strategy::one_for_all,
                      .children = {worker("main"),
                                   {.id = "migrate", .start = {"x"}, .restart = restart::temporary},
                                   {.id = "web", .start = {"x"}, .dependencies = {"migrate"}},
                                   worker("log")}}};
  it.start();
  it.crash("main"); // the temporary migration is stopped and forgotten, so the web front waits
  it.advance(24h);
  CHECK((it.finished || it.row("log").now == phase::up));
}

SCENARIO("a first start is through when the child is ready, whoever waits for it") {
  const auto shop = [](criticality c) {
    return declared_spec{.children = {worker("log"),
                                      {.id = "db",
                                       .start = {"x"},
                                       .readiness = readiness::on_report,
                                       .criticality = c,
                                       .start_timeout = 1s}}};
  };
  GIVEN("a database that says itself when it is ready, and nobody who needs it") {
    core_under_test it{shop(criticality::critical)};
    CHECK(it.start() == "start log, start db, begun");
    WHEN("it crashes before it is ready") {
      CHECK(it.crash("db") == "stop log, fail to start over db");
      CHECK(it.over == aim::roll_back);
    }
    WHEN("it does not say so in time") {
      CHECK(it.advance(1s) == "stop db, stop log, fail to start over db");
      CHECK(it.over == aim::roll_back);
    }
    WHEN("it ends well before it is ready") { CHECK(it.exits("db", ended_well) == "wait 10ms"); }
    WHEN("it crashes after it was ready") {
      it.ready("db");
      CHECK(it.crash("db") == "wait 10ms");
      THEN("the next life may fail before it is ready as after") {
        it.advance(10ms);
        CHECK(it.crash("db") == "wait 20ms");
      }
    }
  }
  GIVEN("an optional one") {
    core_under_test it{shop(criticality::optional)};
    it.start();
    WHEN("it crashes before it is ready") { CHECK(it.crash("db") == "wait 10ms"); }
  }
}
