#include "walk.hpp"

#include "any_limits.hpp"

#include <algorithm>

namespace supervisor {

using namespace std::chrono_literals;

namespace {

const asked_outside<standard_policy> judge{{.within = 30ms}, {.backoff = {10ms, 10ms}}};

supervisor_details any_scopes(dice& d) {
  supervisor_details x;
  if (roll(d, 2) == 0)
    x.limits = any_scope(d);
  x.escalation_policy = static_cast<escalation_policy>(roll(d, 3));
  for (const auto* name : {"g0", "g1"})
    x.group_configs.push_back({.name = name, .limits = any_scope(d)});
  x.group_dependencies = {{"g1", "g0", static_cast<propagation>(roll(d, 3))}};
  for (const auto* tag : {"t0", "t1"})
    x.group_strategies.push_back({.group = tag, .strategy = static_cast<strategy>(roll(d, 4))});
  if (roll(d, 2) == 0)
    x.child_strategy_overrides
      = {{.child_id = "c0", .strategy = static_cast<strategy>(roll(d, 4))}};
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

/// Short, so that much of it happens; `mortal`: none lives for ever.
void any_signs_of_life(child_details& x, dice& d, bool mortal) {
  if (roll(d, 3) == 0)
    x.health_policy = health_policy{100ms, 300ms};
  if (roll(d, 3) == 0)
    x.health_check = health_check{50ms, 30ms, 1 + roll(d, 3)};
  if (roll(d, 4) == 0)
    x.readiness_probe = readiness_probe{20ms, 30ms};
  if (roll(d, 3) == 0)
    x.stall_watchdog = stall_watchdog{1s, static_cast<on_stall_action>(roll(d, 2))};
  if (mortal && roll(d, 3) == 0)
    x.run_timeout = 100ms;
  if (mortal && roll(d, 4) == 0)
    x.recycle = recycle_policy{.max_age = 80ms, .spread = 0.5};
  x.start_before_stop = !x.readiness_probe && roll(d, 2) == 0;
}

declared_child_spec any_child(dice& d, std::string id, bool mortal) {
  declared_child_spec child{.id = std::move(id), .start = {roll(d, 6) ? "x" : "y"}};
  child.restart = static_cast<restart>(roll(d, 3));
  const stop_budget stops[] = {brutal_kill, unlimited_stop, stop_budget{50ms, 20ms}};
  child.shutdown = stops[roll(d, 3)];
  child.readiness = static_cast<readiness>(roll(d, 4) == 0);
  child.criticality = static_cast<criticality>(roll(d, 3) == 0);
  child.start_timeout = 200ms;
  // without a limit and without a wait, a start that always fails would be tried for ever
  child.backoff = {nanoseconds{(1 + roll(d, 3)) * 10'000'000}, 100ms};
  if (roll(d, 3) == 0)
    any_signs_of_life(child.more.make(), d, mortal);
  return child;
}

std::string name(std::uint32_t i) { return "c" + std::to_string(i); }

constexpr std::uint32_t names = 8;

declared_spec any_pool(dice& d, bool mortal) {
  return {.strategy = strategy::simple_one_for_one,
          .intensity = {roll(d, 2) ? unlimited : roll(d, 6), 1s},
          .children = {any_child(d, "template", mortal)}};
}

declared_spec any_tree(dice& d, bool mortal) {
  declared_spec spec;
  spec.strategy = static_cast<strategy>(roll(d, 4));
  spec.intensity = {roll(d, 2) ? unlimited : roll(d, 6), 1s};
  const auto with_limits = roll(d, 2) == 0;
  if (with_limits)
    spec.more = any_scopes(d);
  if (roll(d, 3) == 0)
    spec.more.make().auto_shutdown = static_cast<auto_shutdown>(roll(d, 3));
  if (roll(d, 4) == 0)
    spec.more.make().dynamic_supervisor_policy = {roll(d, 4) > 0, 3 + roll(d, 4)};
  for (std::uint32_t i = 0, n = 1 + roll(d, 5); i < n; ++i) {
    if (i > 0 && roll(d, 5) == 0)
      continue;
    auto child = any_child(d, name(i), mortal);
    if (spec.intensity.restarts != unlimited && roll(d, 3) == 0)
      child.backoff = {0ms, 100ms};
    if (i > 0 && roll(d, 3) == 0)
      child.dependencies = {spec.children[roll(d, spec.children.size())].id};
    if (with_limits) {
      auto place = any_place(d, i);
      if (child.more) {
        place.health_policy = child.more->health_policy;
        place.health_check = child.more->health_check;
        place.readiness_probe = child.more->readiness_probe;
        place.stall_watchdog = child.more->stall_watchdog;
        place.run_timeout = child.more->run_timeout;
        place.recycle = child.more->recycle;
        place.start_before_stop = child.more->start_before_stop;
      }
      child.more = place;
    }
    if (child.restart != restart::permanent && roll(d, 2) == 0)
      child.more.make().significant = true;
    if (with_limits && roll(d, 4) == 0) {
      child.restart = std::nullopt;
      child.backoff = inherited_backoff;
      child.policy = restart_policy{judge};
    }
    spec.children.push_back(child);
  }
  if (roll(d, 3) == 0)
    std::ranges::shuffle(spec.children, d);
  return spec;
}

declared_spec any_supervisor(dice& d, bool mortal) {
  return roll(d, 8) == 0 ? any_pool(d, mortal) : any_tree(d, mortal);
}

std::string any_id(core_under_test& it, dice& d) {
  const auto all = it.ids();
  return all.empty() ? "" : all[roll(d, all.size())];
}

input any_command(core_under_test& it, dice& d, const std::string& id) {
  constexpr command all[]
    = {command::pause_child,      command::resume_child,  command::restart_child,
       command::quarantine_child, command::release_child, command::terminate_child,
       command::remove_child,     command::delete_child};
  auto x = it.input_of(all[roll(d, std::size(all))], id);
  x.audited = roll(d, 20) > 0;
  return x;
}

/// Whoever has the name is there already, unless it is forgotten.
std::vector<input> any_addition(walk& w, dice& d) {
  auto& it = w.it;
  const auto id = name(roll(d, names));
  if (it.has(id) && it.row(id).now != phase::forgotten)
    return {};
  auto child = it.plan().pool ? it.spec.children[0] : any_child(d, id, w.mortal);
  child.id = id;
  if (it.plan().pool)
    return {it.input_to_add(child)};
  for (std::uint32_t i = 0; name(i) != id; ++i)
    if (it.has(name(i)) && roll(d, 4) == 0)
      child.dependencies.push_back(name(i));
  if (it.has("c0") && id != "c0" && roll(d, 5) == 0)
    child.more.make().sidecar_config = sidecar_config{"c0", true};
  return {it.input_to_add(child)};
}

void revise(walk& w, dice& d) {
  if (w.it.plan().pool || w.owes)
    return;
  const auto must_hold = roll(d, 3) > 0;
  if (objection_to_revision(w.it.state(), must_hold) != objection::none)
    return;
  w.wanted = any_tree(d, w.mortal);
  w.it.revise(w.wanted, must_hold);
}

/// As the shell does: a revision that failed is taken back as soon as that can be.
void take_back(walk& w) {
  for (; w.seen < w.it.outcomes.size(); ++w.seen) {
    const auto& said = w.it.outcomes[w.seen];
    if (said.order == command::apply && said.no == objection::none)
      w.then = w.wanted;
    w.owes = w.owes || (said.order == command::apply && said.no == objection::start_failed);
  }
  if (!w.owes || w.it.finished || objection_to_revision(w.it.state(), false) != objection::none)
    return;
  w.owes = false;
  w.wanted = w.then;
  w.it.revise(w.then, false);
}

/// Of a child that has one.
void hear_of_second_life(core_under_test& it, dice& d, const aside& x) {
  const life who{x.who, x.number};
  if (roll(d, 4) == 0)
    it.feed({.what = news::exited, .who = who, .exit = roll(d, 2) ? died : cancelled});
  else
    it.feed({.what = static_cast<news>(static_cast<int>(news::started) + (roll(d, 2) ? 1 : 0)),
             .who = who});
}

void give_a_sign(core_under_test& it, dice& d, const std::string& id) {
  const auto second = std::ranges::find_if(
    it.state().asides, [](const aside& x) { return x.who != nobody && x.now != phase::down; });
  if (second != it.state().asides.end() && roll(d, 2) == 0)
    return hear_of_second_life(it, d, aside{*second});
  if (roll(d, 12) == 0) {
    it.feed({.what = news::worn, .who = it.life_of(id)});
    return;
  }
  if (roll(d, 4) == 0)
    it.feed({.what = news::stalled, .who = it.life_of(id), .then = {verdict::restart, 0, 1s}});
  else if (roll(d, 2) == 0 || it.checks.empty())
    it.feed({.what = news::heartbeat, .who = it.life_of(id)});
  else {
    auto answer = it.checks[roll(d, it.checks.size())];
    answer.well = roll(d, 2) == 0;
    it.feed(answer);
  }
}

void command_something(walk& w, dice& d, const std::string& id) {
  auto& it = w.it;
  std::vector<input> all;
  if (roll(d, 3) == 0)
    all.push_back({.what = news::exited, .who = it.life_of(id), .exit = died});
  if (roll(d, 4) == 0)
    all.push_back({.what = news::ready, .who = it.life_of(any_id(it, d))});
  all.push_back(any_command(it, d, id));
  if (roll(d, 3) == 0)
    all.push_back(any_command(it, d, any_id(it, d)));
  if (roll(d, 4) == 0)
    std::ranges::copy(any_addition(w, d), std::back_inserter(all));
  it.feed(all);
}

/// The supervisor does not run for a while. Sometimes it does not come to hear what happened meanwhile
/// before more does.
void pause(core_under_test& it, dice& d) {
  if (roll(d, 3) == 0) {
    it.is_deaf = !it.is_deaf;
    it.feed({.what = news::listened});
  }
  const nanoseconds length{roll(d, 1000) * 1'000'000};
  if (!it.is_deaf) {
    it.pause(length);
    return;
  }
  it.now += length;
  it.feed({.what = news::deadline});
}

/// The children's moods, and one thing that happens.
void happen(walk& w, dice& d) {
  auto& it = w.it;
  const auto id = any_id(it, d);
  if (id.empty()) {
    it.feed(any_addition(w, d));
    return;
  }
  const auto toggle = [&](std::set<std::string>& mood) {
    if (mood.erase(id) == 0)
      mood.insert(id);
  };
  switch (roll(d, 26)) {
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
      it.together({{id, died}, {any_id(it, d), died}});
      return;
    case 9:
    case 10:
    case 11:
      it.advance(nanoseconds{roll(d, 100) * 1'000'000});
      return;
    case 12:
      it.feed(
        {.what = news::answered,
         .who = it.life_of(id),
         .count = 1 + roll(d, 3),
         .then = {static_cast<verdict>(roll(d, 6)), 0, nanoseconds{roll(d, 50) * 1'000'000}}});
      return;
    case 13:
    case 14:
      return give_a_sign(it, d, id);
    case 15:
    case 16:
    case 17:
    case 18:
      return command_something(w, d, id);
    case 19:
    case 20:
      it.feed(any_addition(w, d));
      return;
    case 21:
      return revise(w, d);
    case 22:
      return pause(it, d);
    case 23:
      it.feed({news::main_exited, it.life_of(id), roll(d, 2) ? died : ended_well});
      return;
    default:
      it.crash(id);
  }
}

/// It says that it lives, and obeys.
void be_well(core_under_test& it, const std::string& id) {
  const auto now = it.row(id).now;
  if (now == phase::stopping || now == phase::killing)
    it.exits(id, now == phase::stopping ? cancelled : killed);
  else if (now == phase::starting || now == phase::up)
    it.feed({{.what = news::ready, .who = it.life_of(id)},
             {.what = news::heartbeat, .who = it.life_of(id)}});
}

} // namespace

walk::walk(dice& d, bool may_die)
  : mortal(may_die), it(any_supervisor(d, may_die)), then(it.spec) {}

void live(walk& w, dice& d) {
  w.it.start();
  for (int i = 0; i < 40 && !w.it.finished; ++i) {
    happen(w, d);
    take_back(w);
  }
  w.it.is_deaf = false;
  w.it.feed({.what = news::listened});
}

void let_old_lives_end(core_under_test& it) {
  for (const auto& x : std::vector{it.state().asides})
    if (x.who != nobody && x.now == phase::stopping)
      it.feed({.what = news::exited, .who = {x.who, x.number}, .exit = cancelled});
}

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

namespace {

bool is_calm(const core_under_test& it) {
  const auto all = it.ids();
  return it.begun && std::ranges::none_of(it.state().regroups, &regroup::open)
         && std::ranges::all_of(all, [&](const auto& id) { return is_settled(it, id); });
}

} // namespace

void get_well(core_under_test& it) {
  it.slow_to_start = it.slow_to_stop = it.immortal = it.failing = it.ignoring = {};
  for (int i = 0, calm = 0; i < 600 && calm < 20 && !it.finished; ++i) {
    calm = is_calm(it) ? calm + 1 : 0;
    for (auto answer : std::exchange(it.checks, {})) {
      answer.well = true;
      it.feed(answer);
    }
    for (const auto& id : it.ids())
      if (!it.finished && it.has(id))
        be_well(it, id);
    let_old_lives_end(it);
    it.advance(25ms);
  }
}

void end(walk& w) {
  auto& it = w.it;
  it.stop();
  it.slow_to_stop = {};
  for (const auto& id : it.ids()) // unlimited stops wait for whoever was slow
    if (it.row(id).now == phase::stopping)
      it.exits(id, cancelled);
  let_old_lives_end(it);
  it.advance(10s);
}

} // namespace supervisor
