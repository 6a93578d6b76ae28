#include "supervisor/mind/turn.hpp"

#include <algorithm>

// What a child that is down waits for: time, an answer, the end of a pause, its turn.

namespace supervisor::detail {

void turn::wait_for(slot who, wait_reason why, time_point until) {
  auto& r = row(who);
  r.now = phase::waiting;
  r.waits_for = why;
  r.since = until;
  set_deadline(who, {until, why == wait_reason::answer ? until - now_ : nanoseconds{0}});
}

void turn::on_waited(slot who) {
  switch (row(who).waits_for) {
    case wait_reason::new_decision:
    case wait_reason::answer:
      return decide_anew(who);
    case wait_reason::pause:
      fact(event_type::resumed, current(who));
      return start_when_due(who);
    case wait_reason::dependencies:
      return tell_of_wait(who);
    case wait_reason::time:
    case wait_reason::turn:
      return start_when_due(who);
  }
}

/// The restart of a single child: waits for its dependencies, for the end of its group's pause,
/// then for its turn.
void turn::start_when_due(slot who) {
  auto& r = row(who);
  if (!needs_are_ready(who)) {
    gate(who);
    r.waits_for = wait_reason::dependencies;
  } else if (is_paused(who)) {
    pause(who);
  } else if (const auto gate = full_gate(who); gate != open_gate) {
    line_up(who, gate);
  } else {
    start(who);
  }
}

// -- decisions that have to wait -----------------------------------------------------------------------

/// Whatever a policy says, it is not for ever.
time_point turn::after(nanoseconds wait) const {
  constexpr std::chrono::hours a_century{876'000};
  return later(now_, std::clamp<nanoseconds>(wait, nanoseconds{0}, a_century));
}

/// Down, and what was its end is kept until the question can be answered.
void turn::hold(const ended& end, wait_reason why, time_point until) {
  auto& t = trouble_of(end.who);
  t.exit = end.exit;
  t.uptime = end.uptime;
  t.again = end.again || why == wait_reason::new_decision;
  wait_for(end.who, why, until);
  if (why == wait_reason::new_decision) {
    fact(event_type::paused, current(end.who)).wait = until - now_;
    todo(deed::wait, current(end.who), until);
  }
}

turn::ended turn::held(slot who) {
  const auto& t = trouble_of(who);
  return {who, phase::up, t.exit, t.uptime, t.again};
}

void turn::ask_outside(const ended& end) {
  const auto& whom = *plan_.of(end.who).policy.outside();
  new_question(end, {}).asked = ++trouble_of(end.who).asked;
  fact(event_type::policy_asked, current(end.who)).wait = whom.within;
  todo(deed::ask, current(end.who));
  out_.todo.back().index = out_.asked - 1;
  hold(end, wait_reason::answer, after(whom.within));
}

void turn::on_answered(const input& x) {
  const auto who = x.who.who;
  if (!is_current(x.who) || row(who).now != phase::waiting
      || row(who).waits_for != wait_reason::answer || trouble_of(who).asked != x.count)
    return stale(x.who);
  drop_deadline(who);
  const auto end = held(who);
  row(who).now = phase::down;
  const decision wanted{x.then.what, 0, std::max(x.then.wait, nanoseconds{0})};
  answer(end, event_type::resumed, wanted, true);
}

/// It waited for an answer that did not come, or for the end of a pause.
void turn::decide_anew(slot who) {
  const auto end = held(who);
  const auto unanswered = row(who).waits_for == wait_reason::answer;
  row(who).now = phase::down;
  if (unanswered)
    fact(event_type::policy_timed_out, current(who));
  else if (is_judged_outside(end))
    return ask_outside(end);
  answer(end, event_type::resumed, wanted(end));
}

// -- pauses ------------------------------------------------------------------------------------------

bool turn::is_paused(slot who) const {
  const auto g = plan_.of(who).group;
  return g != plan::none && now_ < state_.groups[g].paused_until;
}

void turn::pause(slot who) {
  const auto until = state_.groups[plan_.of(who).group].paused_until;
  wait_for(who, wait_reason::pause, until);
  fact(event_type::paused, current(who)).wait = until - now_;
  todo(deed::wait, current(who), until);
}

/// Those of the group that run go on running; who would be restarted waits. So it is for groups
/// with a full edge to this one; those with a weaker edge are told. Edges reach one step.
void turn::pause_group_of(slot who, nanoseconds wait) {
  const auto g = plan_.of(who).group;
  if (g == plan::none)
    return;
  const auto pause_one = [&](event_type what, std::uint32_t which) {
    auto& x = fact(what, current(who));
    x.group = which;
    x.from_group = which == g ? nobody : g;
    x.wait = wait;
    if (what == event_type::group_fuse_triggered)
      state_.groups[which].paused_until = std::max(state_.groups[which].paused_until, after(wait));
  };
  pause_one(event_type::group_fuse_triggered, g);
  for (const auto other : plan_.groups[g].pauses)
    pause_one(event_type::group_fuse_triggered, other);
  for (const auto other : plan_.groups[g].tells)
    pause_one(event_type::group_fuse_notified, other);
}

// -- gates: so many starting at a time, and a line before each -------------------------------------------

void turn::count_start(slot who) {
  ++state_.starting;
  if (const auto g = plan_.of(who).group; g != plan::none)
    ++state_.groups[g].starting;
}

/// To be called while the child still counts as starting.
void turn::leave_the_gate(slot who) {
  if (row(who).now != phase::starting)
    return;
  --state_.starting;
  if (const auto g = plan_.of(who).group; g != plan::none)
    --state_.groups[g].starting;
}

/// The number of the group whose gate is full, `supervisor_gate`, or `open_gate`.
std::uint32_t turn::full_gate(slot who) const {
  const auto g = plan_.of(who).group;
  if (g != plan::none && state_.groups[g].starting >= plan_.groups[g].in_flight)
    return g;
  return state_.starting >= plan_.in_flight ? supervisor_gate : open_gate;
}

void turn::line_up(slot who, std::uint32_t gate) {
  row(who).waits_for = wait_reason::turn;
  auto& x = fact(event_type::restart_throttled, current(who));
  if (gate == supervisor_gate)
    return state_.line.push_back(who);
  x.group = gate;
  state_.groups[gate].line.push_back(who);
  ++state_.lined_up;
}

void turn::leave_the_line(slot who) {
  if (std::erase(state_.line, who) > 0 || state_.lined_up == 0)
    return;
  if (const auto g = plan_.of(who).group; g != plan::none)
    state_.lined_up -= static_cast<std::uint32_t>(std::erase(state_.groups[g].line, who));
}

void turn::clear_the_lines() {
  state_.line.clear();
  state_.lined_up = 0;
  for (auto& g : state_.groups)
    g.line.clear();
}

/// First the groups, whose children may then stand in the supervisor's line.
void turn::start_those_in_line() {
  if (state_.lined_up > 0)
    for (std::uint32_t g = 0; g < state_.groups.size(); ++g)
      for (auto& line = state_.groups[g].line;
           !line.empty() && state_.groups[g].starting < plan_.groups[g].in_flight;) {
        const auto who = line.front();
        line.pop_front();
        --state_.lined_up;
        start_when_due(who);
      }
  while (!state_.line.empty() && state_.starting < plan_.in_flight) {
    const auto who = state_.line.front();
    state_.line.pop_front();
    start_when_due(who);
  }
}

} // namespace supervisor::detail
