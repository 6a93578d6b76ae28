#include "any_limits.hpp"

#include <doctest/doctest.h>
#include <supervisor/rules/validate.hpp>
#include <supervisor/search/breaking.hpp>

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

declared_child_spec till(std::string id, nanoseconds first, nanoseconds longest = 30s) {
  declared_child_spec x{.id = std::move(id), .start = {"x"}};
  x.backoff = {first, longest};
  return x;
}

declared_child_spec nested(std::string id, declared_spec tree) {
  declared_child_spec x{.id = std::move(id)};
  x.start.nested = std::make_shared<const declared_spec>(std::move(tree));
  x.backoff = {0ms, 0ms};
  return x;
}

declared_spec mall(intensity root, intensity shop, nanoseconds backoff) {
  return {.intensity = root,
          .children = {nested("shop", {.intensity = shop, .children = {till("till", backoff)}})}};
}

survival broken(const declared_spec& x, std::uint32_t crashes) {
  REQUIRE(to_string(validate(x)) == "");
  return try_to_break(x, {.crashes = crashes});
}

intensity any_intensity(dice& d) { return {roll(d, 3), (1 + roll(d, 3)) * 100ms}; }

declared_spec any_supervisor(dice& d, int depth) {
  declared_spec x{.strategy = static_cast<strategy>(roll(d, 4)), .intensity = any_intensity(d)};
  for (std::uint32_t i = 0, n = 1 + roll(d, 2); i < n; ++i) {
    auto id = "c" + std::to_string(i);
    if (depth > 0 && roll(d, 2) == 0)
      x.children.push_back(nested(id, any_supervisor(d, depth - 1)));
    else
      x.children.push_back(till(id, roll(d, 3) * 60ms, 120ms));
    x.children.back().restart = static_cast<restart>(roll(d, 3));
    if (i > 0 && roll(d, 2) == 0)
      x.children.back().dependencies = {"c0"};
  }
  return x;
}

/// Limits, groups and roles of all kinds, so small that a few crashes meet them.
class any_limited_tree {
public:
  explicit any_limited_tree(std::uint64_t seed) : dice_{seed} {}

  declared_spec supervisor(int depth) {
    declared_spec x{.strategy = static_cast<strategy>(roll(dice_, 4)),
                    .intensity = {one_in(4) ? unlimited : roll(dice_, 4), some_time()}};
    auto& more = x.more.make();
    more.escalation_policy = static_cast<escalation_policy>(one_in(2) ? roll(dice_, 3) : 0);
    if (one_in(3))
      more.limits = scope();
    if (one_in(3))
      more.group_configs = {{.name = "g", .limits = scope()}};
    if (one_in(4))
      more.auto_shutdown = static_cast<auto_shutdown>(1 + roll(dice_, 2));
    for (std::uint32_t i = 0, n = 1 + roll(dice_, 2); i < n; ++i) {
      x.children.push_back(child("c" + std::to_string(i), x, depth));
      if (i > 0 && one_in(3))
        x.children.back().dependencies = {"c0"};
    }
    return x;
  }

private:
  bool one_in(std::uint32_t n) { return roll(dice_, n) == 0; }
  nanoseconds some_time() { return (1 + roll(dice_, 4)) * 100ms; }

  scope_limits scope() {
    scope_limits x;
    if (one_in(2))
      x.meltdown = meltdown_fuse{1 + roll(dice_, 3), some_time(), some_time()};
    if (one_in(2))
      x.restart_budget = token_bucket{some_time(), 1 + roll(dice_, 2), 10};
    return x;
  }

  child_limits limits() {
    child_limits x;
    if (one_in(2))
      x.restart_limit = policies::restart_limit{roll(dice_, 3), some_time()};
    if (one_in(3))
      x.failure_window
        = failure_window{static_cast<failure_window_mode>(roll(dice_, 2)), some_time(), 4, 2};
    if (one_in(4))
      x.hot_loop = hot_loop{some_time(), 2};
    if (one_in(4))
      x.cold_start = cold_start{some_time(), 1};
    if (one_in(4))
      x.meltdown = meltdown_fuse{2, some_time(), some_time()};
    return x;
  }

  declared_child_spec child(std::string id, const declared_spec& above, int depth) {
    auto x = depth > 0 && one_in(2) ? nested(id, supervisor(depth - 1))
                                    : till(id, roll(dice_, 3) * 60ms, 120ms);
    x.criticality = static_cast<criticality>(roll(dice_, 2));
    auto& more = x.more.make();
    if (one_in(2))
      more.limits = limits();
    if (one_in(3))
      more.task_role
        = x.start.nested ? task_role::supervisor : static_cast<task_role>(roll(dice_, 3));
    else
      x.restart = static_cast<restart>(roll(dice_, 3));
    if (one_in(6))
      more.reactions.on_failure_exit = static_cast<on_failure_action>(roll(dice_, 3));
    if (one_in(6))
      more.reactions.on_budget_exhausted = static_cast<on_budget_exhausted_action>(roll(dice_, 2));
    if (!above.more->group_configs.empty() && one_in(2))
      more.group = "g";
    more.significant = above.more->auto_shutdown != auto_shutdown::never
                       && x.restart.value_or(restart::permanent) != restart::permanent;
    return x;
  }

  dice dice_;
};

/// Trees that are tried with and without shortcuts: the same has to come out.
struct comparison {
  int fell = 0, survived = 0;
  std::uint64_t quick_states = 0, slow_states = 0;

  void compare(const declared_spec& tree, std::uint32_t crashes);
};

void comparison::compare(const declared_spec& tree, std::uint32_t crashes) {
  REQUIRE(to_string(validate(tree)) == "");
  const auto sites = searching::sites_of(tree, 1);
  const auto quick = searching::try_to_break(sites, {.crashes = crashes});
  const auto slow = searching::try_to_break(sites, {.crashes = crashes}, true);
  CAPTURE(to_string(quick));
  CAPTURE(to_string(slow));
  CHECK(quick.how == slow.how);
  CHECK(quick.crashes == slow.crashes);
  quick_states += quick.states;
  slow_states += slow.states;
  fell += slow.how == survival_outcome::falls;
  survived += slow.how == survival_outcome::survives;
}

} // namespace

TEST_CASE("a supervisor bears as many crashes as it says") {
  const auto x = broken({.intensity = {2, 5s}, .children = {till("till", 10ms)}}, 12);
  CHECK(x.how == survival_outcome::falls);
  CHECK(x.crashes == 3);
  REQUIRE(x.trace.size() == 3);
  CHECK(x.trace[0] == blow{0ms, "/till", "restart after 10ms"});
  CHECK(x.trace[1] == blow{10ms, "/till", "restart after 20ms"});
  CHECK(x.trace[2] == blow{30ms, "/till", "escalate (intensity)"});
}

TEST_CASE("what two supervisors bear is multiplied") {
  const auto x = broken(mall({3, 5s}, {3, 5s}, 100ms), 40);
  CHECK(x.how == survival_outcome::falls);
  CHECK(x.crashes == 16);
  CHECK(x.trace.back().then == "escalate (intensity); /shop: escalate (intensity)");
  CHECK(broken(mall({3, 5s}, {3, 5s}, 100ms), 15));
}

TEST_CASE("a root that forgets before the next one can give up is immortal") {
  const auto x = broken(mall({1, 1s}, {3, 5s}, 1s), 40);
  CHECK(x);
  CHECK(x.crashes == 40);
}

TEST_CASE("nothing is left to bring down once all are down for good") {
  auto once = till("once", 10ms);
  once.restart = restart::temporary;
  CHECK(broken({.intensity = {1, 5s}, .children = {once}}, 40));
}

TEST_CASE("a limit may bring it down before the intensity does") {
  auto weak = till("weak", 10ms);
  weak.more.make().limits = child_limits{.restart_limit = policies::restart_limit{1, 1s}};
  const auto x = broken({.intensity = {5, 5s}, .children = {till("strong", 10ms), weak}}, 12);
  CHECK(x.how == survival_outcome::falls);
  CHECK(x.crashes == 2);
  CHECK(x.trace[1].child == "/weak");
  CHECK(x.trace[1].then == "escalate (restart_limit)");
}

TEST_CASE("twenty equal children are no harder than one") {
  declared_spec x{.intensity = {4, 10s}};
  for (int i = 0; i < 20; ++i)
    x.children.push_back(till("c" + std::to_string(i), 10ms));
  const auto found = broken(x, 12);
  CHECK(found.crashes == 5);
  CHECK(found.states < 100);
}

TEST_CASE("a search that would take too long says how far it came") {
  auto x = mall({3, 60s}, {3, 5s}, 2s);
  const auto found = try_to_break(x, {.crashes = 40, .most_states = 50});
  CHECK(found.how == survival_outcome::not_all_tried);
  CHECK_FALSE(found);
  CHECK(found.bound == survival_bound::states);
  CHECK(found.states == 50);
  CHECK(try_to_break(x, {.crashes = 40, .most_states = 1}).how == survival_outcome::not_all_tried);
}

/// Its limits look as if four crashes were enough, and its waits are too long for that.
declared_spec never_in_time() {
  declared_spec x{.intensity = {10, 5s}};
  for (int i = 0; i < 3; ++i) {
    x.children.push_back(till("c" + std::to_string(i), 1s));
    x.children.back().more.make().limits
      = child_limits{.restart_limit = policies::restart_limit{3, 3s}};
  }
  return x;
}

TEST_CASE("a search with little memory tries the same as one with much") {
  const auto much = try_to_break(never_in_time(), {.crashes = 6});
  CHECK(much);
  CHECK(much.states > 1000); // worlds of 4 kB and more, of which a quarter of the memory holds few
  const auto little = try_to_break(never_in_time(), {.crashes = 6, .memory = 1 << 20});
  CHECK(little == much);
}

TEST_CASE("a search that would take too much memory says how far it came") {
  const auto found = try_to_break(never_in_time(), {.crashes = 12, .memory = 1 << 20});
  CHECK(found.how == survival_outcome::not_all_tried);
  CHECK(found.bound == survival_bound::memory);
  CHECK(found.crashes >= 3);
  CHECK(found.crashes < 12);
  CHECK(found.states > 5000);
  CHECK(found.states < 20'000); // a state takes some fifty bytes, and a quarter is for worlds
  CHECK(try_to_break(never_in_time(), {.crashes = 12, .memory = 1 << 20}) == found);
}

TEST_CASE("whoever may end the whole tree does so with one crash") {
  declared_spec shop{.intensity = {0, 5s}, .children = {till("till", 10ms)}};
  shop.more.make().escalation_policy = escalation_policy::shutdown_tree;
  const auto x = broken({.intensity = {3, 5s}, .children = {nested("shop", shop)}}, 3);
  CHECK(x.how == survival_outcome::falls);
  CHECK(x.crashes == 1);
}

TEST_CASE("nobody is brought down by signs of life that nobody gives") {
  auto watched = till("till", 10ms);
  watched.more.make().health_policy = health_policy{1s, 3s};
  watched.more.make().run_timeout = 1s;
  const auto x = broken({.intensity = {2, 600s}, .children = {watched}}, 12);
  CHECK(x.crashes == 3);
}

TEST_CASE("what is folded and foreseen is not overlooked") {
  comparison tried;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    CAPTURE(seed);
    dice d{seed};
    tried.compare(any_supervisor(d, 2), 4);
  }
  CHECK(tried.fell > 100);
  CHECK(tried.survived > 100);
  CHECK(10 * tried.quick_states < tried.slow_states);
}

TEST_CASE("what limits, groups and roles may do is not overlooked") {
  comparison tried;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    CAPTURE(seed);
    tried.compare(any_limited_tree{seed}.supervisor(1), 3);
  }
  CHECK(tried.fell > 100);
  CHECK(tried.survived > 100);
  CHECK(2 * tried.quick_states < tried.slow_states);
}
