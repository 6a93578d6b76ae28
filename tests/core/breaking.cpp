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
  declared_spec x{.strategy = static_cast<strategy>(roll(d, 3)), .intensity = any_intensity(d)};
  for (std::uint32_t i = 0, n = 1 + roll(d, 2); i < n; ++i) {
    auto id = "c" + std::to_string(i);
    if (depth > 0 && roll(d, 2) == 0)
      x.children.push_back(nested(id, any_supervisor(d, depth - 1)));
    else
      x.children.push_back(till(id, roll(d, 3) * 60ms, 120ms));
    x.children.back().restart = static_cast<restart>(roll(d, 3));
  }
  return x;
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
  CHECK(found.states == 50);
  CHECK(try_to_break(x, {.crashes = 40, .most_states = 1}).how == survival_outcome::not_all_tried);
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
  int fell = 0, survived = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    dice d{seed};
    const auto tree = any_supervisor(d, 2);
    REQUIRE(to_string(validate(tree)) == "");
    const auto sites = searching::sites_of(tree, 1);
    const auto quick = searching::try_to_break(sites, {.crashes = 4});
    const auto slow = searching::try_to_break(sites, {.crashes = 4}, true);
    CAPTURE(seed);
    CAPTURE(to_string(slow));
    CHECK(quick.how == slow.how);
    CHECK(quick.crashes == slow.crashes);
    CHECK(quick.states <= slow.states);
    fell += quick.how == survival_outcome::falls;
    survived += quick.how == survival_outcome::survives;
  }
  CHECK(fell > 100);
  CHECK(survived > 100);
}
