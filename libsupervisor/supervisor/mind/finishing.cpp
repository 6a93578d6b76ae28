// A regroup is over, and with the last one the supervisor.

#include "supervisor/mind/turn.hpp"

namespace supervisor::detail {

void turn::close(std::uint32_t g) {
  drop_regroup_deadline(g);
  const auto begins = regroup_at(g).begins;
  regroup_at(g) = {};
  if (state_.revising.regroup == g)
    state_.revising.regroup = in_none;
  if (!begins)
    return;
  state_.begun = true;
  todo(deed::begun);
}

void turn::finish(std::uint32_t g) {
  const auto why = regroup_at(g).then;
  const auto culprit = regroup_at(g).culprit;
  const auto needed_by = regroup_at(g).needed_by;
  enter(shutdown_phase::reconcile);
  count_those_already_down();
  enter(shutdown_phase::completed);
  for (auto& r : state_.children)
    r.regroup = in_none;
  regroup_at(g) = {};
  state_.ending = in_none;
  state_.finished = true;
  fact(event_type::shutdown_completed);
  const auto who = culprit == nobody ? life{} : current(culprit);
  const auto in_order = is_in_order(why);
  auto& last = fact(in_order ? event_type::runtime_control_loop_completed
                             : event_type::runtime_control_loop_failed,
                    who);
  last.why = why;
  last.whom = needed_by;
  if (culprit != nobody)
    last.exit = row(culprit).now == phase::abandoned ? no_end_so_far : tally_of(culprit).last_exit;
  out_.todo.push_back({.what = deed::finish, .why = why, .who = who, .index = needed_by});
}

void turn::count_those_already_down() {
  for (const auto& x : state_.asides)
    if (x.who != nobody && x.now == phase::abandoned)
      tally_.outcomes.push_back({life_of(x), shutdown_status::abort_failed, no_end_so_far});
  std::vector<bool> counted(state_.children.size());
  for (const auto& x : tally_.outcomes)
    if (x.who == current(x.who.who))
      counted[x.who.who] = true;
  for (slot who = 0; who < state_.children.size(); ++who)
    if (!counted[who] && row(who).now != phase::vacant)
      tally_.outcomes.push_back(outcome_of(who));
}

/// Of one that was down before the end began.
child_outcome turn::outcome_of(slot who) {
  const auto& known = tally_of(who);
  if (row(who).now == phase::abandoned)
    return {current(who), shutdown_status::abort_failed, no_end_so_far};
  if (!has_run(who))
    return {current(who), shutdown_status::never_started,
            known.exited ? known.last_exit : no_life_at_all};
  return {current(who), shutdown_status::already_exited, known.last_exit};
}

void turn::enter(shutdown_phase next) {
  if (next <= state_.stage)
    return;
  auto& x = fact(event_type::shutdown_phase_changed);
  x.from = state_.stage;
  x.to = next;
  state_.stage = next;
}

} // namespace supervisor::detail
