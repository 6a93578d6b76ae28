#include "core_under_test.hpp"

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

declared_child_spec in_group(std::string id, std::string group) {
  return {.id = std::move(id), .start = {"x"}, .more = child_details{.group = std::move(group)}};
}

declared_child_spec tagged(std::string id, std::string tag) {
  return {.id = std::move(id), .start = {"x"}, .more = child_details{.tags = {std::move(tag)}}};
}

/// Two failures blow the fuse of `payment`; the web shop depends on it in the given way.
declared_spec shop(propagation edge) {
  const scope_limits fused{
    .meltdown = meltdown_fuse{
      .max_failures = 2, .window = 30s, .reset_after = 120s, .scope = meltdown_scope::group}};
  return {.intensity = {.restarts = unlimited},
          .children = {in_group("card", "payment"), in_group("invoice", "payment"),
                       in_group("web", "shop"), worker("clock")},
          .more = supervisor_details{.group_configs
                                     = {{.name = "payment", .limits = fused}, {.name = "shop"}},
                                     .group_dependencies = {{"shop", "payment", edge}}}};
}

void blow_the_fuse_of_payment(core_under_test& it) {
  it.start();
  it.crash("card");
  it.advance(1s);
  CHECK(it.crash("invoice") == "wait 2min");
}

} // namespace

SCENARIO("a fused group is paused and nobody else is") {
  GIVEN("a group whose fuse has blown, and no edge to it") {
    core_under_test it{shop(propagation::none)};
    blow_the_fuse_of_payment(it);
    THEN("its running children go on running") { CHECK(it.row("card").now == phase::up); }
    THEN("its children are not restarted before the pause is over") {
      CHECK(it.crash("card") != "");
      CHECK(it.advance(118s) == "");
      CHECK(it.advance(3s).find("start card") != std::string::npos);
      CHECK(it.row("invoice").now == phase::up);
    }
    THEN("others are restarted as ever") {
      CHECK(it.crash("web") == "wait 10ms");
      CHECK(it.crash("clock") == "wait 10ms");
      CHECK(it.advance(10ms) == "start web, start clock");
    }
    THEN("the pause names its group and its length") {
      const auto& x = it.last(event_type::group_fuse_triggered);
      CHECK(it.plan().groups[x.group].name == "payment");
      CHECK(x.from_group == nobody);
      CHECK(x.wait == 120s);
    }
    THEN("the decision is taken anew when it is over") {
      CHECK(it.advance(120s).find("wait") != std::string::npos);
      CHECK(it.last(event_type::resumed).then.what == verdict::restart);
      CHECK(it.advance(1s) == "start invoice");
    }
  }
}

TEST_CASE("one group in ten melts down and the other nine are restarted as ever") {
  declared_spec spec{.intensity = {.restarts = unlimited}};
  for (int i = 0; i < 10; ++i) {
    const auto group = "g" + std::to_string(i);
    spec.more.make().group_configs.push_back({.name = group, .limits = guarded_group()});
    spec.children.push_back(in_group("c" + std::to_string(i), group));
  }
  core_under_test it{spec};
  it.start();
  for (int i = 0; i < 4; ++i) {
    CHECK(it.crash("c0") != "wait 2min");
    it.advance(1s);
  }
  CHECK(it.crash("c0") == "wait 2min");
  for (int i = 1; i < 10; ++i)
    CHECK(it.crash("c" + std::to_string(i)) == "wait 10ms");
  it.advance(1s);
  for (int i = 1; i < 10; ++i)
    CHECK(it.row("c" + std::to_string(i)).now == phase::up);
  CHECK(it.row("c0").now == phase::waiting);
}

SCENARIO("a full edge carries the pause to the group that depends on it") {
  GIVEN("a shop that needs payment, whose fuse has blown") {
    core_under_test it{shop(propagation::full)};
    blow_the_fuse_of_payment(it);
    THEN("the event names the edge") {
      const auto& x = it.last(event_type::group_fuse_triggered);
      CHECK(it.plan().groups[x.group].name == "shop");
      CHECK(it.plan().groups[x.from_group].name == "payment");
    }
    THEN("its children run on, and wait if they crash") {
      CHECK(it.row("web").now == phase::up);
      CHECK(it.crash("web") == "wait 10ms");
      CHECK(it.advance(1s) == "wait 119990ms");
      CHECK(it.advance(118s) == "");
      CHECK(it.advance(2s).find("start web") != std::string::npos);
    }
    THEN("who is in no group is not affected") {
      it.crash("clock");
      CHECK(it.advance(10ms) == "start clock");
    }
  }
}

SCENARIO("a weaker edge only tells") {
  GIVEN("a shop that wants to know of payment's troubles") {
    core_under_test it{shop(propagation::escalate_only)};
    blow_the_fuse_of_payment(it);
    THEN("it is told and goes on as ever") {
      const auto& x = it.last(event_type::group_fuse_notified);
      CHECK(it.plan().groups[x.group].name == "shop");
      CHECK(it.plan().groups[x.from_group].name == "payment");
      it.crash("web");
      CHECK(it.advance(10ms) == "start web");
    }
  }
}

SCENARIO("a child's override counts before its tag's strategy and that before the supervisor's") {
  const declared_spec spec{
    .strategy = strategy::one_for_one,
    .intensity = {.restarts = unlimited},
    .children = {worker("a"), tagged("b", "web"), tagged("c", "web"), worker("d"), worker("e")},
    .more = supervisor_details{
      .group_strategies = {{.group = "web", .strategy = strategy::one_for_all}},
      .child_strategy_overrides = {{.child_id = "d", .strategy = strategy::one_for_all}}}};
  core_under_test it{spec};
  it.start();
  GIVEN("a child with neither") {
    THEN("the supervisor's strategy counts") { CHECK(it.crash("a") == "wait 10ms"); }
  }
  GIVEN("a child with a tag") {
    THEN("those with the same tag go along and nobody else") {
      CHECK(it.crash("c") == "stop b, wait 10ms");
      CHECK(it.advance(10ms) == "start b, start c");
    }
  }
  GIVEN("a child with an override") {
    THEN("all its siblings go along") {
      CHECK(it.crash("d") == "stop e, stop c, stop b, stop a, wait 10ms");
    }
  }
}

SCENARIO("what an exhausted limit means is carried out") {
  const auto tree = [](escalation_policy what, strategy how) {
    return declared_spec{.strategy = how,
                         .intensity = {.restarts = 0},
                         .children = {worker("a"), worker("b"), worker("c")},
                         .more = supervisor_details{.escalation_policy = what}};
  };
  GIVEN("escalate_to_parent") {
    core_under_test it{tree(escalation_policy::escalate_to_parent, strategy::one_for_one)};
    it.start();
    CHECK(it.crash("b") == "stop c, stop a, give up over b");
  }
  GIVEN("shutdown_tree") {
    core_under_test it{tree(escalation_policy::shutdown_tree, strategy::one_for_one)};
    it.start();
    CHECK(it.crash("b") == "stop c, stop a, end the tree over b");
  }
  GIVEN("quarantine_scope of one child") {
    core_under_test it{tree(escalation_policy::quarantine_scope, strategy::one_for_one)};
    it.start();
    CHECK(it.crash("b") == "");
    CHECK(it.row("b").now == phase::parked);
    CHECK(it.row("a").now == phase::up);
    CHECK(it.advance(1h) == "");
  }
  GIVEN("quarantine_scope of a child and those after it") {
    core_under_test it{tree(escalation_policy::quarantine_scope, strategy::rest_for_one)};
    it.start();
    it.slow_to_stop = {"c"};
    CHECK(it.crash("b") == "stop c");
    WHEN("the last of them is down") {
      CHECK(it.exits("c", cancelled) == "");
      THEN("they wait for an operator and the others run") {
        CHECK(it.row("a").now == phase::up);
        CHECK(it.row("b").now == phase::parked);
        CHECK(it.row("c").now == phase::parked);
        CHECK(it.count(event_type::quarantined, "b") == 1);
        CHECK(it.count(event_type::child_quarantined, "c") == 1);
        CHECK(it.advance(1h) == "");
      }
    }
    WHEN("the supervisor is stopped meanwhile") {
      it.stop();
      CHECK(it.exits("c", cancelled) == "stop a, finish");
    }
  }
  GIVEN("quarantine_scope of all") {
    core_under_test it{tree(escalation_policy::quarantine_scope, strategy::one_for_all)};
    it.start();
    CHECK(it.crash("b") == "stop c, stop a");
    for (const auto* id : {"a", "b", "c"})
      CHECK(it.row(id).now == phase::parked);
  }
}

SCENARIO("a linked sidecar follows its primary") {
  const auto sidecar = [](bool linked) {
    return declared_child_spec{.id = "proxy",
                               .start = {"x"},
                               .more
                               = child_details{.task_role = task_role::sidecar,
                                               .sidecar_config = sidecar_config{"web", linked}}};
  };
  const auto tree = [&](bool linked, restart when) {
    auto web = worker("web");
    web.restart = when;
    return declared_spec{.intensity = {.restarts = unlimited},
                         .children = {sidecar(linked), web, worker("clock")}};
  };
  GIVEN("one that is linked") {
    core_under_test it{tree(true, restart::permanent)};
    THEN("it starts after its primary, wherever it was declared") {
      CHECK(it.start() == "start web, start proxy, start clock, begun");
    }
    THEN("it goes down and comes up with its primary") {
      it.start();
      CHECK(it.crash("web") == "stop proxy, wait 10ms");
      CHECK(it.advance(10ms) == "start web, start proxy");
    }
    THEN("its own crash is its own") {
      it.start();
      CHECK(it.crash("proxy") != "");
      CHECK(it.row("web").now == phase::up);
    }
  }
  GIVEN("a primary that stays down") {
    core_under_test it{tree(true, restart::transient)};
    it.start();
    THEN("the sidecar goes down with it") {
      CHECK(it.exits("web", ended_well) == "stop proxy");
      CHECK(it.row("proxy").now == phase::down);
      CHECK(it.advance(1h) == "");
    }
  }
  GIVEN("one that is not linked") {
    core_under_test it{tree(false, restart::permanent)};
    it.start();
    THEN("it stays up") { CHECK(it.crash("web") == "wait 10ms"); }
  }
}

SCENARIO("severity decides how loud a refusal is and who comes first") {
  const auto child = [](std::string id, severity_class severity) {
    return declared_child_spec{
      .id = std::move(id), .start = {"x"}, .more = child_details{.severity = severity}};
  };
  GIVEN("one restart left, and three children that end together") {
    core_under_test it{
      {.intensity = {.restarts = 1},
       .children
       = {child("quiet", severity_class::optional), child("usual", severity_class::standard),
          child("vital", severity_class::critical)},
       .more = supervisor_details{.escalation_policy = escalation_policy::quarantine_scope}}};
    it.start();
    it.together({{"quiet", died}, {"usual", died}, {"vital", died}});
    THEN("the most severe gets it") {
      CHECK(it.row("vital").now == phase::waiting);
      CHECK(it.row("usual").now == phase::parked);
      CHECK(it.row("quiet").now == phase::parked);
      CHECK(it.last(event_type::child_panicked).tie == tie_break::higher_severity);
    }
    THEN("a refusal is told once more where it is louder or quieter than usual") {
      CHECK(it.count(event_type::escalation_bifurcated, "quiet") == 1);
      CHECK(it.last(event_type::escalation_bifurcated).severity == severity_class::optional);
      CHECK(it.count(event_type::escalation_bifurcated, "usual") == 0);
    }
  }
}

TEST_CASE("an exit code from the success list is no failure") {
  constexpr child_exit seventy_five{exit_class::nonzero_exit, exit_detail::code,
                                    failure_kind::recoverable, 75};
  core_under_test it{
    {.children = {{.id = "job",
                   .start = {"x"},
                   .restart = restart::transient,
                   .more = child_details{.success_exit_codes = std::vector{0, 75}}},
                  {.id = "other", .start = {"x"}, .restart = restart::transient}}}};
  it.start();
  CHECK(it.exits("job", seventy_five) == "");
  CHECK(it.last(event_type::child_stopped).exit.what == exit_class::success);
  CHECK(it.exits("other", seventy_five) == "wait 10ms");
}
