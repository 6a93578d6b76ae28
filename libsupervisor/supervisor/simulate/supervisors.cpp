#include "supervisor/simulate/ends.hpp"
#include "supervisor/simulate/world.hpp"

namespace supervisor::simulating {

void world::open(std::uint32_t who) {
  auto& mine = *offices_[who];
  mine = {.by = mine.by, .mind = make_state(*mine.by)};
  receive(who, {.what = news::begin});
}

/// What comes before its turn is decided together.
void world::receive(std::uint32_t who, const input& x) {
  auto& mine = *offices_[who];
  mine.mail.push_back(x);
  if (!std::exchange(mine.turn_planned, true))
    plan_for(who, occasion::turn, nanoseconds{0});
}

void world::turn(std::uint32_t who) {
  auto& mine = *offices_[who];
  mine.turn_planned = false;
  taken_.clear();
  taken_.swap(mine.mail);
  out_.clear();
  step(*mine.by, mine.mind, mine.counts, taken_, agenda_.now(), out_);
  chronicle_.note(who, *mine.by, out_.facts);
  for (const auto& x : out_.todo)
    carry_out(who, x);
}

void world::carry_out(std::uint32_t who, const effect& x) {
  const auto child = x.who.who == nobody ? nobody : places_[who].below[x.who.who];
  switch (x.what) {
    case deed::start:
      return start(child, {.to = who, .birth = lives_[who].birth, .who = x.who});
    case deed::cancel:
      return cancel(child);
    case deed::kill:
      return kill(child);
    case deed::abandon:
      return leave_behind(who, child);
    case deed::wake:
      return plan_for(who, occasion::deadline, x.at - agenda_.now());
    case deed::begun:
      return who == 0 ? chronicle_.began(agenda_.now()) : tell(lives_[who].up, news::started);
    case deed::finish:
      return finish(who, x);
    default: // what is only said
      return;
  }
}

void world::finish(std::uint32_t who, const effect& x) {
  chronicle_.finished(who, x, agenda_.now());
  hand_over(who);
  end(who, exit_of(x.why));
}

/// It says no more, and those below it end or are left to whoever is above.
void world::kill_supervisor(std::uint32_t who) {
  std::vector<std::uint32_t> victims;
  for (const auto child : places_[who].below)
    if (lives_[child].alive && !lives_[child].left_behind)
      victims.push_back(child);
  for (const auto child : victims) {
    chronicle_.lost(child, agenda_.now());
    leave_behind(who, child);
  }
  chronicle_.was_killed(who);
  hand_over(who);
  end(who, killed);
  for (const auto child : victims)
    kill(child);
}

void world::leave_behind(std::uint32_t who, std::uint32_t child) {
  lives_[child].left_behind = true;
  offices_[who]->left.push_back({child, lives_[child].birth});
}

/// From now on, those left below it belong to the supervisor above, unless that is gone, too.
void world::hand_over(std::uint32_t who) {
  const auto up = lives_[who].up;
  auto& left = offices_[who]->left;
  std::erase_if(left, [this](const leftover& x) { return !is_current(x.who, x.birth); });
  const auto adopted = up.end == news::exited && up.to != nobody && is_current(up.to, up.birth);
  for (const auto& x : left)
    lives_[x.who].up = adopted ? uplink{up.to, up.birth, up.who, news::late_end} : uplink{};
  if (!adopted || left.empty())
    return;
  tell(up, news::lingering, {}, static_cast<std::uint32_t>(left.size()));
  auto& above = offices_[up.to]->left;
  above.insert(above.end(), left.begin(), left.end());
}

} // namespace supervisor::simulating
