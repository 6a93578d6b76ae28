#include "core_under_test.hpp"

using namespace supervisor;
using namespace std::chrono_literals;

SCENARIO("a decision goes one way from the end of a child to what is done about it") {
  GIVEN("a child that a budget holds up") {
    core_under_test it{
      {.children = {worker("a")},
       .more = supervisor_details{
         .limits = scope_limits{.restart_budget = token_bucket{
                                  .window = 60s, .max_burst = 1, .recovery_rate_per_sec = 0.5}}}}};
    it.start();
    it.crash("a");
    it.advance(10ms);
    it.facts.clear();
    it.deeds.clear();
    const auto then = it.crash("a");
    THEN("it is classified and counted and limited and told before anything is done") {
      REQUIRE(it.facts.size() == 3);
      const auto& classified = it.facts[0];
      CHECK(classified.what == event_type::child_panicked);
      CHECK(classified.exit.what == exit_class::panic);
      CHECK(classified.decided);
      CHECK(classified.given.exit == classified.exit);
      CHECK(classified.given.streak == 1);
      CHECK(classified.given.recent == 1);
      CHECK(classified.then.what == verdict::restart);
      CHECK(part_name(it.plan(), 0, classified.then.because) == token_bucket::name);
      CHECK(it.facts[1].what == event_type::budget_exhausted);
      CHECK(it.facts[1].wait == classified.then.wait);
      CHECK(it.facts[2].what == event_type::backoff_scheduled);
      CHECK(then.find("wait") == 0);
    }
    THEN("the question is kept with what was remembered before") {
      const auto& q = it.questions.at(0);
      CHECK(q.then == it.facts[0].then);
      CHECK(q.base == restart_after(20ms));
      CHECK_FALSE(q.past_of(scope::supervisor).empty());
      CHECK(ask_limits(it.plan(), q).then == q.then);
      CHECK(q.plan == it.plan().hash);
    }
  }
}
