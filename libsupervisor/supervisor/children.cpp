#include "supervisor/turn.hpp"

#include <algorithm>

namespace supervisor::detail {

// -- what is done to one child -------------------------------------------------------------------------

void turn::start(slot who) {
  auto& r = row(who);
  if (r.ran)
    ++tally_of(who).generation;
  if (++r.number > 1)
    fact(event_type::child_restarting, current(who));
  r.now = phase::starting;
  r.since = now_;
  r.done = r.timed_out = r.gated = r.ran = false;
  ++state_.starting;
  fact(event_type::child_starting, current(who));
  todo(deed::start, current(who));
  set_deadline(who, later(now_, plan_.of(who).start_within));
}

/// The restart of a single child: waits for its dependencies, then for its turn.
void turn::start_when_due(slot who) {
  if (!needs_are_ready(who))
    row(who).gated = true;
  else if (state_.starting >= plan_.in_flight)
    state_.line.push_back(who);
  else
    start(who);
}

void turn::start_those_in_line() {
  while (!state_.line.empty() && state_.starting < plan_.in_flight) {
    const auto who = state_.line.front();
    state_.line.pop_front();
    start_when_due(who);
  }
}

void turn::cancel(slot who) {
  auto& r = row(who);
  const auto& stop = plan_.of(who).stop;
  drop_deadline(who);
  state_.starting -= r.now == phase::starting;
  fact(ending() ? event_type::child_shutdown_cancel_delivered
                : event_type::child_control_cancel_delivered,
       current(who));
  if (stop.is_brutal())
    return kill(who);
  r.now = phase::stopping;
  todo(deed::cancel, current(who));
  if (!stop.is_unlimited())
    set_deadline(who, later(now_, stop.graceful));
}

void turn::kill(slot who) {
  row(who).now = phase::killing;
  if (ending())
    enter(shutdown_phase::abort_stragglers);
  todo(deed::kill, current(who));
  set_deadline(who, later(now_, plan_.of(who).stop.abort_wait));
}

/// Nothing stops a handler that never returns. Whoever waits for this child goes on without it.
void turn::abandon(slot who) {
  auto& r = row(who);
  r.now = phase::abandoned;
  r.ready = r.timed_out = false;
  ++tally_.abandoned;
  todo(deed::abandon, current(who));
  fact(event_type::child_abandoned, current(who));
  if (ending())
    tally_.outcomes.push_back({current(who), shutdown_status::abort_failed, {}});
  if (r.regroup == in_none)
    return end(aim::give_up, who);
  count_down(who);
  const auto g = std::exchange(r.regroup, in_none);
  --group(g).members;
  group(g).failed = true;
  go_on(g);
}

void turn::leave_down(slot who, bool done) {
  auto& r = row(who);
  r.now = phase::down;
  r.done = done;
  if (plan_.of(who).temporary)
    forget(who);
  ungate_dependents_of(who);
}

void turn::park(slot who) {
  row(who).now = phase::parked;
  fact(event_type::child_quarantined, current(who));
  ungate_dependents_of(who);
}

/// Takes it out of the start order: no regroup finds it any more.
void turn::forget(slot who) {
  auto& r = row(who);
  (r.older == nobody ? state_.oldest : row(r.older).younger) = r.younger;
  (r.younger == nobody ? state_.youngest : row(r.younger).older) = r.older;
  for (auto& g : state_.regroups) {
    if (g.first == who)
      g.first = r.younger;
    if (g.cursor == who)
      g.cursor = g.rising ? r.younger : r.older;
  }
  if (r.regroup != in_none)
    --group(std::exchange(r.regroup, in_none)).members;
  r.older = r.younger = nobody;
  r.now = phase::forgotten;
}

// -- dependencies ------------------------------------------------------------------------------------

bool turn::needs_are_ready(slot who) const {
  return !row(who).lingers && std::ranges::all_of(plan_.needs_of(who), [this](slot need) {
    return row(need).ready || row(need).done;
  });
}

/// The dependency that is down for good, if there is one: nothing but an operator brings it back.
slot turn::hopeless_need(slot who) const {
  for (const auto need : plan_.needs_of(who)) {
    const auto& r = row(need);
    if (r.unsettled)
      continue;
    const auto over = r.now == phase::parked || r.now == phase::forgotten
                      || r.now == phase::abandoned
                      || (r.now == phase::down && r.number > 0 && r.regroup == in_none);
    if (over && !r.done)
      return need;
  }
  return nobody;
}

void turn::ungate_dependents_of(slot who) {
  for (const auto dependent : plan_.dependents_of(who)) {
    auto& r = row(dependent);
    if (!r.gated)
      continue;
    if (r.regroup != in_none) {
      r.gated = false;
      rise(r.regroup); // which looks at the dependencies again
    } else if (needs_are_ready(dependent)) {
      r.gated = false;
      start_when_due(dependent);
    }
  }
}

// -- small words -------------------------------------------------------------------------------------

bool turn::is_current(life x) const {
  return x.who < state_.children.size() && row(x.who).number == x.number && x.number != 0;
}

bool turn::is_alive(slot who) const {
  const auto now = row(who).now;
  return now == phase::starting || now == phase::up || now == phase::stopping
         || now == phase::killing;
}

trouble& turn::trouble_of(slot who) {
  auto& r = row(who);
  if (r.trouble == nobody) {
    r.trouble = static_cast<std::uint32_t>(state_.troubles.size());
    state_.troubles.emplace_back();
  }
  return state_.troubles[r.trouble];
}

child_tally& turn::tally_of(slot who) {
  if (tally_.children.size() < state_.children.size())
    tally_.children.resize(state_.children.size());
  return tally_.children[who];
}

void turn::note_seat(std::uint32_t party, std::uint32_t seat) {
  if ((party & regroup_party) != 0)
    group(party & ~regroup_party).deadline = seat;
  else
    row(party).deadline = seat;
}

void turn::set_deadline(slot who, time_point at) {
  if (at == time_point::max())
    return drop_deadline(who);
  state_.deadlines.set(who, row(who).deadline, at,
                       [this](auto party, auto seat) { note_seat(party, seat); });
}

void turn::drop_deadline(slot who) {
  if (row(who).deadline != nobody)
    state_.deadlines.drop(row(who).deadline,
                          [this](auto party, auto seat) { note_seat(party, seat); });
}

void turn::set_group_deadline(std::uint32_t g, time_point at) {
  if (at != time_point::max())
    state_.deadlines.set(g | regroup_party, group(g).deadline, at,
                         [this](auto party, auto seat) { note_seat(party, seat); });
}

void turn::drop_group_deadline(std::uint32_t g) {
  if (group(g).deadline != nobody)
    state_.deadlines.drop(group(g).deadline,
                          [this](auto party, auto seat) { note_seat(party, seat); });
}

void turn::wake_in_time() {
  if (state_.deadlines.empty() || state_.deadlines.first().at >= state_.armed)
    return;
  state_.armed = state_.deadlines.first().at;
  todo(deed::wake, {}, state_.armed);
}

void turn::stale(life who) {
  ++tally_.stale;
  fact(event_type::child_attempt_stale_report, who);
}

event& turn::fact(event_type what, life who) {
  event x;
  x.seq = ++tally_.events;
  x.at = now_;
  x.who = who;
  x.what = what;
  if (who.who < tally_.children.size())
    x.generation = tally_.children[who.who].generation;
  out_.facts.push_back(x);
  return out_.facts.back();
}

} // namespace supervisor::detail
