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
  }
}
