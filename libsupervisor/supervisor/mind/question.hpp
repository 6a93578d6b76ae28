#pragma once

#include "supervisor/plan/plan.hpp"

#include <array>

namespace supervisor {

/// A decision, with all that is needed to ask for it again: see explain.hpp.
struct question {
  std::uint64_t plan = 0; ///< its hash
  life who{};
  situation given{};
  decision base{}; ///< what the child's policy wanted, before any limit was asked
  decision then{};
  std::uint32_t asked = 0;           ///< of a policy outside: which time, counted for the child
  bool answered_outside = false;     ///< `base` came from a policy outside
  std::array<memory_slot, 5> past{}; ///< by scope, as it was before

  const memory_slot& past_of(scope at) const { return past[static_cast<std::size_t>(at)]; }
  memory_slot& past_of(scope at) { return past[static_cast<std::size_t>(at)]; }

  friend bool operator==(const question&, const question&) = default;
};

/// Whoever may remember something, and whoever may object to a restart.
inline constexpr std::array all_scopes{scope::policy, scope::child, scope::group, scope::supervisor,
                                       scope::own};
inline constexpr std::array limiting_scopes{scope::child, scope::group, scope::supervisor,
                                            scope::own};

/// The policy that stands there for this child, if there is one.
const restart_policy* policy_at(const plan&, slot who, scope);

/// What the intensity of the supervisor says. An optional child that has used it up for itself is given
/// up alone.
decision intensity_says(const plan&, slot who, const situation&);

/// What the limits make of `base`: only a restart is anybody's business but the policy's own.
/// Between equal answers, says who counted.
struct outcome {
  decision then{};
  tie_break tie{};
};

outcome ask_limits(const plan&, const question&);

/// What comes of a decision about this child: what escalate means is up to its escalation policy.
verdict carried_out(const plan&, slot who, const decision&);

} // namespace supervisor
