#include "core_under_test.hpp"

#include <random>

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

using dice = std::mt19937_64;

std::uint32_t roll(dice& d, std::uint32_t sides) { return static_cast<std::uint32_t>(d() % sides); }

const asked_outside<standard_policy> judge{{.within = 30ms}, {.backoff = {10ms, 10ms}}};

child_limits any_limits(dice& d) {
  child_limits x;
  if (roll(d, 3) == 0)
    x.restart_limit = policies::restart_limit{roll(d, 4), 200ms};
  if (roll(d, 3) == 0)
    x.hot_loop = hot_loop{.window = 100ms, .min_restarts = 1 + roll(d, 3)};
  if (roll(d, 3) == 0)
    x.meltdown = meltdown_fuse{.max_failures = 2, .window = 100ms, .reset_after = 50ms};
  return x;
}

scope_limits any_scope(dice& d) {
  scope_limits x;
  if (roll(d, 2) == 0)
    x.restart_budget = token_bucket{.window = 1s, .max_burst = 2, .recovery_rate_per_sec = 20};
  if (roll(d, 2) == 0)
    x.meltdown
      = meltdown_fuse{.max_failures = 2 + roll(d, 3), .window = 100ms, .reset_after = 60ms};
  if (roll(d, 2) == 0)
    x.concurrent_restarts = 1 + roll(d, 2);
  return x;
}

supervisor_details any_scopes(dice& d) {
  supervisor_details x;
  if (roll(d, 2) == 0)
    x.limits = any_scope(d);
  x.escalation_policy = static_cast<escalation_policy>(roll(d, 3));
  for (const auto* name : {"g0", "g1"})
    x.group_configs.push_back({.name = name, .limits = any_scope(d)});
  x.group_dependencies = {{"g1", "g0", static_cast<propagation>(roll(d, 3))}};
  for (const auto* tag : {"t0", "t1"})
    x.group_strategies.push_back({.group = tag, .strategy = static_cast<strategy>(roll(d, 3))});
  if (roll(d, 2) == 0)
    x.child_strategy_overrides
      = {{.child_id = "c0", .strategy = static_cast<strategy>(roll(d, 3))}};
  return x;
}

/// Who it belongs to, whom it follows, and what it is limited by.
child_details any_place(dice& d, std::uint32_t i) {
  child_details x;
  x.limits = any_limits(d);
  if (roll(d, 2) == 0)
    x.group = "g" + std::to_string(roll(d, 2));
  if (roll(d, 2) == 0)
    x.tags = {"t" + std::to_string(roll(d, 2))};
  if (i > 0 && roll(d, 4) == 0)
    x.sidecar_config = sidecar_config{"c0", true};
  x.severity = static_cast<severity_class>(roll(d, 3));
  return x;
}

declared_spec any_tree(dice& d) {
  declared_spec spec;
  spec.strategy = static_cast<strategy>(roll(d, 3));
  spec.intensity = {roll(d, 2) ? unlimited : roll(d, 6), 1s};
  const auto with_limits = roll(d, 2) == 0;
  if (with_limits)
    spec.more = any_scopes(d);
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
    if (with_limits)
      child.more = any_place(d, i);
    if (with_limits && roll(d, 4) == 0) {
      child.restart = std::nullopt;
      child.backoff = inherited_backoff;
      child.policy = restart_policy{judge};
    }
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
  switch (roll(d, 13)) {
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
    case 10:
      it.feed(
        {.what = news::answered,
         .who = it.life_of(id),
         .count = 1 + roll(d, 3),
         .then = {static_cast<verdict>(roll(d, 6)), 0, nanoseconds{roll(d, 50) * 1'000'000}}});
      return;
    default:
      it.crash(id);
  }
}

void live(core_under_test& it, dice& d) {
  it.start();
  for (int i = 0; i < 40 && !it.finished; ++i)
    happen(it, d);
}

/// Whatever was slow or failing is so no longer, and there is time enough for everything.
void get_well(core_under_test& it) {
  it.slow_to_start = it.slow_to_stop = it.immortal = it.failing = it.ignoring = {};
  for (int i = 0; i < 30 && !it.finished; ++i) {
    for (const auto& child : it.spec.children) {
      if (it.finished)
        return;
      if (const auto now = it.row(child.id).now; now == phase::stopping || now == phase::killing)
        it.exits(child.id, now == phase::stopping ? cancelled : killed);
      else if (now == phase::starting || now == phase::up)
        it.ready(child.id);
    }
    it.advance(500ms);
  }
}

/// Up, or down for a reason that time alone does not cure.
bool is_settled(const core_under_test& it, const std::string& id) {
  const auto& r = it.row(id);
  if (r.now != phase::waiting)
    return r.now != phase::starting && r.regroup == in_none;
  const auto needs = it.plan().needs_of(it.slot_of(id));
  return r.waits_for == wait_reason::dependencies && std::ranges::any_of(needs, [&](slot need) {
           const auto& other = it.state().children[need];
           return !other.ready && !other.done;
         });
}

} // namespace

TEST_CASE("whatever happens the core keeps its promises and ends when told") {
  for (std::uint64_t seed = 0; seed < 1500; ++seed) {
    INFO("seed " << seed);
    dice d{seed};
    core_under_test it{any_tree(d)};
    live(it, d);
    it.stop();
    it.slow_to_stop = {};
    for (const auto& child : it.spec.children) // unlimited stops wait for whoever was slow
      if (it.row(child.id).now == phase::stopping)
        it.exits(child.id, cancelled);
    it.advance(1s);
    REQUIRE(it.finished);
  }
}

TEST_CASE("once all is well nobody is left waiting for what will not come") {
  for (std::uint64_t seed = 0; seed < 1500; ++seed) {
    INFO("seed " << seed);
    dice d{seed};
    core_under_test it{any_tree(d)};
    live(it, d);
    get_well(it);
    if (it.finished)
      continue;
    for (const auto& child : it.spec.children)
      CHECK_MESSAGE(is_settled(it, child.id), child.id);
    CHECK(std::ranges::none_of(it.state().regroups, &regroup::open));
    CHECK(it.begun);
    CHECK(it.state().starting == 0);
    CHECK((it.state().line.empty() && it.state().lined_up == 0));
  }
}
