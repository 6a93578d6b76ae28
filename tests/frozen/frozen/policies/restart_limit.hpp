#pragma once

#include "frozen/policies/counting.hpp"
#include "frozen/policies/sliding.hpp"

namespace frozen {
inline namespace policies {

/// How many restarts one child gets within a sliding window, those after a clean end included; a
/// restart exactly one window old still counts. Zero refuses the first, `unlimited` none.
struct restart_limit {
  static constexpr std::string_view name = "restart_limit";
  template <std::size_t Room>
  using memory_with = sliding<Room>;
  using memory = memory_with<16>;

  std::uint32_t max_restarts = 10;
  nanoseconds window = std::chrono::seconds{60};
  verdict when_exhausted = verdict::escalate; ///< restart, pause_group: until there is room again

  template <std::size_t Room>
  constexpr decision decide(const situation& s, const sliding<Room>& past) const {
    if (!past.reaches(max_restarts, s.now, window))
      return restart_now();
    return {when_exhausted, 0,
            waits() ? past.until_below(max_restarts, s.now, window) : nanoseconds{}};
  }

  template <std::size_t Room>
  constexpr void remember(sliding<Room>& m, const situation& s, const decision& final) const {
    if (final.what == verdict::restart)
      m.add(s.now);
  }

  template <std::size_t Room>
  constexpr gauge measure(const situation& s, const sliding<Room>& past) const {
    return so_many_of(past.and_one(s.now).count(s.now, window), max_restarts, window);
  }

  constexpr std::uint32_t counts_to() const { return max_restarts; }

  friend bool operator==(const restart_limit&, const restart_limit&) = default;

private:
  constexpr bool waits() const {
    return when_exhausted == verdict::restart || when_exhausted == verdict::pause_group;
  }
};

} // namespace policies
} // namespace frozen
