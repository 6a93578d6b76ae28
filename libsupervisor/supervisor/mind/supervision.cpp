#include "supervisor/mind/turn.hpp"

#include <algorithm>

namespace supervisor {

void step(const plan& p, state& s, tally& t, std::span<const input> inputs, time_point now,
          effects& out) {
  detail::turn{p, s, t, now, out}.take(inputs);
}

state make_state(const plan& p) {
  state made;
  made.children.resize(p.size());
  made.groups.resize(p.groups.size());
  std::uint32_t rank = 0;
  for (const auto who : p.order) {
    auto& row = made.children[who];
    row.rank = rank++;
    row.older = made.youngest;
    (made.youngest == nobody ? made.oldest : made.children[made.youngest].younger) = who;
    made.youngest = who;
  }
  made.next_rank = rank;
  made.members = rank;
  return made;
}

namespace detail {

// -- a crash, from the news to the decision ----------------------------------------------------------

/// Ends that are pending together are taken note of together, and answered in start order: so one
/// regroup, and one strike, covers all it would restart anyway. Commands come after that.
void turn::take(std::span<const input> inputs) {
  const auto seats = state_.children.size();
  notice_lateness();
  make_room();
  std::vector<ended> ends;
  for (const auto& x : inputs)
    take(x, ends);
  if (ends.size() > 1)
    put_in_order(ends);
  for (const auto& x : ends)
    settle(x);
  for (const auto& x : inputs)
    if (x.what >= news::command)
      obey(x);
  go_on_all();
  if (state_.revising.on) {
    revise_without_those_blocked();
    end_revision_when_through();
  }
  if (ending() && regroup_at(state_.ending).down && !asides_run())
    finish(state_.ending);
  start_those_in_line();
  wake_in_time();
  give_room_back(seats);
}

/// We did not run when we should have. What happened meanwhile may not have reached us so far, and nobody
/// is to be judged before it has: see `on_deadline` and `on_listened`.
void turn::notice_lateness() {
  if (is_listening() || state_.finished || now_ - tolerated_lateness <= state_.armed)
    return;
  state_.late_by = now_ - state_.armed;
  todo(deed::listen);
}

/// The plan knows the seats of children whose news are among the inputs.
void turn::make_room() {
  child_row vacant;
  vacant.now = phase::vacant;
  if (state_.children.size() < plan_.size())
    state_.children.resize(plan_.size(), vacant);
}

void turn::give_room_back(std::size_t seats) {
  auto& all = state_.children;
  while (all.size() > seats && all.back().now == phase::vacant && all.back().number == 0)
    all.pop_back();
}

/// By rank, so that the restart that touches most comes first. Where none touches a sibling, the
/// more severe comes first: if there is room for one restart only, it is theirs.
void turn::put_in_order(std::vector<ended>& ends) {
  const auto severity = [this](const ended& x) {
    return plan_.each_for_itself ? static_cast<int>(plan_.of(x.who).severity) : 0;
  };
  std::ranges::sort(ends, [&](const ended& a, const ended& b) {
    return std::pair{-severity(a), row(a.who).rank} < std::pair{-severity(b), row(b.who).rank};
  });
  severity_chose_ = severity(ends.front()) != severity(ends.back());
}

void turn::take(const input& x, std::vector<ended>& ends) {
  if (x.what < news::command && is_aside(x.who))
    return hear_aside(x);
  switch (x.what) {
    case news::begin:
      return on_begin();
    case news::stop:
      return on_stop();
    case news::deadline:
      return on_deadline();
    case news::listened:
      return on_listened();
    case news::started:
      return on_started(x.who);
    case news::ready:
      return on_ready(x.who);
    case news::exited:
      return on_exited(x, ends);
    case news::main_exited:
      return on_main_exited(x);
    case news::ignored:
      return on_ignored(x, ends);
    case news::lingering:
      return on_lingering(x);
    case news::late_end:
      return on_late_end(x.who, ends);
    case news::answered:
      return on_answered(x);
    case news::heartbeat:
      return on_heartbeat(x);
    case news::checked:
      return on_checked(x);
    case news::stalled:
      return on_stalled(x);
    case news::worn:
      return on_worn(x.who);
    case news::prepared:
      return on_prepared(x.who);
    case news::waits:
      return on_waits(x.who);
    case news::command:
    case news::added:
    case news::revised:
      return; // see `take`
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
    return come_late(who);
  }
  if (!is_alive(who) || r.gone)
    return stale(x.who);
  const auto in_order = x.exit.detail != exit_detail::killed && x.exit.what != exit_class::panic;
  if (r.lingers && r.regroup != in_none && !in_order)
    return linger(x); // nobody below it had its time: whoever waits for it waits for them
  give_up_swap(who);
  ends.push_back({who, r.now, x.exit, r.ran ? now_ - r.since : nanoseconds{0}});
  drop_deadline(who);
  tally_of(who).exited = true;
  tally_of(who).last_exit = x.exit;
  leave_the_gate(who);
  if (r.regroup != in_none)
    count_down(who);
  r.now = phase::down;
  r.ready = r.gone = false;
  r.unsettled = true;
}

/// What it is is known, and decided about when nobody is left of it. Until then, those who are left have
/// the time that a stop gives them.
void turn::on_main_exited(const input& x) {
  if (!is_current(x.who))
    return stale(x.who);
  const auto who = x.who.who;
  auto& r = row(who);
  if ((r.now != phase::starting && r.now != phase::up))
    return; // it is being stopped already
  r.ready = false;
  if (r.regroup != in_none)
    return; // its stop is on its way, in its turn
  auto& t = trouble_of(who);
  t.exit = x.exit;
  t.uptime = r.ran ? now_ - r.since : nanoseconds{0};
  condemn(who, condemned::main_exited);
}

/// Its own end came; it counts as down when those below have ended, or have had their time.
void turn::linger(const input& x) {
  auto& r = row(x.who.who);
  tally_of(x.who.who).exited = true;
  tally_of(x.who.who).last_exit = x.exit;
  leave_the_gate(x.who.who);
  r.now = phase::killing;
  r.gone = true;
  set_deadline(x.who.who, due_in(plan_.of(x.who.who).stop.abort_wait));
}

/// The end of a child that is part of a regroup was asked for, or is covered by it; any other end
/// is the policy's business.
void turn::settle(ended end) {
  auto& r = row(end.who);
  r.unsettled = false;
  const auto told = end.was == phase::stopping || end.was == phase::killing;
  if (r.condemned != condemned::no && r.regroup == in_none)
    judge(end);
  else if (told && end.exit.what == exit_class::external_cancel)
    end.exit.what = exit_class::manual_stop;
  if (is_success_code(end))
    end.exit.what = exit_class::success;
  tally_of(end.who).last_exit = end.exit;
  if (state_.finished)
    return report_leaving(end);
  if (r.regroup == in_none)
    return decide(end);
  r.condemned = condemned::no;
  report_leaving(end);
  report_stop(end);
  keep_promises_of_its_end(end.who);
  if (end.exit.detail == exit_detail::shutdown_tree && !ending())
    return this->end(aim::end_tree, end.who);
  const auto g = r.regroup;
  const auto forgets = (r.fate == fate::rise || r.op == operation::active) && !r.leaving;
  if (plan_.of(end.who).temporary && forgets && !r.pending && !finishes(regroup_at(g).then))
    forget(end.who);
  else if (r.fate != fate::rise && !finishes(regroup_at(g).then))
    meet_fate(end.who);
  go_on(g);
}

/// What it was stopped for outweighs how it took it.
void turn::judge(ended& end) {
  switch (row(end.who).condemned) {
    case condemned::slow_start:
      end.exit = {exit_class::timeout, exit_detail::start_failed, failure_kind::timeout, 0};
      end.uptime = nanoseconds{0};
      return;
    case condemned::ran_too_long:
      end.exit = {exit_class::timeout, exit_detail::none, failure_kind::timeout, 0};
      return;
    case condemned::unhealthy:
      end.exit = {exit_class::nonzero_exit, exit_detail::none, failure_kind::unhealthy, 0};
      return;
    case condemned::main_exited:
      end.exit = trouble_of(end.who).exit;
      end.uptime = trouble_of(end.who).uptime;
      return;
    case condemned::no:
      return;
  }
}

bool turn::is_success_code(const ended& end) const {
  return end.exit.detail == exit_detail::code
         && std::ranges::count(plan_.of(end.who).success_codes, end.exit.code) > 0;
}

void turn::report_leaving(const ended& end) {
  const auto who = current(end.who);
  if (!ending() || (end.was != phase::stopping && end.was != phase::killing)) {
    fact(event_type::child_stopped, who).exit = end.exit;
    return;
  }
  const auto rest_was_killed
    = end.exit.what == exit_class::manual_stop && end.exit.detail == exit_detail::killed;
  const auto clean = end.was == phase::stopping && !rest_was_killed;
  const auto status = end.exit.detail == exit_detail::never_started && !has_run(end.who)
                        ? shutdown_status::never_started
                      : clean ? shutdown_status::graceful
                              : shutdown_status::aborted;
  tally_.outcomes.push_back({who, status, end.exit});
  fact(clean ? event_type::child_shutdown_graceful : event_type::child_shutdown_aborted, who).exit
    = end.exit;
}

/// Of a stop that somebody commanded.
void turn::report_stop(const ended& end) {
  const auto& r = row(end.who);
  if (ending())
    return;
  if (r.pending)
    fact(event_type::child_restart_fence_pending_drained, current(end.who)).exit = end.exit;
  if (r.pending || r.op != operation::active)
    fact(event_type::child_control_stop_completed, current(end.who)).exit = end.exit;
}

void turn::decide(const ended& end) {
  auto& r = row(end.who);
  const auto never_ran = end.was == phase::starting || r.condemned == condemned::slow_start
                         || (r.condemned == condemned::main_exited && !r.ran);
  const auto first = is_failed_first_start(end, never_ran);
  r.unproven = false;
  r.condemned = condemned::no;
  r.pending = false;
  if (never_ran || first)
    fact(event_type::child_start_failed, current(end.who)).exit = end.exit;
  if (r.joining)
    return has_not_joined(end);
  if (first && plan_.of(end.who).critical)
    return this->end(aim::roll_back, end.who);
  ++tally_.crashes;
  if (is_judged_outside(end)) {
    fact(told_of(end), current(end.who)).exit = end.exit;
    ask_outside(end);
  } else {
    answer(end, told_of(end), wanted(end));
  }
  on_start_settled(end.who);
}

/// One that says itself when it is ready has started when it has said so, whoever waits for that.
bool turn::is_failed_first_start(const ended& end, bool never_ran) const {
  const auto& r = row(end.who);
  const auto never_ready = r.unproven && plan_.of(end.who).awaits_ready;
  return is_first(end.who) && !r.added
         && ((never_ran && !state_.begun) || (never_ready && is_failure(end.exit.what)));
}

bool turn::is_judged_outside(const ended& end) const {
  return plan_.of(end.who).policy.outside() && end.exit.detail != exit_detail::shutdown_tree;
}

/// What the child's policy wants, the limits not yet asked.
decision turn::wanted(const ended& end) {
  if (end.exit.detail == exit_detail::shutdown_tree)
    return shutdown_tree();
  const auto& kind = plan_.of(end.who);
  auto& t = trouble_of(end.who);
  return kind.policy.decide(situation_of(end, t), t.memory);
}

event_type turn::told_of(const ended& end) {
  if (end.exit.what == exit_class::panic)
    return event_type::child_panicked;
  return is_failure(end.exit.what) ? event_type::child_failed : event_type::child_stopped;
}

/// The whole of a decision: what is wanted, what the limits say to it, what each of them makes of
/// the outcome, and what happens then.
void turn::answer(const ended& end, event_type told, const decision& wanted, bool from_outside) {
  auto& q = new_question(end, wanted);
  q.answered_outside = from_outside;
  const auto outcome = ask_limits(plan_, q);
  q.then = outcome.then;
  for (const auto at : all_scopes)
    if (const auto* policy = policy_at(plan_, end.who, at))
      policy->remember(memory_at(end.who, at), q.given, q.then);
  auto& x = fact(told, current(end.who));
  x.exit = end.exit;
  x.severity = q.given.severity;
  x.decided = true;
  x.given = q.given;
  x.then = q.then;
  x.question = out_.asked - 1;
  x.tie
    = outcome.tie == tie_break::none && severity_chose_ ? tie_break::higher_severity : outcome.tie;
  carry_out(end, decision{q.then});
}

situation turn::situation_of(const ended& end, trouble& t) {
  const auto& kind = plan_.of(end.who);
  if (end.uptime >= kind.stable_after)
    t.streak = 0;
  return {
    .exit = end.exit,
    .streak = t.streak,
    .recent = kind.critical ? recent_of(state_.strikes) : recent_of(t.strikes),
    .uptime = end.uptime,
    .last_wait = t.last_wait,
    .now = now_,
    .luck = luck(plan_.seed, current(end.who)),
    .severity = kind.severity,
    .again = end.again,
  };
}

/// Those that still count, once the others are forgotten.
template <class Strikes>
std::uint32_t turn::recent_of(Strikes& strikes) const {
  const auto is_old = [this](time_point at) { return plan_.intensity.forgets(at, now_); };
  strikes.erase(strikes.begin(), std::ranges::find_if_not(strikes, is_old));
  return static_cast<std::uint32_t>(strikes.size());
}

/// In the room of an old one, so that no memory is asked for once the rooms are large enough.
question& turn::new_question(const ended& end, const decision& wanted) {
  if (out_.asked == out_.questions.size())
    out_.questions.emplace_back();
  auto& q = out_.questions[out_.asked++];
  q.plan = plan_.hash;
  q.who = current(end.who);
  q.given = situation_of(end, trouble_of(end.who));
  q.base = wanted;
  q.then = {};
  q.answered_outside = false;
  q.asked = 0;
  for (const auto at : all_scopes)
    q.past_of(at) = memory_at(end.who, at);
  return q;
}

/// Where that scope remembers, for this child.
memory_slot& turn::memory_at(slot who, scope at) {
  const auto g = plan_.of(who).group;
  switch (at) {
    case scope::child:
      return trouble_of(who).limits;
    case scope::group:
      return g == plan::none ? nothing_ : state_.groups[g].limits;
    case scope::supervisor:
      return state_.limits;
    case scope::own:
      return state_.limit;
    case scope::policy:
    case scope::intensity:
      break;
  }
  return trouble_of(who).memory;
}

void turn::carry_out(const ended& end, const decision& then) {
  report_refusal(end, then);
  switch (then.what) {
    case verdict::restart: {
      auto& t = trouble_of(end.who);
      ++t.streak;
      t.last_wait = then.wait;
      count_strike(end.who);
      return regroup_from(end.who, after(then.wait));
    }
    case verdict::leave_down: {
      if (significant_end(end))
        return;
      const auto ended_well = end.exit.what == exit_class::success;
      if (!ended_well || !plan_.of(end.who).frees_followers)
        go_down_without(end.who, fate::stay_down, ended_well);
      return leave_down(end.who, ended_well);
    }
    case verdict::pause_group:
      if (then.wait > nanoseconds::zero()) {
        pause_group_of(end.who, then.wait);
        return hold(end, wait_reason::new_decision, after(then.wait));
      }
      [[fallthrough]]; // no end of it was named: an operator's business
    case verdict::quarantine:
      park(end.who);
      return go_down_without(end.who, fate::park, false);
    case verdict::escalate:
      return escalate(end);
    case verdict::shutdown_tree:
      return this->end(aim::end_tree, end.who);
  }
}

/// A limit's objection is a fact of its own, and louder or quieter with the child's severity.
void turn::report_refusal(const ended& end, const decision& then) {
  const auto by = scope_of(then.because);
  if (then.because == 0 || by == scope::policy)
    return;
  const auto tell = [&](event_type what) {
    auto& x = fact(what, current(end.who));
    x.exit = end.exit;
    x.wait = then.wait;
    x.then = then;
    x.severity = plan_.of(end.who).severity;
    if (by == scope::group)
      x.group = plan_.of(end.who).group;
  };
  if (then.what == verdict::restart)
    return tell(by == scope::child ? event_type::budget_denied : event_type::budget_exhausted);
  if (then.what == verdict::escalate)
    tell(event_type::meltdown);
  else
    tell(event_type::budget_denied);
  if (plan_.of(end.who).severity != severity_class::standard)
    tell(event_type::escalation_bifurcated);
}

void turn::escalate(const ended& end) {
  switch (plan_.reach_of(end.who).escalation) { // as `carried_out` has it
    case escalation_policy::escalate_to_parent:
      return this->end(aim::give_up, end.who);
    case escalation_policy::shutdown_tree:
      return this->end(aim::end_tree, end.who);
    case escalation_policy::quarantine_scope:
      return quarantine_from(end.who);
  }
}

/// Where the supervisor itself has no limit, its children's policies may still look at the count.
constexpr std::size_t remembered_without_limit = 1024;

/// Once a regroup, however many children it restarts. An optional child counts for itself.
void turn::count_strike(slot who) {
  ++tally_.restarts;
  const auto count_in = [this](auto& strikes) {
    strikes.push_back(now_);
    if (plan_.intensity.restarts == unlimited && strikes.size() > remembered_without_limit)
      strikes.erase(strikes.begin());
  };
  if (plan_.of(who).critical)
    count_in(state_.strikes);
  else
    count_in(trouble_of(who).strikes);
}

} // namespace detail
} // namespace supervisor
