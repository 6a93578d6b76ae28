#include "supervisor/search/mover.hpp"

#include "supervisor/simulate/ends.hpp"

namespace supervisor::searching {

using simulating::as_told;
using simulating::crashed;

void mover::settle(world& w) {
  for (auto moved = true; moved;) {
    moved = false;
    for (const auto& x : w.errands())
      moved |= happen(w, x);
    for (std::uint32_t who = 1; who < w.where().size(); ++who)
      moved |= oblige(w, who);
  }
}

void mover::wait(world& w, time_point until) {
  while (w.next_wake() <= until) {
    w.let_pass(w.next_wake());
    settle(w);
  }
  w.let_pass(until);
}

void mover::strike(world& w, std::uint32_t who) {
  happen(w, {.what = act::kind::ends, .who = who, .exit = crashed});
  settle(w);
}

bool mover::happen(world& w, const act& x) {
  if (!w.can(x))
    return false;
  w.happen(x, turn_);
  if (keeps && turn_.who != nobody)
    for (const auto& fact : turn_.out.facts) {
      facts.push_back(fact);
      of_whom.push_back(turn_.who);
    }
  return true;
}

/// It starts, is ready and stops as it should.
bool mover::oblige(world& w, std::uint32_t who) {
  if (w.where()[who].is_supervisor())
    return false;
  switch (w.life_at(who).now) {
    case being::starting:
      return happen(w, {.what = act::kind::starts, .who = who});
    case being::up:
      return w.owes_readiness(who) && happen(w, {.what = act::kind::is_ready, .who = who});
    case being::told:
    case being::killed:
      return happen(w, {.what = act::kind::ends, .who = who, .exit = as_told});
    case being::absent:
      return false;
  }
  return false;
}

} // namespace supervisor::searching
