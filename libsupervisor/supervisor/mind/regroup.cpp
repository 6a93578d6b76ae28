// Who goes down and comes up together, and why.

#include "supervisor/mind/turn.hpp"

#include <algorithm>

namespace supervisor::detail {

// -- who is in it --------------------------------------------------------------------------------------

std::uint32_t turn::open(aim then, slot culprit) {
  auto& all = state_.regroups;
  const auto free = std::ranges::find(all, false, &regroup::open);
  const auto g = static_cast<std::uint32_t>(free - all.begin());
  if (free == all.end())
    all.emplace_back();
  regroup_at(g).open = true;
  regroup_at(g).then = then;
  regroup_at(g).culprit = culprit;
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
  if (was_in == in_none || finishes(regroup_at(g).then))
    r.fate = fate::rise; // else whoever was to stay down still is
  r.regroup = g;
  auto& mine = regroup_at(g);
  ++mine.members;
  mine.still_up += is_alive(who);
  if (mine.first == nobody || r.rank < row(mine.first).rank)
    mine.first = who;
  if (mine.last == nobody || r.rank > row(mine.last).rank)
    mine.last = who;
}

void turn::leave_regroup(slot who, std::uint32_t for_whom) {
  const auto old = std::exchange(row(who).regroup, in_none);
  auto& left = regroup_at(old);
  auto& next = regroup_at(for_whom);
  next.failed = next.failed || left.failed;
  next.resume = std::max(next.resume, left.resume);
  left.still_up -= is_alive(who);
  --left.members;
  take_over_if_empty(old, for_whom);
}

/// A child on its way up has left its regroup, which still waits for it.
void turn::leave_those_awaiting(slot who, std::uint32_t for_whom) {
  for (std::uint32_t i = 0; i < state_.regroups.size(); ++i) {
    auto& other = regroup_at(i);
    if (i == for_whom || !other.open || other.awaited != who)
      continue;
    other.awaited = nobody; // `take` sees to it that the others go on
    take_over_if_empty(i, for_whom);
  }
}

/// If nobody is left in it, the first start of the children is the other's to complete.
void turn::take_over_if_empty(std::uint32_t old, std::uint32_t by_whom) {
  if (regroup_at(old).members > 0 || regroup_at(old).awaited != nobody)
    return;
  auto& next = regroup_at(by_whom);
  next.begins = next.begins || std::exchange(regroup_at(old).begins, false);
  close(old);
}

/// Whoever lost the child it waited for to another regroup, whoever has what it needs now, and whoever
/// waits for one that may never come any more.
void turn::go_on_all() {
  for (std::uint32_t g = 0; g < state_.regroups.size(); ++g) {
    auto& mine = regroup_at(g);
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
  regroup_at(g).resume = resume;
  regroup_at(g).widens = true;
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
  regroup_at(g).resume = std::max(regroup_at(g).resume, resume);
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
    if (in == in_none || !regroup_at(in).widens)
      join_for(g, x, fate::rise);
  });
  return regroup_at(g).still_up > 0 || regroup_at(g).resume > now_;
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
  if (!regroup_at(old).open || regroup_at(old).down)
    return;
  if (!takes_dependents_along(regroup_at(old).culprit)
      && !takes_dependents_along(regroup_at(into).culprit))
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
  const auto last = regroup_at(g).last;
  for (auto who = regroup_at(g).first; who != nobody;) {
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
  regroup_at(g).needed_by = needed_by;
  state_.ending = g;
  for (auto x = state_.oldest; x != nobody; x = row(x).younger)
    join(g, x);
  for (std::uint32_t i = 0; i < state_.regroups.size(); ++i)
    if (i != g && regroup_at(i).open) {
      regroup_at(i).begins = false;
      close(i);
    }
  enter(shutdown_phase::request_stop);
  enter(shutdown_phase::graceful_drain);
  go_down(g);
}

} // namespace supervisor::detail
