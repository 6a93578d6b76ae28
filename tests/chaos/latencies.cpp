#include "latencies.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace chaos {

/// The power of two it lies in, and which part of that.
std::size_t latencies::bucket_of(std::uint64_t x) {
  const auto width = static_cast<unsigned>(std::bit_width(x | 1));
  if (width <= fine + 1)
    return x;
  const auto shift = width - fine - 1;
  return (std::size_t{shift} << fine) + (x >> shift);
}

double latencies::end_of(std::size_t bucket) {
  const auto shift = bucket >> fine;
  if (shift <= 1)
    return static_cast<double>(bucket);
  const auto part = bucket - ((shift - 1) << fine);
  return std::ldexp(static_cast<double>(part + 1), static_cast<int>(shift - 1));
}

void latencies::note(nanoseconds x) {
  const std::scoped_lock lock{mutex_};
  ++seen_[bucket_of(static_cast<std::uint64_t>(std::max<std::int64_t>(x.count(), 0)))];
  ++count_;
}

void latencies::clear() {
  const std::scoped_lock lock{mutex_};
  seen_.fill(0);
  count_ = 0;
}

std::uint64_t latencies::count() const {
  const std::scoped_lock lock{mutex_};
  return count_;
}

double latencies::percentile(double share) const {
  const std::scoped_lock lock{mutex_};
  if (count_ == 0)
    return std::numeric_limits<double>::quiet_NaN();
  const auto wanted = static_cast<std::uint64_t>(
    std::ceil(std::clamp(share, 0.0, 1.0) * static_cast<double>(count_)));
  std::uint64_t so_far = 0;
  for (std::size_t i = 0; i < seen_.size(); ++i)
    if (so_far += seen_[i]; so_far >= std::max<std::uint64_t>(wanted, 1))
      return end_of(i) / 1e9;
  return end_of(seen_.size() - 1) / 1e9;
}

} // namespace chaos
