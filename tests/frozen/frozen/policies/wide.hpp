#pragma once

#include "frozen/policies/policy.hpp"

namespace frozen {
inline namespace policies {

/// The memory of a limit with room for so many moments; of a limit that keeps none, its own.
template <class Limit, std::size_t Room>
struct memory_with_room {
  using type = memory_of<Limit>;
};

template <class Limit, std::size_t Room>
requires requires { typename Limit::template memory_with<Room>; }
struct memory_with_room<Limit, Room> {
  using type = typename Limit::template memory_with<Room>;
};

/// The same limit, with a memory for more: by itself a limit sees no more than 16 moments, and one
/// that names a larger count trips at that. Room is a power of two.
template <class Limit, std::size_t Room>
struct wide {
  using memory = typename memory_with_room<Limit, Room>::type;
  static constexpr std::string_view name = Limit::name;

  Limit limit{};

  constexpr decision decide(const situation& s, const memory& past) const {
    return limit.decide(s, past);
  }

  constexpr void remember(memory& m, const situation& s, const decision& final) const {
    limit.remember(m, s, final);
  }

  constexpr gauge measure(const situation& s, const memory& past) const {
    return limit.measure(s, past);
  }

  friend bool operator==(const wide&, const wide&) = default;
};

} // namespace policies
} // namespace frozen
