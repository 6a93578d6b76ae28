#include "supervisor/cli/commands/commands.hpp"
#include "supervisor/cli/commands/loading.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <limits>

#include <sys/resource.h>
#include <unistd.h>

namespace supervisor {

namespace {

constexpr auto no_limit = std::numeric_limits<std::uint64_t>::max();

std::uint64_t limit_of(decltype(RLIMIT_AS) what) {
  rlimit limit{};
  return getrlimit(what, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY ? limit.rlim_cur
                                                                         : no_limit;
}

/// Of our cgroup and of those around it, with version 2.
std::uint64_t limit_of_cgroups() {
  std::ifstream ours{"/proc/self/cgroup"};
  std::string line;
  while (std::getline(ours, line) && !line.starts_with("0::")) {
  }
  auto most = no_limit;
  for (std::filesystem::path at = line.substr(std::min<std::size_t>(line.size(), 3));;
       at = at.parent_path()) {
    std::ifstream limit{"/sys/fs/cgroup" + at.string() + "/memory.max"};
    if (std::uint64_t bytes = 0; limit >> bytes) // or "max"
      most = std::min(most, bytes);
    if (!at.has_relative_path())
      return most;
  }
}

std::uint64_t memory_of_machine() {
  const auto pages = sysconf(_SC_PHYS_PAGES), bytes = sysconf(_SC_PAGESIZE);
  return pages > 0 && bytes > 0
           ? static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(bytes)
           : no_limit;
}

} // namespace

std::uint64_t memory_for_breaking(std::uint64_t wanted) {
  const auto most = std::min(
    {limit_of(RLIMIT_AS), limit_of(RLIMIT_DATA), limit_of_cgroups(), memory_of_machine()});
  return std::min(wanted, most / 2);
}

int break_tree(const break_options& asked, const catalog& known) {
  const auto tree = load_to_try(asked.file, known);
  if (!tree)
    return exit_code::bad_input;
  const auto found = try_to_break(*tree, asked.how);
  std::cout << found;
  return found ? exit_code::clean : exit_code::gave_up;
}

} // namespace supervisor
