#include "supervisor/turn.hpp"

#include <algorithm>

namespace supervisor {

void step(const plan& p, state& s, tally& t, std::span<const input> inputs, time_point now,
          effects& out) {
  detail::turn{p, s, t, now, out}.take(inputs);
}

state make_state(const plan& p) {
  state made;
  made.children.resize(p.size());
  std::uint32_t rank = 0;
  for (const auto who : p.order) {
    auto& row = made.children[who];
    row.rank = rank++;
    row.older = made.youngest;
    (made.youngest == nobody ? made.oldest : made.children[made.youngest].younger) = who;
    made.youngest = who;
  }
  return made;
}

namespace detail {

// -- a crash, from the news to the decision ----------------------------------------------------------

/// Ends that are pending together are taken note of together, and answered in start order: so one
/// regroup, and one strike, covers all it would restart anyway.
void turn::take(std::span<const input> inputs) {
  std::vector<ended> ends;
  for (const auto& x : inputs)
    take(x, ends);
  if (ends.size() > 1)
    std::ranges::sort(ends, {}, [this](const ended& x) { return row(x.who).rank; });
  for (const auto& x : ends)
    settle(x);
  if (ending() && group(state_.ending).down)
    finish(state_.ending);
  start_those_in_line();
  wake_in_time();
}

void turn::take(const input& x, std::vector<ended>& ends) {
  switch (x.what) {
    case news::begin:
      return on_begin();
    case news::stop:
      return on_stop();
    case news::deadline:
      return on_deadline();
    case news::started:
      return on_started(x.who);
    case news::ready:
      return on_ready(x.who);
    case news::exited:
      return on_exited(x, ends);
    case news::ignored:
      return on_ignored(x, ends);
    case news::lingering:
      return on_lingering(x);
    case news::late_end:
      return on_late_end(x.who, ends);
  }
}

void turn::on_exited(const input& x, std::vector<ended>& ends) {
  if (!is_current(x.who))
    return stale(x.who);
  const auto who = x.who.who;
  auto& r = row(who);
  if (r.now == phase::abandoned) {
    --tally_.abandoned;
    fact(event_type::child_shutdown_late_report, x.who).exit = x.exit;
    tally_of(who).exited = true;
    tally_of(who).last_exit = x.exit;
    for (auto& outcome : tally_.outcomes)
      if (outcome.who == x.who)
        outcome = {x.who, shutdown_status::late_report, x.exit};
    r.now = phase::down;
    return;
  }
  if (!is_alive(who) || r.gone)
    return stale(x.who);
  const auto in_order = x.exit.detail != exit_detail::killed && x.exit.what != exit_class::panic;
  if (r.lingers && r.regroup != in_none && !in_order)
    return linger(x); // nobody below it had its time: whoever waits for it waits for them
  ends.push_back({who, r.now, x.exit, r.ran ? now_ - r.since : nanoseconds{0}});
  drop_deadline(who);
  tally_of(who).exited = true;
  tally_of(who).last_exit = x.exit;
  state_.starting -= r.now == phase::starting;
  if (r.regroup != in_none)
    count_down(who);
  r.now = phase::down;
  r.ready = r.gone = false;
  r.unsettled = true;
}

/// Its own end came; it counts as down when those below have ended, or have had their time.
void turn::linger(const input& x) {
  auto& r = row(x.who.who);
  tally_of(x.who.who).exited = true;
  tally_of(x.who.who).last_exit = x.exit;
  r.now = phase::killing;
  r.gone = true;
  set_deadline(x.who.who, later(now_, plan_.of(x.who.who).stop.abort_wait));
}

/// The end of a child that is part of a regroup was asked for, or is covered by it; any other end
/// is the policy's business.
void turn::settle(ended end) {
  auto& r = row(end.who);
  r.unsettled = false;
  const auto told = end.was == phase::stopping || end.was == phase::killing;
  if (r.timed_out && r.regroup == in_none) {
    end.exit = {exit_class::timeout, exit_detail::start_failed, failure_kind::timeout, 0};
    end.uptime = nanoseconds{0};
  } else if (told && end.exit.what == exit_class::external_cancel) {
    end.exit.what = exit_class::manual_stop;
  }
  tally_of(end.who).last_exit = end.exit;
  if (state_.finished)
    return report_leaving(end);
  if (r.regroup == in_none)
    return decide(end);
  r.timed_out = false;
  report_leaving(end);
  if (end.exit.detail == exit_detail::shutdown_tree && !ending())
    return this->end(aim::end_tree, end.who);
  const auto g = r.regroup;
  if (plan_.of(end.who).temporary && !finishes(group(g).then))
    forget(end.who);
  go_on(g);
}

void turn::report_leaving(const ended& end) {
  const auto who = current(end.who);
  if (!ending() || (end.was != phase::stopping && end.was != phase::killing)) {
    fact(event_type::child_stopped, who).exit = end.exit;
    return;
  }
  const auto clean = end.was == phase::stopping;
  tally_.outcomes.push_back(
    {who, clean ? shutdown_status::graceful : shutdown_status::aborted, end.exit});
  fact(clean ? event_type::child_shutdown_graceful : event_type::child_shutdown_aborted, who).exit
    = end.exit;
}

void turn::decide(const ended& end) {
  auto& r = row(end.who);
  const auto never_ran = end.was == phase::starting || r.timed_out;
  const auto first = r.number == 1 && never_ran && !state_.begun;
  r.timed_out = false;
  if (never_ran)
    fact(event_type::child_start_failed, current(end.who)).exit = end.exit;
  if (first && plan_.of(end.who).critical)
    return this->end(aim::roll_back, end.who);
  auto& t = trouble_of(end.who);
  const auto given = situation_of(end, t);
  const auto then = answer(end, given, t);
  plan_.of(end.who).policy.remember(t.memory, given, then);
  const auto what = end.exit.what == exit_class::panic ? event_type::child_panicked
                    : is_failure(end.exit.what)        ? event_type::child_failed
                                                       : event_type::child_stopped;
  auto& told = fact(what, current(end.who));
  told.exit = end.exit;
  told.decided = true;
  told.given = given;
  told.then = then;
  ++tally_.crashes;
  carry_out(end, then);
  on_start_settled(end.who);
}

situation turn::situation_of(const ended& end, trouble& t) {
  const auto& kind = plan_.of(end.who);
  if (end.uptime >= kind.stable_after)
    t.streak = 0;
  auto& strikes = state_.strikes;
  while (!strikes.empty() && plan_.intensity.forgets(strikes.front(), now_))
    strikes.pop_front();
  return {
    .exit = end.exit,
    .streak = t.streak,
    .recent = static_cast<std::uint32_t>(strikes.size()),
    .uptime = end.uptime,
    .last_wait = t.last_wait,
    .now = now_,
    .luck = luck(plan_.seed, current(end.who)),
  };
}

/// The child's policy, then the one limit that is the supervisor's own.
decision turn::answer(const ended& end, const situation& given, trouble& t) const {
  if (end.exit.detail == exit_detail::shutdown_tree)
    return shutdown_tree();
  const auto wanted = plan_.of(end.who).policy.decide(given, t.memory);
  if (wanted.what != verdict::restart)
    return wanted;
  return stricter(wanted, plan_.intensity.decide(given), because_of_intensity);
}

void turn::carry_out(const ended& end, const decision& then) {
  switch (then.what) {
    case verdict::restart: {
      auto& t = trouble_of(end.who);
      ++t.streak;
      t.last_wait = then.wait;
      count_strike();
      return regroup_from(end.who, later(now_, then.wait));
    }
    case verdict::leave_down:
      return leave_down(end.who, end.exit.what == exit_class::success);
    case verdict::quarantine:
    case verdict::pause_group:
      return park(end.who);
    case verdict::escalate:
      if (then.because == because_of_intensity)
        fact(event_type::meltdown, current(end.who)).exit = end.exit;
      return this->end(aim::give_up, end.who);
    case verdict::shutdown_tree:
      return this->end(aim::end_tree, end.who);
  }
}

/// Where the supervisor itself has no limit, its children's policies may still look at the count.
constexpr std::size_t remembered_without_limit = 1024;

/// Once a regroup, however many children it restarts.
void turn::count_strike() {
  ++tally_.restarts;
  state_.strikes.push_back(now_);
  if (plan_.intensity.restarts == unlimited && state_.strikes.size() > remembered_without_limit)
    state_.strikes.pop_front();
}

// -- the other news ------------------------------------------------------------------------------------

void turn::on_begin() {
  fact(event_type::runtime_control_loop_started);
  const auto g = open(aim::begin, nobody);
  for (auto who = state_.oldest; who != nobody; who = row(who).younger)
    join(g, who);
  group(g).begins = true;
  rise(g);
}

void turn::on_stop() {
  if (ending() || state_.finished)
    return;
  fact(event_type::shutdown_requested);
  end(aim::stop, nobody);
}

void turn::on_started(life who) {
  if (!is_current(who))
    return stale(who);
  auto& r = row(who.who);
  if (r.now != phase::starting)
    return;
  const auto again = r.number > 1;
  r.now = phase::up;
  r.since = now_;
  r.ran = true;
  --state_.starting;
  fact(event_type::child_running, who);
  if (again) {
    ++tally_of(who.who).restarts;
    fact(event_type::child_restarted, who);
  }
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
  fact(event_type::child_ready, current(who));
  ungate_dependents_of(who);
}

void turn::on_ignored(const input& x, std::vector<ended>& ends) {
  if (!is_current(x.who) || row(x.who.who).now != phase::starting)
    return on_exited(x, ends); // told to stop before it could say so: then it is down
  const auto who = x.who.who;
  fact(event_type::child_ignored, x.who);
  drop_deadline(who);
  --state_.starting;
  leave_down(who, true);
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
  if (r.gone) { // now it is down, or was abandoned meanwhile
    r.gone = false;
    return on_exited({news::exited, who, tally_of(who.who).last_exit, 0}, ends);
  }
  if (r.gated) {
    r.gated = false;
    r.regroup != in_none ? rise(r.regroup) : start_when_due(who.who);
  }
}

void turn::on_deadline() {
  if (state_.armed <= now_)
    state_.armed = time_point::max();
  while (!state_.deadlines.empty() && state_.deadlines.first().at <= now_) {
    const auto party = state_.deadlines.first().party;
    if ((party & regroup_party) != 0) {
      drop_group_deadline(party & ~regroup_party);
      on_group_due(party & ~regroup_party);
    } else {
      drop_deadline(party);
      on_due(party);
    }
  }
}

void turn::on_due(slot who) {
  auto& r = row(who);
  switch (r.now) {
    case phase::waiting:
      return start_when_due(who);
    case phase::starting:
    case phase::up:
      if (r.regroup != in_none)
        return; // its stop is on its way, in its turn
      r.timed_out = true;
      return cancel(who);
    case phase::stopping:
      return kill(who);
    case phase::killing:
      return abandon(who);
    case phase::down:
    case phase::abandoned:
    case phase::parked:
    case phase::forgotten:
      return;
  }
}

} // namespace detail
} // namespace supervisor
