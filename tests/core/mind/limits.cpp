#include "core_under_test.hpp"

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

declared_child_spec with_limits(std::string id, child_limits x) {
  return {.id = std::move(id), .start = {"x"}, .more = child_details{.limits = std::move(x)}};
}

declared_child_spec in_group(std::string id, std::string group) {
  return {.id = std::move(id), .start = {"x"}, .more = child_details{.group = std::move(group)}};
}

/// Nothing but the limit in question ever says no.
declared_spec patient(std::vector<declared_child_spec> children, supervisor_details more = {}) {
  return {
    .intensity = {.restarts = unlimited}, .children = std::move(children), .more = std::move(more)};
}

/// Crashes it as soon as it is up, so many times; with what came of the last crash.
std::string crash_again(core_under_test& it, const std::string& id, int times) {
  std::string last;
  for (int i = 0; i < times; ++i) {
    last = it.crash(id);
    if (i + 1 < times)
      it.advance(1s);
  }
  return last;
}

constexpr token_bucket one_at_a_time{.window = 60s, .max_burst = 1, .recovery_rate_per_sec = 0.5};

} // namespace

SCENARIO("a child that used up its restart limit is refused the next restart") {
  const child_limits ten{.restart_limit
                         = policies::restart_limit{.max_restarts = 10, .window = 60s}};
  GIVEN("an optional child with ten restarts a minute") {
    auto child = with_limits("a", ten);
    child.criticality = criticality::optional;
    core_under_test it{patient({child, worker("b")})};
    it.start();
    CHECK(crash_again(it, "a", 10) != "");
    it.advance(1s);
    WHEN("it fails for the eleventh time") {
      CHECK(it.crash("a") == "");
      THEN("it is quarantined and its sibling is left alone") {
        CHECK(it.row("a").now == phase::parked);
        CHECK(it.row("b").now == phase::up);
        CHECK(it.count(event_type::budget_denied, "a") == 1);
        CHECK(it.last(event_type::child_panicked).then.what == verdict::quarantine);
      }
    }
    WHEN("a minute has passed first") {
      it.advance(61s);
      THEN("there is room again") { CHECK(it.crash("a") != ""); }
    }
  }
  GIVEN("a critical child with the same limit") {
    core_under_test it{patient({with_limits("a", ten)})};
    it.start();
    crash_again(it, "a", 10);
    it.advance(1s);
    THEN("its supervisor gives up") { CHECK(it.crash("a") == "give up over a"); }
  }
}

SCENARIO("one child's crashes never use up another's limits") {
  GIVEN("two children with every limit of a child on") {
    core_under_test it{
      patient({with_limits("a", guarded_child()), with_limits("b", guarded_child())})};
    it.start();
    WHEN("one of them crashes in a hot loop") {
      crash_again(it, "a", 3);
      THEN("the other is restarted as if nothing had happened") {
        CHECK(it.row("a").now == phase::waiting);
        CHECK(it.crash("b") == "wait 10ms");
        CHECK(it.advance(10ms) == "start b");
      }
    }
  }
}

SCENARIO("a hot loop is paused and then released") {
  GIVEN("a child that may end less than three times in ten seconds") {
    core_under_test it{patient({with_limits("a", {.hot_loop = hot_loop{}})})};
    it.start();
    const auto begin = it.now;
    WHEN("it crashes for the third time within two seconds") {
      CHECK(crash_again(it, "a", 3) == "wait 8s");
      THEN("it is held until the first of them is ten seconds old, and comes back by itself") {
        CHECK(it.count(event_type::budget_denied, "a") == 1);
        CHECK(it.advance(7999ms) == "");
        CHECK(it.advance(2ms) == "start a");
        CHECK(it.now - begin == 10s + 1ms);
      }
    }
  }
}

SCENARIO("a cold start has a budget of its own") {
  GIVEN("two restarts in the first minute") {
    core_under_test it{
      patient({with_limits("a", {.cold_start = cold_start{.window = 60s, .max_restarts = 2}})})};
    it.start();
    WHEN("they are used up after two seconds") {
      crash_again(it, "a", 2);
      it.advance(1s);
      THEN("the next restart comes when the minute is over") {
        it.crash("a");
        CHECK(it.advance(58s) == "");
        CHECK(it.advance(1ms) == "start a");
        AND_THEN("then the budget is no longer anybody's business") {
          CHECK(crash_again(it, "a", 5) != "");
          CHECK(it.row("a").now == phase::waiting);
          CHECK(it.count(event_type::budget_denied, "a") == 1);
        }
      }
    }
  }
}

SCENARIO("a failure window holds a child until it is calm again") {
  GIVEN("two failures within ten seconds are too many") {
    core_under_test it{patient(
      {with_limits("a", {.failure_window = failure_window{.window = 10s, .threshold = 2}})})};
    it.start();
    it.crash("a");
    it.advance(1s);
    THEN("the second waits until the first is out of the window") {
      CHECK(it.crash("a") != "wait 20ms");
      CHECK(it.advance(8999ms) == "");
      CHECK(it.advance(2ms) == "start a");
    }
  }
}

SCENARIO("a restart that the budget refuses happens by itself when there is a token again") {
  GIVEN("a supervisor with one token and one more every two seconds") {
    core_under_test it{patient({worker("a"), worker("b"), worker("c")},
                               {.limits = scope_limits{.restart_budget = one_at_a_time}})};
    it.start();
    WHEN("all three children crash") {
      CHECK(it.crash("a") == "wait 10ms");
      CHECK(it.crash("b") == "wait 2s");
      CHECK(it.crash("c") == "wait 4s");
      THEN("they come back one after another, without an operator") {
        CHECK(it.advance(1s) == "start a");
        CHECK(it.advance(1s) == "start b");
        CHECK(it.advance(2s) == "start c");
        CHECK(it.count(event_type::budget_exhausted, "a") == 0);
        CHECK(it.count(event_type::budget_exhausted, "c") == 1);
      }
    }
  }
}

SCENARIO("a group's budget is for its own children") {
  GIVEN("a group with one token beside children that are in none") {
    core_under_test it{
      patient({in_group("a", "payment"), in_group("b", "payment"), worker("c")},
              {.group_configs
               = {{.name = "payment", .limits = scope_limits{.restart_budget = one_at_a_time}}}})};
    it.start();
    it.crash("a");
    THEN("the second of the group is postponed and the stranger is not") {
      CHECK(it.crash("b") == "wait 2s");
      CHECK(it.crash("c") == "wait 10ms");
      CHECK(it.last(event_type::budget_exhausted).group == 0);
      CHECK(it.advance(2s) == "start a, start c, start b");
    }
  }
}

SCENARIO("a child's fuse holds it and lets it go again") {
  GIVEN("three failures in ten seconds blow it for two minutes") {
    core_under_test it{patient({with_limits("a", {.meltdown = meltdown_fuse::for_child()})})};
    it.start();
    CHECK(crash_again(it, "a", 3) == "wait 2min");
    THEN("it is released when it was quiet for that long") {
      CHECK(it.advance(119s) == "");
      CHECK(it.advance(1s) == "start a");
      CHECK(it.crash("a") != "wait 2min");
    }
  }
}

SCENARIO("of fuses that blow together the narrowest of the most severe leads") {
  const auto fuse = [](meltdown_fuse x) {
    x.max_failures = 2;
    return x;
  };
  const auto tree = [&](std::optional<meltdown_fuse> of_supervisor) {
    return patient(
      {{.id = "a",
        .start = {"x"},
        .more = child_details{.limits = child_limits{.meltdown = fuse(meltdown_fuse::for_child())},
                              .group = "g"}}},
      {.limits = scope_limits{.meltdown = of_supervisor},
       .group_configs
       = {{.name = "g", .limits = scope_limits{.meltdown = fuse(meltdown_fuse::for_group())}}}});
  };
  GIVEN("a child's and a group's") {
    core_under_test it{tree({})};
    it.start();
    crash_again(it, "a", 2);
    THEN("the group's leads") {
      CHECK(scope_of(it.last(event_type::child_panicked).then.because) == scope::group);
      CHECK(it.last(event_type::child_panicked).then.what == verdict::pause_group);
    }
  }
  GIVEN("the supervisor's as well") {
    core_under_test it{tree(fuse(meltdown_fuse::for_supervisor()))};
    it.start();
    THEN("the supervisor's leads and it gives up") {
      CHECK(crash_again(it, "a", 2) == "give up over a");
      CHECK(scope_of(it.last(event_type::child_panicked).then.because) == scope::supervisor);
    }
  }
}

TEST_CASE("the failure limit of a supervisor is its fuse") {
  core_under_test it{patient({worker("a"), worker("b")}, {.supervisor_failure_limit = 2})};
  it.start();
  it.crash("a");
  CHECK(it.crash("b") == "give up over b");
  CHECK(part_name(it.plan(), it.slot_of("b"), it.last(event_type::child_panicked).then.because)
        == meltdown_fuse::name);
}

SCENARIO("restarts beyond the gate wait for their turn") {
  GIVEN("a supervisor that starts two at a time") {
    std::vector<declared_child_spec> six;
    for (int i = 0; i < 6; ++i)
      six.push_back(worker("c" + std::to_string(i)));
    core_under_test it{patient(six, {.limits = scope_limits{.concurrent_restarts = 2}})};
    it.start();
    it.slow_to_start = {"c0", "c1", "c2", "c3", "c4", "c5"};
    for (int i = 0; i < 6; ++i)
      it.crash("c" + std::to_string(i));
    WHEN("all are due") {
      CHECK(it.advance(1s) == "start c0, start c1");
      THEN("the others follow in order, one for each that is up") {
        CHECK(it.count(event_type::restart_throttled, "c2") == 1);
        CHECK(it.count(event_type::restart_throttled, "c5") == 1);
        CHECK(it.state().starting == 2);
        CHECK(it.started("c1") == "start c2");
        CHECK(it.started("c0") == "start c3");
        CHECK(it.started("c3") == "start c4");
        CHECK(it.started("c4") == "start c5");
      }
      THEN("one that fails to start makes room too") {
        CHECK(it.exits("c0", no_start).find("start c2") != std::string::npos);
      }
    }
    WHEN("the supervisor is stopped meanwhile") {
      it.advance(1s);
      it.stop();
      THEN("nobody in the line is started") {
        CHECK(it.finished);
        CHECK(it.row("c5").number == 1);
      }
    }
  }
  GIVEN("a group that starts one at a time beside others") {
    core_under_test it{patient(
      {in_group("a", "g"), in_group("b", "g"), in_group("c", "g"), worker("d")},
      {.limits = scope_limits{.concurrent_restarts = 2},
       .group_configs = {{.name = "g", .limits = scope_limits{.concurrent_restarts = 1}}}})};
    it.start();
    it.slow_to_start = {"a", "b", "c", "d"};
    for (const auto* id : {"a", "b", "c", "d"})
      it.crash(id);
    THEN("its line holds up nobody else") {
      CHECK(it.advance(1s) == "start a, start d");
      CHECK(it.last(event_type::restart_throttled).group == 0);
      CHECK(it.started("d") == "");
      CHECK(it.started("a") == "start b");
      CHECK(it.started("b") == "start c");
    }
  }
}

TEST_CASE("all limits of a guarded supervisor are on") {
  auto spec = guarded(declared_spec{.children = {worker("a"), in_group("b", "g")},
                                    .more = supervisor_details{.group_configs = {{.name = "g"}}}});
  CHECK(validate(spec).empty());
  core_under_test it{spec};
  const auto& p = it.plan();
  CHECK(p.limits);
  CHECK(p.groups.at(0).limits);
  CHECK(p.of(0).limits);
  CHECK(p.in_flight == 5);
}

TEST_CASE("a stable run forgets the failures before it") {
  core_under_test it{patient({worker("a")})};
  it.start();
  CHECK(it.crash("a") == "wait 10ms");
  it.advance(10ms);
  CHECK(it.crash("a") == "wait 20ms");
  it.advance(20ms + 999ms);
  CHECK(it.crash("a") == "wait 40ms"); // it ran for 999 ms: not yet stable
  it.advance(40ms + 1s);
  CHECK(it.crash("a") == "wait 10ms");
}

TEST_CASE("a limit of one's own may be kept for the whole supervisor") {
  core_under_test it{
    patient({worker("a"), worker("b")},
            {.limit = restart_policy{otp_intensity{.restarts = 1, .period = 5s}}})};
  it.start();
  it.crash("a");
  CHECK(it.crash("b") == "give up over b");
  CHECK(scope_of(it.last(event_type::child_panicked).then.because) == scope::own);
}
