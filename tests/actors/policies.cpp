#include <doctest/doctest.h>
#include <supervisor/test/tree.hpp>

#include <stdexcept>

namespace sup = supervisor;
using namespace std::chrono_literals;

namespace {

caf::behavior steady(caf::event_based_actor*) {
  return {[](int n) { return n; }};
}

/// Says what it was told to say.
caf::behavior judge(caf::event_based_actor*, sup::decision says) {
  return {[says](const sup::situation&) { return says; }};
}

caf::behavior silent(caf::event_based_actor* self) {
  return {[self](const sup::situation&) { return self->make_response_promise<sup::decision>(); }};
}

/// A tree whose child `a` is judged by an actor outside of it. Started without the test kit's own
/// system, which the judge has to share.
sup::supervisor_spec judged(std::shared_ptr<caf::actor> judge) {
  return {.children = {{.id = "a",
                        .start = sup::worker(steady),
                        .policy = sup::ask_actor([judge] { return *judge; },
                                                 sup::standard_policy{.backoff = {1s, 1s}}, 100ms)},
                       {.id = "b", .start = sup::worker(steady)}}};
}

} // namespace

SCENARIO("a policy may live in an actor") {
  const auto who = std::make_shared<caf::actor>();
  sup::test::tree it{judged(who)};
  GIVEN("one that answers") {
    *who = it.system().spawn(judge, sup::restart_after(5s));
    it.crash("a");
    THEN("its answer counts") {
      CHECK(it.log() == "ask about a, wait 5s");
      it.advance(5s);
      CHECK(it.log() == "start a");
    }
  }
  GIVEN("one that never answers") {
    *who = it.system().spawn(silent);
    it.crash("a");
    CHECK(it.log() == "ask about a");
    CHECK(it.state_of("a").held_by == sup::wait_reason::answer);
    THEN("the supervisor is free for others meanwhile") {
      it.crash("b");
      CHECK(it.log() == "wait 10ms");
    }
    THEN("the policy beside it answers in its place") {
      it.advance(100ms);
      CHECK(it.log() == "wait 1s");
      it.advance(1s);
      CHECK(it.log() == "start a");
    }
  }
  GIVEN("one that is dead") {
    *who = it.system().spawn(judge, sup::restart_now());
    caf::anon_send_exit(*who, caf::exit_reason::user_shutdown);
    it.run();
    it.crash("a");
    THEN("the policy beside it answers in its place") {
      it.advance(100ms);
      CHECK(it.log() == "ask about a, wait 1s");
    }
  }
  GIVEN("none at all") {
    it.crash("a");
    THEN("the policy beside it answers in its place") {
      it.advance(100ms);
      CHECK(it.log() == "ask about a, wait 1s");
    }
  }
  it.stop();
  caf::anon_send_exit(*who, caf::exit_reason::user_shutdown);
  it.run();
}

SCENARIO("a running tree explains its last decision") {
  GIVEN("a nested child that was restarted once") {
    sup::test::tree it{
      {.children
       = {{.id = "shop",
           .start = sup::nested({.intensity = {.restarts = 1, .period = 5s},
                                 .children = {{.id = "till", .start = sup::worker(steady)}}})}}}};
    it.crash("shop/till");
    THEN("it says why and what comes next") {
      const auto x = it.explain("shop/till");
      CHECK(x.then == sup::restart_after(10ms));
      CHECK(x.next.what == sup::verdict::escalate);
      CHECK(x.next_because == "intensity");
    }
    THEN("a child that never ended has nothing to explain") {
      CHECK_THROWS_AS(it.explain("shop"), std::invalid_argument);
      CHECK_THROWS_AS(it.explain("shop/nobody"), std::invalid_argument);
      CHECK_THROWS_AS(it.explain("shop/till/deeper"), std::invalid_argument);
    }
  }
}

TEST_CASE("a tree declared in C++ gets the same advice and tells what holds as one from a file") {
  const sup::supervisor_spec spec{
    .children = {{.id = "job",
                  .start = sup::worker(steady),
                  .restart = sup::restart::permanent,
                  .more = sup::child_details{.task_role = sup::task_role::job}}}};
  CHECK(sup::role_conflicts(spec).size() == 1);
  CHECK(sup::lints(spec).size() == 1);
  const auto holds = sup::effective(spec.children[0], spec);
  CHECK(holds.restart.from == sup::policy_source::user_override);
  CHECK(holds.backoff.from == sup::policy_source::role_default);
}
