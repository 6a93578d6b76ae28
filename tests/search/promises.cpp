#include "promises.hpp"

#include "../core/mind/invariants.hpp"

#include <algorithm>
#include <tuple>

namespace supervisor::searching {

namespace {

bool is_there(const creature& x) { return x.now != being::absent && !x.left; }

bool is_going_down(const creature& x) {
  return !x.left && (x.now == being::told || x.now == being::killed);
}

bool is_alive(const child_row& x) {
  return x.now == phase::starting || x.now == phase::up || x.now == phase::stopping
         || x.now == phase::killing;
}

bool are_alike(const event& a, const event& b) {
  const auto told = [](const event& x) {
    return std::tuple{x.seq, x.at, x.what, x.generation, x.from,  x.to,      x.wait,    x.order,
                      x.was, x.is, x.no,   x.key,        x.count, x.decided, x.question};
  };
  return a.who == b.who && told(a) == told(b) && a.exit == b.exit && a.given == b.given
         && a.then == b.then;
}

} // namespace

promises::promises(const sites& all)
  : sites_(&all), children_(all.size()), dependents_(all.size()), strikes_(all.size()),
    own_strikes_(all.size()), commands_(all.size()) {
  for (std::uint32_t who = 0; who < all.size(); ++who)
    if (all[who].is_supervisor())
      find_dependents_below(who);
}

/// From what each child needs, again and again until nobody is found any more.
void promises::find_dependents_below(std::uint32_t who) {
  const auto& site = (*sites_)[who];
  const auto depends = [&](std::uint32_t child, std::uint32_t on) {
    return std::ranges::count(dependents_[on], child) > 0;
  };
  for (auto found = true; found;) {
    found = false;
    for (const auto child : site.below)
      for (const auto need : site.by->needs_of((*sites_)[child].seat))
        for (const auto on : site.below)
          if ((on == site.below[need] || depends(site.below[need], on)) && !depends(child, on)) {
            dependents_[on].push_back(child);
            found = true;
          }
  }
}

std::string promises::broken_by(const world& before, const turn_taken& turn, const world& after) {
  if (turn.who == nobody)
    return {};
  before_ = &before;
  after_ = &after;
  turn_ = &turn;
  broken_.clear();
  if (!before.office_of(turn.who).open)
    forget_those_below(turn.who);
  note_commands();
  for (const auto& x : turn.out.todo)
    check_dependents_are_down(x);
  note_decisions();
  for (const auto& x : turn.out.todo) {
    check_attempts(x);
    check_starts(x);
    check_stops(x);
    check_kills(x);
    check_pause(x);
    check_nobody_else_goes_down(x);
    note_stops(x);
    if (x.what == deed::finish)
      check_end();
  }
  check_numbers_of_events();
  check_intent();
  check_answers();
  check_nothing_is_lost();
  check_repeatable();
  check_state();
  return broken_;
}

/// It is another life of that supervisor.
void promises::forget_those_below(std::uint32_t who) {
  strikes_[who].clear();
  commands_[who].clear();
  for (const auto child : (*sites_)[who].below) {
    children_[child] = {};
    own_strikes_[child].clear();
  }
}

void promises::must(bool holds, std::string_view promise, std::uint32_t child) {
  if (!holds && broken_.empty())
    broken_ = std::string{promise} + (child == nobody ? "" : ": " + (*sites_)[child].path);
}

const plan& promises::mine() const { return *(*sites_)[turn_->who].by; }

std::uint32_t promises::site_of(slot who) const { return (*sites_)[turn_->who].below[who]; }

bool promises::is_commanded() const {
  return std::ranges::any_of(turn_->given, [](const input& x) { return x.what >= news::command; });
}

/// 1: never two active attempts of one child.
void promises::check_attempts(const effect& x) {
  if (x.what != deed::start)
    return;
  const auto& was = before_->life_at(site_of(x.who.who));
  must(was.now == being::absent, "two attempts of one child at a time", site_of(x.who.who));
  must(before_->office_of(turn_->who).open == false || x.who.number > was.number,
       "a life that was there before", site_of(x.who.who));
}

/// Who comes up with its elders is not there before them, though a command may have started it meanwhile.
void promises::check_younger_are_down(slot seat) {
  const auto how = mine().reach_of(seat).strategy;
  const auto& mind = before_->office_of(turn_->who).mind;
  const auto& mine_now = mind.children[seat];
  if ((how != strategy::rest_for_one && how != strategy::one_for_all) || mine_now.awaits_dependency
      || !mind.regroups[mine_now.regroup].widens)
    return;
  for (slot other = 0; other < mind.children.size(); ++other)
    if (mind.children[other].rank > mine_now.rank && mind.children[other].now != phase::vacant)
      must(!is_there(after_->life_at(site_of(other))),
           "a start beside a younger one that comes up with it", site_of(seat));
}

/// 2: started in the order of declaration, dependencies first; nobody before everybody who has to go
/// down is down; 5: and not before the wait is over.
void promises::check_starts(const effect& x) {
  if (x.what != deed::start)
    return;
  const auto& minds = after_->office_of(turn_->who);
  const auto seat = x.who.who;
  for (const auto need : mine().needs_of(seat)) {
    const auto& r = minds.mind.children[need];
    must(!minds.open || r.done || r.ready || ends_now(need), // it was ready for a moment
         "a start before its dependency is ready", site_of(seat));
  }
  if (before_->office_of(turn_->who).open) {
    const auto& mind = before_->office_of(turn_->who).mind;
    const auto group = mind.children[seat].regroup;
    const auto goes_along = group != in_none && !is_commanded(); // else it came back alone
    for (slot other = 0; goes_along && other < mind.children.size(); ++other)
      if (mind.children[other].regroup == group && other != seat)
        must(!is_going_down(after_->life_at(site_of(other))),
             "a start before all who go down with it are down", site_of(seat));
    if (goes_along)
      check_younger_are_down(seat);
    check_turn(x, group);
  }
  if (minds.open && !minds.mind.begun)
    for (const auto other : mine().order) {
      if (other == seat)
        break;
      const auto& r = minds.mind.children[other];
      must(r.number > 0 || r.awaits_dependency, "a start before that of an elder", site_of(seat));
    }
  children_[site_of(seat)].told_at = time_point::min();
  auto& due = children_[site_of(seat)].due;
  must(is_commanded() || after_->now() >= due, "a start before its wait is over", site_of(seat));
  due = time_point::min();
}

/// Those who come up together do so one after the other, elders first.
void promises::check_turn(const effect& x, std::uint32_t group) {
  if (group == in_none || is_commanded() || group == after_->office_of(turn_->who).mind.ending)
    return; // the end has taken all over, and the number of the group
  const auto& was = before_->office_of(turn_->who).mind.children;
  const auto& is = after_->office_of(turn_->who).mind.children;
  for (slot other = 0; other < is.size(); ++other)
    must(is[other].regroup != group || is[other].rank > is[x.who.who].rank
           || is[other].awaits_dependency,
         "a start before that of an elder", site_of(x.who.who));
  const auto rose = std::ranges::count_if(turn_->out.todo, [&](const effect& y) {
    return y.what == deed::start && was[y.who.who].regroup == group;
  });
  must(rose == 1, "two at a time of those that come up one after the other", site_of(x.who.who));
}

bool promises::ends_now(slot who) const {
  return std::ranges::any_of(turn_->given, [who](const input& x) {
    return (x.what == news::exited || x.what == news::main_exited) && x.who.who == who;
  });
}

bool promises::was_deadline_of(std::uint32_t group) const {
  const auto& mind = before_->office_of(turn_->who).mind;
  if (group >= mind.regroups.size() || mind.regroups[group].deadline == nobody)
    return false;
  return mind.deadlines.at(mind.regroups[group].deadline).at <= after_->now();
}

/// 2: stopped in exactly the reverse order, one after the other, unless their time together is over.
void promises::check_stops(const effect& x) {
  if (x.what != deed::cancel || !after_->office_of(turn_->who).open)
    return;
  const auto& all = after_->office_of(turn_->who).mind.children;
  const auto group = all[x.who.who].regroup;
  const auto alone = all[x.who.who].condemned != condemned::no // it was too slow
                     || !is_there(before_->life_at(site_of(x.who.who)));
  if (group == in_none || alone || mine().pool || was_deadline_of(group))
    return;
  for (slot other = 0; other < all.size(); ++other)
    if (other != x.who.who && all[other].regroup == group && all[other].rank > all[x.who.who].rank)
      must(!is_there(before_->life_at(site_of(other))), "a stop before a younger sibling is down",
           site_of(x.who.who));
}

void promises::note_stops(const effect& x) {
  if (x.what == deed::cancel)
    children_[site_of(x.who.who)].told_at = after_->now();
}

/// A kill is for those who had their time.
void promises::check_kills(const effect& x) {
  if (x.what != deed::kill)
    return;
  const auto& budget = mine().of(x.who.who).stop;
  const auto told_at = children_[site_of(x.who.who)].told_at;
  const auto& row = after_->office_of(turn_->who).mind.children;
  if (budget.graceful > nanoseconds{0} && !row.empty() && !row[x.who.who].gone)
    must(told_at != time_point::min() && after_->now() - told_at >= budget.graceful,
         "a kill before its time to stop is over", site_of(x.who.who));
}

/// The supervisor was paused, and has not heard so far what came meanwhile.
bool promises::has_not_listened() const {
  const auto& was = before_->office_of(turn_->who);
  const auto listened
    = std::ranges::any_of(turn_->given, [](const input& x) { return x.what == news::listened; });
  return was.open && !listened
         && (was.listens || was.mind.armed < after_->now() - tolerated_lateness);
}

/// A pause of the supervisor is nobody's fault.
void promises::check_pause(const effect& x) {
  if ((x.what != deed::kill && x.what != deed::abandon) || !has_not_listened())
    return;
  must(mine().of(x.who.who).stop.is_brutal() && x.what == deed::kill,
       "somebody is judged before it is heard what came during a pause", site_of(x.who.who));
}

/// 3: after the end nobody is left, or it is known who.
void promises::check_end() {
  for (const auto child : (*sites_)[turn_->who].below)
    must(!is_there(after_->life_at(child)), "a child that nobody waits for outlives its supervisor",
         child);
  for (const auto child : (*sites_)[turn_->who].below)
    if (after_->life_at(child).left)
      must(std::ranges::any_of(turn_->report,
                               [&](const child_outcome& x) {
                                 return x.who.who == (*sites_)[child].seat
                                        && x.status == shutdown_status::abort_failed;
                               }),
           "a child that is left, and not in the report", child);
}

/// 8: each command is answered, and once.
void promises::check_answers() {
  auto& open = commands_[turn_->who];
  for (const auto& x : turn_->given)
    if (x.what >= news::command)
      open.push_back(x.count);
  for (const auto& x : turn_->out.outcomes)
    must(std::erase(open, x.key) == 1, "an answer to nobody, or a second one");
  must(after_->office_of(turn_->who).open || open.empty(), "a command without an answer");
}

/// 4: every event has the next number.
void promises::check_numbers_of_events() {
  const auto& was = before_->office_of(turn_->who);
  auto last = was.open ? was.counts.events : 0;
  for (const auto& x : turn_->out.facts)
    must(x.seq == ++last, "a gap in the events");
}

/// Those that a restart of this child counts among.
std::deque<time_point>& promises::strikes_of(std::uint32_t child) {
  return mine().of((*sites_)[child].seat).critical ? strikes_[turn_->who] : own_strikes_[child];
}

/// 5: no restart beyond the limit, and no give-up within it; an optional child is given up alone.
void promises::note_decisions() {
  const auto& limit = mine().intensity;
  for (const auto& x : turn_->out.facts) {
    if (!x.decided)
      continue;
    const auto child = site_of(x.who.who);
    auto& strikes = strikes_of(child);
    while (!strikes.empty() && x.at - strikes.front() > limit.period)
      strikes.pop_front();
    note_dependents_of(x);
    if (x.then.what == verdict::restart) {
      strikes.push_back(x.at);
      children_[child].due = x.at + x.then.wait;
      must(strikes.size() <= limit.restarts, "a restart beyond the limit", child);
    } else if (x.then.because == because_of_intensity) {
      must(strikes.size() >= limit.restarts, "a give-up within the limit", child);
      must(mine().of(x.who.who).critical == (x.then.what == verdict::escalate),
           "an optional child that does not leave the tree alone", child);
    }
  }
  for (const auto& x : turn_->given)
    if (x.what == news::command && x.order == command::restart_child)
      let_start(x.who.who);
}

/// Who is wanted at once need not wait, nor need those who come up together with it.
void promises::let_start(slot who) {
  children_[site_of(who)].due = time_point::min();
  if (!mine().each_for_itself)
    for (const auto child : (*sites_)[turn_->who].below)
      children_[child].due = time_point::min();
}

void promises::note_dependents_of(const event& failure) {
  if (mine().reach_of(failure.who.who).strategy != strategy::one_for_dependents)
    return;
  const auto child = site_of(failure.who.who);
  const auto& then = failure.then.what;
  children_[child].takes_along = then == verdict::restart;
  children_[child].lost
    = then == verdict::quarantine
      || (then == verdict::leave_down && failure.exit.what != exit_class::success);
  for (const auto dependent : dependents_[child])
    children_[dependent].may_go_down = true;
}

/// Who is commanded comes up when the operator wants it to.
void promises::note_commands() {
  for (const auto& x : turn_->given)
    if (x.what == news::command)
      children_[site_of(x.who.who)].takes_along = children_[site_of(x.who.who)].lost = false;
}

/// With one_for_dependents: who has failed comes up when all who depend on it are down, and so come up
/// after it.
void promises::check_dependents_are_down(const effect& x) {
  if (x.what != deed::start)
    return;
  auto& child = children_[site_of(x.who.who)];
  for (const auto dependent : dependents_[site_of(x.who.who)])
    must(!child.takes_along || !is_there(after_->life_at(dependent)),
         "a start before one that depends on it is down", site_of(x.who.who));
  child.takes_along = child.lost = child.may_go_down = false;
}

/// With one_for_dependents, unless the supervisor ends: nobody but who depends on one that has failed.
void promises::check_nobody_else_goes_down(const effect& x) {
  const auto& is = after_->office_of(turn_->who);
  if (x.what != deed::cancel || !is.open || is.mind.ending != in_none || is_commanded())
    return;
  if (mine().strategy != strategy::one_for_dependents)
    return;
  const auto alone = is.mind.children[x.who.who].condemned != condemned::no // it was too slow
                     || !is_there(before_->life_at(site_of(x.who.who)));
  must(alone || children_[site_of(x.who.who)].may_go_down,
       "a stop of one that depends on nobody who has failed", site_of(x.who.who));
}

/// 6: what an operator holds is not touched by itself.
void promises::check_intent() {
  const auto& was = before_->office_of(turn_->who);
  const auto& is = after_->office_of(turn_->who);
  if (!was.open || !is.open || is_commanded())
    return;
  for (slot who = 0; who < was.mind.children.size(); ++who)
    if (was.mind.children[who].op != operation::active) {
      must(is.mind.children[who].op != operation::active, "an operator's wish is undone",
           site_of(who));
      for (const auto& x : turn_->out.todo)
        must(x.what != deed::start || x.who.who != who, "a start of one who is held", site_of(who));
    }
}

/// 7: the same again has the same outcome.
void promises::check_repeatable() {
  const auto& was = before_->office_of(turn_->who);
  auto mind = was.open ? was.mind : before_->first_state(turn_->who);
  auto counts = was.open ? was.counts : tally{};
  effects out;
  step(mine(), mind, counts, turn_->given, after_->now(), out);
  must(out.todo == turn_->out.todo && std::ranges::equal(out.facts, turn_->out.facts, are_alike)
         && out.outcomes == turn_->out.outcomes,
       "the same inputs have other effects");
  if (after_->office_of(turn_->who).open)
    must(mind == after_->office_of(turn_->who).mind, "the same inputs lead to another state");
}

/// 8: whatever came is acted upon, or counted as stale.
void promises::check_nothing_is_lost() {
  const auto& was = before_->office_of(turn_->who);
  const auto& is = after_->office_of(turn_->who);
  if (!was.open || !is.open)
    return;
  const auto stale = is.counts.stale - was.counts.stale;
  std::uint64_t old = 0;
  for (const auto& x : turn_->given) {
    if (x.what != news::exited)
      continue;
    const auto& row = was.mind.children[x.who.who];
    const auto current
      = row.number == x.who.number && (is_alive(row) || row.now == phase::abandoned);
    old += !current || row.gone;
    const auto told = std::ranges::any_of(turn_->out.facts,
                                          [&](const event& e) { return e.who.who == x.who.who; });
    const auto waits_for_others = is.mind.children[x.who.who].gone;
    must(told || waits_for_others, "an end of which nothing is said", site_of(x.who.who));
  }
  must(stale >= old, "news of an old life that were taken for new ones");
}

void promises::check_state() {
  const auto& is = after_->office_of(turn_->who);
  if (!is.open)
    return;
  const auto what = broken_invariant(is.mind, mine(), commands_[turn_->who].size());
  must(what.empty(), what);
}

/// Everybody runs, or is down for a reason.
std::string promises::broken_at_rest(const world& w) const {
  for (std::uint32_t who = 0; who < sites_->size(); ++who) {
    const auto& x = w.office_of(who);
    if (!x.open)
      continue;
    if (x.mind.ending != in_none)
      return "an end that does not come: " + (*sites_)[who].path;
    for (slot seat = 0; seat < x.mind.children.size(); ++seat) {
      const auto& row = x.mind.children[seat];
      const auto waits = row.now == phase::waiting && row.waits_for != wait_reason::dependencies;
      const auto moves = row.now == phase::starting || row.now == phase::stopping
                         || row.now == phase::killing || row.regroup != in_none || row.unsettled;
      if (waits || moves)
        return "a child that waits for ever: " + (*sites_)[(*sites_)[who].below[seat]].path;
      const auto& life = w.life_at((*sites_)[who].below[seat]);
      for (const auto need : (*sites_)[who].by->needs_of(seat))
        if (life.now == being::up && children_[(*sites_)[who].below[need]].lost)
          return "a child that runs without the one on which it depends: "
                 + (*sites_)[(*sites_)[who].below[seat]].path;
      if (life.now == being::up && life.is_rest)
        return "a child without its main process: " + (*sites_)[(*sites_)[who].below[seat]].path;
    }
  }
  return {};
}

void promises::add_to(imprint& to, const world& w) const {
  const auto add = [&](time_point x) {
    to.add(x == time_point::min() ? 1 : static_cast<std::uint64_t>((w.now() - x).count()));
  };
  for (std::uint32_t who = 0; who < sites_->size(); ++who) {
    add(children_[who].due > w.now() ? children_[who].due : time_point::min());
    add(is_going_down(w.life_at(who)) ? children_[who].told_at : time_point::min());
    for (const bool yes :
         {children_[who].takes_along, children_[who].lost, children_[who].may_go_down})
      to.add(std::uint64_t{yes});
    const auto& site = (*sites_)[who];
    if (w.office_of(who).open)
      for (const auto at : strikes_[who])
        if (w.now() - at <= site.by->intensity.period)
          add(at);
    for (const auto at : own_strikes_[who])
      if (w.now() - at <= (*sites_)[site.above].by->intensity.period)
        add(at);
  }
}

} // namespace supervisor::searching
