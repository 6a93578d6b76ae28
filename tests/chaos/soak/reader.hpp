#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>

#include <supervisor/supervisor.hpp>

namespace soak {

namespace sup = supervisor;

/// Reads what programs print, at times slowly, and looks whether all of it came. For one thread; the
/// counts are for any.
class reader {
public:
  void take(const sup::log_line&);

  std::uint64_t lines() const { return lines_; }

  /// Numbers that are missing between two lines of one life.
  std::uint64_t gaps() const { return gaps_; }

  /// Lines that were not fit for a terminal when they had been made so.
  std::uint64_t unprintable() const { return unprintable_; }

private:
  struct place {
    std::uint32_t attempt = 0;
    std::uint64_t number = 0;
    bool goes_on = false; ///< the next line is the rest of the last one
  };

  void take_number(const sup::log_line&);
  void take_a_rest();

  const std::chrono::steady_clock::time_point since_ = std::chrono::steady_clock::now();
  std::map<std::string, place, std::less<>> last_{}; ///< by path
  std::atomic<std::uint64_t> lines_ = 0, gaps_ = 0, unprintable_ = 0;
};

} // namespace soak
