// Does what its arguments say, one after the other. What it prints is not buffered.

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using strings = std::vector<std::string>;

void say(const std::string& text) { std::cout << text << std::endl; }

[[noreturn]] void wait_for_ever() {
  for (;;)
    pause();
}

int number(const std::string& text) { return std::atoi(text.c_str()); }

/// A child that stays, in a session of its own or not; says its pid when it is what it shall be.
void fork_child(bool own_session, bool detached) {
  int ready[2];
  if (pipe2(ready, O_CLOEXEC) != 0)
    std::exit(99);
  const auto pid = fork();
  if (pid == 0) {
    if (own_session)
      setsid();
    if (detached && fork() != 0)
      _exit(0);
    const auto self = getpid();
    [[maybe_unused]] const auto size = write(ready[1], &self, sizeof self);
    wait_for_ever();
  }
  pid_t said = 0;
  [[maybe_unused]] const auto size = read(ready[0], &said, sizeof said);
  if (detached)
    waitpid(pid, nullptr, 0);
  say(std::to_string(said));
}

/// The numbers of its open files, but for that of the folder it looks into.
std::string open_files() {
  std::string found;
  DIR* const folder = opendir("/proc/self/fd");
  while (const auto* entry = readdir(folder)) {
    const std::string name = entry->d_name;
    if (name[0] != '.' && number(name) != dirfd(folder))
      found += found.empty() ? name : " " + name;
  }
  closedir(folder);
  return found;
}

std::string limits_of(__rlimit_resource_t what) {
  rlimit now{};
  getrlimit(what, &now);
  return std::to_string(now.rlim_cur) + " " + std::to_string(now.rlim_max);
}

std::string identity() {
  std::vector<gid_t> groups(1000);
  groups.resize(static_cast<std::size_t>(getgroups(1000, groups.data())));
  auto text = std::to_string(getuid()) + " " + std::to_string(getgid());
  for (const auto group : groups)
    text += " " + std::to_string(group);
  return text;
}

/// "blocked ignored", as /proc has them.
std::string signal_state() {
  std::ifstream file{"/proc/self/status"};
  std::string found;
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("SigBlk:") || line.starts_with("SigIgn:"))
      found += (found.empty() ? "" : " ") + line.substr(8);
  return found;
}

void notify(const std::string& text) {
  const std::string address = std::getenv("NOTIFY_SOCKET");
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  std::memcpy(name.sun_path, address.c_str(), address.size() + 1);
  const int from = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sendto(from, text.data(), text.size(), 0, reinterpret_cast<sockaddr*>(&name), sizeof name);
  close(from);
}

/// In a session of its own, by one whose parent has ended.
void notify_by_daemon(const std::string& text) {
  if (fork() != 0)
    return;
  setsid();
  if (fork() != 0)
    _exit(0);
  notify(text);
  wait_for_ever();
}

sigset_t only(int number) {
  sigset_t one;
  sigemptyset(&one);
  sigaddset(&one, number);
  return one;
}

void hold_signal(int number) {
  const auto one = only(number);
  sigprocmask(SIG_BLOCK, &one, nullptr);
}

void take_signal(int number) {
  const auto one = only(number);
  sigwaitinfo(&one, nullptr);
}

/// At that signal it says so and ends a while after it.
void end_slowly_at(int number) {
  signal(number, [](int) {
    const char text[] = "bye\n";
    usleep(100'000);
    [[maybe_unused]] const auto size = write(1, text, sizeof text - 1);
    _exit(0);
  });
}

void allocate(int megabytes) {
  const auto bytes = static_cast<std::size_t>(megabytes) << 20;
  const auto got = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  say(got == MAP_FAILED ? std::strerror(errno) : "enough");
}

void open_many(int wanted) {
  int opened = 0;
  while (opened < wanted && open("/dev/null", O_RDONLY) >= 0)
    ++opened;
  say(std::to_string(opened));
}

/// So many lines of 100 bytes, each with its number; as one write a line.
void flood(int count) {
  for (int i = 0; i < count; ++i) {
    auto line = std::to_string(i);
    line += std::string(99 - line.size(), '.') + '\n';
    for (std::size_t at = 0; at < line.size();) {
      const auto size = write(1, line.data() + at, line.size() - at);
      if (size < 0)
        std::exit(98);
      at += static_cast<std::size_t>(size);
    }
  }
}

const char* variable(const std::string& name) {
  const auto* value = std::getenv(name.c_str());
  return value != nullptr ? value : "(unset)";
}

int limit_number(const std::string& name) {
  const std::map<std::string, int> all{{"data", RLIMIT_DATA},
                                       {"files", RLIMIT_NOFILE},
                                       {"core", RLIMIT_CORE},
                                       {"processes", RLIMIT_NPROC}};
  return all.at(name);
}

void act(const std::string& what, const strings& with) {
  if (what == "exit")
    std::exit(number(with[0]));
  else if (what == "die")
    raise(number(with[0]));
  else if (what == "crash")
    *static_cast<volatile int*>(nullptr) = 1; // NOLINT
  else if (what == "say")
    say(with[0]);
  else if (what == "cry")
    std::cerr << with[0] << std::endl;
  else if (what == "mutter") // without an end of the line
    std::cout << with[0] << std::flush;
  else if (what == "flood")
    flood(number(with[0]));
  else if (what == "ignore")
    signal(number(with[0]), SIG_IGN);
  else if (what == "answer") // a signal, with a line
    signal(number(with[0]), [](int it) {
      const char text[]
        = {'g', 'o', 't', ' ', static_cast<char>('0' + it / 10), static_cast<char>('0' + it % 10),
           '\n'};
      [[maybe_unused]] const auto size = write(1, text, sizeof text);
    });
  else if (what == "bye") // at a signal
    end_slowly_at(number(with[0]));
  else if (what == "hold")
    hold_signal(number(with[0]));
  else if (what == "take")
    take_signal(number(with[0]));
  else if (what == "stop_parent")
    kill(getppid(), SIGSTOP);
  else if (what == "stop_itself")
    raise(SIGSTOP);
  else if (what == "wait")
    wait_for_ever();
  else if (what == "child")
    fork_child(false, false);
  else if (what == "session_child")
    fork_child(true, false);
  else if (what == "daemon")
    fork_child(true, true);
  else if (what == "forget_environment")
    clearenv();
  else if (what == "allocate")
    allocate(number(with[0]));
  else if (what == "open")
    open_many(number(with[0]));
  else if (what == "files")
    say(open_files());
  else if (what == "variable")
    say(variable(with[0]));
  else if (what == "pid")
    say(std::to_string(getpid()));
  else if (what == "cwd")
    say(get_current_dir_name());
  else if (what == "umask")
    say(std::to_string(umask(0)));
  else if (what == "identity")
    say(identity());
  else if (what == "signals")
    say(signal_state());
  else if (what == "limit")
    say(limits_of(static_cast<__rlimit_resource_t>(limit_number(with[0]))));
  else if (what == "notify")
    notify(with[0]);
  else if (what == "daemon_notify")
    notify_by_daemon(with[0]);
  else if (what == "become") [[maybe_unused]]
    const auto done
      = setresuid(static_cast<uid_t>(number(with[0])), static_cast<uid_t>(number(with[0])),
                  static_cast<uid_t>(number(with[0])));
  else if (what == "read") {
    for (std::string line; std::getline(std::cin, line);)
      say(line);
  } else
    std::exit(97);
}

bool takes_nothing(const std::string& what) {
  for (const auto* const one :
       {"crash", "wait", "stop_parent", "stop_itself", "child", "session_child", "daemon",
        "forget_environment", "files", "pid", "cwd", "umask", "identity", "signals", "read"})
    if (what == one)
      return true;
  return false;
}

} // namespace

int main(int argc, char** argv) {
  const strings all(argv + 1, argv + argc);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto& what = all[i];
    strings with;
    if (!takes_nothing(what) && i + 1 < all.size())
      with.push_back(all[++i]);
    act(what, with);
  }
}
