#pragma once

#include "supervisor/actors/caf/caf_compat.hpp"

#include <mutex>

namespace supervisor::detail {

/// Sends its owner, an actor, a message later. Unlike a delayed message of CAF, it does not keep the owner
/// in memory until then: that may be long after the owner's end.
class alarm {
public:
  /// `owner` must outlive it.
  explicit alarm(caf::local_actor& owner) : owner_(owner) {}
  ~alarm() { silence(); }

  alarm(const alarm&) = delete;
  alarm& operator=(const alarm&) = delete;

  template <class T>
  void ring(std::chrono::nanoseconds delay, T message) {
    compat::anon_send_after(delay, bell(), std::move(message));
  }

  /// What is still to ring is dropped.
  void silence();

private:
  const caf::actor& bell();

  caf::local_actor& owner_;
  caf::actor bell_{}; ///< made when it is needed
};

} // namespace supervisor::detail
