#pragma once

#include "frozen/policies/counting.hpp"
#include "frozen/policies/sliding.hpp"

namespace frozen {
inline namespace policies {

/// What a failure window slides over.
enum class failure_window_mode : std::uint8_t {
  time_sliding,  ///< the failures of the last while
  count_sliding, ///< the last few ends, however long they took
};

constexpr std::string_view label(failure_window_mode x) noexcept {
  constexpr std::string_view words[] = {"time_sliding", "count_sliding"};
  return words[static_cast<int>(x)];
}

/// When a child failed and, in the bits from the lowest up, whether each of its last ends was a
/// failure.
template <std::size_t Room>
struct failures_seen {
  sliding<Room> times{};
  std::uint64_t ends = 0;

  friend bool operator==(const failures_seen&, const failures_seen&) = default;
};

/// Too many failures of one child, this one included. By time, it waits until the oldest of them
/// is out of the window; by count it is quarantined, because no time would change the count. Clean
/// ends are no failures, but take a place among the last ends. Zero is as strict as one, and a
/// threshold beyond what can be counted means all of that.
struct failure_window {
  static constexpr std::string_view name = "failure_window";
  static constexpr std::uint32_t most_ends = 64; ///< a larger max_count means this
  template <std::size_t Room>
  using memory_with = failures_seen<Room>;
  using memory = memory_with<16>;

  failure_window_mode mode = failure_window_mode::time_sliding;
  nanoseconds window = std::chrono::seconds{60}; ///< of time_sliding
  std::uint32_t max_count = 10;                  ///< of count_sliding: how many ends, 1 to 64
  std::uint32_t threshold = 5;                   ///< `unlimited`: never too many

  template <std::size_t Room>
  constexpr decision decide(const situation& s, const failures_seen<Room>& past) const {
    if (!is_new_failure(s))
      return restart_now();
    if (mode == failure_window_mode::count_sliding)
      return too_many_of_the_last(s, past.ends) ? quarantine() : restart_now();
    return past.times.reaches(all_but_this(threshold), s.now, window) ? when_fewer(s, past.times)
                                                                      : restart_now();
  }

  template <std::size_t Room>
  constexpr void remember(failures_seen<Room>& m, const situation& s, const decision& final) const {
    if (final.what != verdict::restart)
      return;
    if (mode == failure_window_mode::count_sliding)
      m.ends = with_this(s, m.ends);
    else if (is_new_failure(s))
      m.times.add(s.now);
  }

  template <std::size_t Room>
  constexpr gauge measure(const situation& s, const failures_seen<Room>& past) const {
    if (mode == failure_window_mode::count_sliding)
      return so_many_of(failures_of_the_last(s, past.ends), threshold, {});
    const auto now = is_new_failure(s) ? past.times.and_one(s.now) : past.times;
    return so_many_of(now.count(s.now, window), threshold, window);
  }

  constexpr std::uint32_t counts_to() const {
    return mode == failure_window_mode::time_sliding ? threshold : 0;
  }

  friend bool operator==(const failure_window&, const failure_window&) = default;

private:
  template <std::size_t Room>
  constexpr decision when_fewer(const situation& s, const sliding<Room>& past) const {
    const auto least = std::max(threshold, 1u);
    return restart_after(past.and_one(s.now).until_below(least, s.now, window));
  }

  constexpr std::uint32_t ends_counted() const { return std::clamp(max_count, 1u, most_ends); }

  static constexpr std::uint64_t with_this(const situation& s, std::uint64_t ends) {
    return ends << 1 | std::uint64_t{is_new_failure(s)};
  }

  constexpr std::uint32_t failures_of_the_last(const situation& s, std::uint64_t ends) const {
    const auto counted = ~std::uint64_t{0} >> (most_ends - ends_counted());
    return static_cast<std::uint32_t>(std::popcount(with_this(s, ends) & counted));
  }

  constexpr bool too_many_of_the_last(const situation& s, std::uint64_t ends) const {
    return threshold != unlimited
           && failures_of_the_last(s, ends) >= std::min(threshold, ends_counted());
  }
};

} // namespace policies
} // namespace frozen
