#pragma once

#include "supervisor/actors/messages.hpp"

#include <functional>

namespace supervisor {

namespace detail {

/// How the supervisor comes by the actor to ask, at each end anew.
using asks = std::function<caf::actor()>;

} // namespace detail

/// A policy that lives in an actor, which answers `situation` with `decision`. The answer is the
/// base policy's: limits are asked as ever. The supervisor never waits: the child stays down until
/// the answer is there, or until `within` has passed and `otherwise` decides. An actor that is
/// gone, or answers an error, does not answer. `whom` is called at each end anew, in the turn of
/// the supervisor.
template <policy P = standard_policy>
restart_policy ask_actor(std::function<caf::actor()> whom, P otherwise = {},
                         nanoseconds within = std::chrono::milliseconds{200}) {
  return asked_outside<P>{{within, std::make_shared<const detail::asks>(std::move(whom))},
                          std::move(otherwise)};
}

/// The same for one actor, which the policy does not keep alive.
template <policy P = standard_policy>
restart_policy ask_actor(const caf::actor& whom, P otherwise = {},
                         nanoseconds within = std::chrono::milliseconds{200}) {
  return ask_actor([weak = caf::actor_cast<caf::weak_actor_ptr>(
                      whom)] { return caf::actor_cast<caf::actor>(weak.lock()); },
                   std::move(otherwise), within);
}

} // namespace supervisor
