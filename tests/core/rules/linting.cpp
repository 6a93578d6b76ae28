#include "linted.hpp"

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

/// "rule at place: text" for each, one a line.
std::string linted(const declared_spec& spec) {
  REQUIRE(validate(spec).empty());
  std::string text;
  for (const auto& [rule, at] : lints(spec))
    text += std::string{rule} + " at " + at.where + ": " + at.what + "\n";
  return text;
}

} // namespace

TEST_CASE("a tree that says what it means gets no advice") {
  CHECK(linted({.intensity = {.restarts = 3, .period = 5s}, .children = {worker("a")}}) == "");
}

TEST_CASE("a root left on its defaults is told what they mean") {
  CHECK(says(linted({.children = {worker("a")}}),
             "default_root at /intensity: the root decides nothing about restarts: at the 11th "
             "within 1min the whole tree ends."));
  CHECK(linted({}) == "");
  CHECK(linted(guarded(declared_spec{.children = {worker("a")}})).find("default_root")
        == std::string::npos);
}

SCENARIO("a limit that cannot be reached is named with the period that would do") {
  GIVEN("a backoff that grows beyond the period") {
    const auto text = linted({.intensity = {.restarts = 5, .period = 10s},
                              .children = {waiting("a", {1s, 30s})}}); // 1 + 2 + 4 + 8 + 16
    CHECK(
      says(text, "unreachable_limit at /intensity/period: \"a\" alone can never reach 5 in 10s"));
    CHECK(says(text, "restarts last 31s. A period of that"));
    THEN("that period is enough") {
      CHECK(
        linted({.intensity = {.restarts = 5, .period = 31s}, .children = {waiting("a", {1s, 30s})}})
        == "");
    }
  }
  GIVEN("siblings that may take longer to stop than the period allows") {
    const auto tree = [](nanoseconds period) {
      return declared_spec{.strategy = strategy::one_for_all,
                           .intensity = {.restarts = 3, .period = period},
                           .children = {worker("a", 1s), worker("b", 5s)}};
    };
    CHECK(says(linted(tree(10s)), "if those that go down with \"a\" use their time to stop"));
    CHECK(says(linted(tree(10s)), "that many restarts may take 16s"));
    CHECK(linted(tree(16s)) == "");
  }
  GIVEN("a restart limit of a child") {
    auto child = waiting("a", {10s, 10s});
    child.more = child_details{.limits = child_limits{.restart_limit = policies::restart_limit{
                                                        .max_restarts = 7, .window = 60s}}};
    const auto text = linted({.intensity = {.restarts = unlimited}, .children = {child}});
    CHECK(says(text, "unreachable_limit at /children/0/limits/restart_limit/window"));
    CHECK(says(text, "A window of 70s would do"));
  }
  GIVEN("full jitter") {
    CHECK(linted({.intensity = {.restarts = 5, .period = 10s},
                  .children = {waiting("a", {1s, 30s, jitter::full()})}})
          == "");
  }
}

TEST_CASE("budgets that multiply down the tree are multiplied for the reader") {
  const declared_spec leaf{.intensity = {.restarts = 10, .period = 60s}, .children = {worker("a")}};
  const declared_spec root{.intensity = {.restarts = 9, .period = 60s},
                           .children = {nested("sub", leaf)}};
  const auto text = linted(root);
  CHECK(says(text, "multiplied_budget at /children/0/supervisor/intensity/restarts"));
  CHECK(says(text, "may crash 110 times before the topmost gives up. 9 here would keep it at 100"));
}

SCENARIO("a supervisor needs as long to stop as those below it") {
  const auto tree = [](stop_budget of_sub) {
    auto sub = nested("sub", {.intensity = {.restarts = 1, .period = 5s},
                              .children = {worker("a", 5s), worker("b", 3s)}});
    sub.shutdown = of_sub;
    return declared_spec{.intensity = {.restarts = 1, .period = 5s}, .children = {sub}};
  };
  GIVEN("less than that") {
    const auto text = linted(tree(2s));
    CHECK(says(text, "short_stop at /children/0/shutdown: is 2s"));
    CHECK(says(text, "\"9s\" or \"unlimited\" would do"));
  }
  GIVEN("enough") { CHECK(linted(tree(9s)) == ""); }
  GIVEN("no bound") { CHECK(linted(tree(unlimited_stop)) == ""); }
}

TEST_CASE("rest_for_one and an order that dependencies turn around") {
  auto web = worker("web");
  web.dependencies = {"db"};
  const auto text = linted({.strategy = strategy::rest_for_one,
                            .intensity = {.restarts = 1, .period = 60s},
                            .children = {web, worker("db")}});
  CHECK(says(text, "order at /children/0/dependencies: \"web\" is declared before \"db\""));
  CHECK(says(text, "Declare it at place 1 or later"));
}

SCENARIO("one_for_dependents where nobody depends on anybody") {
  constexpr auto how = strategy::one_for_dependents;
  const auto needing_a = [](std::string id) {
    auto x = worker(std::move(id));
    x.dependencies = {"a"};
    return x;
  };
  const auto with_tag = [](declared_child_spec x) {
    x.more.make().tags = {"t"};
    return x;
  };
  declared_spec tree{.strategy = how,
                     .intensity = {.restarts = 1, .period = 60s},
                     .children = {worker("a"), worker("b")}};
  GIVEN("a whole supervisor") {
    CHECK(linted(tree)
          == "no_dependents at /strategy: no child has dependencies: each is restarted alone, as "
             "with one_for_one. Say in \"dependencies\" whom a child needs, or say "
             "one_for_one\n");
    tree.children[1] = needing_a("b");
    CHECK(linted(tree) == "");
    tree.children.clear(); // they come at run time
    CHECK(linted(tree) == "");
  }
  GIVEN("one below another") {
    const auto text
      = linted({.intensity = {.restarts = 1, .period = 60s}, .children = {nested("sub", tree)}});
    CHECK(says(text, "no_dependents at /children/0/supervisor/strategy"));
  }
  GIVEN("those with a tag") {
    tree.strategy = strategy::one_for_one;
    tree.more.make().group_strategies = {{.group = "t", .strategy = how}};
    tree.children = {with_tag(worker("a")), needing_a("b"), worker("c")};
    CHECK(says(linted(tree), "no_dependents at /group_strategies/0/strategy: no child with the tag "
                             "\"t\" depends on another with it"));
    tree.children[2].dependencies = {"b"};
    CHECK(says(linted(tree), "no_dependents"));
    tree.children[2] = with_tag(tree.children[2]); // it depends on a over b
    CHECK(linted(tree) == "");
  }
  GIVEN("one child") {
    tree.strategy = strategy::one_for_one;
    tree.children[1] = needing_a("b");
    auto& overrides = tree.more.make().child_strategy_overrides;
    overrides = {{.child_id = "b", .strategy = how}};
    CHECK(says(linted(tree),
               "no_dependents at /child_strategy_overrides/0/strategy: nobody depends "
               "on \"b\""));
    overrides[0].child_id = "a";
    CHECK(linted(tree) == "");
  }
  GIVEN("one_for_one with dependencies") {
    tree.strategy = strategy::one_for_one;
    tree.children[1] = needing_a("b");
    CHECK(linted(tree) == "");
  }
}

TEST_CASE("a job that is permanent is told what a job is") {
  const auto text = linted({.intensity = {.restarts = 1, .period = 60s},
                            .children = {{.id = "report",
                                          .start = {"x"},
                                          .restart = restart::permanent,
                                          .more = child_details{.task_role = task_role::job}}}});
  CHECK(says(text, "role at /children/0/restart"));
  CHECK(says(text, "\"permanent\" contradicts the role job"));
}

TEST_CASE("limits that nobody keeps are told") {
  const auto tree = [](declared_start start) {
    return declared_spec{
      .intensity = {.restarts = 1, .period = 60s},
      .children
      = {nested("sub", {.intensity = {.restarts = 1, .period = 60s},
                        .children = {{.id = "a",
                                      .start = std::move(start),
                                      .more = child_details{.resource_limits = resource_limits{
                                                              .max_memory_mb = 1}}}}})}};
  };
  CHECK(linted(tree({"x"}))
        == "resource_limits at /children/0/supervisor/children/0/resource_limits: nobody keeps "
           "these: \"a\" shares the limits of its program. As a process it would have its own\n");
  declared_start process;
  process.process = std::make_shared<const process_spec>(process_spec{.argv = {"x"}});
  CHECK(linted(tree(process)) == "");
}

TEST_CASE("a supervisor that ends by itself should not be a permanent child") {
  const auto tree = [](std::optional<policies::restart> of_sub, auto_shutdown when) {
    declared_spec below{.intensity = {.restarts = 1, .period = 5s},
                        .children = {{.id = "a", .start = {"x"}, .restart = restart::transient}}};
    below.more.make().auto_shutdown = when;
    below.children[0].more.make().significant = when != auto_shutdown::never;
    auto sub = nested("sub", below);
    sub.restart = of_sub;
    return declared_spec{.intensity = {.restarts = 1, .period = 5s}, .children = {sub}};
  };
  for (const auto when : {auto_shutdown::any_significant, auto_shutdown::all_significant}) {
    CHECK(linted(tree({}, when))
          == "auto_shutdown at /children/0/supervisor/auto_shutdown: \"sub\" ends when its "
             "significant children have, and is a permanent child: it is started again at once. "
             "As transient or temporary it would stay down\n");
    CHECK(linted(tree(restart::transient, when)) == "");
    CHECK(linted(tree(restart::temporary, when)) == "");
  }
  CHECK(linted(tree({}, auto_shutdown::never)) == "");
}
