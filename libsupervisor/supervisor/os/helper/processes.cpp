#include "supervisor/os/helper/processes.hpp"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace supervisor::helper {

namespace {

constexpr int room = 1 << 17; // for more we come again
process seen[room];           // too large for the stack; pages that are not needed are not there
int count = 0;

int compare_pids(const void* a, const void* b) {
  const auto left = static_cast<const process*>(a)->pid;
  const auto right = static_cast<const process*>(b)->pid;
  return (left > right) - (left < right);
}

process* find(pid_t pid) {
  process wanted{};
  wanted.pid = pid;
  return static_cast<process*>(
    bsearch(&wanted, seen, static_cast<size_t>(count), sizeof wanted, compare_pids));
}

using whose = decltype(process::whose);

/// Of the first of its ancestors of whom that is known.
whose known_above(process* one, pid_t self) {
  for (; one != nullptr; one = find(one->parent)) {
    if (one->whose != process::unknown)
      return one->whose;
    if (one->parent == self)
      return process::ours;
    if (one->parent <= 1 || one->parent == one->pid)
      return process::foreign;
  }
  return process::foreign;
}

/// Each process is settled once, so that all of this is linear in their number.
void settle(process* one, pid_t self) {
  const auto answer = known_above(one, self);
  for (; one != nullptr && one->whose == process::unknown; one = find(one->parent)) {
    one->whose = answer;
    if (one->parent == self)
      return;
  }
}

bool belongs(const process& one, wire::scope who, pid_t main) {
  switch (who) {
    case wire::scope::group:
      return one.group == main;
    case wire::scope::main:
      return one.pid == main;
    case wire::scope::all:
      return true;
  }
  return true;
}

/// Direct children, zombies too, as the kernel lists them; false where it does not.
bool each_child(void (*each)(pid_t, void*), void* with) {
  const int file = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return false;
  char text[4096];
  pid_t pid = 0;
  for (ssize_t size = 0; (size = read(file, text, sizeof text)) > 0;)
    for (ssize_t i = 0; i < size; ++i) {
      if (text[i] >= '0' && text[i] <= '9') {
        pid = pid * 10 + (text[i] - '0');
      } else if (pid > 0) {
        each(pid, with);
        pid = 0;
      }
    }
  close(file);
  return true;
}

bool is_stopped(const process& one) { return one.state == 'T' || one.state == 't'; }

struct moving {
  int count;
};

void count_if_moving(pid_t pid, void* with) {
  process one{};
  if (look_at(pid, one) && !is_dead(one) && !is_stopped(one))
    ++static_cast<moving*>(with)->count;
}

/// Those who end as soon as they have a successor are our children by then: so this is quick enough to
/// catch them. Their pids are theirs until we reap them.
void stop_children(main_process& main) {
  constexpr int rounds = 200;
  for (int round = 0; round < rounds; ++round) {
    if (!reap_all(main) || !each_child([](pid_t pid, void*) { kill(pid, SIGSTOP); }, nullptr))
      return;
    moving found{0};
    each_child(count_if_moving, &found);
    if (found.count == 0)
      return;
  }
}

void stop_if_moving(const process& one, void* with) {
  if (is_stopped(one))
    return;
  send_signal(one, SIGSTOP);
  ++static_cast<moving*>(with)->count;
}

/// Until nobody is found who moves; those whom we may not stop are never found to have stopped.
void stop_descendants(main_process& main) {
  constexpr int rounds = 4;
  for (int round = 0; round < rounds; ++round) {
    stop_children(main);
    look_around();
    moving stopped{0};
    each_of(wire::scope::all, main.pid, stop_if_moving, &stopped);
    if (stopped.count == 0)
      return;
  }
}

} // namespace

bool is_dead(const process& one) { return one.state == 'Z' || one.state == 'X'; }

bool parse_stat(const char* text, process& one) {
  const char* const before = strchr(text, '(');
  const char* const behind = strrchr(text, ')');
  if (before == nullptr || behind == nullptr || behind < before)
    return false;
  const auto size = static_cast<size_t>(behind - before - 1);
  memset(one.name, 0, sizeof one.name);
  memcpy(one.name, before + 1, size < sizeof one.name ? size : sizeof one.name - 1);
  return sscanf(behind + 1,
                " %c %d %d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu",
                &one.state, &one.parent, &one.group, &one.born)
         == 4;
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
  one.whose = process::unknown;
  return parse_stat(text, one);
}

bool is_descendant(pid_t pid) {
  const auto self = getpid();
  process one{};
  for (int depth = 0; depth < room && pid > 1 && look_at(pid, one); ++depth) {
    if (one.parent == self)
      return true;
    pid = one.parent;
  }
  return false;
}

void look_around() {
  count = 0;
  DIR* const folder = opendir("/proc");
  if (folder == nullptr)
    return;
  bool sorted = true;
  while (const auto* entry = readdir(folder)) {
    const auto pid = static_cast<pid_t>(atoi(entry->d_name));
    if (pid <= 0 || count == room || !look_at(pid, seen[count]))
      continue;
    sorted = sorted && (count == 0 || seen[count - 1].pid < pid);
    ++count;
  }
  closedir(folder);
  if (!sorted)
    qsort(seen, static_cast<size_t>(count), sizeof seen[0], compare_pids);
  const auto self = getpid();
  for (int i = 0; i < count; ++i)
    settle(&seen[i], self);
}

void each_of(wire::scope who, pid_t main, void (*each)(const process&, void*), void* with) {
  for (int i = 0; i < count; ++i)
    if (seen[i].whose == process::ours && !is_dead(seen[i]) && belongs(seen[i], who, main))
      each(seen[i], with);
}

void head_count::add(const process& one) {
  if (count < wire::most_named) {
    some[count].pid = one.pid;
    memcpy(some[count].name, one.name, sizeof one.name);
  }
  ++count;
}

head_count others_in(wire::scope who, pid_t main) {
  struct search {
    head_count found;
    pid_t main;
  } all{{}, main};
  each_of(
    who, main,
    [](const process& one, void* with) {
      auto& into = *static_cast<search*>(with);
      if (one.pid != into.main)
        into.found.add(one);
    },
    &all);
  return all.found;
}

void send_signal(const process& one, int signal) {
  const auto handle = static_cast<int>(syscall(SYS_pidfd_open, one.pid, 0));
  process now{};
  if (look_at(one.pid, now) && now.born == one.born) {
    if (handle >= 0)
      syscall(SYS_pidfd_send_signal, handle, signal, nullptr, 0);
    else
      kill(one.pid, signal);
  }
  if (handle >= 0)
    close(handle);
}

bool pid_set::add(pid_t pid) {
  if (pid < 0 || pid >= most)
    return false;
  auto& bits = bits_[pid / 8];
  const auto bit = static_cast<unsigned char>(1 << (pid % 8));
  if ((bits & bit) != 0)
    return false;
  bits = static_cast<unsigned char>(bits | bit);
  return true;
}

void pid_set::clear() { memset(bits_, 0, sizeof bits_); }

namespace {

pid_set counted; // nobody twice who takes a while to die

struct killing {
  const main_process& main;
  head_count alive;
  head_count& killed;
};

void kill_one(const process& one, void* with) {
  auto& all = *static_cast<killing*>(with);
  send_signal(one, SIGKILL);
  all.alive.add(one);
  const bool is_main = !all.main.ended && one.pid == all.main.pid;
  if (!is_main && counted.add(one.pid))
    all.killed.add(one);
}

} // namespace

head_count kill_descendants(main_process& main, head_count& killed) {
  stop_descendants(main);
  look_around();
  killing all{main, {}, killed};
  each_of(wire::scope::all, main.pid, kill_one, &all);
  return all.alive;
}

namespace {

/// As waitpid would have it.
int status_of(const siginfo_t& end) {
  if (end.si_code == CLD_EXITED)
    return end.si_status << 8;
  return end.si_status | (end.si_code == CLD_DUMPED ? 0x80 : 0);
}

void reap_unless(pid_t pid, void* main) {
  if (pid != static_cast<main_process*>(main)->pid)
    waitpid(pid, nullptr, WNOHANG);
}

} // namespace

void reap_all_but(main_process& main) {
  for (;;) {
    siginfo_t end{};
    if (waitid(P_ALL, 0, &end, WEXITED | WNOHANG | WNOWAIT) != 0 || end.si_pid == 0)
      return;
    if (end.si_pid != main.pid) {
      waitpid(end.si_pid, nullptr, WNOHANG);
      continue;
    }
    main.ended = true;
    main.status = status_of(end);
    each_child(reap_unless, &main); // which it may stand before
    return;
  }
}

bool reap_all(main_process& main) {
  for (;;) {
    int how = 0;
    const auto pid = waitpid(-1, &how, WNOHANG);
    if (pid <= 0)
      return pid == 0;
    if (pid != main.pid || main.ended)
      continue;
    main.ended = true;
    main.status = how;
  }
}

} // namespace supervisor::helper
