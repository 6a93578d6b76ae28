#include "core_under_test.hpp"

#include <random>

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

using dice = std::mt19937_64;

std::uint32_t roll(dice& d, std::uint32_t sides) { return static_cast<std::uint32_t>(d() % sides); }

declared_spec any_tree(dice& d) {
  declared_spec spec;
  spec.strategy = static_cast<strategy>(roll(d, 3));
  spec.intensity = {roll(d, 2) ? unlimited : roll(d, 6), 1s};
  for (std::uint32_t i = 0, n = 1 + roll(d, 5); i < n; ++i) {
    declared_child_spec child{.id = "c" + std::to_string(i), .start = {"x"}};
    child.restart = static_cast<restart>(roll(d, 3));
    // without a limit and without a wait, a start that always fails would be tried for ever
    const auto least = spec.intensity.restarts == unlimited ? 1u : 0u;
    child.backoff = {nanoseconds{(least + roll(d, 3)) * 10'000'000}, 100ms};
    const stop_budget stops[] = {brutal_kill, unlimited_stop, stop_budget{50ms, 20ms}};
    child.shutdown = stops[roll(d, 3)];
    child.readiness = static_cast<readiness>(roll(d, 4) == 0);
    child.criticality = static_cast<criticality>(roll(d, 3) == 0);
    child.start_timeout = 200ms;
    if (i > 0 && roll(d, 3) == 0)
      child.dependencies = {"c" + std::to_string(roll(d, i))};
    spec.children.push_back(child);
  }
  return spec;
}

/// The children's moods, and one thing that happens.
void happen(core_under_test& it, dice& d) {
  const auto id = it.spec.children[roll(d, static_cast<std::uint32_t>(it.spec.children.size()))].id;
  const auto toggle = [&](std::set<std::string>& mood) {
    if (mood.erase(id) == 0)
      mood.insert(id);
  };
  switch (roll(d, 12)) {
    case 0:
      return toggle(it.slow_to_start);
    case 1:
      return toggle(it.slow_to_stop);
    case 2:
      if (roll(d, 4) == 0)
        toggle(it.immortal);
      return;
    case 3:
      if (roll(d, 3) == 0)
        toggle(it.failing);
      return;
    case 4:
      if (roll(d, 3) == 0)
        toggle(it.ignoring);
      return;
    case 5:
      it.started(id);
      return;
    case 6:
      it.ready(id);
      return;
    case 7:
      it.exits(id, roll(d, 2) ? ended_well : cancelled);
      return;
    case 8:
      it.together({{id, died}, {it.spec.children[0].id, died}});
      return;
    case 9:
      it.advance(nanoseconds{roll(d, 100) * 1'000'000});
      return;
    default:
      it.crash(id);
  }
}

} // namespace

TEST_CASE("whatever happens the core keeps its promises and ends when told") {
  for (std::uint64_t seed = 0; seed < 1500; ++seed) {
    INFO("seed " << seed);
    dice d{seed};
    core_under_test it{any_tree(d)};
    it.start();
    for (int i = 0; i < 40 && !it.finished; ++i)
      happen(it, d);
    it.stop();
    it.slow_to_stop = {};
    for (const auto& child : it.spec.children) // unlimited stops wait for whoever was slow
      if (it.row(child.id).now == phase::stopping)
        it.exits(child.id, cancelled);
    it.advance(1s);
    REQUIRE(it.finished);
  }
}
