#include "trial.hpp"

using namespace supervisor;
using namespace std::chrono_literals;

SCENARIO("somebody waits for one who is down for good") {
  GIVEN("a web front that needs a database which is not started again") {
    auto db = worker("db");
    db.restart = restart::temporary;
    auto web = worker("web");
    web.dependencies = {"db"};
    const declared_spec shop{.strategy = strategy::one_for_all,
                             .children = {std::move(db), std::move(web)}};

    WHEN("both go down together") {
      const auto x = trial(shop, "crash web at 1s", {.how_long = 10s});

      THEN("it is said that the web front is not coming back, and why") {
        CHECK(to_string(x).find("  0:00:01.010  /web waits for /db, which is down for good\n")
              != std::string::npos);
        CHECK(story_of(x, "/web").is_down);
        CHECK(story_of(x, "/web").restarts == 0);
        CHECK(to_json(x).find("\"what\": \"blocked\",\n        \"for\": \"/db\"")
              != std::string::npos);
      }
    }
  }
}

SCENARIO("somebody waits for one who is not ready") {
  GIVEN("a web front that needs a database which takes three seconds") {
    auto db = worker("db");
    db.readiness = readiness::on_report;
    auto web = worker("web");
    web.dependencies = {"db"};
    const declared_spec shop{.children = {std::move(db), std::move(web)}};
    const auto x = trial(shop, "ready db after 3s", {.how_long = 10s});

    THEN("the wait is told after a second, with its name") {
      CHECK(to_string(x).find("  0:00:01.000  /web waits for /db\n") != std::string::npos);
      CHECK(to_json(x).find("\"what\": \"waiting\",\n        \"for\": \"/db\"")
            != std::string::npos);
    }
  }
}

TEST_CASE("who needed the child that a tree did not start for is named") {
  auto db = worker("db");
  db.criticality = criticality::optional;
  db.restart = restart::temporary;
  auto web = worker("web");
  web.dependencies = {"db"};
  const auto x = trial({.children = {std::move(db), std::move(web)}}, "start db fails");
  CHECK(x.how == simulation_outcome::did_not_start);
  CHECK(to_string(x).find("the root could not start /web, which needs /db: could not start")
        != std::string::npos);
  CHECK(to_json(x).find("\"needed_by\": \"/web\"") != std::string::npos);
}
