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
        CHECK(
          to_string(x).find("  0:00:01.010  /web waits for a dependency that is down for good\n")
          != std::string::npos);
        CHECK(story_of(x, "/web").is_down);
        CHECK(story_of(x, "/web").restarts == 0);
        CHECK(to_json(x).find("\"what\": \"blocked\"") != std::string::npos);
      }
    }
  }
}
