#include "isolation.hpp"

#include "roles.hpp"

#include <array>
#include <csignal>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace chaos {

namespace {

using namespace std::chrono_literals;

struct started {
  pid_t pid = -1;
  int output = -1;
};

started start(std::vector<std::string> args) {
  args.insert(args.begin(), this_program());
  std::vector<char*> argv;
  for (auto& x : args)
    argv.push_back(x.data());
  argv.push_back(nullptr);
  int ends[2];
  if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
    return {};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  started made{.output = ends[0]};
  if (posix_spawn(&made.pid, argv[0], &actions, nullptr, argv.data(), environ) != 0)
    made.pid = -1;
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  return made;
}

/// What is there by now, or comes within a moment.
void read_some(int from, std::string& to) {
  pollfd wait{.fd = from, .events = POLLIN, .revents = 0};
  if (poll(&wait, 1, 20) <= 0)
    return;
  std::array<char, 4096> part;
  for (ssize_t size = 0; (size = read(from, part.data(), part.size())) > 0;)
    to.append(part.data(), static_cast<std::size_t>(size));
}

std::string words_for(int status) {
  if (WIFSIGNALED(status))
    return "ended by signal " + std::to_string(WTERMSIG(status));
  return "ended with exit code " + std::to_string(WEXITSTATUS(status));
}

bool has_judged(int status) { return WIFEXITED(status) && WEXITSTATUS(status) <= 1; }

} // namespace

isolated_run run_isolated(const std::vector<std::string>& args, std::chrono::nanoseconds within) {
  const auto end = std::chrono::steady_clock::now() + within;
  const auto made = start(args);
  if (made.pid < 0)
    return {.broke = "could not be started"};
  isolated_run result;
  int status = 0;
  while (waitpid(made.pid, &status, WNOHANG) == 0) {
    read_some(made.output, result.output);
    if (result.broke.empty() && std::chrono::steady_clock::now() > end) {
      result.broke = "did not end in time";
      kill(made.pid, SIGKILL);
    }
  }
  read_some(made.output, result.output);
  close(made.output);
  result.passed = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  if (result.broke.empty() && (!has_judged(status) || result.output.empty()))
    result.broke = words_for(status);
  return result;
}

} // namespace chaos
