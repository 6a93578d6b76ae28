// How a search for the fewest crashes is told, and settings that it has to know.

#include <doctest/doctest.h>
#include <supervisor/rules/validate.hpp>
#include <supervisor/search/survival.hpp>

#include <sstream>

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

declared_child_spec till(std::string id) {
  declared_child_spec x{.id = std::move(id), .start = {"x"}};
  x.backoff = {10ms, 30s};
  return x;
}

declared_child_spec nested(std::string id, declared_spec tree) {
  declared_child_spec x{.id = std::move(id)};
  x.start.nested = std::make_shared<const declared_spec>(std::move(tree));
  return x;
}

survival broken(const declared_spec& x, std::uint32_t crashes = 6) {
  REQUIRE(to_string(validate(x)) == "");
  return try_to_break(x, {.crashes = crashes, .seed = 5});
}

/// How many crashes it takes; 0: more than were tried.
std::uint32_t fewest(const declared_spec& x) {
  const auto found = broken(x);
  return found.how == survival_outcome::falls ? found.crashes : 0;
}

std::string last_word(const declared_spec& x) {
  const auto found = broken(x);
  return found.trace.empty() ? "" : found.trace.back().then;
}

} // namespace

TEST_CASE("what brings a tree down is told blow by blow") {
  survival x{.how = survival_outcome::falls,
             .crashes = 2,
             .trace
             = {{0ns, "/a", "restart after 10ms"}, {10ms, "/shop/till", "escalate (intensity)"}},
             .states = 7,
             .seed = 3};
  CHECK(to_string(x)
        == "2 crashes bring it down, and no fewer (7 states)\n"
           "  1   0s         /a          restart after 10ms\n"
           "  2   10ms       /shop/till  escalate (intensity)\n");
  x.rolls_dice = true;
  CHECK(to_string(x).starts_with(
    "2 crashes bring it down, and no fewer (7 states, with the luck of seed 3)\n"));
  std::ostringstream text;
  text << x;
  CHECK(text.str() == to_string(x));
}

TEST_CASE("what does not bring a tree down is told with how much was tried") {
  survival x{.how = survival_outcome::survives, .crashes = 12, .states = 3};
  CHECK(to_string(x) == "12 crashes or fewer do not bring it down (3 states)\n");
  x.crashes = 1;
  CHECK(to_string(x) == "1 crash or fewer do not bring it down (3 states)\n");
  x.how = survival_outcome::not_all_tried;
  CHECK(to_string(x)
        == "1 crash or fewer do not bring it down; what more of them do was not all tried (3 "
           "states)\n");
  x.bound = survival_bound::states;
  CHECK(to_string(x).ends_with("was not all tried, because no more states may be looked at (3 "
                               "states)\n"));
  x.bound = survival_bound::memory;
  CHECK(
    to_string(x).ends_with("was not all tried, because no more memory may be used (3 states)\n"));
  CHECK(label(x.bound) == "memory");
  CHECK(label(x.how) == "not_all_tried");
  CHECK(label(survival_outcome::survives) == "survives");
}

TEST_CASE("luck has a say where there is jitter and its seed is told") {
  auto lucky = till("a");
  lucky.backoff = {10ms, 1s, jitter::full()};
  const auto x = broken({.intensity = {1, 5s}, .children = {lucky}});
  CHECK(x.rolls_dice);
  CHECK(x.seed == 5);
  CHECK(x.crashes == 2);
  CHECK(to_string(x).find(", with the luck of seed 5)") != std::string::npos);
  CHECK_FALSE(broken({.intensity = {1, 5s}, .children = {till("a")}}).rolls_dice);
}

TEST_CASE("a child that says itself when it is ready says so at once") {
  auto warm = till("a");
  warm.readiness = readiness::on_report;
  auto needy = till("b");
  needy.dependencies = {"a"};
  CHECK(fewest({.intensity = {2, 5s}, .children = {warm, needy}}) == 3);
  CHECK(fewest({.strategy = strategy::one_for_all, .intensity = {2, 5s}, .children = {warm, needy}})
        == 3);
}

TEST_CASE("a period longer than any clock is a count for ever") {
  CHECK(fewest({.intensity = {2, nanoseconds::max()}, .children = {till("a")}}) == 3);
}

TEST_CASE("a supervisor that bears anything does not fall") {
  CHECK(fewest({.intensity = {unlimited, 5s}, .children = {till("a")}}) == 0);
  CHECK(
    fewest({.intensity = {0, 5s},
            .children = {nested("shop", {.intensity = {unlimited, 5s}, .children = {till("a")}})}})
    == 0);
}

TEST_CASE("a limit that quarantines a child keeps its supervisor up") {
  auto weak = till("weak");
  weak.more.make() = {.reactions = {.on_budget_exhausted = on_budget_exhausted_action::quarantine},
                      .limits = child_limits{.restart_limit = policies::restart_limit{1, 1s}}};
  CHECK(fewest({.intensity = {5, 50ms}, .children = {weak}}) == 0);
}

TEST_CASE("a nested supervisor may end the whole tree by itself") {
  declared_spec shop{.intensity = {1, 5s}, .children = {till("till")}};
  const auto mall = [&] {
    return declared_spec{.intensity = {1, 5s}, .children = {nested("shop", shop)}};
  };
  CHECK(fewest(mall()) == 4);
  CHECK(last_word(mall()) == "escalate (intensity); /shop: escalate (intensity)");
  shop.more.make().escalation_policy = escalation_policy::shutdown_tree;
  CHECK(fewest(mall()) == 2);
  CHECK(last_word(mall()) == "escalate (intensity); /shop: shutdown_tree");
}

TEST_CASE("limits of groups and of the supervisor are asked as well") {
  auto member = till("a");
  member.more.make().group = "g";
  declared_spec tree{.intensity = {unlimited, 5s}, .children = {member}};
  auto& more = tree.more.make();
  more.group_configs
    = {{.name = "g",
        .limits = scope_limits{.restart_budget = token_bucket{.window = 1s, .max_burst = 1}}}};
  CHECK(fewest(tree) == 0); // a budget only puts off
  more.limits = scope_limits{.meltdown = meltdown_fuse{.max_failures = 2, .window = 1s}};
  CHECK(fewest(tree) == 2); // a fuse of a supervisor is the end of it
  more.limits.reset();
  more.limit = restart_policy{policies::restart_limit{1, 1s}};
  CHECK(fewest(tree) == 2);
}

TEST_CASE("one state is one") {
  CHECK(to_string(survival{.how = survival_outcome::survives, .crashes = 2, .states = 1})
        == "2 crashes or fewer do not bring it down (1 state)\n");
}

TEST_CASE("a helper that goes down with its primary costs no crash of its own") {
  auto helper = till("helper");
  helper.more.make()
    = {.task_role = task_role::sidecar, .sidecar_config = sidecar_config{"a", true}};
  CHECK(fewest({.intensity = {2, 5s}, .children = {till("a"), helper}}) == 3);
}

TEST_CASE("restarts that stand in line are restarts") {
  declared_spec tree{.intensity = {2, 5s}, .children = {till("a"), till("b"), till("c")}};
  tree.more.make().limits = scope_limits{.concurrent_restarts = 1};
  CHECK(fewest(tree) == 3);
}

TEST_CASE("a group that rests keeps its supervisor up") {
  auto member = till("a");
  member.more.make().group = "g";
  declared_spec tree{.intensity = {3, 5s}, .children = {member}};
  tree.more.make().group_configs
    = {{.name = "g",
        .limits = scope_limits{
          .meltdown = meltdown_fuse{
            .max_failures = 2, .window = 5s, .reset_after = 60s, .scope = meltdown_scope::group}}}};
  CHECK(fewest(tree) == 0);
}
