// What is advised, and what is not, at the edges of each rule.

#include "linted.hpp"

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

/// "rule: text" for each, one a line.
std::string advised(const declared_spec& spec) {
  REQUIRE(to_string(validate(spec)) == "");
  std::string text;
  for (const auto& [rule, at] : lints(spec))
    text += std::string{rule} + ": " + at.what + "\n";
  return text;
}

declared_spec bearing(policies::intensity some, declared_child_spec child) {
  return {.intensity = some, .children = {std::move(child)}};
}

declared_child_spec tagged(declared_child_spec child, std::string tag) {
  child.more.make().tags = {std::move(tag)};
  return child;
}

} // namespace

TEST_CASE("decorrelated jitter waits no less than its first wait each time") {
  const policies::backoff waits{1s, 30s, jitter::decorrelated()};
  CHECK(says(advised(bearing({5, 4s}, waiting("a", waits))), "restarts last 5s"));
  CHECK(advised(bearing({5, 5s}, waiting("a", waits))) == "");
}

TEST_CASE("a long row of restarts waits the longest wait from some point on") {
  const policies::backoff waits{1s, 30s}; // 1 + 2 + 4 + 8 + 16, then 95 times 30
  CHECK(says(advised(bearing({100, 2880s}, waiting("a", waits))), "restarts last 2881s"));
  CHECK(advised(bearing({100, 2881s}, waiting("a", waits))) == "");
}

TEST_CASE("no period can be too short for none or for any number of restarts") {
  CHECK(advised(bearing({0, 1ms}, waiting("a", {1s, 1s}))) == "");
  CHECK(advised(bearing({unlimited, 1ms}, waiting("a", {1s, 1s}))) == "");
}

TEST_CASE("whoever is not restarted with a backoff reaches no limit by it") {
  const policies::intensity tight{2, 1s};
  auto child = waiting("a", {1s, 1s});
  CHECK(says(advised(bearing(tight, child)), "can never reach 2 in 1s"));
  child.restart = restart::temporary;
  CHECK(advised(bearing(tight, child)) == "");
  child.restart = restart::permanent;
  child.more.make().reactions.on_failure_exit = on_failure_action::stop_and_escalate;
  CHECK(advised(bearing(tight, child)) == "");
  auto own = worker("a");
  own.policy = standard_policy{.backoff = {1s, 1s}};
  CHECK(advised(bearing(tight, own)) == "");
}

TEST_CASE("only those that go down with a child can hold its restart up") {
  const auto among = [](strategy how) {
    return advised(
      {.strategy = how, .intensity = {3, 10s}, .children = {worker("a", 5s), worker("b", 1s)}});
  };
  CHECK(among(strategy::one_for_one) == "");
  CHECK(among(strategy::rest_for_one) == ""); // b alone goes down with a: 3 s
  CHECK(says(among(strategy::one_for_all), "\"b\" use their time to stop"));

  const auto after = [](std::optional<stop_budget> of_b) {
    return advised({.strategy = strategy::rest_for_one,
                    .intensity = {3, 10s},
                    .children = {worker("a", 1s), worker("b", of_b)}});
  };
  CHECK(says(after(5s), "that many restarts may take 16s"));
  CHECK(after(unlimited_stop) == ""); // there is no telling
}

TEST_CASE("only those that depend on a child hold up its restart with one_for_dependents") {
  const auto needing = [](declared_child_spec x, std::vector<std::string> needs) {
    x.dependencies = std::move(needs);
    return x;
  };
  const auto text = [](std::vector<declared_child_spec> children) {
    return advised({.strategy = strategy::one_for_dependents,
                    .intensity = {3, 10s},
                    .children = std::move(children)});
  };
  CHECK(text({worker("a", 1s), worker("b", 5s), needing(worker("c", 1s), {"a"})}) == "");
  const auto chain
    = text({worker("a", 1s), needing(worker("b", 1s), {"a"}), needing(worker("c", 5s), {"b"})});
  CHECK(says(chain, "if those that go down with \"a\" use their time to stop"));
  CHECK(says(chain, "that many restarts may take 19s")); // 6 s each, and the backoff
  const auto diamond
    = text({worker("a", 1s), needing(worker("b", 1s), {"a"}), needing(worker("c", 1s), {"a"}),
            needing(worker("d", 2s), {"b", "c"})});
  CHECK(says(diamond, "that many restarts may take 13s")); // d counts once
}

TEST_CASE("only those with the same tag go down with a child that has one") {
  const auto text = [](std::string tag_of_b) {
    declared_spec shop{
      .intensity = {3, 10s},
      .children = {tagged(worker("a", 1s), "t"), tagged(worker("b", 5s), std::move(tag_of_b))}};
    shop.more.make().group_strategies = {{.group = "t", .strategy = strategy::one_for_all}};
    return advised(shop);
  };
  CHECK(says(text("t"), "if those that go down with \"a\" use their time to stop"));
  CHECK(text("other") == "");
}

TEST_CASE("a restart limit is judged wherever it comes from") {
  declared_spec shop{.intensity = {unlimited, 1s}, .children = {waiting("a", {1s, 1s})}};
  auto& limit = shop.more.make().restart_limit;
  limit = policies::restart_limit{5, 2s};
  CHECK(says(advised(shop), "the restart limit of \"a\" can never be reached"));
  CHECK(lints(shop).front().at.where == "/children/0/id");
  limit = policies::restart_limit{5, 5s};
  CHECK(advised(shop) == "");
  limit = policies::restart_limit{unlimited, 2s};
  CHECK(advised(shop) == "");
  limit = policies::restart_limit{5, 2s};
  shop.children[0].restart = restart::temporary;
  CHECK(advised(shop) == "");
}

TEST_CASE("budgets above that are too large leave nothing to give below") {
  const auto root = [](std::uint32_t restarts, std::uint32_t below) {
    auto sub = nested("sub", bearing({below, 60s}, waiting("a", {0ms, 0ms})));
    sub.backoff = {0ms, 0ms};
    return advised(bearing({restarts, 60s}, sub));
  };
  CHECK(says(root(150, 1), "may crash 302 times before the topmost gives up. The levels above are "
                           "too many by themselves"));
  for (const auto& text : {root(150, unlimited), root(unlimited, 99)}) // they begin anew
    CHECK_FALSE(says(text, "multiplied_budget"));
  CHECK(root(9, 9) == "");
}

TEST_CASE("what nested supervisors need to stop is as long as those below them need") {
  const auto tree = [](std::optional<stop_budget> of_leaf) {
    const auto leaf = bearing({1, 5s}, worker("a", of_leaf));
    auto top = nested("top", bearing({1, 5s}, nested("sub", leaf)));
    top.shutdown = stop_budget{3s, 1s};
    return advised(bearing({1, 5s}, top));
  };
  CHECK(tree(stop_budget{1s, 500ms}) == "");
  CHECK(says(tree(5s), "is 3s, but those below may take 7s to stop"));
  CHECK(says(tree(unlimited_stop), "but those below may take any time to stop, and would be left "
                                   "behind. \"unlimited\" would do"));
}

TEST_CASE("an order that dependencies turn around is found at every level") {
  auto web = worker("web");
  web.dependencies = {"db"};
  auto api = worker("api");
  api.dependencies = {"db"};
  const declared_spec below{.strategy = strategy::rest_for_one,
                            .intensity = {1, 60s},
                            .children = {web, worker("db"), api}};
  const auto text = advised(bearing({1, 60s}, nested("sub", below)));
  CHECK(says(text, "\"web\" is declared before \"db\" and started after it"));
  CHECK_FALSE(says(text, "\"api\""));
}

TEST_CASE("a role is judged at every level") {
  auto job = worker("job");
  job.restart = restart::permanent;
  job.more.make().task_role = task_role::job;
  const auto text = advised(bearing({1, 60s}, nested("sub", bearing({1, 60s}, job))));
  CHECK(says(text, "contradicts the role job"));
}

TEST_CASE("a supervisor that ends by itself and has a policy of its own is left alone") {
  auto below = bearing({1, 5s}, worker("a"));
  below.more.make().auto_shutdown = auto_shutdown::any_significant;
  below.children[0].restart = restart::transient;
  below.children[0].more.make().significant = true;
  auto sub = nested("sub", below);
  CHECK(says(advised(bearing({1, 5s}, sub)), "auto_shutdown: \"sub\" ends when"));
  sub.policy = standard_policy{};
  CHECK(advised(bearing({1, 5s}, sub)) == "");
}

TEST_CASE("whatever decides about restarts is enough for a root to have decided") {
  const auto undecided = [](auto edit) {
    declared_spec root{.children = {worker("a")}};
    edit(root);
    return says(advised(root), "default_root: the root decides nothing");
  };
  CHECK(undecided([](auto&) {}));
  CHECK_FALSE(undecided([](auto& x) { x.intensity = {3, 60s}; }));
  CHECK_FALSE(undecided([](auto& x) { x.defaults.restart = restart::transient; }));
  CHECK_FALSE(undecided([](auto& x) { x.defaults.backoff = {1ms, 2ms}; }));
  CHECK_FALSE(undecided([](auto& x) { x.defaults.limits = child_limits{}; }));
  CHECK_FALSE(undecided([](auto& x) { x.more.make().limits = scope_limits{}; }));
  CHECK_FALSE(undecided([](auto& x) { x.more.make().limit = policies::restart_limit{}; }));
  CHECK_FALSE(undecided([](auto& x) { x.more.make().restart_limit = policies::restart_limit{}; }));
  CHECK_FALSE(undecided([](auto& x) { x.more.make().supervisor_failure_limit = 3; }));
  CHECK_FALSE(undecided([](auto& x) { x.children[0].restart = restart::permanent; }));
  CHECK_FALSE(undecided([](auto& x) { x.children[0].policy = standard_policy{}; }));
  CHECK_FALSE(undecided([](auto& x) { x.children[0].backoff = {1ms, 2ms}; }));
  CHECK_FALSE(undecided([](auto& x) { x.children[0].more.make().limits = child_limits{}; }));
  CHECK_FALSE(undecided([](auto& x) { x.children[0].more.make().task_role = task_role::service; }));
  CHECK(undecided([](auto& x) { x.children[0].more.make().name = "A"; }));
}
