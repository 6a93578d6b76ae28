#include "supervisor/simulate/parts.hpp"

namespace supervisor::simulating {

namespace {

void learn(part& mine, const cue& x, std::uint32_t number) {
  switch (x.what) {
    case act::crash_at:
    case act::crash_every:
      return mine.on_time.push_back(number);
    case act::crash_after:
      return mine.after_start.push_back(number);
    case act::start_takes:
      mine.start = x.time;
      return;
    case act::start_fails:
      mine.failing_starts = x.times;
      return;
    case act::stop_takes:
      mine.stop = x.time;
      return;
    case act::kill_takes:
      mine.kill = x.time;
      return;
    case act::ready_after:
      mine.ready = x.time;
      return;
  }
}

} // namespace

std::vector<part> parts_of(const script& x, const std::vector<place>& places) {
  std::vector<part> all(places.size());
  const directory known{places};
  for (std::uint32_t i = 0; i < x.cues.size(); ++i)
    for (const auto who : known.find(x.cues[i].child))
      if (!places[who].is_supervisor())
        learn(all[who], x.cues[i], i);
  return all;
}

} // namespace supervisor::simulating
