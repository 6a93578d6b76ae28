#include "supervisor/os/helper/program.hpp"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace supervisor::helper {

namespace {

using wire::mishap;
using wire::step;

constexpr mishap all_well{step::none, 0, 0};

mishap failed(step at) { return {at, errno, 1}; }

bool join(const char* procs) {
  const int file = open(procs, O_WRONLY | O_CLOEXEC);
  const bool joined = file >= 0 && write(file, "0", 1) == 1;
  const int error = errno;
  if (file >= 0)
    close(file);
  errno = error;
  return joined;
}

mishap enter_cgroup(const wire::settings& wanted, int mishaps) {
  if (wanted.cgroup[0] == 0 || join(wanted.cgroup))
    return all_well;
  const mishap wrong{step::cgroup, errno, wanted.must_join};
  if (wanted.must_join)
    return wrong;
  [[maybe_unused]] const auto size = write(mishaps, &wrong, sizeof wrong);
  return all_well;
}

bool set_limit(__rlimit_resource_t what, std::uint64_t value) {
  if (value == wire::no_limit)
    return true;
  const rlimit both{value, value};
  return setrlimit(what, &both) == 0;
}

/// Raised by whoever started us, for itself only.
bool lower_soft_files(std::uint64_t value) {
  rlimit now{};
  if (value == wire::no_limit || getrlimit(RLIMIT_NOFILE, &now) != 0 || now.rlim_cur <= value)
    return true;
  now.rlim_cur = value;
  return setrlimit(RLIMIT_NOFILE, &now) == 0;
}

mishap set_limits(const wire::settings& wanted) {
  if (!set_limit(RLIMIT_DATA, wanted.max_data))
    return failed(step::memory);
  if (!lower_soft_files(wanted.soft_files) || !set_limit(RLIMIT_NOFILE, wanted.max_files))
    return failed(step::files);
  if (!set_limit(RLIMIT_CORE, wanted.max_core))
    return failed(step::core);
  if (!set_limit(RLIMIT_NPROC, wanted.max_processes))
    return failed(step::processes);
  return all_well;
}

mishap change_identity(const wire::settings& wanted, const gid_t* groups) {
  const bool privileged = geteuid() == 0;
  if (privileged && (wanted.change_user || wanted.change_group)
      && setgroups(wanted.group_count, groups) != 0)
    return failed(step::groups);
  if (wanted.change_group && setresgid(wanted.group, wanted.group, wanted.group) != 0)
    return failed(step::group);
  if (wanted.change_user && setresuid(wanted.user, wanted.user, wanted.user) != 0)
    return failed(step::user);
  return all_well;
}

mishap bind_to(pid_t parent) {
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
    return failed(step::bond);
  if (getppid() == parent)
    return all_well;
  errno = ESRCH;
  return failed(step::bond);
}

/// With the program's rights, and before there is a limit on files it is file 0.
mishap open_stdin(const char* file) {
  close(0);
  const int opened = open(file, O_RDONLY | O_NOCTTY);
  if (opened < 0)
    return failed(step::stdin_file);
  if (opened != 0 && (dup2(opened, 0) < 0 || close(opened) != 0))
    return failed(step::stdin_file);
  return all_well;
}

/// From a file, so that it is never ours: each of them with a zero byte behind it.
mishap take_environment() {
  struct stat about {};
  if (fstat(wire::environment_fd, &about) != 0)
    return failed(step::environment);
  const auto size = static_cast<size_t>(about.st_size);
  auto* const text = static_cast<char*>(malloc(size + 1));
  if (text == nullptr)
    return failed(step::environment);
  for (size_t at = 0; at < size;) {
    const auto got = pread(wire::environment_fd, text + at, size - at, static_cast<off_t>(at));
    if (got <= 0)
      return failed(step::environment);
    at += static_cast<size_t>(got);
  }
  size_t count = 0;
  for (size_t at = 0; at < size; ++at)
    count += text[at] == 0;
  auto** const all = static_cast<char**>(calloc(count + 1, sizeof(char*)));
  if (all == nullptr)
    return failed(step::environment);
  char* next = text;
  for (size_t i = 0; i < count; ++i, next += strlen(next) + 1)
    all[i] = next;
  environ = all;
  return {step::none, 0, 0};
}

/// In the digits that were left room for, since here alone is it known.
void write_own_pid() {
  const auto name_size = strlen(wire::watchdog_pid);
  for (char** at = environ; *at != nullptr; ++at) {
    if (strncmp(*at, wire::watchdog_pid, name_size) != 0)
      continue;
    char digits[16];
    int count = 0;
    for (auto left = getpid(); left > 0; left /= 10)
      digits[count++] = static_cast<char>('0' + left % 10);
    char* to = *at + name_size;
    while (count > 0 && *to != 0)
      *to++ = digits[--count];
    *to = 0;
  }
}

/// Two that glibc keeps for itself, posix_spawn has set to be ignored. Its own functions refuse them.
void reset_hidden_signals() {
  const unsigned long kernel_sigaction[4]{};
  for (int signal = 32; signal <= 33; ++signal)
    syscall(SYS_rt_sigaction, signal, kernel_sigaction, nullptr, 8);
}

void take_all_signals() {
  reset_hidden_signals();
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

/// Comes back if it cannot: a file that is there is not found when its interpreter is not.
mishap execute(const char* path, char** argv) {
  execve(path, argv, environ);
  const int error = errno;
  const bool there = error == ENOENT && access(path, F_OK) == 0;
  return {there ? step::interpreter : step::program, error, 1};
}

bool looks_on(int error) { return error == ENOENT || error == ENOTDIR || error == EACCES; }

/// `folder`/`name`, with an empty folder as the current one.
bool make_path(char (&path)[PATH_MAX], const char* folder, size_t size, const char* name) {
  const auto name_size = strlen(name);
  if (size + 1 + name_size + 1 > sizeof path)
    return false;
  memcpy(path, folder, size);
  if (size > 0)
    path[size++] = '/';
  memcpy(path + size, name, name_size + 1);
  return true;
}

mishap search(char** argv) {
  const char* folders = getenv("PATH");
  if (folders == nullptr)
    folders = wire::default_path;
  mishap worst{step::program, ENOENT, 1};
  for (const char* folder = folders;; ++folder) {
    const auto size = static_cast<size_t>(strchrnul(folder, ':') - folder);
    char path[PATH_MAX];
    if (make_path(path, folder, size, argv[0])) {
      const auto wrong = execute(path, argv);
      if (wrong.at == step::interpreter || !looks_on(wrong.error))
        return wrong;
      if (wrong.error == EACCES)
        worst = wrong;
    }
    folder += size;
    if (*folder == 0)
      return worst;
  }
}

mishap execute_program(char** argv) {
  take_all_signals();
  return strchr(argv[0], '/') != nullptr ? execute(argv[0], argv) : search(argv);
}

} // namespace

wire::mishap become(const wire::settings& wanted, const gid_t* groups, char** argv, pid_t parent,
                    int mishaps) {
  setpgid(0, 0); // so that a program that kills its process group does not kill the helper
  if (wanted.umask >= 0)
    umask(static_cast<mode_t>(wanted.umask));
  auto wrong = enter_cgroup(wanted, mishaps);
  if (wrong.at == step::none)
    wrong = set_limits(wanted);
  if (wrong.at == step::none && wanted.cwd[0] != 0 && chdir(wanted.cwd) != 0)
    wrong = failed(step::cwd);
  if (wrong.at == step::none)
    wrong = change_identity(wanted, groups);
  if (wrong.at == step::none)
    wrong = bind_to(parent);
  if (wrong.at == step::none)
    wrong = open_stdin(wanted.stdin_file);
  if (wrong.at == step::none)
    wrong = take_environment();
  if (wrong.at != step::none)
    return wrong;
  write_own_pid();
  return execute_program(argv);
}

} // namespace supervisor::helper
