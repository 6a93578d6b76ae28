#include "supervisor/cli/session/threads.hpp"

#include <csignal>
#include <system_error>
#include <utility>

namespace supervisor {

namespace {

/// All but those that tell a thread that it has done wrong.
sigset_t signals_of_others() {
  sigset_t set;
  sigfillset(&set);
  for (const auto own : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS})
    sigdelset(&set, own);
  return set;
}

std::jthread started(std::function<void()> what) {
  try {
    return std::jthread{std::move(what)};
  } catch (const std::system_error&) {
    return {};
  }
}

} // namespace

std::jthread try_to_start(std::function<void()> what) {
  sigset_t before;
  const auto blocked = signals_of_others();
  pthread_sigmask(SIG_BLOCK, &blocked, &before);
  auto made = started(std::move(what));
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return made;
}

} // namespace supervisor
