#pragma once

#include "frozen/policies/saturated.hpp"

#include <cmath>

namespace frozen {
inline namespace policies {

/// Suture's rule (github.com/thejerf/suture, its numbers as defaults): every restart adds one to a
/// score that halves every `half_life`. Above the threshold all restarts wait until a pause is
/// over, and then the score begins at zero again. Meant to be kept per supervisor.
struct decaying_score {
  static constexpr std::string_view name = "decaying_score";

  struct memory {
    double score = 0; ///< at `last`
    time_point last{};
    time_point resumes = time_point::min(); ///< end of the latest pause
  };

  nanoseconds half_life = std::chrono::seconds{30};
  double threshold = 5;
  nanoseconds pause = std::chrono::seconds{15};
  double spread = 0.5; ///< a pause lasts up to `1 + spread` times as long, by luck

  decision decide(const situation& s, const memory& past) const {
    if (is_exceeded(s, past))
      return restart_after(spread_pause(s.luck));
    return restart_after(never_negative(elapsed(s.now, past.resumes)));
  }

  void remember(memory& m, const situation& s, const decision& final) const {
    if (final.what != verdict::restart)
      return;
    const auto resumes = is_exceeded(s, m) ? later(s.now, decide(s, m).wait) : m.resumes;
    m = {score(s, m), s.now, resumes};
  }

  gauge measure(const situation& s, const memory& past) const {
    return {score(s, past), threshold, half_life};
  }

  friend bool operator==(const decaying_score&, const decaying_score&) = default;

private:
  nanoseconds spread_pause(double luck) const {
    return rounded(static_cast<double>(pause.count()) * (1 + spread * luck));
  }

  /// This end included.
  double score(const situation& s, const memory& past) const {
    const auto paused_since = past.last < past.resumes;
    if (paused_since && past.resumes <= s.now)
      return 1;
    return past.score * kept_after(elapsed(past.last, s.now)) + 1;
  }

  /// The part of a score that is left; without a half-life, nothing is.
  double kept_after(nanoseconds age) const {
    if (half_life <= nanoseconds{0})
      return 0;
    return std::exp2(-in_seconds(never_negative(age)) / in_seconds(half_life));
  }

  bool is_exceeded(const situation& s, const memory& past) const {
    return score(s, past) > threshold;
  }
};

} // namespace policies
} // namespace frozen
