// The parent of one program: it starts it, ends with it, and leaves nobody behind. It is linked
// statically and embedded into the library, which tells it over a socket what to do. Without
// exceptions, without the C++ run time; one thread.

#include "supervisor/os/helper/notices.hpp"
#include "supervisor/os/helper/processes.hpp"
#include "supervisor/os/helper/program.hpp"
#include "supervisor/os/process/wire.hpp"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace supervisor::helper {

namespace {

using wire::report;
using wire::report_kind;

struct order {
  wire::settings settings;
  gid_t groups[wire::max_groups];
};

enum class stage {
  starting, ///< the program has not taken over so far
  running,
  leaving, ///< its main process has ended; the others have the time that we are not told the end of
  killing, ///< nobody is to be left
};

struct attended {
  helper::stage stage = stage::starting;
  main_process main{};
  int mishaps = -1;  ///< open until the program has taken over
  int children = -1; ///< tells of ended ones
  int owner = -1;    ///< a pidfd: a copy of its end of the socket may outlive it in a child of its
  notices heard{};
  wire::mishap failure{};         ///< the program has never run because of that
  unsigned long long waiting = 0; ///< signals that came too early, one bit each
  int stop_waiting = 0;           ///< likewise, for all that belongs to it
  head_count killed{};
  long long killing_since = 0; ///< in milliseconds
  bool obstinate = false;      ///< it was told that somebody cannot be killed
  bool alone = false;          ///< whom we tell is gone
  int pause = 0;               ///< until the next look, in milliseconds
};

order told; // too large for the stack

long long now_ms() { return now_ns() / 1'000'000; }

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

report about(const attended& one, report_kind kind) {
  report made{};
  made.kind = kind;
  made.pid = one.main.pid;
  made.status = one.main.status;
  made.main_ended = one.main.ended;
  return made;
}

report about(const attended& one, report_kind kind, const head_count& whom) {
  auto made = about(one, kind);
  made.count = whom.count;
  memcpy(made.some, whom.some, sizeof made.some);
  return made;
}

// -- its end -------------------------------------------------------------------------------------------

[[noreturn]] void end_like(int status) {
  if (!WIFSIGNALED(status))
    _exit(WEXITSTATUS(status));
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none); // the program's is enough
  kill(getpid(), WTERMSIG(status));
  sigset_t all;
  sigemptyset(&all);
  sigprocmask(SIG_SETMASK, &all, nullptr);
  _exit(128 + WTERMSIG(status));
}

[[noreturn]] void finish(attended& one) {
  one.heard.hear();
  one.heard.tell_refused(true);
  one.heard.close();
  if (one.failure.at != wire::step::none) {
    auto made = about(one, report_kind::failed);
    made.wrong = one.failure;
    tell(made);
    _exit(127);
  }
  tell(about(one, report_kind::ended, one.killed));
  end_like(one.main.status);
}

/// Time for those who cannot be killed, until whoever waits for us is told.
constexpr long long obstinate_after_ms = 200;

void look_for_the_obstinate(attended& one, const head_count& alive) {
  const auto lasts = now_ms() - one.killing_since;
  if (lasts >= obstinate_after_ms && !one.obstinate && alive.count > 0) {
    one.obstinate = true;
    tell(about(one, report_kind::obstinate, alive));
  }
  if (one.alone && lasts >= wire::patience_ms)
    finish(one);
}

/// Again and again, until nobody is left.
void kill_all(attended& one) {
  if (!reap_all(one.main))
    finish(one);
  const auto alive = kill_descendants(one.main, one.killed);
  if (!reap_all(one.main))
    finish(one);
  look_for_the_obstinate(one, alive);
  one.pause = one.pause == 0 ? 1 : one.pause < 500 ? one.pause * 2 : 1000;
}

void begin_killing(attended& one) {
  if (one.stage == stage::killing)
    return;
  setpriority(PRIO_PROCESS, 0, -20); // if we may: nobody is to bear others faster than we look
  one.stage = stage::killing;
  one.killing_since = now_ms();
  one.pause = 0;
}

void fail(attended& one, const wire::mishap& wrong) {
  one.failure = wrong;
  begin_killing(one);
}

// -- those that the main process leaves behind ---------------------------------------------------------

head_count others(const attended& one) {
  look_around();
  return others_in(told.settings.stop_to, one.main.pid);
}

void main_has_ended(attended& one) {
  const auto left = others(one);
  if (told.settings.stop_to == wire::scope::main || left.count == 0)
    return begin_killing(one);
  one.stage = stage::leaving;
  one.pause = 0;
  tell(about(one, report_kind::main_exited, left));
}

void look_whether_they_have_left(attended& one) {
  if (others(one).count == 0)
    return begin_killing(one);
  one.pause = one.pause == 0 ? 10 : one.pause < 100 ? one.pause * 2 : 100;
}

// -- signals -------------------------------------------------------------------------------------------

void pass_on(const attended& one, int signal) {
  if (!one.main.ended) // or else the pid is nobody's
    kill(one.main.pid, signal);
}

void signal_group(const attended& one, int signal) {
  kill(-one.main.pid, signal);
  if (!one.main.ended
      && getpgid(one.main.pid) != one.main.pid) // it has left the group that we gave it
    kill(one.main.pid, signal);
}

/// Whoever is born of one that was not told is looked for once more.
void signal_descendants(const attended& one, int signal) {
  static pid_set told_before;
  told_before.clear();
  struct telling {
    int signal;
    int fresh;
  } all{signal, 0};
  do {
    all.fresh = 0;
    look_around();
    each_of(
      wire::scope::all, one.main.pid,
      [](const process& who, void* with) {
        auto& now = *static_cast<telling*>(with);
        if (!told_before.add(who.pid))
          return;
        ++now.fresh;
        send_signal(who, now.signal);
        send_signal(who, SIGCONT);
      },
      &all);
  } while (all.fresh > 0);
}

/// A process that is stopped obeys when it goes on.
void stop(attended& one, int signal) {
  switch (told.settings.stop_to) {
    case wire::scope::main:
      pass_on(one, signal);
      return pass_on(one, SIGCONT);
    case wire::scope::group:
      signal_group(one, signal);
      return signal_group(one, SIGCONT);
    case wire::scope::all:
      return signal_descendants(one, signal);
  }
}

// -- what it hears -------------------------------------------------------------------------------------

void now_running(attended& one) {
  close(one.mishaps);
  one.mishaps = -1;
  one.stage = stage::running;
  tell(about(one, report_kind::running));
  for (int signal = 1; signal < 64; ++signal)
    if (one.waiting >> signal & 1)
      pass_on(one, signal);
  if (one.stop_waiting != 0)
    stop(one, one.stop_waiting);
}

/// The pipe is closed when the program is executed, and by the end of a process that was killed before
/// it could.
void hear_mishaps(attended& one) {
  if (one.stage == stage::killing) {
    close(one.mishaps);
    one.mishaps = -1;
    return;
  }
  wire::mishap wrong{};
  const auto size = read(one.mishaps, &wrong, sizeof wrong);
  if (size < 0 && (errno == EAGAIN || errno == EINTR))
    return;
  if (size < static_cast<ssize_t>(sizeof wrong))
    return now_running(one);
  if (wrong.fatal) {
    close(one.mishaps);
    one.mishaps = -1;
    return fail(one, wrong);
  }
  auto made = about(one, report_kind::remark);
  made.wrong = wrong;
  tell(made);
}

void hear_command(attended& one) {
  wire::command wanted{};
  const auto size = recv(wire::control_fd, &wanted, sizeof wanted, MSG_DONTWAIT);
  if (size < 0 && (errno == EAGAIN || errno == EINTR))
    return;
  if (size < static_cast<ssize_t>(sizeof wanted)) {
    one.alone = true;
    return begin_killing(one);
  }
  switch (wanted.kind) {
    case wire::command_kind::kill:
      tell(about(one, report_kind::killing));
      return begin_killing(one);
    case wire::command_kind::stop:
      if (one.stage == stage::starting)
        one.stop_waiting = wanted.signal;
      else if (one.stage != stage::killing)
        stop(one, wanted.signal);
      return;
    case wire::command_kind::signal:
      if (one.stage == stage::running)
        pass_on(one, wanted.signal);
      else if (one.stage == stage::starting && wanted.signal > 0 && wanted.signal < 64)
        one.waiting |= 1ULL << wanted.signal;
      return;
  }
}

void hear_children(attended& one) {
  signalfd_siginfo ignored;
  while (read(one.children, &ignored, sizeof ignored) > 0) {
  }
  one.heard.hear(); // as long as it can be seen who spoke
  if (one.stage == stage::killing)
    return;
  reap_all_but(one.main);
  while (one.main.ended && one.mishaps >= 0 && one.stage == stage::starting)
    hear_mishaps(one);
  if (one.main.ended && one.stage == stage::running)
    main_has_ended(one);
}

void go_on(attended& one) {
  if (one.stage == stage::killing)
    kill_all(one);
  else if (one.stage == stage::leaving)
    look_whether_they_have_left(one);
  one.heard.tell_refused(false);
}

int wait_at_most(const attended& one) {
  const int quiet = one.heard.tells_in();
  if (one.stage != stage::killing && one.stage != stage::leaving)
    return quiet;
  return quiet >= 0 && quiet < one.pause ? quiet : one.pause;
}

[[noreturn]] void attend(attended& one) {
  for (;;) {
    const auto heard = static_cast<short>(one.heard.is_blocked() ? POLLIN | POLLOUT : POLLIN);
    pollfd all[]{{one.mishaps, POLLIN, 0},
                 {one.heard.is_blocked() ? -1 : one.heard.file(), POLLIN, 0},
                 {one.children, POLLIN, 0},
                 {one.owner, POLLIN, 0},
                 {one.alone ? -1 : wire::control_fd, heard, 0}};
    if (poll(all, 5, wait_at_most(one)) < 0)
      continue;
    if (all[0].revents != 0 && one.mishaps >= 0)
      hear_mishaps(one);
    if (all[1].revents != 0 || (all[4].revents & POLLOUT) != 0)
      one.heard.hear();
    if (all[2].revents != 0)
      hear_children(one);
    if (all[3].revents != 0) {
      one.owner = -1;
      one.alone = true;
      begin_killing(one);
    }
    if ((all[4].revents & ~POLLOUT) != 0)
      hear_command(one);
    go_on(one);
  }
}

// -- its beginning -------------------------------------------------------------------------------------

[[noreturn]] void be_the_program(char** argv, pid_t parent, int mishaps) {
  const auto wrong = become(told.settings, told.groups, argv, parent, mishaps);
  [[maybe_unused]] const auto size = write(mishaps, &wrong, sizeof wrong);
  _exit(127);
}

/// Or the program's pipes would stay open with us, when nobody is left to write to them; and what it was
/// given is its own.
void close_what_is_the_programs() {
  for (int file = 0; file < wire::control_fd; ++file)
    close(file);
  close(wire::environment_fd);
}

wire::mishap start(attended& one, char** argv) {
  const auto self = getpid();
  int ends[2];
  if (told.settings.notify[0] != 0 && !one.heard.listen(told.settings.notify))
    return {wire::step::notify_socket, errno, 1};
  if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
    return {wire::step::fork, errno, 1};
  one.main.pid = fork();
  if (one.main.pid < 0)
    return {wire::step::fork, errno, 1};
  if (one.main.pid == 0)
    be_the_program(argv, self, ends[1]);
  close(ends[1]);
  one.mishaps = ends[0];
  close_what_is_the_programs();
  return {};
}

int run(char** argv) {
  prctl(PR_SET_DUMPABLE, 0); // nobody of the program's user looks into us, or holds us
  block_all_signals();
  close(wire::image_fd);
  fcntl(wire::control_fd, F_SETFD, FD_CLOEXEC);
  fcntl(wire::environment_fd, F_SETFD, FD_CLOEXEC);
  prctl(PR_SET_NAME, "supervisor-exec");
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  static attended one;
  if (!hear_order())
    return 127;
  one.children = watch_children();
  one.owner = watch_owner(told.settings.parent);
  if (one.children < 0 || one.owner < 0)
    fail(one, {wire::step::fork, errno, 1});
  else if (const auto wrong = start(one, argv); wrong.at != wire::step::none)
    fail(one, wrong);
  attend(one);
}

} // namespace

} // namespace supervisor::helper

/// argv: ours, then the program's.
int main(int argc, char** argv) { return argc < 2 ? 127 : supervisor::helper::run(argv + 1); }
