#pragma once

#include "frozen/policies/counting.hpp"
#include "frozen/policies/sliding.hpp"

namespace frozen {
inline namespace policies {

/// Whose failures a fuse counts, and who has to rest when it trips.
enum class meltdown_scope : std::uint8_t {
  child,      ///< its restart waits
  group,      ///< nobody in the group is restarted for a while
  supervisor, ///< the supervisor gives up
};

constexpr std::string_view label(meltdown_scope x) noexcept {
  constexpr std::string_view words[] = {"child", "group", "supervisor"};
  return words[static_cast<int>(x)];
}

/// Trips when there are `max_failures` within the window, this one included. After `reset_after`
/// without a failure it is as good as new. Zero is as strict as one, `unlimited` never trips.
struct meltdown_fuse {
  static constexpr std::string_view name = "meltdown";
  template <std::size_t Room>
  using memory_with = sliding<Room>;
  using memory = memory_with<16>;

  std::uint32_t max_failures = 3;
  nanoseconds window = std::chrono::seconds{10};
  nanoseconds reset_after = std::chrono::seconds{120}; ///< also how long it stays tripped
  meltdown_scope scope = meltdown_scope::child;

  static constexpr meltdown_fuse for_child() { return {}; }

  static constexpr meltdown_fuse for_group() {
    return {.max_failures = 5, .window = std::chrono::seconds{30}, .scope = meltdown_scope::group};
  }

  static constexpr meltdown_fuse for_supervisor() {
    return {
      .max_failures = 10, .window = std::chrono::seconds{60}, .scope = meltdown_scope::supervisor};
  }

  template <std::size_t Room>
  constexpr decision decide(const situation& s, const sliding<Room>& past) const {
    return is_new_failure(s) && trips(s.now, past) ? tripped() : restart_now();
  }

  template <std::size_t Room>
  constexpr void remember(sliding<Room>& m, const situation& s, const decision& final) const {
    if (final.what != verdict::restart || !is_new_failure(s))
      return;
    if (is_quiet(s.now, m))
      m = {};
    m.add(s.now);
  }

  template <std::size_t Room>
  constexpr gauge measure(const situation& s, const sliding<Room>& past) const {
    const auto before = is_quiet(s.now, past) ? sliding<Room>{} : past;
    const auto now = is_new_failure(s) ? before.and_one(s.now) : before;
    return so_many_of(now.count(s.now, window), max_failures, window);
  }

  constexpr std::uint32_t counts_to() const { return max_failures; }

  friend bool operator==(const meltdown_fuse&, const meltdown_fuse&) = default;

private:
  template <std::size_t Room>
  constexpr bool trips(time_point now, const sliding<Room>& past) const {
    const auto before = all_but_this(max_failures);
    return before == 0 || (past.reaches(before, now, window) && !is_quiet(now, past));
  }

  template <std::size_t Room>
  constexpr bool is_quiet(time_point now, const sliding<Room>& past) const {
    return past.size() > 0 && elapsed(past.newest(1), now) >= reset_after;
  }

  constexpr decision tripped() const {
    switch (scope) {
      case meltdown_scope::child:
        return restart_after(never_negative(reset_after));
      case meltdown_scope::group:
        return pause_group(never_negative(reset_after));
      case meltdown_scope::supervisor:
        return escalate();
    }
    return escalate();
  }
};

} // namespace policies
} // namespace frozen
