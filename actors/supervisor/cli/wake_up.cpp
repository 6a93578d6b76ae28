#include "supervisor/cli/wake_up.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace supervisor {

namespace {

sigset_t those_that_stop_us() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

/// As poll wants it: rounded up, so that nobody wakes just before it is time.
int milliseconds_until(std::optional<time_point> until) {
  constexpr std::chrono::milliseconds longest = std::chrono::hours{1};
  if (!until)
    return -1;
  const auto left
    = std::chrono::ceil<std::chrono::milliseconds>(*until - std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp(left, std::chrono::milliseconds{0}, longest).count());
}

int read_signal(int from) {
  signalfd_siginfo told{};
  return read(from, &told, sizeof told) == sizeof told ? static_cast<int>(told.ssi_signo) : 0;
}

void silence(int bell) {
  std::uint64_t times = 0;
  [[maybe_unused]] const auto size = read(bell, &times, sizeof times);
}

} // namespace

held_signals::held_signals() {
  const auto held = those_that_stop_us();
  pthread_sigmask(SIG_BLOCK, &held, &before_);
}

held_signals::~held_signals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

wake_up::wake_up() : bell_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  const auto held = those_that_stop_us();
  signals_ = signalfd(-1, &held, SFD_CLOEXEC | SFD_NONBLOCK);
}

wake_up::~wake_up() {
  close(signals_);
  close(bell_);
}

void wake_up::ring() noexcept {
  constexpr std::uint64_t once = 1;
  [[maybe_unused]] const auto size = write(bell_, &once, sizeof once);
}

int wake_up::wait(std::optional<time_point> until) {
  std::array<pollfd, 2> both{pollfd{signals_, POLLIN, 0}, pollfd{bell_, POLLIN, 0}};
  if (poll(both.data(), both.size(), milliseconds_until(until)) <= 0)
    return 0;
  if (both[1].revents != 0)
    silence(bell_);
  return both[0].revents != 0 ? read_signal(signals_) : 0;
}

} // namespace supervisor
