#include "../notice.hpp"
#include "roles.hpp"

#include <chrono>
#include <csignal>
#include <ctime>
#include <iostream>
#include <thread>

#include <unistd.h>

namespace chaos::child {

namespace {

using std::chrono::milliseconds;

constexpr std::size_t longest_notice = 4096; ///< others are refused, whoever sends them

void say_ready(const std::string& path) {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  send_notice(path, "READY=1\nSTATUS=pid " + std::to_string(getpid()));
  std::cout << "ready " + std::to_string(std::chrono::nanoseconds{now}.count()) << std::endl;
}

/// The others it gets when it asks for them.
sigset_t only(std::initializer_list<int> signals) {
  sigset_t all;
  sigemptyset(&all);
  for (const auto x : signals)
    sigaddset(&all, x);
  return all;
}

/// The signal that came meanwhile, or something below zero.
int wait_for_signal(const sigset_t& any_of, int ms) {
  const timespec most{ms / 1000, ms % 1000 * 1'000'000L};
  return sigtimedwait(&any_of, nullptr, &most);
}

} // namespace

void reports(const words& with) {
  const auto path = told_socket();
  std::this_thread::sleep_for(milliseconds{number(with, 0)}); // for others to get in the way
  say_ready(path);
  wait_for_ever();
}

void descendant_reports(const words&) {
  const auto path = told_socket();
  if (fork() != 0)
    wait_for_ever();
  setsid();
  if (fork() != 0)
    _exit(0);
  say_ready(path);
  wait_for_ever();
}

void mute(const words&) {
  told_socket();
  wait_for_ever();
}

void talks_junk(const words&) {
  const auto path = told_socket();
  if (fork() != 0)
    wait_for_ever();
  for (std::size_t i = 0;; ++i) {
    const auto& text = junk()[i % junk().size()];
    if (text.size() <= longest_notice)
      send_notice(path, text);
    std::this_thread::sleep_for(milliseconds{5});
  }
}

void beats(const words& with) {
  const auto until_ready = number(with, 0), period = number(with, 1), ends = number(with, 2);
  const auto path = told_socket();
  const auto told = only({SIGTERM, SIGUSR1});
  sigprocmask(SIG_BLOCK, &told, nullptr);
  auto came = wait_for_signal(told, until_ready);
  if (came < 0)
    say_ready(path);
  while (came < 0) {
    if (period > 0)
      send_notice(path, "WATCHDOG=1");
    came = wait_for_signal(told, period > 0 ? period : 1000);
  }
  if (came == SIGUSR1)
    wait_for_ever();
  std::this_thread::sleep_for(milliseconds{ends});
  _exit(0);
}

void deaf(const words&) {
  signal(SIGTERM, SIG_IGN);
  say_ready(told_socket());
  wait_for_ever();
}

void freezes_parent(const words& with) {
  if (with.size() > 1 && with[1] == "deaf")
    signal(SIGTERM, SIG_IGN);
  std::cout << "freezes" << std::endl;
  for (;;) {
    kill(getppid(), SIGSTOP);
    std::this_thread::sleep_for(milliseconds{number(with, 0)});
  }
}

} // namespace chaos::child
