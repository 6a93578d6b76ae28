#include "supervisor/simulate/ends.hpp"
#include "supervisor/simulate/world.hpp"

namespace supervisor::simulating {

void world::start(std::uint32_t who, uplink up) {
  lives_[who] = {.birth = ++births_, .alive = true, .up = up};
  if (places_[who].is_supervisor())
    return open(who);
  plan_for(who, occasion::start, roll(who, parts_[who].start));
}

void world::is_done_with_starting(std::uint32_t who) {
  auto& mine = lives_[who];
  auto& part = parts_[who];
  if (mine.told_to_stop)
    return;
  if (part.failing_starts > 0) {
    part.failing_starts -= part.failing_starts != unlimited;
    return end(who, no_start);
  }
  mine.running = true;
  tell(mine.up, news::started);
  if (offices_[places_[who].above]->by->of(places_[who].seat).awaits_ready)
    plan_for(who, occasion::ready, roll(who, part.ready));
  for (const auto crash : part.after_start)
    plan_for(who, occasion::end, roll(who, script_.cues[crash].time), script_.cues[crash].as);
}

void world::cancel(std::uint32_t who) {
  lives_[who].told_to_stop = true;
  if (places_[who].is_supervisor())
    return receive(who, {.what = news::stop});
  plan_for(who, occasion::end, roll(who, parts_[who].stop), as_told);
}

void world::kill(std::uint32_t who) {
  lives_[who].told_to_stop = true;
  if (places_[who].is_supervisor())
    return kill_supervisor(who);
  plan_for(who, occasion::end, roll(who, parts_[who].kill), killed);
}

/// Those who have ended tell whoever looks after them.
void world::end(std::uint32_t who, const child_exit& exit) {
  lives_[who].alive = false;
  tell(lives_[who].up, lives_[who].up.end, exit);
}

/// Whoever is gone hears nothing.
void world::tell(const uplink& up, news what, const child_exit& exit, std::uint32_t count) {
  if (up.to != nobody && is_current(up.to, up.birth))
    receive(up.to, {what, up.who, exit, count});
}

} // namespace supervisor::simulating
