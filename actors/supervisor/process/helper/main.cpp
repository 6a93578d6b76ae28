// The parent of one program: it starts it, ends with it, and leaves nobody behind. It is linked
// statically and embedded into the library, which tells it over a socket what to do. Without
// exceptions, without the C++ run time; one thread.

#include "supervisor/process/helper/descendants.hpp"
#include "supervisor/process/helper/program.hpp"
#include "supervisor/process/wire.hpp"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

namespace supervisor::helper {

namespace {

using wire::report;
using wire::report_kind;

struct order {
  wire::settings settings;
  gid_t groups[wire::max_groups];
};

struct attended {
  pid_t pid = 0;
  int mishaps = -1;  ///< open until the program has taken over
  int children = -1; ///< tells of ended ones
  int owner = -1;    ///< a pidfd: a copy of its end of the socket may outlive it in a child of its
  bool running = false;
  bool ended = false;
  int status = 0;
  unsigned long long waiting = 0; ///< signals, one bit each
};

order told; // too large for the stack

void block_all_signals() {
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, nullptr);
}

int watch_children() {
  sigset_t one;
  sigemptyset(&one);
  sigaddset(&one, SIGCHLD);
  return signalfd(-1, &one, SFD_CLOEXEC | SFD_NONBLOCK);
}

/// A pidfd of who started us; negative if it has gone.
int watch_owner(pid_t owner) {
  const auto handle = static_cast<int>(syscall(SYS_pidfd_open, owner, 0));
  return getppid() == owner ? handle : -1;
}

bool hear_order() {
  const auto size = recv(wire::control_fd, &told, sizeof told, 0);
  return size >= static_cast<ssize_t>(sizeof told.settings);
}

void tell(const report& what) { send(wire::control_fd, &what, sizeof what, MSG_NOSIGNAL); }

void reap(attended& one) {
  int status = 0;
  while (const auto pid = waitpid(-1, &status, WNOHANG)) {
    if (pid < 0)
      return;
    if (pid != one.pid)
      continue;
    one.ended = true;
    one.status = status;
  }
}

bool has_children() {
  siginfo_t ignored;
  return waitid(P_ALL, 0, &ignored, WEXITED | WNOHANG | WNOWAIT) == 0;
}

long long now_ms() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

void wait_for_children(const attended& one, int at_most_ms) {
  pollfd only{one.children, POLLIN, 0};
  if (poll(&only, 1, at_most_ms) > 0) {
    signalfd_siginfo ignored;
    [[maybe_unused]] const auto size = read(one.children, &ignored, sizeof ignored);
  }
}

/// Kills all that descends from us, and says how many would not go.
int sweep(attended& one) {
  const auto until = now_ms() + wire::patience_ms;
  for (int pause = 1;; pause = pause < 50 ? pause * 2 : pause) {
    reap(one);
    if (!has_children())
      return 0;
    const int alive = kill_descendants();
    if (now_ms() >= until)
      return alive > 0 ? alive : 1;
    wait_for_children(one, pause);
  }
}

[[noreturn]] void end_like(int status) {
  if (!WIFSIGNALED(status))
    _exit(WEXITSTATUS(status));
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none); // the program's is enough
  prctl(PR_SET_DUMPABLE, 0);
  kill(getpid(), WTERMSIG(status));
  sigset_t all;
  sigemptyset(&all);
  sigprocmask(SIG_SETMASK, &all, nullptr);
  _exit(128 + WTERMSIG(status));
}

[[noreturn]] void finish(attended& one) {
  const int left = sweep(one);
  tell({report_kind::ended, one.pid, {}, one.status, left});
  end_like(one.status);
}

[[noreturn]] void give_up(attended& one, const wire::mishap& wrong) {
  sweep(one);
  tell({report_kind::failed, one.pid, wrong, 0, 0});
  _exit(127);
}

void pass_on(const attended& one, int signal) {
  if (!one.ended) // or else the pid is nobody's
    kill(one.pid, signal);
}

void now_running(attended& one) {
  close(one.mishaps);
  one.mishaps = -1;
  one.running = true;
  tell({report_kind::running, one.pid, {}, 0, 0});
  for (int signal = 1; signal < 64; ++signal)
    if (one.waiting >> signal & 1)
      pass_on(one, signal);
}

/// The pipe is closed by whoever executes a program.
void hear_mishaps(attended& one) {
  wire::mishap wrong{};
  const auto size = read(one.mishaps, &wrong, sizeof wrong);
  if (size < 0 && (errno == EAGAIN || errno == EINTR))
    return;
  if (size < static_cast<ssize_t>(sizeof wrong))
    now_running(one);
  else if (wrong.fatal)
    give_up(one, wrong);
  else
    tell({report_kind::remark, one.pid, wrong, 0, 0});
}

void hear_command(attended& one) {
  wire::command wanted{};
  const auto size = recv(wire::control_fd, &wanted, sizeof wanted, MSG_DONTWAIT);
  if (size < 0 && (errno == EAGAIN || errno == EINTR))
    return;
  if (size < static_cast<ssize_t>(sizeof wanted) || wanted.kind == wire::command_kind::kill)
    finish(one);
  if (one.running)
    pass_on(one, wanted.signal);
  else if (wanted.signal > 0 && wanted.signal < 64)
    one.waiting |= 1ULL << wanted.signal;
}

void hear_children(attended& one) {
  wait_for_children(one, 0);
  reap(one);
  while (one.ended && one.mishaps >= 0)
    hear_mishaps(one);
  if (one.ended)
    finish(one);
}

[[noreturn]] void attend(attended& one) {
  for (;;) {
    pollfd all[]{{one.mishaps, POLLIN, 0},
                 {one.children, POLLIN, 0},
                 {one.owner, POLLIN, 0},
                 {wire::control_fd, POLLIN, 0}};
    if (poll(all, 4, -1) < 0)
      continue;
    if (all[0].revents != 0)
      hear_mishaps(one);
    if (all[1].revents != 0)
      hear_children(one);
    if (all[2].revents != 0)
      finish(one);
    if (all[3].revents != 0)
      hear_command(one);
  }
}

[[noreturn]] void be_the_program(char** argv, pid_t parent, int mishaps) {
  const auto wrong = become(told.settings, told.groups, argv, parent, mishaps);
  [[maybe_unused]] const auto size = write(mishaps, &wrong, sizeof wrong);
  _exit(127);
}

/// Or the program's pipes would stay open with us, when nobody is left to write to them.
void close_output() {
  for (int file = 0; file < wire::control_fd; ++file)
    close(file);
}

void start(attended& one, char** argv) {
  const auto self = getpid();
  int ends[2];
  if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
    give_up(one, {wire::step::fork, errno, 1});
  one.pid = fork();
  if (one.pid < 0)
    give_up(one, {wire::step::fork, errno, 1});
  if (one.pid == 0)
    be_the_program(argv, self, ends[1]);
  close(ends[1]);
  one.mishaps = ends[0];
  close_output();
}

int run(char** argv) {
  block_all_signals();
  close(wire::image_fd);
  fcntl(wire::control_fd, F_SETFD, FD_CLOEXEC);
  prctl(PR_SET_NAME, "supervisor-exec");
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  attended one;
  if (!hear_order())
    return 127;
  one.children = watch_children();
  one.owner = watch_owner(told.settings.parent);
  if (one.children < 0 || one.owner < 0)
    give_up(one, {wire::step::fork, errno, 1});
  start(one, argv);
  attend(one);
}

} // namespace

} // namespace supervisor::helper

/// argv: ours, then the program's.
int main(int argc, char** argv) { return argc < 2 ? 127 : supervisor::helper::run(argv + 1); }
