#include "supervisor/cli/session/orphans.hpp"

#include <algorithm>
#include <charconv>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace supervisor {

namespace {

namespace fs = std::filesystem;

/// Whether it has ended; it stays as it is.
bool has_ended(idtype_t which, pid_t pid, pid_t& who) {
  siginfo_t found{};
  if (waitid(which, static_cast<id_t>(pid), &found, WEXITED | WNOHANG | WNOWAIT) != 0)
    return false;
  who = found.si_pid;
  return who != 0;
}

std::vector<fs::path> entries_of(const char* folder) {
  std::vector<fs::path> all;
  std::error_code ignored;
  for (auto at = fs::directory_iterator{folder, ignored}; at != fs::directory_iterator{};
       at.increment(ignored))
    all.push_back(at->path());
  return all;
}

/// Of all our threads. Without such a list in the kernel: the one that it names first.
std::set<pid_t> ended_children() {
  std::set<pid_t> ended;
  pid_t who = 0;
  if (!has_ended(P_ALL, 0, who))
    return ended;
  ended.insert(who);
  for (const auto& thread : entries_of("/proc/self/task")) {
    std::ifstream children{thread / "children"};
    for (pid_t child = 0; children >> child;)
      if (has_ended(P_PID, child, who))
        ended.insert(who);
  }
  return ended;
}

pid_t pid_in(const fs::path& about_descriptor) {
  constexpr std::string_view key = "Pid:\t";
  std::ifstream text{about_descriptor};
  for (std::string line; std::getline(text, line);) {
    pid_t pid = 0;
    if (line.starts_with(key)
        && std::from_chars(line.data() + key.size(), line.data() + line.size(), pid).ec
             == std::errc{})
      return pid;
  }
  return 0;
}

/// Those that somebody in this program holds a pidfd of.
std::set<pid_t> held() {
  std::set<pid_t> all;
  for (const auto& descriptor : entries_of("/proc/self/fdinfo"))
    all.insert(pid_in(descriptor));
  return all;
}

} // namespace

bool may_inherit_children() noexcept {
  int reaps = 0;
  return getpid() == 1 || (prctl(PR_GET_CHILD_SUBREAPER, &reaps) == 0 && reaps != 0);
}

bool orphans::look() {
  const auto ended = ended_children();
  const auto was_seen = [this](pid_t who) { return seen_.contains(who); };
  const auto kept = std::ranges::any_of(ended, was_seen) ? held() : std::set<pid_t>{};
  std::set<pid_t> left; // most are called for at once
  for (const auto who : ended)
    if (was_seen(who) && !kept.contains(who))
      waitid(P_PID, static_cast<id_t>(who), nullptr, WEXITED | WNOHANG);
    else
      left.insert(who);
  seen_ = std::move(left);
  return !seen_.empty();
}

} // namespace supervisor
