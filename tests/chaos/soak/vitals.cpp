#include "vitals.hpp"

#include <filesystem>
#include <fstream>

#include <unistd.h>

namespace soak {

namespace {

double rss_mb() {
  std::ifstream file{"/proc/self/statm"};
  double size = 0, resident = 0;
  file >> size >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1e6;
}

/// The folder itself is open while it is counted.
std::size_t entries(const char* folder) {
  std::size_t found = 0;
  std::error_code gone;
  for (std::filesystem::directory_iterator at{folder, gone}, end; !gone && at != end;
       at.increment(gone))
    ++found;
  return found;
}

} // namespace

vitals vitals_now() {
  return {
    .rss_mb = rss_mb(), .fds = entries("/proc/self/fd") - 1, .threads = entries("/proc/self/task")};
}

} // namespace soak
