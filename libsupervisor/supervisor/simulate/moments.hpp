#pragma once

#include "supervisor/simulate/simulate.hpp"

#include <deque>

namespace supervisor::simulating {

/// Keeps so many of the first and so many of the last moments, and counts all.
class moments {
public:
  explicit moments(std::size_t kept) : kept_(kept) {}

  void add(const moment& x) {
    ++made_.count;
    if (made_.first.size() < kept_)
      return made_.first.push_back(x);
    last_.push_back(x);
    if (last_.size() > kept_)
      last_.pop_front();
  }

  timeline take() && {
    made_.last.assign(last_.begin(), last_.end());
    return std::move(made_);
  }

private:
  std::size_t kept_;
  timeline made_{};
  std::deque<moment> last_{};
};

/// Finds the minute with the most restarts. One exactly a minute old still counts, as for intensity.
class minutes {
public:
  void count(nanoseconds restarted) {
    recent_.push_back(restarted);
    while (restarted - recent_.front() > std::chrono::minutes{1})
      recent_.pop_front();
    if (recent_.size() > worst_.restarts)
      worst_ = {recent_.size(), recent_.front()};
  }

  busiest_minute worst() const { return worst_; }

private:
  std::deque<nanoseconds> recent_{};
  busiest_minute worst_{};
};

} // namespace supervisor::simulating
