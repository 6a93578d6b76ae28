#include "supervisor/os/environment/limits.hpp"

#include "supervisor/os/process/words.hpp"

#include <algorithm>

namespace supervisor {

namespace {

std::uint64_t bytes(std::uint64_t megabytes) {
  constexpr std::uint64_t most = (UINT64_MAX - 1) >> 20;
  return std::min(megabytes, most) << 20;
}

void limit_memory(std::uint64_t megabytes, const cgroup_leaf* group, enforced_limits& into) {
  if (group != nullptr && group->set("memory.max", std::to_string(bytes(megabytes))) == 0)
    group->set("memory.swap.max", "0"); // absent where there is no swap
  else
    into.data = bytes(megabytes);
}

void limit_cpu(std::uint32_t percent, const cgroup_leaf* group, enforced_limits& into) {
  const std::string where = "/resource_limits/max_cpu_percent";
  if (group == nullptr) {
    into.missing.push_back({where, "is not enforced, since the process has no cgroup of its own"});
    return;
  }
  constexpr auto period = std::uint64_t{100000};
  const auto share = std::to_string(period / 100 * percent) + ' ' + std::to_string(period);
  if (const auto failed = group->set("cpu.max", share))
    into.missing.push_back({where, "is not enforced, since cpu.max cannot be set in "
                                     + quoted(group->path()) + ": " + error_words(failed)});
}

void limit_processes(std::uint64_t most, const cgroup_leaf* group, uid_t program,
                     enforced_limits& into) {
  if (group != nullptr && group->set("pids.max", std::to_string(most)) == 0)
    return;
  into.processes = most;
  if (program == 0)
    into.missing.push_back({"/resource_limits/max_processes",
                            "is not enforced, since the program runs as root, whose processes only "
                            "a cgroup limits"});
}

} // namespace

enforced_limits enforce(const resource_limits& wanted, const cgroup_leaf* group, uid_t program) {
  enforced_limits into;
  into.files = wanted.max_file_descriptors;
  if (wanted.max_core_mb)
    into.core = bytes(*wanted.max_core_mb);
  if (wanted.max_memory_mb)
    limit_memory(*wanted.max_memory_mb, group, into);
  if (wanted.max_cpu_percent)
    limit_cpu(*wanted.max_cpu_percent, group, into);
  if (wanted.max_processes)
    limit_processes(*wanted.max_processes, group, program, into);
  return into;
}

} // namespace supervisor
