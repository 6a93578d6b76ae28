#pragma once

#include "frozen/policies/saturated.hpp"

#include <array>
#include <bit>

namespace frozen {
inline namespace policies {

/// The last `Room` moments at which something happened, newest last: enough to know exactly
/// whether there were as many as that within any period. Moments must not run backwards.
template <std::size_t Room>
class sliding {
public:
  static_assert(std::has_single_bit(Room));
  static constexpr std::uint32_t room = Room;

  constexpr void add(time_point now) {
    times_[added_ % Room] = now;
    ++added_;
  }

  constexpr sliding and_one(time_point now) const {
    auto both = *this;
    both.add(now);
    return both;
  }

  constexpr std::uint32_t size() const {
    return added_ < Room ? static_cast<std::uint32_t>(added_) : room;
  }

  /// The nth newest, from 1; n <= size().
  constexpr time_point newest(std::uint32_t n) const { return times_[(added_ - n) % Room]; }

  /// How many lie within `period` before `now`, one exactly that old included; at most `Room`.
  constexpr std::uint32_t count(time_point now, nanoseconds period) const {
    const auto edge = ago(now, period);
    std::uint32_t n = 0;
    while (n < size() && newest(n + 1) >= edge)
      ++n;
    return n;
  }

  /// Whether there were at least `n` within `period`. Of an `n` above `Room`, `Room` are enough;
  /// `unlimited` is never reached.
  constexpr bool reaches(std::uint32_t n, time_point now, nanoseconds period) const {
    if (n == 0 || n == unlimited)
      return n == 0;
    const auto wanted = std::min(n, room);
    return wanted <= added_ && newest(wanted) >= ago(now, period);
  }

  /// How long from `now` until there are fewer than `n` within `period` again; zero if there are,
  /// or if there never will be.
  constexpr nanoseconds until_below(std::uint32_t n, time_point now, nanoseconds period) const {
    if (n == 0 || !reaches(n, now, period))
      return nanoseconds{0};
    const auto age = elapsed(newest(std::min(n, room)), now);
    return never_negative(sum(difference(period, age), nanoseconds{1}));
  }

  friend bool operator==(const sliding&, const sliding&) = default;

private:
  std::array<time_point, Room> times_{};
  std::uint64_t added_ = 0;
};

} // namespace policies
} // namespace frozen
