#include "trial.hpp"

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("the end of a whole tree is told as JSON with its time") {
  const auto x = to_json(trial({.children = {worker("a")}}, "crash a at 2s as fatal_config"));
  CHECK(has(x, "\"outcome\": \"ended_tree\""));
  CHECK(has(x, "\"gave_up_at_ns\": 2000000000"));
}

TEST_CASE("a tree that did not start is told as JSON with its time") {
  const auto x = to_json(trial({.children = {worker("a")}}, "start a takes 1s\nstart a fails"));
  CHECK(has(x, "\"outcome\": \"did_not_start\""));
  CHECK(has(x, "\"gave_up_at_ns\": 1000000000"));
  CHECK(has(x, "\"rule\": null"));
}

TEST_CASE("a child that is to stop while it starts does not run any more") {
  const auto x = trial({.children = {worker("a"), worker("b")}}, "start b takes 5s",
                       {.how_long = 1s, .kept = all_moments});
  CHECK(x.how == simulation_outcome::held_out);
  CHECK(x.restarts == 0);
  CHECK_FALSE(has(to_string(x), "every child was started"));
}

TEST_CASE("a crash that comes while a child starts is missed") {
  const auto x
    = trial({.children = {worker("a")}}, "crash a every 1s\nstart a takes 5s", {.how_long = 9s});
  CHECK(story_of(x, "/a").missed > 3);
  CHECK(has(to_string(x), "/a should crash, but does not run"));
}

TEST_CASE("a crash that is missed after the end began is not told") {
  const auto x = trial({.intensity = {.restarts = 0}, .children = {worker("slow"), worker("a")}},
                       "stop slow takes 4s\ncrash a every 1s");
  CHECK(x.how == simulation_outcome::gave_up);
  CHECK(story_of(x, "/a").missed == 0);
}

TEST_CASE("a supervisor that gives up over one who was abandoned says so") {
  const auto x = trial({.strategy = strategy::one_for_all, .children = {worker("a"), worker("b")}},
                       "stop b never\nkill b never\ncrash a at 1s");
  CHECK(x.how == simulation_outcome::gave_up);
  REQUIRE(x.left_behind.size() == 1);
  CHECK(x.path_of(x.left_behind.front()) == "/b");
  CHECK(has(to_string(x), "/b abandoned: it did not react to its kill"));
}

TEST_CASE("several who are left behind are told in one line") {
  const auto x = trial({.children = {worker("a"), worker("b")}}, "stop * never\nkill * never",
                       {.how_long = 1s});
  CHECK(has(to_string(x), "  left behind  /a, /b\n"));
}

TEST_CASE("of very many who are left behind twenty are named") {
  declared_spec crowd;
  for (int i = 0; i < 30; ++i)
    crowd.children.push_back(worker("c" + std::to_string(i)));
  const auto x = trial(crowd, "stop * never\nkill * never", {.how_long = 10s});
  CHECK(x.left_behind.size() == 30);
  CHECK(has(to_string(x), ", /c18, /c19 and 10 more, told by -o json\n"));
}

TEST_CASE("rules that refused are told one after another") {
  auto weak = worker("weak");
  weak.more.make() = {.reactions = {.on_budget_exhausted = on_budget_exhausted_action::quarantine},
                      .limits = child_limits{.restart_limit = policies::restart_limit{1, 60s}}};
  auto brief = worker("brief");
  brief.restart = restart::temporary;
  const auto x = trial({.children = {weak, brief}}, "crash weak every 1s\ncrash brief at 1s");
  CHECK(has(to_string(x), "1 by restart_limit, 1 by standard"));
}

TEST_CASE("a pool begins with nobody and nobody in its template can crash") {
  auto pool = nested("pool", {.strategy = strategy::simple_one_for_one, .children = {worker("a")}});
  const declared_spec tree{.children = {pool, worker("b")}};
  const auto x = trial(tree, "crash b at 1s", {.how_long = 2s});
  CHECK(x.children.size() == 2);
  CHECK_FALSE(read_script("crash pool/a at 1s", tree));
}

TEST_CASE("a decision that is taken anew is told as JSON") {
  declared_spec tree{.intensity = {.restarts = unlimited}, .children = {worker("a")}};
  tree.children[0].more.make().group = "g";
  tree.more.make().group_configs
    = {{.name = "g",
        .limits = scope_limits{
          .meltdown = meltdown_fuse{
            .max_failures = 1, .window = 5s, .reset_after = 10s, .scope = meltdown_scope::group}}}};
  const auto x = trial(tree, "crash a at 1s", {.how_long = 30s, .kept = all_moments});
  CHECK(has(to_json(x), "\"what\": \"decided_anew\""));
  CHECK(has(to_string(x), "decided anew about /a: "));
}
