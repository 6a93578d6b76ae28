#include "trial.hpp"

#include <supervisor/config/json.hpp>

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

declared_spec tree_of(std::string_view members) {
  auto read = read_spec(R"({"version": 1, )" + std::string{members} + "}");
  REQUIRE_MESSAGE(read, to_string(read.error()));
  return *std::move(read);
}

/// "refused 1 postponed 2 by intensity", one rule a line.
std::string counts(const simulation& x) {
  std::string text;
  for (const auto& rule : x.rules)
    text += "refused " + std::to_string(rule.refused) + " postponed "
            + std::to_string(rule.postponed) + " by " + rule.rule + "\n";
  return text;
}

} // namespace

SCENARIO("limits that a file names") {
  GIVEN("a supervisor with a budget of one restart, and another one every ten seconds") {
    const auto tree = tree_of(R"("limits": {"restart_budget": {"max_burst": 1,
                                 "recovery_rate_per_sec": 0.1}},
                                 "children": [{"id": "a", "factory": "x"}])");
    const auto x = trial(tree, "crash a every 2s until 4s");

    THEN("the second restart is postponed") {
      CHECK(told(x)
            == "  0:00:02.000  /a panicked, restart in 10ms\n"
               "  0:00:02.010  /a restarted, attempt 2\n"
               "  0:00:04.000  /a panicked, restart in 8s\n"
               "  0:00:12.000  /a restarted, attempt 3\n");
      CHECK(counts(x) == "refused 0 postponed 1 by restart_budget\n");
    }
  }

  GIVEN("a group that is paused after every failure") {
    const auto tree = tree_of(R"("group_configs": [{"name": "web",
                                 "limits": {"meltdown": {"max_failures": 1, "window": "10s",
                                                         "reset_after": "30s"}}}],
                                 "children": [{"id": "a", "factory": "x", "group": "web"},
                                              {"id": "b", "factory": "x", "group": "web"}])");
    const auto x = trial(tree, "crash a every 1s until 2s\ncrash b at 20s");

    THEN("it is decided anew when its pause is over, and starts when the group has no other") {
      CHECK(told(x)
            == "  0:00:01.000  /a panicked, paused for 30s\n"
               "  0:00:02.000  /a should crash, but does not run\n"
               "  0:00:20.000  /b panicked, paused for 30s\n"
               "  0:00:31.000  decided anew about /a: restart in 10ms\n"
               "  0:00:31.010  /a waits until its group is no longer paused\n"
               "  0:00:50.000  decided anew about /b: restart in 10ms\n"
               "  0:00:50.000  /a restarted, attempt 2\n"
               "  0:00:50.010  /b restarted, attempt 2\n");
      CHECK(counts(x) == "refused 0 postponed 2 by meltdown\n");
    }
  }

  GIVEN("a supervisor that does not give up but goes down and waits for somebody") {
    const auto tree = tree_of(R"("strategy": "one_for_all", "escalation_policy": "quarantine_scope",
                                 "intensity": {"restarts": 1, "period": "60s"},
                                 "children": [{"id": "a", "factory": "x"},
                                              {"id": "b", "factory": "x"}])");
    const auto x = trial(tree, "crash a every 1s until 2s");

    THEN("all are quarantined with the one that was refused") {
      CHECK(told(x)
            == "  0:00:01.000  /a panicked, restart in 10ms\n"
               "  0:00:01.000  /b stopped\n"
               "  0:00:01.010  /a restarted, attempt 2\n"
               "  0:00:01.010  /b restarted, attempt 2\n"
               "  0:00:02.000  /a panicked, quarantined\n"
               "  0:00:02.000  /b stopped\n"
               "  0:00:02.000  /b quarantined with it\n");
      CHECK(counts(x) == "refused 1 postponed 0 by intensity\n");
      CHECK(x.how == simulation_outcome::held_out);
    }
  }
}

SCENARIO("a policy that lives outside") {
  GIVEN("a child whose policy has 200 ms to answer, and a stand-in that waits a second") {
    const asked_outside<standard_policy> judge{{.within = 200ms}, {.backoff = {1s, 1s}}};
    auto a = worker("a");
    a.policy = restart_policy{judge};
    const auto x = trial({.children = {a}}, "crash a at 10s");

    THEN("nobody answers in a simulation, and its stand-in decides") {
      CHECK(told(x)
            == "  0:00:10.000  /a panicked\n"
               "  0:00:10.200  decided anew about /a: restart in 1s\n"
               "  0:00:11.200  /a restarted, attempt 2\n");
    }
  }
}
