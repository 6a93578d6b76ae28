#pragma once

#include "frozen/policies/policy.hpp"

#include <memory>

namespace frozen {
inline namespace policies {

/// Whom to ask, and how long to wait for the answer.
struct consultation {
  nanoseconds within = std::chrono::milliseconds{200};
  std::shared_ptr<const void> whom{}; ///< only who made it knows what that is
};

/// A policy that lives outside and is asked by message. The child stays down meanwhile and nobody
/// else waits. Without an answer in time, `otherwise` decides; it is told of every decision, so
/// that it knows the past when its hour comes.
template <policy P>
struct asked_outside {
  static constexpr std::string_view name = name_of<P>();
  using memory = memory_of<P>;

  consultation outside{};
  P otherwise{};

  constexpr decision decide(const situation& s, const memory& past) const {
    return ask(otherwise, s, past);
  }

  constexpr void remember(memory& m, const situation& s, const decision& final) const {
    tell(otherwise, m, s, final);
  }
};

} // namespace policies
} // namespace frozen
