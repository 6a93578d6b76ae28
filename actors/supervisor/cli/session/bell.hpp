#pragma once

#include "supervisor/policies.hpp"

#include <optional>

namespace supervisor {

/// What poll wants: rounded up, so that nobody wakes just before it is time; -1 for ever.
int milliseconds_until(std::optional<time_point>);

/// Ends the wait of a thread for file descriptors, among which this one is.
class bell {
public:
  bell();
  ~bell();

  bell(const bell&) = delete;
  bell& operator=(const bell&) = delete;

  /// From any thread; never blocks. It rings until it is silenced.
  void ring() noexcept;
  void silence() noexcept;

  int descriptor() const {
    return descriptor_;
  } ///< readable while it rings; negative: there was none

private:
  int descriptor_ = -1;
};

} // namespace supervisor
