#include "supervisor/os/process/sweep.hpp"

#include "supervisor/os/process/descriptor.hpp"

#include <charconv>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string_view>
#include <vector>

#include <sys/syscall.h>

namespace supervisor {

namespace {

namespace fs = std::filesystem;

std::string content(const fs::path& file) {
  std::ifstream from{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{from}, {}};
}

constexpr std::size_t most_named = 6;

struct glance {
  std::string name{};
  char state = 'X';
  pid_t session = 0;
};

/// The name, which comes before, is in parentheses and may hold any.
glance look_at(const fs::path& process) {
  const auto text = content(process / "stat");
  const auto behind = text.rfind(')');
  glance seen;
  const auto before = text.find('(');
  if (behind == std::string::npos || before >= behind)
    return seen;
  seen.name = text.substr(before + 1, behind - before - 1);
  std::istringstream fields{text.substr(behind + 1)};
  pid_t parent = 0;
  pid_t group = 0;
  fields >> seen.state >> parent >> group >> seen.session;
  return seen;
}

bool has_marker(const fs::path& process, const std::string& marker) {
  const auto wanted = std::string{marker_variable} + '=' + marker;
  std::string_view all = std::string_view{};
  const auto text = content(process / "environ");
  all = text;
  for (auto at = all.find(wanted); at != all.npos; at = all.find(wanted, at + 1)) {
    const auto end = at + wanted.size();
    if ((at == 0 || all[at - 1] == '\0') && (end == all.size() || all[end] == '\0'))
      return true;
  }
  return false;
}

bool is_ours(const glance& seen, const fs::path& process, pid_t session,
             const std::string& marker) {
  if (seen.state == 'Z' || seen.state == 'X')
    return false;
  return seen.session == session || has_marker(process, marker);
}

std::optional<pid_t> pid_of(const fs::path& process) {
  const auto name = process.filename().string();
  pid_t pid = 0;
  const auto read = std::from_chars(name.data(), name.data() + name.size(), pid);
  if (read.ec != std::errc{} || read.ptr != name.data() + name.size())
    return std::nullopt;
  return pid;
}

struct found_process {
  glance seen{};
  pid_t pid = 0;
};

/// Looks again when the process is held: its pid may have become another's.
bool send_if_ours(const fs::path& process, pid_t pid, pid_t session, const std::string& marker,
                  int signal) {
  const descriptor held{static_cast<int>(syscall(SYS_pidfd_open, pid, 0))};
  if (!held || !is_ours(look_at(process), process, session, marker))
    return false;
  syscall(SYS_pidfd_send_signal, held.number(), signal, nullptr, 0);
  return true;
}

/// Sends it to all of ours; those who are stopped are passed over by SIGSTOP.
std::vector<found_process> send_to_all(pid_t session, const std::string& marker, int signal) {
  std::vector<found_process> all;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator{"/proc", failed}) {
    const auto pid = pid_of(entry.path());
    if (!pid || *pid == getpid())
      continue;
    const auto seen = look_at(entry.path());
    const auto waits = signal == SIGSTOP && (seen.state == 'T' || seen.state == 't');
    if (!waits && is_ours(seen, entry.path(), session, marker)
        && send_if_ours(entry.path(), *pid, session, marker, signal))
      all.push_back({seen, *pid});
  }
  return all;
}

constexpr int rounds = 4; ///< of stopping: those whom we may not stop are never found to be

} // namespace

some_processes kill_marked(pid_t session, const std::string& marker) {
  for (int round = 0; round < rounds && !send_to_all(session, marker, SIGSTOP).empty(); ++round) {
  }
  some_processes alive;
  for (auto& x : send_to_all(session, marker, SIGKILL)) {
    ++alive.count;
    if (alive.some.size() < most_named)
      alive.some.push_back({x.pid, std::move(x.seen.name)});
  }
  return alive;
}

bool is_held(pid_t who) {
  const auto state = look_at(fs::path{"/proc"} / std::to_string(who)).state;
  return state == 'T' || state == 't';
}

} // namespace supervisor
