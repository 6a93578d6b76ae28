#include "trial.hpp"

using namespace supervisor;
using namespace std::chrono_literals;

TEST_CASE("a simulation as people read it") {
  const declared_spec shop{
    .intensity = {.restarts = 1, .period = 1min},
    .children = {worker("db"), nested("checkout", {.intensity = {.restarts = 1, .period = 10s},
                                                   .children = {worker("cart")}})}};
  const auto x = trial(shop,
                       "crash checkout/cart every 1s\ncrash db at 1500ms as normal end\n"
                       "stop db takes 250ms",
                       {.kept = 4});
  CHECK(to_string(x) == R"(timeline
  0:00:00.000  every child was started
  0:00:01.000  /checkout/cart panicked, restart in 10ms
  0:00:01.010  /checkout/cart restarted, attempt 2
  0:00:01.500  /db ended, restart in 10ms
  ... 2 more, shown with --timeline
  0:00:02.000  /checkout gave up over /checkout/cart
  0:00:02.000  /checkout gave up, its supervisor gives up
  0:00:02.250  the root gave up over /checkout
  0:00:02.250  everybody is down

summary
  outcome      GAVE UP at 0:00:02.000
  restarts     2, at worst 2 in a minute, from 0:00:01.010 on
  refused      2 by intensity
  postponed    nothing
  seed         1

  child           restarts  missed crashes  longest outage
  /db                    1               0            10ms
  /checkout              0               0            none  down
  /checkout/cart         1               0            10ms  down

refused
  0:00:02.000  /checkout/cart panicked: refused by intensity, its supervisor gives up
  0:00:02.000  /checkout gave up: refused by intensity, its supervisor gives up

gave up
  0:00:02.000  /checkout gave up over /checkout/cart: panicked, refused by intensity
  0:00:02.000  the root gave up over /checkout: gave up, refused by intensity
)");
}

TEST_CASE("a simulation in which little happens") {
  const declared_spec tree{.children = {worker("a"), worker("b")}};
  CHECK(to_string(trial(tree, "stop b never", {.how_long = 90s, .kept = 0})) == R"(summary
  outcome      never gave up in 0:01:30.000; told to stop, it ended in 5s
  restarts     none
  refused      nothing
  postponed    nothing
  seed         1

  2 children were never down
)");
}

TEST_CASE("long lists are cut for people") {
  declared_spec tree{.intensity = {.restarts = unlimited}};
  for (int i = 0; i < 22; ++i) {
    tree.children.push_back(worker("c" + std::to_string(i)));
    tree.children.back().restart = restart::temporary;
  }
  const auto x = trial(tree, "crash * at 1s");
  CHECK(x.refusals.size() == 22);
  const auto text = to_string(x);
  CHECK(text.ends_with("/c19 panicked: refused by standard, left down\n"
                       "  ... 2 more, told by -o json\n"));
}

TEST_CASE("the same as JSON") {
  const declared_spec tree{.intensity = {.restarts = 0}, .children = {worker("a")}};
  const auto x = trial(tree, "crash a at 2s as exit code 3", {.kept = 2});
  CHECK(to_json(x) == R"({
  "outcome": "gave_up",
  "seed": 1,
  "simulated_ns": 2000000000,
  "gave_up_at_ns": 2000000000,
  "stop_took_ns": 0,
  "restarts": 0,
  "worst_minute": {
    "restarts": 0,
    "from_ns": 0
  },
  "children": [
    {
      "path": "/a",
      "restarts": 0,
      "longest_outage_ns": 0,
      "missed": 0,
      "is_down": true
    }
  ],
  "rules": [
    {
      "rule": "intensity",
      "refused": 1,
      "postponed": 0
    }
  ],
  "refusals": [
    {
      "at_ns": 2000000000,
      "child": "/a",
      "rule": "intensity",
      "instead": "escalate",
      "exit": {
        "class": "nonzero_exit",
        "detail": "code",
        "cause": "recoverable",
        "code": 3
      }
    }
  ],
  "give_ups": [
    {
      "at_ns": 2000000000,
      "supervisor": "/",
      "why": "gave_up",
      "child": "/a",
      "abandoned": false,
      "rule": "intensity",
      "exit": {
        "class": "nonzero_exit",
        "detail": "code",
        "cause": "recoverable",
        "code": 3
      }
    }
  ],
  "left_behind": [],
  "timeline": {
    "moments": 4,
    "left_out": 0,
    "first": [
      {
        "at_ns": 0,
        "who": "/",
        "what": "began"
      },
      {
        "at_ns": 2000000000,
        "who": "/a",
        "what": "ended",
        "exit": {
          "class": "nonzero_exit",
          "detail": "code",
          "cause": "recoverable",
          "code": 3
        },
        "decision": "escalate",
        "wait_ns": 0
      }
    ],
    "last": [
      {
        "at_ns": 2000000000,
        "who": "/",
        "what": "gave_up",
        "why": "gave_up",
        "child": "/a",
        "exit": {
          "class": "nonzero_exit",
          "detail": "code",
          "cause": "recoverable",
          "code": 3
        }
      },
      {
        "at_ns": 2000000000,
        "who": "/",
        "what": "over"
      }
    ]
  }
}
)");
}
