#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

#include <sys/types.h>

namespace soak {

using std::chrono::nanoseconds;
using moment = std::chrono::steady_clock::time_point;

/// Pauses of the process that does the work, as it and the one who stops it share them.
class pauses {
public:
  pauses();
  ~pauses();
  pauses(const pauses&) = delete;
  pauses& operator=(const pauses&) = delete;

  /// Between two of them; none so far means never. Said by the process that is paused, when it is ready.
  void begin(nanoseconds every);
  void end();

  /// Whether one was under way at any time since then.
  bool any_since(moment) const;

  std::uint64_t count() const;

  /// Stops that process for 0.3 s to 2 s, as often as it wants, until it has ended. How it ended, as
  /// waitpid has it.
  int stop_now_and_then(pid_t whom);

private:
  struct shared {
    std::atomic<std::int64_t> every{0};           ///< in ns; 0: never
    std::atomic<std::int64_t> began{0}, ended{0}; ///< the last one, by the steady clock
    std::atomic<std::uint64_t> count{0};
  };

  void pause(pid_t whom, nanoseconds length);

  shared* shared_;
};

} // namespace soak
