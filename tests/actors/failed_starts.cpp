// What counts as a start that failed, and what is said of it.

#include "governed.hpp"
#include "told.hpp"

#include <memory>

using namespace governed;

namespace {

caf::error no_port() { return sup::make_failure(sup::failure::recoverable, "no port"); }

caf::behavior quits(caf::event_based_actor* self) {
  self->quit(no_port());
  return {[](int x) { return x; }};
}

caf::expected<caf::behavior> returns_error(caf::event_based_actor*) { return no_port(); }

caf::expected<caf::behavior> returns_behavior(caf::event_based_actor*) {
  return caf::behavior{[](int n) { return n + 1; }};
}

using adder = sup::typed_actor<caf::result<int>(int)>;

adder::behavior_type quits_typed(adder::pointer self) {
  self->quit(no_port());
  return {[](int x) { return x; }};
}

caf::expected<adder::behavior_type> returns_error_typed(adder::pointer) { return no_port(); }

class quits_as_class : public caf::event_based_actor {
public:
  explicit quits_as_class(caf::actor_config& config) : caf::event_based_actor(config) {}

  caf::behavior make_behavior() override {
    quit(no_port());
    return {[](int) {}};
  }
};

/// All is done before it has served anybody.
caf::behavior finds_all_done(caf::event_based_actor* self) {
  self->quit();
  return {};
}

/// Never says that it is ready.
caf::behavior mute(caf::event_based_actor*, const sup::child&) {
  return {[](int x) { return x; }};
}

sup::child_spec reporting(std::string id) {
  return {.id = std::move(id),
          .start = sup::worker(mute),
          .readiness = sup::readiness::on_report,
          .start_timeout = 1s};
}

std::vector<sup::launcher> all_that_quit() {
  return {sup::worker(quits), sup::worker(returns_error), sup::worker(quits_typed),
          sup::worker(returns_error_typed), sup::worker<quits_as_class>()};
}

} // namespace

SCENARIO("a start that quits with an error or returns one has failed") {
  GIVEN("a child that does so when its supervisor starts") {
    for (const auto& start : all_that_quit()) {
      sup::test::tree it{{.children = {child("a"), {.id = "x", .start = start}}}};
      REQUIRE(it.ended());
      CHECK(it.report()->why == sup::aim::roll_back);
      CHECK(it.report()->culprit == "/x");
      CHECK(it.report()->reason.ends_with("no port"));
      CHECK_FALSE(it.running().started().empty());
    }
  }
  GIVEN("a child that does so when it is added") {
    for (const auto& start : all_that_quit()) {
      sup::test::tree it{{.children = {child("a")}}};
      const auto came
        = it.start_child({.id = "x", .start = start, .restart = sup::restart::temporary});
      REQUIRE(came);
      REQUIRE(came->failure);
      CHECK(came->failure->reason
            == "could not start (no port), and what was done for it was undone");
      CHECK(row_of(it.which_children()) == "a ready");
    }
  }
  GIVEN("an optional child that does so") {
    told events;
    sup::test::tree it{
      {.children
       = {{.id = "x", .start = sup::worker(quits), .criticality = sup::criticality::optional},
          child("a")}},
      events.options()};
    THEN("its policy tries again") {
      CHECK_FALSE(it.ended());
      CHECK(events.count("child_start_failed x") == 1);
      CHECK(events.count("child_running x") == 0);
      it.advance(10ms);
      CHECK(events.count("child_start_failed x") == 2);
    }
  }
  GIVEN("a child that quits without an error") {
    sup::test::tree it{
      {.children
       = {{.id = "x", .start = sup::worker(finds_all_done), .restart = sup::restart::transient},
          child("a")}}};
    THEN("it has started and ended well") {
      CHECK_FALSE(it.ended());
      CHECK(it.state_of("x").state == sup::lifecycle::stopped);
    }
  }
  GIVEN("a start function that might have returned an error") {
    sup::test::tree it{{.children = {{.id = "x", .start = sup::worker(returns_behavior)}}}};
    THEN("its behaviour counts") { CHECK(ask(it, "x", 1) == 2); }
  }
}

SCENARIO("a first start is through when the child has said that it is ready") {
  for (const auto* needed : {"with a dependent", "without one"}) {
    CAPTURE(needed);
    sup::supervisor_spec spec{.intensity = {.restarts = 2, .period = 1h},
                              .children = {child("a"), reporting("x")}};
    if (std::string{needed} == "with a dependent")
      spec.children.push_back({.id = "y", .start = sup::worker(steady), .dependencies = {"x"}});
    sup::test::tree silent{spec};
    CHECK_FALSE(silent.ended());
    silent.advance(1500ms);
    REQUIRE(silent.ended());
    CHECK(silent.report()->why == sup::aim::roll_back);
    CHECK(silent.report()->culprit == "/x");
    CHECK(silent.report()->reason
          == "took too long to start: it runs, but never called me.ready()");
    CHECK_FALSE(silent.running().started().empty());

    told events;
    sup::test::tree crashed{spec, events.options()};
    crashed.crash("x", "no disk");
    crashed.advance(1s);
    REQUIRE(crashed.ended());
    CHECK(crashed.report()->why == sup::aim::roll_back);
    CHECK(crashed.report()->reason.ends_with("no disk"));
    CHECK(events.count("child_start_failed x") == 1);
  }
}

TEST_CASE("whoever adds a child that never says that it is ready hears what did not come") {
  sup::test::tree it{{.children = {child("a")}}};
  const auto came = it.start_child(reporting("x"));
  REQUIRE(came);
  REQUIRE(came->failure);
  CHECK(came->failure->reason
        == "could not start (took too long to start: it runs, but never called me.ready()), and "
           "what was "
           "done for it was undone");
}

TEST_CASE("one with nothing to run is in the same state after a first start and after a restart") {
  const auto ignores_from = [](int first) {
    const auto n = std::make_shared<int>(0);
    return sup::custom([=](caf::local_actor& parent, const sup::child&) -> sup::launched {
      if (++*n >= first)
        return sup::launched::ignore();
      return parent.spawn(steady);
    });
  };
  sup::test::tree it{
    {.children = {{.id = "a", .start = ignores_from(1)}, {.id = "b", .start = ignores_from(2)}}}};
  it.crash("b");
  it.advance(1s);
  CHECK(row_of(it.which_children()) == "a stopped, b stopped");
}
