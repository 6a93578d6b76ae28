#pragma once

#include <cstddef>

namespace soak {

/// What the system says of this process, now.
struct vitals {
  double rss_mb = 0;
  std::size_t fds = 0;
  std::size_t threads = 0;
};

vitals vitals_now();

} // namespace soak
