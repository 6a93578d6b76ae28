#pragma once

#include <chrono>
#include <cstdint>

namespace soak {

/// A straight line through all points so far, by least squares, in a fixed amount of memory.
class line_fit {
public:
  void add(double x, double y);

  std::uint64_t count() const { return count_; }

  /// By how much y grows when x grows by one; no number with fewer than two points.
  double slope() const;

private:
  std::uint64_t count_ = 0;
  double mean_x_ = 0, mean_y_ = 0;
  double spread_x_ = 0, together_ = 0; ///< sums of squares, and of products, of the distances
};

/// One figure over a run: what it was, and where it is going to.
class course {
public:
  void add(double hours, double value);

  double first() const { return first_; }
  double last() const { return last_; }
  double highest() const { return highest_; }
  double average() const;
  double per_hour() const { return line_.slope(); }
  std::uint64_t count() const { return line_.count(); }

private:
  line_fit line_{};
  double first_ = 0, last_ = 0, highest_ = 0, sum_ = 0;
};

/// How much an hour is too much. In a short run a line through noise may be steep: there, what
/// counts is that it grew by no more than `noise` in all.
double bound_per_hour(double wanted, double noise, double hours);

} // namespace soak
