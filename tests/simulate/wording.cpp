#include "trial.hpp"

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

bool tells(const simulation& x, std::string_view line) {
  return to_string(x).find(line) != std::string::npos;
}

} // namespace

TEST_CASE("a simulation that never rests says so in words") {
  auto child = worker("a");
  child.backoff = {0ns, 0ns};
  child.criticality = criticality::optional;
  const auto x
    = trial({.intensity = {.restarts = unlimited}, .children = {child}}, "start a fails");
  REQUIRE(x.how == simulation_outcome::never_rested);
  CHECK(tells(x, "NEVER RESTED: at 0:00:00.000 it restarts without end and without a wait"));
}

TEST_CASE("a simulation that is broken off says so in words") {
  const auto x = trial({.intensity = {.restarts = unlimited}, .children = {worker("a")}},
                       "crash a every 1s", {.most_happenings = 50});
  REQUIRE(x.how == simulation_outcome::too_much_to_tell);
  CHECK(tells(x, "broken off at "));
  CHECK(tells(x, ": too much has happened"));
}

TEST_CASE("what stopped with another tells how it ended in JSON as well") {
  const auto x = trial({.strategy = strategy::one_for_all, .children = {worker("a"), worker("b")}},
                       "crash a at 1s", {.how_long = 2s, .kept = all_moments});
  const auto text = to_json(x);
  const auto at = text.find("\"what\": \"stopped\"");
  REQUIRE(at != std::string::npos);
  CHECK(text.find("\"manual_stop\"") != std::string::npos);
}

TEST_CASE(
  "every end that a script may name is read and every line that ends early says what it lacks") {
  const declared_spec tree{.children = {worker("a")}};
  for (const auto* const end :
       {"panic", "normal end", "killed", "timeout", "exit code 3", "recoverable", "fatal_bug",
        "fatal_config", "external_dependency", "unhealthy"})
    CHECK_MESSAGE(read_script("crash a at 1s as " + std::string{end}, tree), end);
  const auto wrong = [&](std::string_view line) {
    const auto x = read_script(line, tree);
    return x ? std::string{} : x.error().front().what;
  };
  CHECK(wrong("crash") == "ends where a child should be");
  CHECK(wrong("crash a at") == "ends where a time such as 10s should be");
  CHECK(wrong("crash a at 1s as") == "ends where an end such as panic should be");
  CHECK(wrong("crash a at 1s as normal") == "ends where \"end\" should be");
  CHECK(wrong("crash a at 1s as exit") == "ends where \"code\" should be");
  CHECK(wrong("crash a at 1s as exit code") == "ends where a number should be");
  CHECK(wrong("start a fails 3") == "ends where \"times\" should be");
  CHECK(wrong("stop a takes") == "ends where a time such as 10s should be");
  CHECK(wrong("start a fails 1 time") == "");
}

TEST_CASE("a script made by a program names its lines by what they are about") {
  const declared_spec tree{.children = {worker("a")}};
  const auto wrong_of = [&](act what) {
    return to_string(validate(script{{cue{.child = "b", .what = what, .time = {1s, 1s}}}}, tree));
  };
  CHECK(wrong_of(act::crash_after).starts_with("crash b: "));
  CHECK(wrong_of(act::start_takes).starts_with("start b: "));
  CHECK(wrong_of(act::stop_takes).starts_with("stop b: "));
  CHECK(wrong_of(act::kill_takes).starts_with("kill b: "));
  CHECK(wrong_of(act::ready_after).starts_with("ready b: "));
}
