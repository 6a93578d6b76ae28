#pragma once

#include "supervisor/policies.hpp"

#include <csignal>
#include <optional>

namespace supervisor {

/// SIGINT and SIGTERM wait in this thread, and in those that it starts, until somebody reads them.
class held_signals {
public:
  held_signals();
  ~held_signals();

  held_signals(const held_signals&) = delete;
  held_signals& operator=(const held_signals&) = delete;

private:
  sigset_t before_{};
};

/// Lets one thread wait for a held signal, for others and for the clock.
class wake_up {
public:
  wake_up();
  ~wake_up();

  wake_up(const wake_up&) = delete;
  wake_up& operator=(const wake_up&) = delete;

  /// Ends the wait, or the next one. From any thread; never blocks.
  void ring() noexcept;

  /// The signal that came, or 0.
  int wait(std::optional<time_point> until);

private:
  int signals_ = -1;
  int bell_ = -1;
};

} // namespace supervisor
