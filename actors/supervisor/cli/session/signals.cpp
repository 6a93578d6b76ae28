#include "supervisor/cli/session/signals.hpp"

#include "supervisor/cli/session/orphans.hpp"

#include <algorithm>
#include <initializer_list>
#include <iterator>

namespace supervisor {

namespace {

struct meaning {
  int signal = 0;
  signal_means what{};
};

/// All whose default action would end us, but for those that tell a thread that it has done wrong; and
/// real-time signals, which mean nothing.
constexpr meaning meanings[] = {
  {SIGTERM, signal_means::stop},       {SIGINT, signal_means::stop},
  {SIGQUIT, signal_means::stop},       {SIGPWR, signal_means::stop_once},
  {SIGXCPU, signal_means::stop_once},  {SIGHUP, signal_means::hang_up},
  {SIGUSR1, signal_means::show_state}, {SIGCHLD, signal_means::orphan},
  {SIGUSR2, signal_means::nothing},    {SIGALRM, signal_means::nothing},
  {SIGVTALRM, signal_means::nothing},  {SIGPROF, signal_means::nothing},
  {SIGIO, signal_means::nothing},      {SIGSTKFLT, signal_means::nothing},
};

bool is_left_to_us(int signal) {
  struct sigaction now {};
  return sigaction(signal, nullptr, &now) == 0 && (now.sa_flags & SA_SIGINFO) == 0
         && now.sa_handler == SIG_DFL;
}

} // namespace

signal_means meaning_of(int signal) noexcept {
  const auto found = std::ranges::find(meanings, signal, &meaning::signal);
  return found == std::end(meanings) ? signal_means::nothing : found->what;
}

held_signals::held_signals() {
  sigemptyset(&held_);
  for (const auto& [signal, what] : meanings)
    if (what == signal_means::stop || is_left_to_us(signal))
      hold(signal);
  for (int signal = SIGRTMIN; signal <= SIGRTMAX; ++signal)
    if (is_left_to_us(signal))
      hold(signal);
  if (!may_inherit_children())
    sigdelset(&held_, SIGCHLD);
  for (const auto signal : {SIGPIPE, SIGXFSZ})
    if (is_left_to_us(signal))
      ignore(signal);
  auto blocked = held_;
  sigaddset(&blocked, SIGTTOU); // a terminal may stop who writes from the background
  pthread_sigmask(SIG_BLOCK, &blocked, &before_);
}

held_signals::~held_signals() {
  const timespec at_once{};
  while (sigtimedwait(&held_, nullptr, &at_once) > 0) {
  }
  for (const auto& [signal, before] : ignored_)
    sigaction(signal, &before, nullptr);
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void held_signals::hold(int signal) { sigaddset(&held_, signal); }

void held_signals::ignore(int signal) {
  struct sigaction nothing {};
  nothing.sa_handler = SIG_IGN;
  auto& x = ignored_.emplace_back(changed{.signal = signal});
  sigaction(signal, &nothing, &x.before);
}

void held_signals::let_go_of_stops() {
  sigset_t stops;
  sigemptyset(&stops);
  for (const auto& [signal, what] : meanings)
    if (what == signal_means::stop) {
      sigaddset(&stops, signal);
      sigdelset(&held_, signal);
    }
  pthread_sigmask(SIG_UNBLOCK, &stops, nullptr);
}

} // namespace supervisor
