#include "../pulses.hpp"
#include "roles.hpp"

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <thread>

#include <fcntl.h>
#include <unistd.h>

namespace chaos::child {

namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

constexpr auto silence = 50ms; ///< of a chain that was cut, or has no processor

steady_clock::time_point end_of(const words& with) {
  return steady_clock::now() + std::chrono::seconds{number(with, 1)};
}

/// Or the program's output would not end before they do.
void close_all_output() {
  for (const auto fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    close(fd);
}

struct plan {
  std::size_t count = 0;
  std::chrono::microseconds pause{0};
  steady_clock::time_point end{};
};

/// Each process of it lives for as long as it takes to have a successor.
[[noreturn]] void go_on(pulses& all, std::size_t mine, const plan& x) {
  while (steady_clock::now() < x.end) {
    all.beat(mine);
    if (x.pause > 0us)
      std::this_thread::sleep_for(x.pause);
    const auto other = (mine + 1 + static_cast<std::size_t>(std::rand())) % x.count;
    if (other != mine && all.takes_over(other, silence, 2 * static_cast<std::int64_t>(x.count))
        && fork() == 0) {
      mine = other;
      continue;
    }
    const auto successor = fork();
    if (successor > 0)
      _exit(0);
    if (successor < 0)
      std::this_thread::sleep_for(100us);
  }
  _exit(0);
}

} // namespace

void chains(const words& with) {
  const plan x{static_cast<std::size_t>(number(with, 0)),
               std::chrono::microseconds{number(with, 3)}, end_of(with)};
  pulses all{with.at(2)};
  signal(SIGCHLD, SIG_IGN);
  for (std::size_t i = 0; i < x.count; ++i)
    all.beat(i);
  std::cout << "up" << std::endl;
  for (std::size_t i = 0; i < x.count; ++i)
    if (fork() == 0) {
      setsid();
      close_all_output();
      go_on(all, i, x);
    }
  wait_for_ever();
}

namespace {

/// With a new image, since clearenv leaves in /proc what was there.
[[noreturn]] void become_daemon(const std::string& who, const words& with) {
  setsid();
  if (fork() != 0)
    _exit(0);
  std::array<std::string, 5> all{"/proc/self/exe", "daemon", who, with.at(1), with.at(2)};
  std::array<char*, 6> argv{};
  for (std::size_t i = 0; i < all.size(); ++i)
    argv[i] = all[i].data();
  std::array<char*, 1> nothing{};
  execve(argv[0], argv.data(), nothing.data());
  _exit(127);
}

} // namespace

namespace {

void wait_for_all(const words& with, steady_clock::time_point begin) {
  const pulses all{with.at(2)};
  while (all.alive_since(begin) < static_cast<std::size_t>(number(with, 0)))
    std::this_thread::sleep_for(5ms);
}

} // namespace

void daemons(const words& with) {
  const auto ends = !with.empty() && with.front() == "only";
  const words rest(with.begin() + (ends ? 1 : 0), with.end());
  const auto begin = steady_clock::now();
  for (int i = 0; i < number(rest, 0); ++i)
    if (fork() == 0)
      become_daemon(std::to_string(i), rest);
  std::cout << "up" << std::endl;
  if (ends)
    wait_for_all(rest, begin);
  ends ? _exit(0) : wait_for_ever();
}

void daemon(const words& with) {
  const auto end = end_of(with);
  pulses all{with.at(2)};
  signal(SIGTERM, SIG_IGN);
  close_all_output();
  for (; steady_clock::now() < end; std::this_thread::sleep_for(5ms))
    all.beat(static_cast<std::size_t>(number(with, 0)));
  _exit(0);
}

} // namespace chaos::child
