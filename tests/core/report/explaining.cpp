#include "core_under_test.hpp"

#include <fstream>
#include <iterator>

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

const explained_part& part(const explanation& x, std::string_view name) {
  for (const auto& p : x.parts)
    if (p.name == name)
      return p;
  FAIL("no part " << std::string{name});
  return x.parts.front();
}

std::string readme() {
  std::ifstream file{SUPERVISOR_SOURCE_DIR "/README.md"};
  return {std::istreambuf_iterator<char>{file}, {}};
}

} // namespace

SCENARIO("a decision can be asked for its reasons afterwards") {
  GIVEN("a child with a restart limit under a supervisor with a budget") {
    core_under_test it{
      {.children
       = {{.id = "a",
           .start = {"x"},
           .more
           = child_details{.limits = child_limits{.restart_limit
                                                  = policies::restart_limit{.max_restarts = 3,
                                                                            .window = 60s}}}}},
       .more = supervisor_details{
         .limits = scope_limits{.restart_budget = token_bucket{
                                  .window = 60s, .max_burst = 2, .recovery_rate_per_sec = 0.5}}}}};
    it.start();
    for (int i = 0; i < 3; ++i) {
      it.crash("a");
      if (i < 2)
        it.advance(100ms);
    }
    const auto x = it.explained("a");
    THEN("every part says its own, with its numbers") {
      CHECK(part(x, "standard").says.wait == 40ms);
      CHECK(part(x, "restart_limit").says == restart_now());
      CHECK(part(x, "restart_limit").stands == gauge{3, 3, 60s});
      CHECK(part(x, "intensity").stands == gauge{3, 10, 60s});
    }
    THEN("the last word is marked") {
      CHECK(part(x, "restart_budget").last_word);
      CHECK_FALSE(part(x, "standard").last_word);
      CHECK(x.then.wait > 1s);
    }
    THEN("the next failure is foretold") {
      CHECK(x.next.what == verdict::escalate);
      CHECK(x.next_because == "restart_limit");
      it.advance(10s);
      CHECK(it.crash("a") == "give up over a");
    }
    THEN("all of it fits one screen: the one that README shows") {
      const auto screen = to_string(x, "till");
      CHECK_MESSAGE(readme().find("```text\n" + screen + "```") != std::string::npos, screen);
    }
  }
}

TEST_CASE("what was never asked is not explained") {
  core_under_test it{{.intensity = {.restarts = 0},
                      .children = {{.id = "a", .start = {"x"}, .restart = restart::temporary}}}};
  it.start();
  it.crash("a");
  const auto x = it.explained("a");
  CHECK(x.parts.size() == 1);
  CHECK(x.then.what == verdict::leave_down);
}
