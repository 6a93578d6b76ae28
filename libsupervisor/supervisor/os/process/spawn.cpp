#include "supervisor/os/process/spawn.hpp"

#include "supervisor/os/helper/helper_image.hpp"
#include "supervisor/os/process/wire.hpp"
#include "supervisor/os/process/words.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <memory>

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>

namespace supervisor {

namespace {

constexpr int first_free_fd = wire::image_fd + 1;

fault cannot(const std::string& what, int error) {
  auto text = what + ": " + error_words(error);
  rlimit files{};
  if (error == EMFILE && getrlimit(RLIMIT_NOFILE, &files) == 0)
    text += ", we may have " + std::to_string(files.rlim_cur);
  return {"/process", std::move(text)};
}

/// Out of the way of those that the helper gets, should ours be closed.
descriptor lifted(descriptor fd) {
  if (!fd || fd.number() >= first_free_fd)
    return fd;
  return descriptor{fcntl(fd.number(), F_DUPFD_CLOEXEC, first_free_fd)};
}

struct both_ends {
  descriptor ours{};
  descriptor theirs{};

  explicit operator bool() const { return ours && theirs; }
};

both_ends make_pipe() {
  std::array<int, 2> ends{-1, -1};
  if (pipe2(ends.data(), O_CLOEXEC) != 0)
    return {};
  both_ends made{descriptor{ends[0]}, lifted(descriptor{ends[1]})};
  fcntl(made.ours.number(), F_SETFL, O_RDONLY | O_NONBLOCK);
  return made;
}

both_ends make_sockets() {
  std::array<int, 2> ends{-1, -1};
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0)
    return {};
  return {descriptor{ends[0]}, lifted(descriptor{ends[1]})};
}

/// As execve wants it.
class pointers {
public:
  void add(const std::string& text) { all_.push_back(const_cast<char*>(text.c_str())); }

  char** data() {
    all_.push_back(nullptr);
    return all_.data();
  }

private:
  std::vector<char*> all_{};
};

/// Made once, as long as that works.
expected<int> helper_file(descriptor& kept_here) {
  static const auto once = open_helper();
  if (once && once->number() >= first_free_fd)
    return once->number();
  auto another = open_helper();
  if (!another)
    return another.error();
  kept_here = lifted(*std::move(another));
  return kept_here.number();
}

/// Each with a zero byte behind it.
expected<descriptor> file_of(const std::vector<std::string>& environment) {
  std::string text;
  for (const auto& variable : environment)
    text.append(variable).push_back('\0');
  descriptor made{memfd_create("supervisor-environment", MFD_CLOEXEC)};
  for (std::size_t at = 0; made && at < text.size();) {
    const auto size = write(made.number(), text.data() + at, text.size() - at);
    if (size <= 0)
      return cannot("no file for its environment", errno);
    at += static_cast<std::size_t>(size);
  }
  if (!made)
    return cannot("no file for its environment", errno);
  return made;
}

struct plan {
  int image;
  int environment;
  int out;
  int err;
  int control;
};

/// Files 0 to 5 and no others; a session of its own; signals as if nobody had touched them.
class spawn_settings {
public:
  explicit spawn_settings(const plan& fds) {
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, fds.image, wire::image_fd);
    posix_spawn_file_actions_adddup2(&files, fds.environment, wire::environment_fd);
    posix_spawn_file_actions_adddup2(&files, fds.control, wire::control_fd);
    posix_spawn_file_actions_adddup2(&files, fds.out, 1);
    posix_spawn_file_actions_adddup2(&files, fds.err, 2);
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addclosefrom_np(&files, first_free_fd);

    sigset_t set;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes,
                             POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    sigfillset(&set);
    posix_spawnattr_setsigdefault(&attributes, &set);
    sigemptyset(&set);
    posix_spawnattr_setsigmask(&attributes, &set);
  }

  ~spawn_settings() {
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
  }

  spawn_settings(const spawn_settings&) = delete;
  spawn_settings& operator=(const spawn_settings&) = delete;

  posix_spawn_file_actions_t files{};
  posix_spawnattr_t attributes{};
};

/// 0, or an errno.
int spawn_helper(const launch& what, const plan& fds, pid_t& pid) {
  const std::string name = "supervisor-exec";
  pointers arguments;
  arguments.add(name);
  for (const auto& argument : what.spec.argv)
    arguments.add(argument);
  pointers no_environment; // what the program is given is read by itself alone
  const spawn_settings how{fds};
  const auto image = "/proc/self/fd/" + std::to_string(wire::image_fd);
  return posix_spawn(&pid, image.c_str(), &how.files, &how.attributes, arguments.data(),
                     no_environment.data());
}

template <std::size_t Size>
bool copy(char (&to)[Size], const std::string& from) {
  if (from.size() >= Size)
    return false;
  std::memcpy(to, from.c_str(), from.size() + 1);
  return true;
}

wire::scope scope_of(stop_target x) {
  switch (x) {
    case stop_target::group:
      return wire::scope::group;
    case stop_target::main:
      return wire::scope::main;
    case stop_target::all:
      return wire::scope::all;
  }
  return wire::scope::group;
}

std::uint64_t or_none(const std::optional<std::uint64_t>& limit) {
  return limit.value_or(wire::no_limit);
}

expected<std::unique_ptr<wire::settings>> settings_of(const launch& what) {
  auto made = std::make_unique<wire::settings>();
  const auto& [data, files, core, processes, missing] = what.limits;
  made->parent = getpid();
  made->umask = what.spec.umask ? static_cast<std::int32_t>(*what.spec.umask) : -1;
  made->max_data = or_none(data);
  made->max_files = or_none(files);
  made->soft_files = or_none(files ? std::nullopt : what.soft_files);
  made->stop_to = scope_of(what.spec.stop_to);
  made->max_core = or_none(core);
  made->max_processes = or_none(processes);
  made->must_join = what.must_join;
  made->change_group = what.who.group.has_value();
  made->change_user = what.who.user.has_value();
  made->group = what.who.group.value_or(0);
  made->user = what.who.user.value_or(0);
  made->group_count = static_cast<std::uint32_t>(what.who.groups.size());
  if (!copy(made->notify, what.notify_address))
    return fault{"/process", "the path of the socket for its notices is too long"};
  if (!copy(made->cgroup, what.cgroup_procs))
    return fault{"/resource_limits", "the path of the cgroup is too long"};
  if (!copy(made->cwd, what.spec.cwd))
    return fault{"/process/cwd", error_words(ENAMETOOLONG)};
  if (!copy(made->stdin_file, what.spec.stdin_file))
    return fault{"/process/stdin", error_words(ENAMETOOLONG)};
  return made;
}

/// 0, or an errno.
int send_settings(int control, const wire::settings& settings, const std::vector<gid_t>& groups) {
  std::array<iovec, 2> parts{
    iovec{const_cast<wire::settings*>(&settings), sizeof settings},
    iovec{const_cast<gid_t*>(groups.data()), groups.size() * sizeof(gid_t)}};
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = parts.size();
  return sendmsg(control, &message, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0 ? 0 : errno;
}

/// One that has no orders ends when it hears no more of us.
void dismiss(spawned& helper) {
  helper.control.close();
  waitpid(helper.pid, nullptr, 0);
}

/// posix_spawn does not say which of the files that it opens was not to be had. Empty: none of them.
std::string file_not_to_be_had() {
  for (const auto* const path : {"/dev/null", "/proc/self/fd"})
    if (access(path, R_OK) != 0)
      return std::string{path} + ", which every program needs: " + error_words(errno);
  return {};
}

fault cannot_spawn(int error) {
  if (error == E2BIG)
    return {"/process/argv", "with the environment is longer than the system allows"};
  if (const auto file = file_not_to_be_had(); !file.empty())
    return {"/process", "cannot be started without " + file};
  return cannot("cannot be started", error);
}

} // namespace

expected<spawned> spawn(const launch& what) {
  const auto settings = settings_of(what);
  if (!settings)
    return settings.error();
  auto control = make_sockets();
  auto out = make_pipe();
  auto err = make_pipe();
  if (!control || !out || !err)
    return cannot("no pipes for it", errno);
  descriptor kept;
  const auto image = helper_file(kept);
  if (!image)
    return image.error();
  auto variables = file_of(what.environment);
  if (!variables)
    return variables.error();
  const auto environment = lifted(*std::move(variables));
  if (!environment)
    return cannot("no file for its environment", errno);

  spawned made{
    .control = std::move(control.ours), .out = std::move(out.ours), .err = std::move(err.ours)};
  const plan fds{*image, environment.number(), out.theirs.number(), err.theirs.number(),
                 control.theirs.number()};
  if (const auto failed = spawn_helper(what, fds, made.pid))
    return cannot_spawn(failed);
  control.theirs.close(); // or it would never be at its end
  made.handle = descriptor{static_cast<int>(syscall(SYS_pidfd_open, made.pid, 0))};
  auto failed = made.handle ? 0 : errno;
  if (failed == 0)
    failed = send_settings(made.control.number(), **settings, what.who.groups);
  if (failed == 0)
    return made;
  dismiss(made);
  return cannot("cannot be told what to run", failed);
}

} // namespace supervisor
