#pragma once

#include "frozen/policies/decision.hpp"

namespace frozen {
inline namespace policies {

/// With this one there are `n`, if so many came before it.
constexpr std::uint32_t all_but_this(std::uint32_t n) noexcept {
  return n == unlimited || n == 0 ? n : n - 1;
}

constexpr std::uint32_t one_more(std::uint32_t n) noexcept { return n == unlimited ? n : n + 1; }

/// A reader is shown zero for `unlimited`.
constexpr gauge so_many_of(std::uint32_t have, std::uint32_t most, nanoseconds within) noexcept {
  return {static_cast<double>(have), most == unlimited ? 0 : static_cast<double>(most), within};
}

} // namespace policies
} // namespace frozen
