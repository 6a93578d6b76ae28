// What an explanation says beside the parts that were asked.

#include "core_under_test.hpp"

using namespace supervisor;
using namespace std::chrono_literals;

TEST_CASE("a decision has a word for what it means for the restart") {
  CHECK(protection(restart_now()) == "restart_allowed");
  CHECK(protection(restart_after(1s)) == "restart_allowed");
  CHECK(protection({verdict::restart, first_part(scope::child), 1s}) == "restart_queued");
  CHECK(protection(leave_down()) == "supervised_stop");
  CHECK(protection(quarantine()) == "restart_denied");
  CHECK(protection(pause_group(1s)) == "supervision_paused");
  CHECK(protection(escalate()) == "escalated");
  CHECK(protection(shutdown_tree()) == "escalated");
}

TEST_CASE("an explanation tells what a policy outside said and that it had the last word") {
  auto child = worker("a");
  child.policy
    = restart_policy{asked_outside<standard_policy>{{.within = 1s}, {.backoff = {10ms, 10ms}}}};
  core_under_test it{{.children = {child}}};
  it.start();
  it.crash("a");
  it.feed(
    {.what = news::answered, .who = it.life_of("a"), .count = 1, .then = restart_after(70ms)});
  const auto why = it.explained("a");
  CHECK(why.answered_outside);
  REQUIRE_FALSE(why.parts.empty());
  CHECK(why.parts.front().name == "policy outside");
  CHECK((why.parts.front().says == restart_after(70ms)));
  CHECK(why.parts.front().last_word);
  CHECK(to_string(why, "a").find("policy outside") != std::string::npos);
}

TEST_CASE("a supervisor without end has an intensity that is never used up") {
  core_under_test it{{.intensity = {.restarts = unlimited}, .children = {worker("a")}}};
  it.start();
  it.crash("a");
  for (const auto& part : it.explained("a").parts)
    if (part.from == scope::intensity)
      CHECK((part.says == restart_now()));
  CHECK((it.explained("a").next.what == verdict::restart));
}
