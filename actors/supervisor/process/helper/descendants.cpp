#include "supervisor/process/helper/descendants.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace supervisor::helper {

namespace {

struct process {
  pid_t pid;
  pid_t parent;
  char state;
  bool ours;
  unsigned long long born; ///< with the pid, it means this process and no other
};

constexpr int room = 1 << 17; // for more we come again
process seen[room];           // too large for the stack; pages that are not needed are not there
int count = 0;

bool is_dead(const process& one) { return one.state == 'Z' || one.state == 'X'; }

/// The fields behind the name, which is in parentheses and may hold any.
bool parse(const char* text, process& one) {
  const char* behind = strrchr(text, ')');
  return behind != nullptr
         && sscanf(
              behind + 1,
              " %c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu",
              &one.state, &one.parent, &one.born)
              == 3;
}

bool look_at(pid_t pid, process& one) {
  char path[40];
  snprintf(path, sizeof path, "/proc/%d/stat", pid);
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return false;
  char text[1024];
  const auto size = read(file, text, sizeof text - 1);
  close(file);
  if (size <= 0)
    return false;
  text[size] = 0;
  one.pid = pid;
  one.ours = false;
  return parse(text, one);
}

void look_around() {
  count = 0;
  DIR* const folder = opendir("/proc");
  if (folder == nullptr)
    return;
  while (const auto* entry = readdir(folder)) {
    const auto pid = static_cast<pid_t>(atoi(entry->d_name));
    if (pid > 0 && count < room && look_at(pid, seen[count]))
      ++count;
  }
  closedir(folder);
}

bool is_ours(pid_t pid, pid_t self) {
  if (pid == self)
    return true;
  for (int i = 0; i < count; ++i)
    if (seen[i].pid == pid)
      return seen[i].ours;
  return false;
}

/// One generation more; whether there was one.
bool mark(pid_t self) {
  bool more = false;
  for (int i = 0; i < count; ++i) {
    if (seen[i].ours || !is_ours(seen[i].parent, self))
      continue;
    seen[i].ours = true;
    more = true;
  }
  return more;
}

/// Only if it is still the one that was seen: its pid may be another's by now.
void kill_if_same(const process& one) {
  const auto handle = static_cast<int>(syscall(SYS_pidfd_open, one.pid, 0));
  process now{};
  if (look_at(one.pid, now) && now.born == one.born) {
    if (handle >= 0)
      syscall(SYS_pidfd_send_signal, handle, SIGKILL, nullptr, 0);
    else
      kill(one.pid, SIGKILL);
  }
  if (handle >= 0)
    close(handle);
}

} // namespace

int kill_descendants() {
  look_around();
  const auto self = getpid();
  while (mark(self)) {
  }
  int alive = 0;
  for (int i = 0; i < count; ++i) {
    if (!seen[i].ours || is_dead(seen[i]))
      continue;
    ++alive;
    kill_if_same(seen[i]);
  }
  return alive;
}

} // namespace supervisor::helper
