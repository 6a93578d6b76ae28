#pragma once

#include "supervisor/mind/core.hpp"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <queue>
#include <vector>

namespace supervisor::simulating {

enum class occasion : std::uint8_t {
  turn,     ///< a supervisor takes what has come for it
  deadline, ///< a supervisor is woken
  start,    ///< a child is done with starting
  ready,    ///< a child says so
  end,      ///< a child does
  cue,      ///< the script has a crash for now
  close,    ///< the tree is told to stop
};

struct happening {
  time_point at{};
  occasion what{};
  std::uint32_t who = nobody; ///< place
  std::uint64_t birth = 0;    ///< of that life; whatever was planned for another does not happen
  std::uint32_t cue = 0;      ///< its number in the script
  child_exit exit{};          ///< of `end`
};

/// What is going to happen, the earliest first; what was planned earlier comes before what happens at
/// the same time. So it is also the mail between supervisors, each line of it first in, first out.
class agenda {
public:
  /// Not before what happens now. What comes at the end of time does not come.
  void plan(const happening& x) {
    if (x.at <= now_)
      at_once_.push_back(x);
    else if (x.at != time_point::max())
      later_.push({x, ++planned_});
  }

  bool empty() const { return at_once_.empty() && later_.empty(); }

  /// Moves the clock, if it has to.
  happening take() {
    if (!later_.empty() && (at_once_.empty() || later_.top().what.at <= now_))
      return take_later();
    const auto x = at_once_.front();
    at_once_.pop_front();
    return x;
  }

  time_point now() const { return now_; }

private:
  struct entry {
    happening what{};
    std::uint64_t number = 0;

    bool operator<(const entry& x) const { // the queue has its largest in front
      return what.at != x.what.at ? what.at > x.what.at : number > x.number;
    }
  };

  happening take_later() {
    const auto x = later_.top().what;
    later_.pop();
    now_ = x.at;
    return x;
  }

  time_point now_{std::chrono::hours{1}}; // so that nothing in a state looks as if it had just been
  std::priority_queue<entry> later_{};
  std::deque<happening> at_once_{};
  std::uint64_t planned_ = 0;
};

} // namespace supervisor::simulating
