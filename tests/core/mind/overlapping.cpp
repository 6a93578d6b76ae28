#include "core_under_test.hpp"

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

declared_child_spec tagged(std::string id, std::string tag) {
  return {.id = std::move(id), .start = {"x"}, .more = child_details{.tags = {std::move(tag)}}};
}

} // namespace

SCENARIO("a regroup goes on when another takes some of its members over") {
  GIVEN("a team of two and a sibling that takes those after it along") {
    core_under_test it{
      {.intensity = {.restarts = unlimited},
       .children = {tagged("a", "t"), worker("b"), worker("c"), tagged("d", "t")},
       .more = supervisor_details{
         .group_strategies = {{.group = "t", .strategy = strategy::one_for_all}},
         .child_strategy_overrides = {{.child_id = "b", .strategy = strategy::rest_for_one}}}}};
    it.start();
    it.slow_to_stop = {"d"};
    WHEN("both fall and the one they share is slow to stop") {
      CHECK(it.crash("b") == "stop d");
      it.crash("a");
      it.exits("d", cancelled);
      it.advance(1s);
      THEN("everybody comes up again") {
        for (const auto* id : {"a", "b", "c", "d"})
          CHECK_MESSAGE(it.row(id).now == phase::up, std::string{id});
      }
    }
  }
}

SCENARIO("whoever waits for one that waits for ever holds up nobody") {
  GIVEN("a chain of optional children whose first never comes, and one that needs nobody") {
    const auto optional = [](std::string id, std::vector<std::string> needs) {
      return declared_child_spec{.id = std::move(id),
                                 .start = {"x"},
                                 .dependencies = std::move(needs),
                                 .criticality = criticality::optional};
    };
    auto first = optional("a", {});
    first.restart = restart::temporary;
    core_under_test it{
      {.children = {first, optional("b", {"a"}), optional("c", {"b"}), optional("d", {})}}};
    it.failing = {"a"};
    THEN("that one is started") { CHECK(it.start() == "start a, start d, begun"); }
  }
}

SCENARIO("a quarantine in progress is not undone by a restart") {
  GIVEN("a child that is going down to be parked") {
    core_under_test it{
      {.strategy = strategy::one_for_all,
       .intensity = {.restarts = unlimited},
       .children = {worker("a"), tagged("b", "t"), tagged("c", "t")},
       .more = supervisor_details{.escalation_policy = escalation_policy::quarantine_scope,
                                  .group_strategies
                                  = {{.group = "t", .strategy = strategy::one_for_all}}}}};
    it.start();
    it.slow_to_stop = {"c"};
    it.exits("b", {exit_class::nonzero_exit, exit_detail::none, failure_kind::fatal_bug, 0});
    WHEN("a sibling takes everybody along meanwhile") {
      it.crash("a");
      it.exits("c", cancelled);
      it.advance(1s);
      THEN("it is parked all the same") {
        CHECK(it.row("a").now == phase::up);
        CHECK(it.row("b").now == phase::parked);
        CHECK(it.row("c").now == phase::parked);
      }
    }
  }
}
