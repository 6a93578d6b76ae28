#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <mutex>

namespace chaos {

using std::chrono::nanoseconds;

/// How long things took, in a fixed amount of memory: each is known to 4 %. Threads share it.
class latencies {
public:
  void note(nanoseconds);

  /// All of them are forgotten.
  void clear();

  std::uint64_t count() const;

  /// The time that this share of them, 0.99, kept to; in seconds. No number if there are none.
  double percentile(double share) const;
  double us(double share) const { return percentile(share) * 1e6; }
  double ms(double share) const { return percentile(share) * 1e3; }

private:
  static constexpr unsigned fine = 5; ///< 32 steps for each power of two
  using buckets = std::array<std::uint64_t, std::size_t{64} << fine>;

  static std::size_t bucket_of(std::uint64_t);
  static double end_of(std::size_t bucket);

  mutable std::mutex mutex_{};
  buckets seen_{};
  std::uint64_t count_ = 0;
};

/// How long `what()` takes.
template <class F>
nanoseconds time_of(F&& what) {
  const auto begin = std::chrono::steady_clock::now();
  what();
  return std::chrono::steady_clock::now() - begin;
}

inline double in_ms(nanoseconds x) { return std::chrono::duration<double, std::milli>(x).count(); }
inline double in_seconds(nanoseconds x) { return std::chrono::duration<double>(x).count(); }

} // namespace chaos
