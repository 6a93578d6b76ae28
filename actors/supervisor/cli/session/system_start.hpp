#pragma once

#include <exception>

namespace supervisor {

/// While CAF starts its threads, and one of them cannot be had, it ends the program without a word, or
/// throws. As long as this exists, the end of the program says what was missing, with exit code 1.
class system_start {
public:
  system_start() noexcept;
  ~system_start();

  system_start(const system_start&) = delete;
  system_start& operator=(const system_start&) = delete;

private:
  std::terminate_handler before_;
};

} // namespace supervisor
