// Children that come up together: in start order.

#include "supervisor/mind/turn.hpp"

namespace supervisor::detail {

void turn::on_regroup_due(std::uint32_t g) {
  if (!regroup_at(g).down)
    return tell_all(g);
  if (!join_those_started_since(g))
    return rise(g);
  go_down_again(g);
}

/// Nobody of it has come up again so far.
bool turn::may_widen(std::uint32_t g) const {
  const auto& x = state_.regroups[g];
  return x.widens && !x.rising && !finishes(x.then);
}

/// It is down, and waits until it may come up again.
bool turn::waits_to_rise(std::uint32_t g) const {
  return g != in_none && may_widen(g) && state_.regroups[g].down;
}

/// Somebody wants this child of it up now: with the whole group if that waits for this one, else alone
/// until the group comes up.
void turn::start_of_waiting(slot who) {
  auto& r = row(who);
  const auto g = r.regroup;
  if (regroup_at(g).culprit == who) {
    regroup_at(g).resume = now_;
    drop_regroup_deadline(g);
    return on_regroup_due(g);
  }
  r.regroup = in_none;
  --regroup_at(g).members;
  start_alone(who);
}

/// The next one starts when the one before has started. One whose dependencies are not ready holds up
/// nobody but those who need it: it is passed over until they are. One with abandoned children below it
/// is not: they are to end soon.
void turn::rise(std::uint32_t g) {
  auto& mine = regroup_at(g);
  if (!std::exchange(mine.rising, true))
    mine.cursor = mine.first;
  if (mine.awaited != nobody)
    return;
  while (mine.cursor != nobody && mine.members > 0) {
    const auto who = mine.cursor;
    mine.cursor = row(who).younger;
    if (row(who).regroup != g)
      continue;
    if (row(who).lingers) {
      mine.cursor = who;
      return gate(who);
    }
    if (!needs_are_ready(who)) {
      if (!pass_over(g, who))
        return;
      continue;
    }
    row(who).regroup = in_none;
    --mine.members;
    if (is_paused(who)) { // it comes up alone, so that the others need not wait
      pause(who);
      continue;
    }
    row(who).unproven = mine.begins;
    mine.awaited = who;
    return start(who);
  }
  if (mine.members == 0)
    close(g);
}

/// False: that is the end of the supervisor.
bool turn::pass_over(std::uint32_t g, slot who) {
  const auto hopeless = hopeless_need(who);
  gate(who);
  if (hopeless == nobody)
    return true;
  if (!is_held(hopeless) && !state_.begun && plan_.of(who).critical) {
    end(aim::roll_back, hopeless, who);
    return false;
  }
  leave_behind(g, who);
  return true;
}

/// It waits alone for what may never come, and so do those who need it.
void turn::leave_behind(std::uint32_t g, slot who) {
  auto& r = row(who);
  r.regroup = in_none;
  --regroup_at(g).members;
  r.now = phase::waiting;
  r.waits_for = wait_reason::dependencies;
  r.since = now_;
  drop_deadline(who); // it is told of at once
  fact(event_type::child_blocked, current(who)).whom = hopeless_need(who);
  ungate_dependents_of(who);
}

/// One that was passed over has its turn before those that come after it.
void turn::go_back_to(slot who) {
  auto& mine = regroup_at(row(who).regroup);
  if (mine.rising && (mine.cursor == nobody || row(who).rank < row(mine.cursor).rank))
    mine.cursor = who;
}

/// It runs, or it will not: whoever waited for it goes on.
void turn::on_start_settled(slot who) {
  for (std::uint32_t g = 0; g < state_.regroups.size(); ++g)
    if (regroup_at(g).open && regroup_at(g).rising && regroup_at(g).awaited == who) {
      regroup_at(g).awaited = nobody;
      rise(g);
    }
}

} // namespace supervisor::detail
