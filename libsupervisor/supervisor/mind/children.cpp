#include "supervisor/mind/turn.hpp"

#include <algorithm>

namespace supervisor {

bool is_met(const plan& p, const state& s, slot need) {
  const auto& r = s.children[need];
  return r.done || (r.ready && !p.of(need).is_job);
}

namespace detail {

// -- what is done to one child -------------------------------------------------------------------------

void turn::start(slot who) {
  auto& r = row(who);
  if (r.ran)
    ++tally_of(who).generation;
  r.number = used_number(who) + 1;
  if (!is_first(who))
    fact(event_type::child_restarting, current(who));
  r.now = phase::starting;
  r.since = now_;
  ungate(who);
  r.done = r.ran = false;
  r.condemned = condemned::no;
  count_start(who);
  fact(event_type::child_starting, current(who));
  todo(deed::start, current(who));
  set_deadline(who, due_in(plan_.of(who).whole_start_within()));
}

void turn::cancel(slot who) {
  auto& r = row(who);
  const auto& stop = plan_.of(who).stop;
  drop_deadline(who);
  leave_the_gate(who);
  give_up_swap(who);
  fact(ending() ? event_type::child_shutdown_cancel_delivered
                : event_type::child_control_cancel_delivered,
       current(who));
  if (stop.is_brutal())
    return kill(who);
  r.now = phase::stopping;
  todo(deed::cancel, current(who));
  if (!stop.is_unlimited())
    set_deadline(who, due_in(stop.graceful));
}

void turn::kill(slot who) {
  auto& r = row(who);
  r.now = phase::killing;
  if (ending())
    enter(shutdown_phase::abort_stragglers);
  else if (r.pending)
    fact(event_type::child_restart_fence_abort_requested, current(who));
  else if (r.op != operation::active && !plan_.of(who).stop.is_brutal())
    fact(event_type::child_control_stop_failed, current(who));
  todo(deed::kill, current(who));
  set_deadline(who, due_in(plan_.of(who).stop.abort_wait));
}

/// Nothing stops a handler that never returns. Whoever waits for this child goes on without it.
void turn::abandon(slot who) {
  auto& r = row(who);
  r.now = phase::abandoned;
  r.ready = false;
  r.condemned = condemned::no;
  ++tally_.abandoned;
  todo(deed::abandon, current(who));
  fact(event_type::child_abandoned, current(who));
  if (ending())
    tally_.outcomes.push_back({current(who), shutdown_status::abort_failed, no_end_so_far});
  const auto was_joining = r.joining;
  keep_promises(who, objection::still_running);
  if (r.regroup == in_none && was_joining) {
    r.fate = fate::remove;
    return on_start_settled(who);
  }
  if (r.regroup == in_none)
    return end(aim::give_up, who);
  count_down(who);
  const auto g = std::exchange(r.regroup, in_none);
  --regroup_at(g).members;
  if (r.op == operation::active && !r.pending && !r.leaving)
    regroup_at(g).failed = true; // else somebody wanted it stopped, and will hear of it
  ungate_dependents_of(who);
  go_on(g);
}

void turn::leave_down(slot who, bool done) {
  auto& r = row(who);
  r.now = phase::down;
  r.done = done;
  r.pending = false;
  if (has_no_second_time(who))
    return forget(who);
  keep_promises(who, objection::withdrawn);
  ungate_dependents_of(who);
}

/// Whether its end, by itself and for good, is the end of its supervisor.
bool turn::significant_end(const ended& end) {
  const auto who = end.who;
  if (!plan_.of(who).significant || plan_.auto_shutdown == auto_shutdown::never)
    return false;
  if (plan_.auto_shutdown == auto_shutdown::all_significant)
    for (auto x = state_.oldest; x != nobody; x = row(x).younger)
      if (x != who && is_coming_or_there(x) && plan_.of(x).significant)
        return false;
  const auto well = end.exit.what == exit_class::success && significant_others_ended_well(who);
  this->end(well ? aim::completed : aim::auto_shutdown, who);
  return true;
}

bool turn::is_coming_or_there(slot who) const {
  const auto& r = row(who);
  return is_alive(who) || r.now == phase::waiting || r.regroup != in_none;
}

/// As far as they have ended.
bool turn::significant_others_ended_well(slot who) const {
  for (slot x = 0; x < state_.children.size(); ++x) {
    const auto& r = row(x);
    const auto has_ended = r.now != phase::vacant && !is_coming_or_there(x);
    if (x != who && has_ended && plan_.of(x).significant && !r.done)
      return false;
  }
  return !state_.lost_significant;
}

/// Quarantined, unless somebody has said so in other words before.
void turn::park(slot who) {
  auto& r = row(who);
  r.now = phase::parked;
  r.pending = false;
  if (r.op == operation::active || r.op == operation::quarantined)
    fact(event_type::child_quarantined, current(who));
  if (r.op == operation::active)
    set_operation(who, operation::quarantined, 0);
  keep_promises(who, objection::withdrawn);
  ungate_dependents_of(who);
}

/// Down, as its regroup meant it to be from the beginning.
void turn::meet_fate(slot who) {
  auto& r = row(who);
  if (r.regroup != in_none)
    --regroup_at(std::exchange(r.regroup, in_none)).members;
  const auto then = r.fate;
  r.fate = fate::rise;
  ungate(who);
  leave(who, then);
}

/// Once it is down for good, no command can bring it back: a temporary child, and a member of a pool,
/// which is declared nowhere.
bool turn::has_no_second_time(slot who) const { return plan_.of(who).temporary || plan_.pool; }

void turn::leave(slot who, supervisor::fate then) {
  auto& r = row(who);
  const auto over = has_no_second_time(who) && r.op == operation::terminated;
  if (r.leaving) {
    r.now = phase::parked; // it may be taken back
    r.pending = false;
    keep_promises(who, objection::withdrawn);
    return ungate_dependents_of(who);
  }
  if (then == fate::remove && r.lingers) { // goes when those below it have ended
    r.now = phase::parked;
    r.fate = fate::remove;
    r.pending = false;
    keep_promises(who, objection::still_running);
    return ungate_dependents_of(who);
  }
  if (then == fate::remove)
    return vacate(who);
  if (then == fate::park && over)
    return forget(who);
  then == fate::park ? park(who) : leave_down(who, false);
}

/// No regroup finds it any more; its seat is kept, and named in reports, if it was declared.
void turn::forget(slot who) {
  if (row(who).added) {
    const auto fails = plan_.of(who).significant && !row(who).done;
    state_.lost_significant = state_.lost_significant || fails;
    return vacate(who);
  }
  drop_from_order(who);
  keep_promises(who, objection::withdrawn);
  ungate_dependents_of(who);
}

void turn::drop_from_order(slot who) {
  unlink(who);
  --state_.members;
  row(who).now = phase::forgotten;
  ungate(who);
  row(who).pending = false;
}

void turn::unlink(slot who) {
  auto& r = row(who);
  (r.older == nobody ? state_.oldest : row(r.older).younger) = r.younger;
  (r.younger == nobody ? state_.youngest : row(r.younger).older) = r.older;
  for (auto& g : state_.regroups) {
    if (g.first == who)
      g.first = r.younger;
    if (g.last == who)
      g.last = r.older;
    if (g.cursor == who)
      g.cursor = g.rising ? r.younger : r.older;
  }
  if (r.regroup != in_none)
    --regroup_at(std::exchange(r.regroup, in_none)).members;
  r.older = r.younger = nobody;
}

// -- dependencies ------------------------------------------------------------------------------------

bool turn::is_met(slot need) const { return supervisor::is_met(plan_, state_, need); }

bool turn::needs_are_ready(slot who) const {
  return !row(who).lingers
         && std::ranges::all_of(plan_.needs_of(who), [this](slot need) { return is_met(need); });
}

/// Down for good, or waiting for one that is: nothing but an operator brings it back.
bool turn::is_hopeless(slot who) const {
  const auto& r = row(who);
  if (r.unsettled || r.done || r.regroup != in_none)
    return false;
  if (r.now == phase::waiting && r.awaits_dependency)
    return hopeless_need(who) != nobody;
  return r.now == phase::parked || r.now == phase::forgotten || r.now == phase::abandoned
         || r.now == phase::vacant || r.now == phase::down;
}

/// The dependency that is, if there is one.
slot turn::hopeless_need(slot who) const {
  for (const auto need : plan_.needs_of(who))
    if (is_hopeless(need))
      return need;
  return nobody;
}

/// In any of its lives.
bool turn::has_run(slot who) { return row(who).ran || tally_of(who).generation > 0; }

/// Down because an operator wants it so, or waiting for such a one: that is no failure.
bool turn::is_held(slot who) const {
  if (row(who).op != operation::active)
    return true;
  const auto need = row(who).awaits_dependency ? hopeless_need(who) : nobody;
  return need != nobody && is_held(need);
}

/// It would start, if its dependencies were ready. If that lasts, it is told of.
void turn::gate(slot who) {
  if (row(who).awaits_dependency)
    return;
  row(who).awaits_dependency = true;
  set_deadline(who, {later(now_, tells_of_waits_after)});
}

/// Its first dependency that is not met stands for all of them. None: it waits for what was abandoned below
/// it.
void turn::tell_of_wait(slot who) {
  const auto needs = plan_.needs_of(who);
  const auto need = std::ranges::find_if_not(needs, [this](slot x) { return is_met(x); });
  auto& x = fact(event_type::child_waiting, current(who));
  x.wait = tells_of_waits_after;
  x.whom = need == needs.end() ? nobody : *need;
}

void turn::ungate(slot who) {
  if (!row(who).awaits_dependency)
    return;
  row(who).awaits_dependency = false;
  drop_deadline(who);
}

void turn::ungate_dependents_of(slot who) {
  lost_hope_ = lost_hope_ || !is_met(who);
  for (const auto dependent : plan_.dependents_of(who))
    leave_gate_of_dependencies(dependent);
}

void turn::leave_gate_of_dependencies(slot who) {
  auto& r = row(who);
  if (!r.awaits_dependency)
    return;
  const auto may_start = needs_are_ready(who);
  if (may_start)
    ungate(who);
  if (r.regroup != in_none)
    go_back_to(who); // see `go_on_all`
  else if (may_start)
    start_when_due(who);
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

void turn::note_seat(std::uint32_t party, std::uint32_t seat) {
  if ((party & regroup_party) != 0)
    regroup_at(party & ~regroup_party).deadline = seat;
  else if ((party & aside_party) != 0)
    state_.asides[party & ~aside_party].deadline = seat;
  else
    row(party).deadline = seat;
}

void turn::set_deadline(slot who, due when) {
  if (when.at == time_point::max())
    return drop_deadline(who);
  state_.deadlines.set(who, row(who).deadline, when,
                       [this](auto party, auto seat) { note_seat(party, seat); });
}

void turn::drop_deadline(slot who) {
  if (row(who).deadline != nobody)
    state_.deadlines.drop(row(who).deadline,
                          [this](auto party, auto seat) { note_seat(party, seat); });
}

void turn::set_regroup_deadline(std::uint32_t g, time_point at) {
  if (at != time_point::max())
    state_.deadlines.set(g | regroup_party, regroup_at(g).deadline, {at},
                         [this](auto party, auto seat) { note_seat(party, seat); });
}

void turn::drop_regroup_deadline(std::uint32_t g) {
  if (regroup_at(g).deadline != nobody)
    state_.deadlines.drop(regroup_at(g).deadline,
                          [this](auto party, auto seat) { note_seat(party, seat); });
}

void turn::wake_in_time() {
  if (is_listening() || state_.deadlines.empty() || state_.deadlines.first().at >= state_.armed)
    return;
  state_.armed = state_.deadlines.first().at;
  todo(deed::wake, {}, state_.armed);
}

/// News of whoever had the seat before are news of nobody.
void turn::stale(life who) {
  ++tally_.stale;
  const auto is_of_another = [who](const child_row& r) {
    return r.now == phase::vacant || (r.born > 0 && who.number <= r.born);
  };
  const auto forgotten = who.who < state_.children.size() && is_of_another(row(who.who));
  fact(event_type::child_attempt_stale_report, forgotten ? life{} : who);
}

event& turn::fact(event_type what, life who) {
  auto& x = out_.facts.emplace_back();
  x.seq = ++tally_.events;
  x.at = now_;
  x.who = who;
  x.what = what;
  if (who.who < state_.children.size()) {
    auto& known = tally_of(who.who);
    x.generation = known.generation;
    known.last_event = x.seq;
  }
  return x;
}

} // namespace detail
} // namespace supervisor
