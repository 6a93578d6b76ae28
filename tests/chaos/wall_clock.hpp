#pragma once

#include <chrono>

namespace chaos {

/// Puts the wall clock of this program, as everything in it sees it, so much forward or back. The
/// steady clock, and the clock of the machine, stay as they are.
void step_wall_clock(std::chrono::nanoseconds);

/// How far the wall clock is ahead of where it would be by the steady clock, since this was made.
class wall_clock_drift {
public:
  std::chrono::nanoseconds so_far() const;

private:
  const std::chrono::system_clock::time_point wall_ = std::chrono::system_clock::now();
  const std::chrono::steady_clock::time_point steady_ = std::chrono::steady_clock::now();
};

} // namespace chaos
