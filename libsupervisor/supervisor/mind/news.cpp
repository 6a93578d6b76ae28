#include "supervisor/mind/turn.hpp"

// What a supervisor hears, but for the ends of its children: those are in supervision.cpp.

namespace supervisor::detail {

void turn::on_begin() {
  fact(event_type::runtime_control_loop_started);
  const auto g = open(aim::begin, nobody);
  for (auto who = state_.oldest; who != nobody; who = row(who).younger)
    join(g, who);
  regroup_at(g).begins = true;
  rise(g);
}

void turn::on_stop() {
  if (ending() || state_.finished)
    return;
  fact(event_type::shutdown_requested);
  end(aim::stop, nobody);
}

void turn::on_prepared(life who) {
  if (!is_current(who) || row(who.who).now != phase::starting)
    return;
  row(who.who).since = now_;
  set_deadline(who.who, due_in(plan_.of(who.who).start_within));
}

/// Whoever looks whether it may start has found that it may not, and looks again and again.
void turn::on_waits(life who) {
  if (is_current(who) && row(who.who).now == phase::starting)
    fact(event_type::child_waiting, who).wait = now_ - row(who.who).since;
}

void turn::on_started(life who) {
  if (!is_current(who))
    return stale(who);
  auto& r = row(who.who);
  if (r.now != phase::starting)
    return;
  const auto again = !is_first(who.who);
  const auto start_by = later(r.since, plan_.of(who.who).start_within);
  leave_the_gate(who.who);
  r.now = phase::up;
  r.since = now_;
  r.ran = true;
  fact(event_type::child_running, who);
  if (again) {
    ++tally_of(who.who).restarts;
    fact(event_type::child_restarted, who);
  }
  if (r.pending) {
    r.pending = false;
    fact(event_type::child_restart_fence_released, who);
  }
  look_after(who.who, start_by);
  if (!plan_.of(who.who).awaits_ready) {
    drop_deadline(who.who);
    ready(who.who);
  }
  on_start_settled(who.who);
}

void turn::on_ready(life who) {
  if (!is_current(who))
    return stale(who);
  const auto& r = row(who.who);
  if (r.now == phase::starting) // it said so before it was done with starting
    on_started(who);
  if (r.now != phase::up || r.ready)
    return;
  drop_deadline(who.who);
  ready(who.who);
}

void turn::ready(slot who) {
  row(who).ready = true;
  row(who).unproven = false;
  fact(event_type::child_ready, current(who));
  look_after_ready(who);
  if (row(who).joining)
    has_joined(who);
  ungate_dependents_of(who);
}

void turn::on_ignored(const input& x, std::vector<ended>& ends) {
  if (!is_current(x.who) || row(x.who.who).now != phase::starting)
    return on_exited(x, ends); // told to stop before it could say so: then it is down
  const auto who = x.who.who;
  fact(event_type::child_ignored, x.who);
  drop_deadline(who);
  leave_the_gate(who);
  const auto g = row(who).regroup;
  if (g != in_none)
    count_down(who); // it was to be stopped, and nobody had told it so far
  auto& r = row(who);
  r.now = phase::down;
  r.pending = false;
  if (r.joining)
    has_joined(who);
  if (plan_.pool && r.fate == fate::rise)
    r.fate = fate::remove; // nobody could find it again
  r.fate != fate::rise ? meet_fate(who) : leave_down(who, true);
  if (g != in_none)
    go_on(g);
  on_start_settled(who);
}

void turn::on_lingering(const input& x) {
  if (!is_current(x.who))
    return stale(x.who);
  if (x.count == 0)
    return;
  row(x.who.who).lingers = true;
  trouble_of(x.who.who).lingering = x.count;
}

void turn::on_late_end(life who, std::vector<ended>& ends) {
  if (!is_current(who) || !row(who.who).lingers)
    return stale(who);
  auto& r = row(who.who);
  if (--trouble_of(who.who).lingering > 0)
    return;
  r.lingers = false;
  fact(event_type::child_shutdown_late_report, who);
  if (r.now == phase::parked && r.fate == fate::remove)
    return vacate(who.who);
  if (r.gone) { // now it is down, or was abandoned meanwhile
    r.gone = false;
    return on_exited({news::exited, who, tally_of(who.who).last_exit, 0}, ends);
  }
  leave_gate_of_dependencies(who.who);
}

void turn::on_deadline() {
  if (state_.armed <= now_)
    state_.armed = time_point::max();
  while (!is_listening() && !state_.deadlines.empty() && state_.deadlines.first().at <= now_) {
    const auto party = state_.deadlines.first().party;
    if ((party & regroup_party) != 0) {
      drop_regroup_deadline(party & ~regroup_party);
      on_regroup_due(party & ~regroup_party);
    } else if ((party & aside_party) != 0) {
      auto& due = state_.asides[party & ~aside_party];
      drop_deadline(due);
      on_due(due);
    } else {
      drop_deadline(party);
      on_due(party);
    }
  }
}

/// All that came while we were paused is heard: nobody lost time by the pause.
void turn::on_listened() {
  const auto pause = std::exchange(state_.late_by, nanoseconds{0});
  for (const auto party : state_.deadlines.parties_due(now_))
    put_off(party, pause);
  on_deadline();
}

/// Only what somebody else has to do by then: what we do ourselves is late enough.
void turn::put_off(std::uint32_t party, nanoseconds pause) {
  if ((party & regroup_party) != 0)
    return;
  if ((party & aside_party) != 0) {
    auto& x = state_.asides[party & ~aside_party];
    return set_deadline(x, supervisor::put_off(state_.deadlines.at(x.deadline).due(), now_, pause));
  }
  if (row(party).now == phase::up && row(party).vital != nobody && plan_.of(party).is_watched())
    return put_off_vital(party, pause);
  if (is_judged_at_deadline(party))
    set_deadline(party,
                 supervisor::put_off(state_.deadlines.at(row(party).deadline).due(), now_, pause));
}

void turn::put_off_vital(slot who, nanoseconds pause) {
  auto& mine = *vital_of(who);
  for (auto* x : {&mine.start_by, &mine.end_by, &mine.beat_by, &mine.check_at})
    if (x->at <= now_)
      *x = supervisor::put_off(*x, now_, pause);
  rearm(who);
}

bool turn::is_judged_at_deadline(slot who) const {
  const auto& r = row(who);
  return is_alive(who) || (r.now == phase::waiting && r.waits_for == wait_reason::answer);
}

void turn::on_due(slot who) {
  auto& r = row(who);
  switch (r.now) {
    case phase::waiting:
      return on_waited(who);
    case phase::starting:
    case phase::up:
      if (r.regroup != in_none)
        return; // its stop is on its way, in its turn
      if (r.now == phase::up && r.vital != nobody && plan_.of(who).is_watched())
        return on_vital_due(who);
      return condemn(who, condemned::slow_start);
    case phase::stopping:
      return kill(who);
    case phase::killing:
      return abandon(who);
    case phase::down:
      if (r.awaits_dependency)
        tell_of_wait(who);
      return;
    case phase::abandoned:
    case phase::parked:
    case phase::forgotten:
    case phase::vacant:
      return;
  }
}

/// An abandoned child has ended after all.
void turn::come_late(slot who) {
  auto& r = row(who);
  r.now = phase::down;
  if (ending() || state_.finished)
    return;
  const auto then = r.fate;
  r.fate = fate::rise;
  if (then != fate::rise)
    leave(who, then);
  else if (r.pending)
    start_late(who);
}

void turn::start_late(slot who) {
  fact(event_type::child_restart_fence_pending_drained, current(who)).exit
    = tally_of(who).last_exit;
  start_alone(who);
  row(who).pending = true; // until it runs
}

} // namespace supervisor::detail
