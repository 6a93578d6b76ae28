#include "supervisor/cli/commands/open_files.hpp"

#include <sys/resource.h>

namespace supervisor {

std::optional<std::uint64_t> raise_soft_files() noexcept {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur >= files.rlim_max)
    return std::nullopt;
  const auto before = files.rlim_cur;
  files.rlim_cur = files.rlim_max;
  return setrlimit(RLIMIT_NOFILE, &files) == 0 ? std::optional<std::uint64_t>{before}
                                               : std::nullopt;
}

std::uint64_t most_programs() noexcept {
  constexpr std::uint64_t for_ourselves = 40; // and what a start of one more needs for a moment
  constexpr std::uint64_t for_each = 5; // its helper, its main process, its output and its words
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_max < for_ourselves)
    return 0;
  return (files.rlim_max - for_ourselves) / for_each;
}

} // namespace supervisor
