#pragma once

#include "load.hpp"
#include "pauses.hpp"
#include "report.hpp"
#include "vitals.hpp"

#include <iosfwd>

namespace soak {

/// One sample a second. Only what is needed for the end is kept, the rest goes into a file.
///
/// The latencies of a second count if this process was not paused in it, nor in the second before it: what
/// was under way during a pause ends late, and not all of it is noted before the next sample.
class sampler {
public:
  sampler(account&, const load&, const pauses&, std::ostream& csv, nanoseconds warm_up);

  /// `at`: so long after the begin.
  void sample(nanoseconds at);

  void put_into(result&) const;

  static constexpr double most_p99_ms = 50;

private:
  bool was_paused();
  void note_p99(nanoseconds at, double p99);
  void write(nanoseconds at, const vitals& now, double p99, bool paused);

  account& account_;
  const load& load_;
  const pauses& pauses_;
  std::ostream& csv_;
  const nanoseconds warm_up_;
  nanoseconds last_{0};
  moment before_last_sample_ = std::chrono::steady_clock::now(), last_sample_ = before_last_sample_;
  course rss_{}, fds_{}, threads_{}, processes_{}, p99_{};
  int in_a_row_ = 0, longest_row_ = 0;
  std::uint64_t paused_seconds_ = 0;
};

} // namespace soak
