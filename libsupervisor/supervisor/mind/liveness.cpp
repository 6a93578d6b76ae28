#include "supervisor/mind/turn.hpp"

#include <algorithm>

// Children that have to say that they live: beats, answers, and an end in time.

namespace supervisor::detail {

vital* turn::vital_of(slot who) {
  const auto at = row(who).vital;
  return at == nobody ? nullptr : &state_.vitals[at];
}

/// From its start on. `start_by`: when it has to be ready.
void turn::look_after(slot who, time_point start_by) {
  const auto& kind = plan_.of(who);
  auto& r = row(who);
  if (!kind.is_watched()) {
    if (auto* old = vital_of(who)) // of whoever had the seat, or of another spec
      *old = {};
    return;
  }
  if (r.vital == nobody) {
    r.vital = static_cast<std::uint32_t>(state_.vitals.size());
    state_.vitals.emplace_back();
  }
  auto& mine = state_.vitals[r.vital];
  mine = {.asked = mine.asked};
  if (kind.awaits_ready)
    mine.start_by = {start_by, kind.start_within};
  if (kind.run_within.count() > 0)
    mine.end_by = due_after(row(who).since, kind.run_within);
  if (kind.probe_every.count() > 0)
    mine.check_at = {now_};
  rearm(who);
}

void turn::look_after_ready(slot who) {
  const auto& kind = plan_.of(who);
  auto* mine = vital_of(who);
  if (!mine || !kind.is_watched())
    return;
  mine->start_by = {};
  mine->awaits_answer = false;
  mine->failures = 0;
  mine->check_at = kind.check_every.count() > 0 ? due{later(now_, kind.check_every)} : due{};
  if (kind.stale_after.count() > 0)
    mine->beat_by = due_in(kind.stale_after);
  mine->recycle_at = recycle_time(who);
  rearm(who);
}

time_point turn::recycle_time(slot who) const {
  const auto age = most_age(plan_, current(who));
  return age.count() == 0 ? time_point::max() : later(now_, age);
}

void turn::rearm(slot who) {
  const auto& mine = *vital_of(who);
  const auto too_old = later(mine.beat_by.at, nanoseconds{1}); // as old as allowed is not too old
  set_deadline(who, {std::min({mine.start_by.at, mine.end_by.at, too_old, mine.check_at.at,
                               mine.recycle_at})});
}

/// A beat moves `beat_by` and leaves the deadline alone, which then finds nothing to do.
void turn::on_vital_due(slot who) {
  auto& mine = *vital_of(who);
  if (mine.start_by.at <= now_)
    return condemn(who, condemned::slow_start);
  if (mine.end_by.at <= now_)
    return condemn(who, condemned::ran_too_long);
  if (mine.beat_by.at < now_) {
    const auto since = mine.last_beat == time_point::min() ? row(who).since : mine.last_beat;
    fact(event_type::child_heartbeat_stale, current(who)).wait = now_ - since;
    return unhealthy(who, child_health::stale);
  }
  if (mine.check_at.at <= now_) {
    mine.awaits_answer ? check_failed(who) : check(who);
    if (row(who).now != phase::up)
      return;
  }
  if (mine.recycle_at <= now_) {
    mine.recycle_at = time_point::max();
    recycle(who);
    if (row(who).now != phase::up)
      return;
  }
  rearm(who);
}

void turn::check(slot who) {
  const auto& kind = plan_.of(who);
  auto& mine = *vital_of(who);
  mine.awaits_answer = true;
  mine.check_at = due_in(row(who).ready ? kind.check_within : kind.probe_within);
  todo(deed::check, current(who));
  out_.todo.back().index = ++mine.asked;
}

/// While it is not ready that is no harm: it is asked until its time to start is over.
void turn::check_failed(slot who) {
  const auto& kind = plan_.of(who);
  auto& mine = *vital_of(who);
  mine.awaits_answer = false;
  mine.check_at = {later(now_, row(who).ready ? kind.check_every : kind.probe_every)};
  fact(event_type::health_check_failed, current(who)).count = ++mine.failures;
  if (row(who).ready && mine.failures >= kind.check_retries)
    unhealthy(who, child_health::unhealthy);
}

/// It may have been sent while we were paused: it counts from the moment in which it was.
void turn::on_heartbeat(const input& x) {
  const auto who = x.who.who;
  if (!is_current(x.who))
    return stale(x.who);
  auto* mine = vital_of(who);
  if (row(who).now != phase::up || !mine)
    return;
  mine->last_beat = std::max(mine->last_beat, std::min(x.at, now_));
  if (mine->beat_by.at != time_point::max())
    mine->beat_by = due_after(mine->last_beat, plan_.of(who).stale_after);
  if (mine->health != child_health::unhealthy)
    mine->health = child_health::healthy;
}

/// Whoever is ready has shown by any answer that it comes back to its mailbox; whoever is to become
/// ready must say yes.
void turn::on_checked(const input& x) {
  const auto who = x.who.who;
  if (!is_current(x.who))
    return stale(x.who);
  auto* mine = vital_of(who);
  if (row(who).now != phase::up || !mine || !mine->awaits_answer || mine->asked != x.count)
    return;
  if (!x.well && !(x.vague && row(who).ready)) {
    check_failed(who);
    if (row(who).now == phase::up)
      rearm(who);
    return;
  }
  mine->awaits_answer = false;
  mine->failures = 0;
  mine->health = child_health::healthy;
  fact(event_type::health_check_passed, x.who);
  if (!row(who).ready)
    return ready(who);
  mine->check_at = {later(now_, plan_.of(who).check_every)};
  rearm(who);
}

/// Told once a stall. A child that is in nobody's way is only reported, unless its spec says more.
void turn::on_stalled(const input& x) {
  if (!is_current(x.who) || !is_alive(x.who.who))
    return stale(x.who);
  const auto who = x.who.who;
  fact(event_type::child_stalled, x.who).wait = x.then.wait;
  if (row(who).now != phase::up && row(who).now != phase::starting)
    return;
  if (plan_.of(who).stall_is_failure)
    return unhealthy(who, child_health::unhealthy);
  if (auto* mine = vital_of(who))
    mine->health = child_health::stale;
}

void turn::unhealthy(slot who, child_health how) {
  if (auto* mine = vital_of(who))
    mine->health = how;
  fact(event_type::child_unhealthy, current(who));
  condemn(who, condemned::unhealthy);
}

void turn::on_worn(life who) {
  if (!is_current(who))
    return stale(who);
  if (row(who.who).ready)
    recycle(who.who);
}

/// It did nothing wrong: no policy is asked, and nothing is counted as a failure.
void turn::recycle(slot who) {
  const auto& r = row(who);
  if (r.now != phase::up || r.regroup != in_none || r.pending)
    return;
  if (const auto* second = aside_of(who); second && second->now != phase::down)
    return recycle_later(who);
  fact(event_type::child_recycling, current(who)).wait = now_ - r.since;
  can_swap(who) ? begin_swap(who) : renew(who);
}

/// The next life did not come up: the same time passes until another is tried.
void turn::recycle_later(slot who) {
  if (auto* mine = vital_of(who); mine && row(who).now == phase::up) {
    mine->recycle_at = recycle_time(who);
    rearm(who);
  }
}

/// It is stopped, and its end counts as a failure of its own. If others go down with it, its stop is
/// on its way already.
void turn::condemn(slot who, supervisor::condemned why) {
  auto& r = row(who);
  if (r.regroup != in_none)
    return;
  r.condemned = why;
  r.pending = false;
  cancel(who);
}

} // namespace supervisor::detail
