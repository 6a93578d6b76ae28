#include "core_under_test.hpp"

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

declared_child_spec vital_child(std::string id, restart when) {
  return {.id = std::move(id),
          .start = {"x"},
          .restart = when,
          .more = child_details{.significant = true}};
}

/// Two significant children around one that is not.
declared_spec pair(auto_shutdown ends, restart when, strategy with = strategy::one_for_one) {
  return {.strategy = with,
          .children = {vital_child("first", when), worker("other"), vital_child("last", when)},
          .more = supervisor_details{.auto_shutdown = ends}};
}

} // namespace

SCENARIO("the end of any significant child ends the supervisor") {
  GIVEN("temporary ones") {
    for (const auto why : {ended_well, died, cancelled, killed}) {
      core_under_test it{pair(auto_shutdown::any_significant, restart::temporary)};
      it.start();
      const auto well = why.what == exit_class::success;
      CHECK(it.exits("first", why)
            == std::string{"stop last, stop other, "} + (well ? "complete" : "finish")
                 + " after first");
      CHECK(it.over == (well ? aim::completed : aim::auto_shutdown));
      CHECK(it.state().strikes.empty());
    }
  }
  GIVEN("transient ones") {
    core_under_test it{pair(auto_shutdown::any_significant, restart::transient)};
    it.start();
    CHECK(it.crash("first") == "wait 10ms");
    CHECK(it.advance(10ms) == "start first");
    CHECK(it.exits("first", ended_well) == "stop last, stop other, complete after first");
    CHECK(it.told("").find("runtime_control_loop_completed") == std::string::npos);
    CHECK(it.count(event_type::runtime_control_loop_completed, "first") == 1);
  }
  GIVEN("one that is not significant") {
    auto spec = pair(auto_shutdown::any_significant, restart::transient);
    spec.children[1].restart = restart::transient;
    core_under_test it{spec};
    it.start();
    CHECK(it.exits("other", ended_well) == "");
    CHECK_FALSE(it.finished);
  }
}

TEST_CASE("the last of two significant children to end ends the supervisor") {
  for (const auto when : {restart::transient, restart::temporary}) {
    core_under_test it{pair(auto_shutdown::all_significant, when)};
    it.start();
    CHECK(it.exits("last", ended_well) == "");
    CHECK(it.exits("first", ended_well) == "stop other, complete after first");
  }
}

SCENARIO("a supervisor has completed if all of its significant children ended well") {
  GIVEN("the first to end has failed") {
    core_under_test it{pair(auto_shutdown::all_significant, restart::temporary)};
    it.start();
    CHECK(it.crash("last") == "");
    CHECK(it.exits("first", ended_well) == "stop other, finish after first");
    CHECK(it.over == aim::auto_shutdown);
  }
  GIVEN("the last to end has failed") {
    core_under_test it{pair(auto_shutdown::all_significant, restart::temporary)};
    it.start();
    CHECK(it.exits("last", ended_well) == "");
    CHECK(it.crash("first") == "stop other, finish after first");
  }
  GIVEN("one that was added, has failed, and is not remembered") {
    core_under_test it{pair(auto_shutdown::all_significant, restart::temporary)};
    it.start();
    it.add(vital_child("more", restart::temporary));
    it.crash("more");
    it.exits("last", ended_well);
    CHECK(it.exits("first", ended_well) == "stop other, finish after first");
  }
  GIVEN("one that was added, and that an operator has removed") {
    core_under_test it{pair(auto_shutdown::all_significant, restart::transient)};
    it.start();
    it.add(vital_child("more", restart::transient));
    it.command(command::remove_child, "more");
    it.exits("last", ended_well);
    CHECK(it.exits("first", ended_well) == "stop other, complete after first");
  }
  GIVEN("one that is about to come up with its siblings") {
    core_under_test it{
      pair(auto_shutdown::any_significant, restart::transient, strategy::rest_for_one)};
    it.start();
    CHECK(it.crash("other") == "stop last, wait 10ms");
    CHECK(it.exits("first", ended_well) == "complete after first");
  }
  GIVEN("one that an operator holds") {
    core_under_test it{pair(auto_shutdown::all_significant, restart::transient)};
    it.start();
    it.command(command::quarantine_child, "last");
    CHECK(it.exits("first", ended_well) == "stop other, finish after first");
  }
}

TEST_CASE("a significant child that never started is not waited for") {
  for (const auto when : {restart::transient, restart::temporary}) {
    core_under_test it{pair(auto_shutdown::all_significant, when)};
    it.ignoring = {"last"};
    it.start();
    CHECK(it.exits("first", ended_well) == "stop other, complete after first");
  }
}

TEST_CASE("a significant child that was terminated is not waited for") {
  for (const auto when : {restart::transient, restart::temporary}) {
    core_under_test it{pair(auto_shutdown::all_significant, when)};
    it.start();
    it.command(command::terminate_child, "last");
    CHECK(it.exits("first", ended_well) == "stop other, finish after first");
  }
}

TEST_CASE("two significant children that end at once end the supervisor") {
  for (const auto when : {restart::transient, restart::temporary}) {
    core_under_test it{pair(auto_shutdown::all_significant, when)};
    it.start();
    CHECK(it.together({{"last", ended_well}, {"first", ended_well}})
          == "stop other, finish after first");
  }
}

SCENARIO("a significant child that is about to be restarted is waited for") {
  GIVEN("two transient ones of which one is about to be restarted") {
    core_under_test it{pair(auto_shutdown::all_significant, restart::transient)};
    it.start();
    it.crash("last");
    CHECK(it.exits("first", ended_well) == "");
    CHECK(it.advance(10ms) == "start last");
    CHECK(it.exits("last", ended_well) == "stop other, complete after last");
  }
}

SCENARIO("ends that somebody commanded end nothing") {
  for (const auto ends : {auto_shutdown::any_significant, auto_shutdown::all_significant})
    for (const auto when : {restart::transient, restart::temporary})
      for (const auto order : {command::terminate_child, command::pause_child,
                               command::quarantine_child, command::remove_child}) {
        CAPTURE(label(order));
        core_under_test it{pair(ends, when)};
        it.start();
        it.command(order, "first");
        it.command(order, "last");
        CHECK_FALSE(it.finished);
        CHECK(it.row("other").now == phase::up);
      }
}

SCENARIO("ends that siblings caused end nothing") {
  for (const auto with : {strategy::one_for_one, strategy::one_for_all, strategy::rest_for_one})
    for (const auto ends : {auto_shutdown::any_significant, auto_shutdown::all_significant})
      for (const auto when : {restart::transient, restart::temporary}) {
        core_under_test it{pair(ends, when, with)};
        it.start();
        it.crash("other");
        it.advance(1s);
        CHECK_FALSE(it.finished);
        CHECK(it.row("other").now == phase::up);
        const auto forgotten = when == restart::temporary && with != strategy::one_for_one;
        CHECK((it.row("last").now == phase::forgotten) == forgotten);
      }
}

TEST_CASE("nobody is significant to a supervisor that never shuts itself down") {
  core_under_test it{pair(auto_shutdown::never, restart::transient)};
  it.start();
  it.exits("first", ended_well);
  it.exits("last", ended_well);
  CHECK_FALSE(it.finished);
}

TEST_CASE("a significant child that is quarantined by its limits ends nothing") {
  auto spec = pair(auto_shutdown::any_significant, restart::transient);
  spec.children[0].criticality = criticality::optional;
  spec.children[0].more.make().limits
    = child_limits{.restart_limit = policies::restart_limit{0, 60s}};
  core_under_test it{spec};
  it.start();
  it.crash("first");
  CHECK(it.row("first").now == phase::parked);
  CHECK_FALSE(it.finished);
}

SCENARIO("what is significant may change") {
  auto wanted = pair(auto_shutdown::any_significant, restart::transient);
  GIVEN("a supervisor that never shut itself down") {
    core_under_test it{pair(auto_shutdown::never, restart::transient)};
    it.start();
    CHECK(it.revise(wanted) == "");
    CHECK(it.exits("first", ended_well) == "stop last, stop other, complete after first");
  }
  GIVEN("one that would have at any end") {
    core_under_test it{wanted};
    it.start();
    WHEN("it is to wait for the last") {
      CHECK(it.revise(pair(auto_shutdown::all_significant, restart::transient)) == "");
      CHECK(it.exits("first", ended_well) == "");
      CHECK(it.exits("last", ended_well) == "stop other, complete after last");
    }
    WHEN("it is never to") {
      it.revise(pair(auto_shutdown::never, restart::transient));
      CHECK(it.exits("first", ended_well) == "");
      CHECK(it.command(command::restart_child, "first") == "start first");
    }
    WHEN("a child becomes significant and another does no more") {
      wanted.children[0].more.make().significant = false;
      it.revise(wanted);
      CHECK(it.exits("first", ended_well) == "");
      CHECK(it.exits("last", ended_well) == "stop other, complete after last");
    }
  }
}
