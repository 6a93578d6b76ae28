#include "program.hpp"

#include <doctest/doctest.h>

using namespace supervisor;

namespace {

constexpr auto fragile = R"({"version": 1, "intensity": {"restarts": 1, "period": "10s"},
"children": [{"id": "web", "factory": "demo.steady", "backoff": {"initial_delay": "10ms", "max_delay": "1s"}}]})";

} // namespace

SCENARIO("a tree is brought down before anybody else does it") {
  GIVEN("a tree that bears one restart") {
    const text_file file{fragile};

    THEN("two crashes end it, and it is shown how") {
      const auto tried = run_supctl({"break", file.path()});
      CHECK(tried.out
            == "2 crashes bring it down, and no fewer (5 states)\n"
               "  1   0s         /web  restart after 10ms\n"
               "  2   10ms       /web  escalate (intensity)\n");
      CHECK(tried.code == 1);
    }
    THEN("one does not") {
      const auto tried = run_supctl({"break", file.path(), "--crashes", "1"});
      CHECK(tried.out == "1 crash or fewer do not bring it down (1 state)\n");
      CHECK(tried.code == 0);
    }
  }

  GIVEN("something else than a tree") {
    CHECK(run_supctl({"break", "examples/bad.json"}).code == 2);
    CHECK(run_supctl({"break", "examples/shop.json", "--crashes", "none"}).code == 2);
    CHECK(run_supctl({"break", "examples/shop.json", "--crashes", "0"}).code == 2);
    CHECK(run_supctl({"break", "examples/shop.json", "--memory", "512"}).code == 2);
    CHECK(run_supctl({"break", "examples/shop.json", "--memory", "1KiB"}).code == 2);
    CHECK(run_supctl({"break", "examples/shop.json", "--states", "0"}).code == 2);
  }
}

namespace {

/// Its limits look as if four crashes were enough, and its waits are too long for that.
constexpr auto never_in_time = R"({"version": 1, "intensity": {"restarts": 10, "period": "5s"},
"defaults": {"backoff": {"initial_delay": "1s", "max_delay": "30s"},
             "limits": {"restart_limit": {"max_restarts": 3, "window": "3s"}}},
"children": [{"id": "a", "factory": "demo.steady"}, {"id": "b", "factory": "demo.steady"},
             {"id": "c", "factory": "demo.steady"}]})";

} // namespace

SCENARIO("a search that is too long ends and says which bound it met") {
  const text_file file{never_in_time};

  WHEN("it may look at few states") {
    const auto tried = run_supctl({"break", file.path(), "--states", "500"});
    THEN("it says how many crashes were tried in every way") {
      CHECK(tried.out.ends_with(" or fewer do not bring it down; what more of them do was not all "
                                "tried, because no more states may be looked at (500 states)\n"));
      CHECK(tried.code == 1);
    }
  }
  WHEN("it may use little memory") {
    const auto tried = run_supctl({"break", file.path(), "--memory", "1MiB"});
    THEN("it says that, too") {
      CHECK(tried.out.find("was not all tried, because no more memory may be used (")
            != std::string::npos);
      CHECK(tried.code == 1);
    }
  }
}
