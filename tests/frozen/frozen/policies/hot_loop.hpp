#pragma once

#include "frozen/policies/counting.hpp"
#include "frozen/policies/sliding.hpp"

namespace frozen {
inline namespace policies {

enum class hot_loop_reason : std::uint8_t { not_applicable, rapid_crash_detected };

constexpr std::string_view label(hot_loop_reason x) noexcept {
  constexpr std::string_view words[] = {"not_applicable", "rapid_crash_detected"};
  return words[static_cast<int>(x)];
}

/// A child that ends again and again in no time, clean ends included: it waits until there would be
/// fewer ends than that within the window. An end exactly one window old no longer counts. Zero is
/// as strict as one, `unlimited` never too hot.
struct hot_loop {
  static constexpr std::string_view name = "hot_loop";
  template <std::size_t Room>
  using memory_with = sliding<Room>;
  using memory = memory_with<16>;

  nanoseconds window = std::chrono::seconds{10};
  std::uint32_t min_restarts = 3; ///< this one included

  template <std::size_t Room>
  constexpr decision decide(const situation& s, const sliding<Room>& past) const {
    return reason(s, past) == hot_loop_reason::not_applicable ? restart_now()
                                                              : when_cooler(s, past);
  }

  template <std::size_t Room>
  constexpr void remember(sliding<Room>& m, const situation& s, const decision& final) const {
    if (final.what == verdict::restart)
      m.add(s.now);
  }

  template <std::size_t Room>
  constexpr gauge measure(const situation& s, const sliding<Room>& past) const {
    return so_many_of(past.and_one(s.now).count(s.now, within()), min_restarts, window);
  }

  template <std::size_t Room>
  constexpr hot_loop_reason reason(const situation& s, const sliding<Room>& past) const {
    return past.reaches(all_but_this(min_restarts), s.now, within())
             ? hot_loop_reason::rapid_crash_detected
             : hot_loop_reason::not_applicable;
  }

  constexpr std::uint32_t counts_to() const { return min_restarts; }

  friend bool operator==(const hot_loop&, const hot_loop&) = default;

private:
  template <std::size_t Room>
  constexpr decision when_cooler(const situation& s, const sliding<Room>& past) const {
    const auto least = std::max(min_restarts, 1u);
    return restart_after(past.and_one(s.now).until_below(least, s.now, within()));
  }

  constexpr nanoseconds within() const { return difference(window, nanoseconds{1}); }
};

} // namespace policies
} // namespace frozen
