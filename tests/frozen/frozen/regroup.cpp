#include "frozen/turn.hpp"

#include <algorithm>

namespace frozen::detail {

// -- who is in it --------------------------------------------------------------------------------------

std::uint32_t turn::open(aim then, slot culprit) {
  auto& all = state_.regroups;
  const auto free = std::ranges::find(all, false, &regroup::open);
  const auto g = static_cast<std::uint32_t>(free - all.begin());
  if (free == all.end())
    all.emplace_back();
  group(g).open = true;
  group(g).then = then;
  group(g).culprit = culprit;
  return g;
}

/// Moves the child over from whatever it was part of or waited for. One that is down for good
/// stays out.
void turn::join(std::uint32_t g, slot who) {
  auto& r = row(who);
  if (r.now == phase::abandoned || r.now == phase::parked || r.now == phase::forgotten
      || r.now == phase::vacant)
    return;
  const auto was_in = r.regroup;
  if (was_in != in_none)
    leave_regroup(who, g);
  leave_those_awaiting(who, g);
  if (r.now == phase::waiting) {
    drop_deadline(who);
    if (r.waits_for == wait_reason::turn)
      leave_the_line(who);
    r.now = phase::down;
  }
  ungate(who);
  if (was_in == in_none || finishes(group(g).then))
    r.fate = fate::rise; // else whoever was to stay down still is
  r.regroup = g;
  auto& mine = group(g);
  ++mine.members;
  mine.still_up += is_alive(who);
  if (mine.first == nobody || r.rank < row(mine.first).rank)
    mine.first = who;
  if (mine.last == nobody || r.rank > row(mine.last).rank)
    mine.last = who;
}

void turn::leave_regroup(slot who, std::uint32_t for_whom) {
  const auto old = std::exchange(row(who).regroup, in_none);
  auto& left = group(old);
  auto& next = group(for_whom);
  next.failed = next.failed || left.failed;
  next.resume = std::max(next.resume, left.resume);
  left.still_up -= is_alive(who);
  --left.members;
  take_over_if_empty(old, for_whom);
}

/// A child on its way up has left its regroup, which still waits for it.
void turn::leave_those_awaiting(slot who, std::uint32_t for_whom) {
  for (std::uint32_t i = 0; i < state_.regroups.size(); ++i) {
    auto& other = group(i);
    if (i == for_whom || !other.open || other.awaited != who)
      continue;
    other.awaited = nobody; // `take` sees to it that the others go on
    take_over_if_empty(i, for_whom);
  }
}

/// If nobody is left in it, the first start of the children is the other's to complete.
void turn::take_over_if_empty(std::uint32_t old, std::uint32_t by_whom) {
  if (group(old).members > 0 || group(old).awaited != nobody)
    return;
  auto& next = group(by_whom);
  next.begins = next.begins || std::exchange(group(old).begins, false);
  close(old);
}

/// Whoever lost the child it waited for to another regroup, whoever has what it needs now, and whoever
/// waits for one that may never come any more.
void turn::go_on_all() {
  for (std::uint32_t g = 0; g < state_.regroups.size(); ++g) {
    auto& mine = group(g);
    if (!mine.open || mine.awaited != nobody)
      continue;
    if (mine.rising && lost_hope_)
      mine.cursor = mine.first;
    mine.rising ? rise(g) : go_on(g);
  }
}

// -- the two ways to begin one -----------------------------------------------------------------------

/// A restart: of one child, of it and those who depend on it, of it and its younger siblings, or of all;
/// within its team, if it has one. Who follows one of them goes along.
void turn::regroup_from(slot who, time_point resume) {
  if (const auto g = group_to_restart(who); g != in_none)
    return join_failure(g, who, resume);
  if (touches_nobody_else(who)) {
    wait_for(who, wait_reason::time, resume);
    return announce_wait(who, resume);
  }
  const auto g = open(aim::restart, who);
  group(g).resume = resume;
  group(g).widens = true;
  join_those_touched(g, who, fate::rise);
  go_down(g);
}

bool turn::touches_nobody_else(slot who) const {
  return plan_.followers_of(who).empty()
         && (is_for_itself(plan_.reach_of(who).strategy)
             || (takes_dependents_along(who) && plan_.dependents_of(who).empty()));
}

bool turn::takes_dependents_along(slot who) const {
  return who != nobody && plan_.reach_of(who).strategy == strategy::one_for_dependents;
}

template <class Visit>
void turn::each_touched(slot who, Visit&& visit) {
  const auto& reach = plan_.reach_of(who);
  const auto visit_with_followers = [&](slot x) {
    visit(x);
    for (const auto follower : plan_.followers_of(x))
      visit(follower);
  };
  if (is_for_itself(reach.strategy))
    return visit_with_followers(who);
  if (reach.strategy == strategy::one_for_dependents) {
    for (const auto x : with_dependents(who))
      visit_with_followers(x);
    return;
  }
  const auto first = reach.strategy == strategy::one_for_all ? state_.oldest : who;
  for (auto x = first; x != nobody; x = row(x).younger)
    if (reach.team == plan::none || plan_.of(x).team == reach.team)
      visit_with_followers(x);
}

void turn::join_those_touched(std::uint32_t g, slot who, fate then) {
  each_touched(who, [&](slot x) { join_for(g, x, then); });
}

/// Its culprit, or if a command has taken that out, the oldest of those who are left.
slot turn::restarted_first(std::uint32_t g) const {
  const auto& mine = state_.regroups[g];
  const auto is_in = [&](slot x) { return x < state_.children.size() && row(x).regroup == g; };
  if (is_in(mine.culprit))
    return mine.culprit;
  auto x = mine.first;
  while (x != nobody && !is_in(x))
    x = row(x).younger;
  return x;
}

/// The one that is down, or on its way, and touches this child, though a command has started it meanwhile.
std::uint32_t turn::group_to_restart(slot who) {
  for (std::uint32_t g = 0; g < state_.regroups.size(); ++g) {
    const auto first = may_widen(g) ? restarted_first(g) : nobody;
    auto is_touched = false;
    if (first != nobody)
      each_touched(first, [&](slot touched) { is_touched = is_touched || touched == who; });
    if (is_touched)
      return g;
  }
  return in_none;
}

/// It has failed before its group came up: it comes up with that, and not before its own wait is over.
void turn::join_failure(std::uint32_t g, slot who, time_point resume) {
  join_those_touched(g, who, fate::rise);
  group(g).resume = std::max(group(g).resume, resume);
  go_down_again(g);
}

/// While it waited, commands may have started children that its restart touches. They go down, and come
/// up in their places; and so do those that have ended again, or had nothing to do. True: somebody has to
/// go down, or must not come up yet.
bool turn::join_those_started_since(std::uint32_t g) {
  const auto first = may_widen(g) ? restarted_first(g) : nobody;
  if (first == nobody)
    return false;
  each_touched(first, [&](slot x) {
    const auto in = row(x).regroup; // that of another failure has a wait of its own
    if (in == in_none || !group(in).widens)
      join_for(g, x, fate::rise);
  });
  return group(g).still_up > 0 || group(g).resume > now_;
}

/// The child, and those of its team who depend on it, directly or through others: also through one that
/// is down, is held, or is in another team.
std::vector<slot> turn::with_dependents(slot who) const {
  std::vector<slot> found{who};
  std::vector<bool> known(state_.children.size());
  known[who] = true;
  for (std::size_t i = 0; i < found.size(); ++i)
    for (const auto dependent : plan_.dependents_of(found[i]))
      if (!known[dependent]) {
        known[dependent] = true;
        found.push_back(dependent);
      }
  const auto team = plan_.reach_of(who).team;
  std::erase_if(found, [&](slot x) { return team != plan::none && plan_.of(x).team != team; });
  return found;
}

void turn::join_for(std::uint32_t g, slot who, fate then) {
  const auto was_in = row(who).regroup;
  if (was_in == g)
    return;
  join(g, who);
  if (row(who).regroup == g)
    row(who).fate = std::max(row(who).fate, then);
  if (was_in != in_none)
    merge(was_in, g);
}

/// Two that overlap, neither within the other, become one while the first goes down: else who depends on
/// a child would still go down in the one when that child comes up in the other.
void turn::merge(std::uint32_t old, std::uint32_t into) {
  if (!group(old).open || group(old).down)
    return;
  if (!takes_dependents_along(group(old).culprit) && !takes_dependents_along(group(into).culprit))
    return;
  for (auto x = state_.oldest; x != nobody; x = row(x).younger)
    if (row(x).regroup == old)
      join(into, x);
}

/// Whom its restart would have touched goes down and waits for an operator.
void turn::quarantine_from(slot who) {
  fact(event_type::quarantined, current(who));
  const auto g = open(aim::restart, who);
  join_those_touched(g, who, fate::park);
  go_down_for_good(g);
}

/// It is not started again. Who follows it goes down for good; unless it ended well, those whom its restart
/// would have touched since they depend on it go down, and wait until somebody brings it back.
void turn::go_down_without(slot who, fate of_followers, bool ended_well) {
  const auto followers = plan_.followers_of(who);
  const auto takes_dependents = !ended_well && takes_dependents_along(who);
  if ((followers.empty() && !takes_dependents) || ending())
    return;
  const auto g = open(aim::restart, who);
  for (const auto x : followers)
    join_for(g, x, of_followers);
  if (takes_dependents)
    for (const auto x : with_dependents(who))
      if (x != who && is_alive(x) && row(x).regroup == in_none)
        join_for(g, x, fate::rise);
  go_down_for_good(g);
}

/// Those who are down already, and will stay so, have nothing to wait for.
void turn::go_down_for_good(std::uint32_t g) {
  const auto last = group(g).last;
  for (auto who = group(g).first; who != nobody;) {
    const auto next = who == last ? nobody : row(who).younger; // it may be forgotten
    const auto settled = !is_alive(who) && !row(who).unsettled;
    if (row(who).regroup == g && settled && row(who).fate != fate::rise)
      meet_fate(who);
    who = next;
  }
  go_down(g);
}

/// The end of the supervisor. The first reason stands.
void turn::end(aim why, slot culprit, slot needed_by) {
  if (ending() || state_.finished)
    return;
  clear_the_lines();
  break_promises(objection::shutting_down);
  give_up_all_swaps();
  const auto g = open(why, culprit);
  group(g).needed_by = needed_by;
  state_.ending = g;
  for (auto x = state_.oldest; x != nobody; x = row(x).younger)
    join(g, x);
  for (std::uint32_t i = 0; i < state_.regroups.size(); ++i)
    if (i != g && group(i).open) {
      group(i).begins = false;
      close(i);
    }
  enter(shutdown_phase::request_stop);
  enter(shutdown_phase::graceful_drain);
  go_down(g);
}

// -- down, last started first ------------------------------------------------------------------------------

void turn::go_down(std::uint32_t g) {
  group(g).cursor = group(g).last;
  if (plan_.pool)
    tell_all(g);
  else if (group(g).still_up > 1)
    if (const auto longest = patience(g); longest != stop_budget::no_end)
      set_group_deadline(g, later(now_, longest));
  go_on(g);
}

/// One after another; but once the longest graceful budget has passed, all at once, so that the
/// whole takes at most twice that and the longest wait for a kill.
nanoseconds turn::patience(std::uint32_t g) const {
  nanoseconds longest{0};
  const auto oldest = state_.regroups[g].first;
  for (auto x = state_.regroups[g].last; x != nobody && row(x).rank >= row(oldest).rank;
       x = row(x).older)
    if (row(x).regroup == g && is_alive(x))
      longest = std::max(longest, plan_.of(x).stop.graceful);
  return longest;
}

/// Some have joined it that are up, or have to wait longer.
void turn::go_down_again(std::uint32_t g) {
  drop_group_deadline(g);
  group(g).down = false;
  go_down(g);
}

void turn::go_on(std::uint32_t g) {
  if (group(g).rising)
    return;
  if (group(g).still_up == 0)
    all_down(g);
  else if (group(g).awaited == nobody)
    tell_next(g);
}

void turn::tell_next(std::uint32_t g) {
  auto& mine = group(g);
  while (mine.cursor != nobody) {
    const auto who = mine.cursor;
    mine.cursor = who == mine.first ? nobody : row(who).older;
    if (row(who).regroup != g || !is_alive(who))
      continue;
    mine.awaited = who;
    if (row(who).now == phase::starting || row(who).now == phase::up)
      cancel(who);
    return;
  }
}

void turn::tell_all(std::uint32_t g) {
  for (auto who = group(g).cursor; who != nobody; who = row(who).older)
    if (row(who).regroup == g && (row(who).now == phase::starting || row(who).now == phase::up))
      cancel(who);
  group(g).cursor = nobody;
}

/// Its place in the count; whoever calls this goes on with the regroup afterwards.
void turn::count_down(slot who) {
  auto& mine = group(row(who).regroup);
  --mine.still_up;
  if (mine.awaited == who)
    mine.awaited = nobody;
}

void turn::all_down(std::uint32_t g) {
  auto& mine = group(g);
  if (std::exchange(mine.down, true))
    return;
  drop_group_deadline(g);
  if (finishes(mine.then))
    return;              // `take` finishes, when all that came together is answered
  if (mine.members == 0) // nobody is to come up again: no failure stands in the way
    return close(g);
  if (mine.failed)
    return end(aim::give_up, mine.culprit);
  mine.resume = std::max(mine.resume, now_);
  set_group_deadline(g, mine.resume);
  announce_wait(mine.culprit, mine.resume);
}

void turn::announce_wait(slot who, time_point until) {
  if (until <= now_)
    return;
  const auto whose = who == nobody ? life{} : current(who);
  fact(event_type::backoff_scheduled, whose).wait = until - now_;
  todo(deed::wait, whose, until);
}

// -- up, in start order --------------------------------------------------------------------------------------

void turn::on_group_due(std::uint32_t g) {
  if (!group(g).down)
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
  if (group(g).culprit == who) {
    group(g).resume = now_;
    drop_group_deadline(g);
    return on_group_due(g);
  }
  r.regroup = in_none;
  --group(g).members;
  start_alone(who);
}

/// The next one starts when the one before has started. One whose dependencies are not ready holds up
/// nobody but those who need it: it is passed over until they are. One with abandoned children below it
/// is not: they are to end soon.
void turn::rise(std::uint32_t g) {
  auto& mine = group(g);
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
  --group(g).members;
  r.now = phase::waiting;
  r.waits_for = wait_reason::dependencies;
  r.since = now_;
  drop_deadline(who); // it is told of at once
  fact(event_type::child_blocked, current(who)).whom = hopeless_need(who);
  ungate_dependents_of(who);
}

/// One that was passed over has its turn before those that come after it.
void turn::go_back_to(slot who) {
  auto& mine = group(row(who).regroup);
  if (mine.rising && (mine.cursor == nobody || row(who).rank < row(mine.cursor).rank))
    mine.cursor = who;
}

/// It runs, or it will not: whoever waited for it goes on.
void turn::on_start_settled(slot who) {
  for (std::uint32_t g = 0; g < state_.regroups.size(); ++g)
    if (group(g).open && group(g).rising && group(g).awaited == who) {
      group(g).awaited = nobody;
      rise(g);
    }
}

// -- over ----------------------------------------------------------------------------------------------------

void turn::close(std::uint32_t g) {
  drop_group_deadline(g);
  const auto begins = group(g).begins;
  group(g) = {};
  if (state_.revising.group == g)
    state_.revising.group = in_none;
  if (!begins)
    return;
  state_.begun = true;
  todo(deed::begun);
}

void turn::finish(std::uint32_t g) {
  const auto why = group(g).then;
  const auto culprit = group(g).culprit;
  const auto needed_by = group(g).needed_by;
  enter(shutdown_phase::reconcile);
  count_those_already_down();
  enter(shutdown_phase::completed);
  for (auto& r : state_.children)
    r.regroup = in_none;
  group(g) = {};
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
  out_.todo.push_back({.what = deed::finish, .why = why, .who = who, .question = needed_by});
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

} // namespace frozen::detail
