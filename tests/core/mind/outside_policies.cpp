#include "core_under_test.hpp"

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

declared_spec judged() {
  const asked_outside<standard_policy> judge{{.within = 200ms}, {.backoff = {1s, 1s}}};
  return {.intensity = {.restarts = 2, .period = 60s},
          .children = {{.id = "a", .start = {"x"}, .policy = restart_policy{judge}}, worker("b")}};
}

input answer(const core_under_test& it, decision then) {
  return {.what = news::answered,
          .who = it.life_of("a"),
          .count = it.state().troubles.at(it.row("a").trouble).asked,
          .then = then};
}

} // namespace

SCENARIO("a policy outside is asked and nobody waits for it but the child") {
  GIVEN("a child whose policy lives somewhere else") {
    core_under_test it{judged()};
    it.start();
    CHECK(it.crash("a") == "ask about a");
    CHECK(it.told("a").find("policy_asked") != std::string::npos);
    THEN("its siblings are looked after meanwhile") {
      CHECK(it.crash("b") == "wait 10ms");
      CHECK(it.advance(10ms) == "start b");
    }
    THEN("its answer counts") {
      CHECK(it.feed(answer(it, restart_after(5s))) == "wait 5s");
      CHECK(it.advance(5s) == "start a");
    }
    THEN("its answer is asked of the limits like any other") {
      it.feed(answer(it, restart_now()));
      for (int i = 0; i < 1; ++i) {
        it.advance(1s);
        it.crash("a");
        it.feed(answer(it, restart_now()));
      }
      it.advance(1s);
      it.crash("a");
      CHECK(it.feed(answer(it, restart_now())) == "stop b, give up over a");
    }
    THEN("without an answer in time the one beside it decides") {
      CHECK(it.advance(199ms) == "");
      CHECK(it.advance(1ms) == "wait 1s");
      CHECK(it.told("a").find("policy_timed_out") != std::string::npos);
      AND_THEN("an answer that comes late changes nothing") {
        CHECK(it.feed(answer(it, escalate())) == "");
        CHECK(it.advance(1s) == "start a");
      }
    }
    THEN("an answer about an earlier life changes nothing") {
      it.feed(answer(it, restart_now()));
      it.advance(1s);
      it.crash("a");
      CHECK(it.feed({.what = news::answered, .who = {0, 1}, .then = escalate()}) == "");
      CHECK_FALSE(it.finished);
    }
    THEN("a stop of the whole tree does not wait for it") { CHECK(it.stop() == "stop b, finish"); }
    THEN("a negative wait is none") {
      CHECK(it.feed(answer(it, restart_after(-5s))) == "");
      CHECK(it.advance(0s) == "start a");
    }
  }
}
