#include "supervisor/mind/turn.hpp"

#include <algorithm>

// A child that may have two lives at a time: it is restarted by hand, or recycled, without a moment in
// which nobody serves. What goes wrong with the next life is no harm to the one that runs.

namespace supervisor::detail {

aside* turn::aside_of(slot who) {
  const auto found = std::ranges::find(state_.asides, who, &aside::who);
  return who == nobody || found == state_.asides.end() ? nullptr : &*found;
}

const aside* turn::aside_of(slot who) const { return const_cast<turn*>(this)->aside_of(who); }

bool turn::is_aside(life x) const {
  const auto* found = aside_of(x.who);
  return found && found->number == x.number && found->now != phase::down;
}

bool turn::asides_run() const {
  return std::ranges::any_of(state_.asides, [](const aside& x) {
    return x.who != nobody && x.now != phase::down && x.now != phase::abandoned;
  });
}

/// Of its last life, or of one that was to be the next.
std::uint32_t turn::used_number(slot who) {
  auto* second = aside_of(who);
  const auto number = std::max(row(who).number, second ? second->number : 0);
  if (second && second->now == phase::down)
    discard(*second);
  return number;
}

/// News are looked up in all of them, so no more are kept than needed.
void turn::discard(aside& x) {
  auto& all = state_.asides;
  for (x = {}; !all.empty() && all.back().who == nobody;)
    all.pop_back();
}

// -- the next one ----------------------------------------------------------------------------------------

/// Not when others would go down with it.
bool turn::can_swap(slot who) const {
  const auto& r = row(who);
  const auto* second = aside_of(who);
  return plan_.of(who).swaps && r.now == phase::up && r.ready && r.regroup == in_none
         && r.op == operation::active && plan_.followers_of(who).empty() && !ending()
         && (!second || second->now == phase::down);
}

void turn::begin_swap(slot who) {
  const auto number = used_number(who) + 1;
  auto free = std::ranges::find(state_.asides, nobody, &aside::who);
  if (free == state_.asides.end())
    free = state_.asides.emplace(free);
  *free = {.who = who, .number = number};
  fact(event_type::child_starting, life_of(*free));
  todo(deed::start, life_of(*free));
  set_deadline(*free, due_in(plan_.of(who).whole_start_within()));
}

/// Whether a next life is on its way up.
bool turn::is_swapping(slot who) const {
  const auto* next = aside_of(who);
  return next && next->is_next && (next->now == phase::starting || next->now == phase::up);
}

/// Whatever happens to the child now, happens to one life of it.
void turn::give_up_swap(slot who) {
  if (is_swapping(who))
    kill(*aside_of(who));
}

void turn::give_up_all_swaps() {
  for (const auto& x : std::vector{state_.asides})
    give_up_swap(x.who);
}

// -- its news --------------------------------------------------------------------------------------------

void turn::hear_aside(const input& x) {
  auto& mine = *aside_of(x.who.who);
  if (x.what == news::exited || x.what == news::ignored)
    return has_ended(mine, x.exit);
  if (x.what == news::prepared && mine.now == phase::starting)
    return set_deadline(mine, due_in(plan_.of(x.who.who).start_within));
  if (x.what == news::waits && mine.now == phase::starting)
    fact(event_type::child_waiting, x.who).wait = tells_of_waits_after;
  if (x.what == news::main_exited)
    return lose_main(mine);
  if (!is_swapping(x.who.who) || (x.what != news::started && x.what != news::ready))
    return; // signs of life of one that does not count
  if (std::exchange(mine.now, phase::up) == phase::starting)
    fact(event_type::child_running, x.who);
  if (x.what == news::ready || !plan_.of(x.who.who).awaits_ready)
    exchange(mine);
}

/// What the next life leaves behind has its time to end; one that is being stopped has it already.
void turn::lose_main(aside& mine) {
  if (!is_swapping(mine.who))
    return;
  fact(event_type::child_swap_failed, life_of(mine));
  recycle_later(mine.who);
  stop(mine);
}

/// The child is this life now; the one before has its time to end.
void turn::exchange(aside& next) {
  const auto who = next.who;
  auto& r = row(who);
  drop_deadline(next);
  drop_deadline(who);
  std::swap(r.number, next.number);
  next.is_next = false;
  r.since = now_;
  r.ready = false;
  ++tally_of(who).generation;
  ++tally_of(who).restarts;
  fact(event_type::child_swapped, current(who)).count = next.number;
  todo(deed::swap, current(who));
  look_after(who, time_point::max());
  ready(who);
  stop(*aside_of(who));
}

void turn::has_ended(aside& mine, const child_exit& how) {
  const auto who = mine.who;
  const auto told = life_of(mine);
  const auto was = mine.now;
  drop_deadline(mine);
  if (mine.is_next)
    mine.now = phase::down;
  else
    discard(mine);
  if (was == phase::abandoned) {
    --tally_.abandoned;
    fact(event_type::child_shutdown_late_report, told).exit = how;
  } else if (was == phase::starting || was == phase::up) {
    fact(event_type::child_swap_failed, told).exit = how;
    recycle_later(who);
  } else {
    fact(event_type::child_stopped, told).exit = {exit_class::manual_stop};
  }
  for (auto& outcome : tally_.outcomes)
    if (outcome.who == told)
      outcome = {told, shutdown_status::late_report, how};
  if (is_seat_free(who))
    give_seat_back(who);
}

// -- its end ---------------------------------------------------------------------------------------------

void turn::stop(aside& old) {
  const auto& budget = plan_.of(old.who).stop;
  fact(event_type::child_control_cancel_delivered, life_of(old));
  if (budget.is_brutal())
    return kill(old);
  old.now = phase::stopping;
  todo(deed::cancel, life_of(old));
  if (!budget.is_unlimited())
    set_deadline(old, due_in(budget.graceful));
}

void turn::kill(aside& x) {
  x.now = phase::killing;
  todo(deed::kill, life_of(x));
  set_deadline(x, due_in(plan_.of(x.who).stop.abort_wait));
}

void turn::on_due(aside& x) {
  switch (x.now) {
    case phase::starting:
    case phase::up:
      fact(event_type::child_swap_failed, life_of(x)).exit
        = {exit_class::timeout, exit_detail::start_failed, failure_kind::timeout, 0};
      recycle_later(x.who);
      return kill(x);
    case phase::stopping:
      return kill(x);
    case phase::killing:
      x.now = phase::abandoned;
      ++tally_.abandoned;
      todo(deed::abandon, life_of(x));
      fact(event_type::child_abandoned, life_of(x));
      return;
    default:
      return;
  }
}

void turn::set_deadline(aside& x, due when) {
  const auto party = static_cast<std::uint32_t>(&x - state_.asides.data()) | aside_party;
  if (when.at == time_point::max())
    return drop_deadline(x);
  state_.deadlines.set(party, x.deadline, when,
                       [this](auto whose, auto seat) { note_seat(whose, seat); });
}

void turn::drop_deadline(aside& x) {
  if (x.deadline != nobody)
    state_.deadlines.drop(x.deadline, [this](auto whose, auto seat) { note_seat(whose, seat); });
}

} // namespace supervisor::detail
