#include "drift.hpp"

#include <algorithm>
#include <limits>

namespace soak {

/// Welford's way, which loses nothing to large sums.
void line_fit::add(double x, double y) {
  const auto n = static_cast<double>(++count_);
  const auto from_old_x = x - mean_x_;
  mean_x_ += from_old_x / n;
  mean_y_ += (y - mean_y_) / n;
  spread_x_ += from_old_x * (x - mean_x_);
  together_ += from_old_x * (y - mean_y_);
}

double line_fit::slope() const {
  return spread_x_ > 0 ? together_ / spread_x_ : std::numeric_limits<double>::quiet_NaN();
}

void course::add(double hours, double value) {
  if (line_.count() == 0)
    first_ = highest_ = value;
  line_.add(hours, value);
  last_ = value;
  highest_ = std::max(highest_, value);
  sum_ += value;
}

double course::average() const {
  return sum_ / static_cast<double>(std::max<std::uint64_t>(count(), 1));
}

double bound_per_hour(double wanted, double noise, double hours) {
  return hours > 0 ? std::max(wanted, noise / hours) : wanted;
}

} // namespace soak
