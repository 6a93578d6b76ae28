#pragma once

#include "supervisor/cli/session/bell.hpp"
#include "supervisor/policies.hpp"

#include <csignal>
#include <optional>
#include <span>

#include <poll.h>

namespace supervisor {

/// Lets one thread wait for signals that are held, for others and for the clock.
class wake_up {
public:
  explicit wake_up(const sigset_t& held);
  ~wake_up();

  wake_up(const wake_up&) = delete;
  wake_up& operator=(const wake_up&) = delete;

  /// Whether there were descriptors for it.
  bool works() const { return signals_ >= 0 && bell_.descriptor() >= 0; }

  /// Ends the wait, or the next one. From any thread; never blocks.
  void ring() noexcept { bell_.ring(); }

  /// The signal that came, or 0. Also ends when one of the others is ready, as poll says.
  int wait(std::optional<time_point> until, std::span<pollfd> others = {});

private:
  int signals_ = -1;
  bell bell_;
};

} // namespace supervisor
