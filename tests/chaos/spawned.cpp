#include "spawned.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace chaos {

namespace {

using std::chrono::steady_clock;
using namespace std::chrono_literals;

/// What is to be done between fork and exec; gone with this.
class preparation {
public:
  preparation() {
    posix_spawn_file_actions_init(&files_);
    posix_spawnattr_init(&attributes_);
    sigset_t all, none;
    sigfillset(&all);
    sigemptyset(&none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setsigmask(&attributes_, &none);
  }

  ~preparation() {
    posix_spawn_file_actions_destroy(&files_);
    posix_spawnattr_destroy(&attributes_);
  }

  preparation(const preparation&) = delete;
  preparation& operator=(const preparation&) = delete;

  void give(int ours, int as) { posix_spawn_file_actions_adddup2(&files_, ours, as); }

  /// Whoever opens a terminal as the leader of a session without one is controlled by it.
  void give_terminal(const std::string& path) {
    flags_ |= POSIX_SPAWN_SETSID;
    posix_spawn_file_actions_addopen(&files_, STDIN_FILENO, path.c_str(), O_RDWR, 0);
    give(STDIN_FILENO, STDOUT_FILENO);
    give(STDIN_FILENO, STDERR_FILENO);
  }

  pid_t start(std::vector<std::string> words) {
    std::vector<char*> argv;
    for (auto& x : words)
      argv.push_back(x.data());
    argv.push_back(nullptr);
    posix_spawnattr_setflags(&attributes_, static_cast<short>(flags_));
    pid_t pid = -1;
    return posix_spawn(&pid, argv.front(), &files_, &attributes_, argv.data(), environ) == 0 ? pid
                                                                                             : -1;
  }

private:
  posix_spawn_file_actions_t files_{};
  posix_spawnattr_t attributes_{};
  int flags_ = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;
};

/// A pipe whose end to read from is ours.
struct new_pipe {
  std::array<int, 2> ends{-1, -1};

  new_pipe() {
    if (pipe2(ends.data(), O_CLOEXEC) == 0)
      fcntl(ends[0], F_SETFL, O_NONBLOCK);
  }
};

/// Its standard output, or error: a descriptor that we were given, or a pipe of which we keep an end.
int give(preparation& to, int ours, int as, std::vector<int>& to_close) {
  if (ours >= 0) {
    to.give(ours, as);
    return -1;
  }
  const new_pipe made;
  to.give(made.ends[1], as);
  to_close.push_back(made.ends[1]);
  return made.ends[0];
}

} // namespace

spawned::spawned(std::vector<std::string> argv, const outputs& where) {
  preparation all;
  std::vector<int> theirs;
  if (!where.terminal.empty()) {
    all.give_terminal(where.terminal);
  } else {
    std::array<int, 2> talk{-1, -1};
    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, talk.data());
    to_ = talk[0];
    theirs.push_back(talk[1]);
    all.give(talk[1], STDIN_FILENO);
    out_.fd = give(all, where.out, STDOUT_FILENO, theirs);
    err_.fd = give(all, where.err, STDERR_FILENO, theirs);
  }
  pid_ = all.start(std::move(argv));
  for (const auto fd : theirs)
    close(fd);
}

spawned::~spawned() {
  if (pid_ > 0 && !status_) {
    send(SIGKILL);
    end(10s);
  }
  for (const auto fd : {to_, out_.fd, err_.fd})
    if (fd >= 0)
      close(fd);
}

void spawned::tell(const std::string& line) const {
  const auto text = line + "\n";
  [[maybe_unused]] const auto size = ::send(to_, text.data(), text.size(), MSG_NOSIGNAL);
}

void spawned::send(int signal) const {
  if (pid_ > 0 && !status_)
    kill(pid_, signal);
}

void spawned::source::read_now() {
  std::array<char, 4096> some; // NOLINT: filled by read
  ssize_t size = 0;
  while ((size = read(fd, some.data(), some.size())) > 0)
    text.append(some.data(), static_cast<std::size_t>(size));
  if (size == 0)
    close(std::exchange(fd, -1));
}

/// A descriptor below zero is passed over by poll.
void spawned::listen(nanoseconds at_most) {
  std::array<pollfd, 2> both{pollfd{out_.fd, POLLIN, 0}, pollfd{err_.fd, POLLIN, 0}};
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(at_most).count();
  if (poll(both.data(), both.size(), static_cast<int>(wait)) <= 0)
    return;
  if (both[0].revents != 0)
    out_.read_now();
  if (both[1].revents != 0)
    err_.read_now();
}

bool spawned::has_ended() {
  int status = 0;
  if (pid_ > 0 && !status_ && waitpid(pid_, &status, WNOHANG) == pid_)
    status_ = status;
  return pid_ <= 0 || status_;
}

template <class F>
bool spawned::listen_until(F holds, nanoseconds within) {
  const auto last = steady_clock::now() + within;
  while (!holds()) {
    const auto left = last - steady_clock::now();
    if (left <= 0ns)
      return false;
    listen(std::min<nanoseconds>(left, 10ms));
  }
  return true;
}

bool spawned::says(const std::string& text, nanoseconds within) {
  return listen_until([&] { return out_.text.find(text) != std::string::npos; }, within);
}

bool spawned::complains(const std::string& text, nanoseconds within) {
  return listen_until([&] { return err_.text.find(text) != std::string::npos; }, within);
}

namespace {

std::optional<std::string> find_word(std::string_view text, const std::string& beginning) {
  while (!text.empty()) {
    const auto end = text.find('\n');
    if (end == text.npos)
      return std::nullopt;
    if (text.starts_with(beginning + " "))
      return std::string{text.substr(beginning.size() + 1, end - beginning.size() - 1)};
    text.remove_prefix(end + 1);
  }
  return std::nullopt;
}

} // namespace

std::optional<std::string> spawned::word_after(const std::string& beginning, nanoseconds within) {
  std::optional<std::string> found;
  listen_until([&] { return (found = find_word(out_.text, beginning)).has_value() || has_ended(); },
               within);
  if (!found) { // its last words
    listen(0ns);
    found = find_word(out_.text, beginning);
  }
  return found;
}

std::optional<int> spawned::end(nanoseconds within) {
  listen_until([this] { return has_ended(); }, within);
  listen(0ns);
  return status_;
}

} // namespace chaos
