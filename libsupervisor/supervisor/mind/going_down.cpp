// Children that go down together: the last started first.

#include "supervisor/mind/turn.hpp"

#include <algorithm>

namespace supervisor::detail {

void turn::go_down(std::uint32_t g) {
  regroup_at(g).cursor = regroup_at(g).last;
  if (plan_.pool)
    tell_all(g);
  else if (regroup_at(g).still_up > 1)
    if (const auto longest = patience(g); longest != stop_budget::no_end)
      set_regroup_deadline(g, later(now_, longest));
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
  drop_regroup_deadline(g);
  regroup_at(g).down = false;
  go_down(g);
}

void turn::go_on(std::uint32_t g) {
  if (regroup_at(g).rising)
    return;
  if (regroup_at(g).still_up == 0)
    all_down(g);
  else if (regroup_at(g).awaited == nobody)
    tell_next(g);
}

void turn::tell_next(std::uint32_t g) {
  auto& mine = regroup_at(g);
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
  for (auto who = regroup_at(g).cursor; who != nobody; who = row(who).older)
    if (row(who).regroup == g && (row(who).now == phase::starting || row(who).now == phase::up))
      cancel(who);
  regroup_at(g).cursor = nobody;
}

/// Its place in the count; whoever calls this goes on with the regroup afterwards.
void turn::count_down(slot who) {
  auto& mine = regroup_at(row(who).regroup);
  --mine.still_up;
  if (mine.awaited == who)
    mine.awaited = nobody;
}

void turn::all_down(std::uint32_t g) {
  auto& mine = regroup_at(g);
  if (std::exchange(mine.down, true))
    return;
  drop_regroup_deadline(g);
  if (finishes(mine.then))
    return;              // `take` finishes, when all that came together is answered
  if (mine.members == 0) // nobody is to come up again: no failure stands in the way
    return close(g);
  if (mine.failed)
    return end(aim::give_up, mine.culprit);
  mine.resume = std::max(mine.resume, now_);
  set_regroup_deadline(g, mine.resume);
  announce_wait(mine.culprit, mine.resume);
}

void turn::announce_wait(slot who, time_point until) {
  if (until <= now_)
    return;
  const auto whose = who == nobody ? life{} : current(who);
  fact(event_type::backoff_scheduled, whose).wait = until - now_;
  todo(deed::wait, whose, until);
}

} // namespace supervisor::detail
