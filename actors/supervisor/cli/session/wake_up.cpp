#include "supervisor/cli/session/wake_up.hpp"

#include <algorithm>
#include <vector>

#include <sys/signalfd.h>
#include <unistd.h>

namespace supervisor {

namespace {

int read_signal(int from) {
  signalfd_siginfo told{};
  return read(from, &told, sizeof told) == sizeof told ? static_cast<int>(told.ssi_signo) : 0;
}

} // namespace

wake_up::wake_up(const sigset_t& held)
  : signals_(signalfd(-1, &held, SFD_CLOEXEC | SFD_NONBLOCK)) {}

wake_up::~wake_up() {
  if (signals_ >= 0)
    close(signals_);
}

int wake_up::wait(std::optional<time_point> until, std::span<pollfd> others) {
  std::vector<pollfd> all{{signals_, POLLIN, 0}, {bell_.descriptor(), POLLIN, 0}};
  all.insert(all.end(), others.begin(), others.end());
  if (poll(all.data(), all.size(), milliseconds_until(until)) <= 0)
    return 0;
  std::copy(all.begin() + 2, all.end(), others.begin());
  if (all[1].revents != 0)
    bell_.silence();
  return all[0].revents != 0 ? read_signal(signals_) : 0;
}

} // namespace supervisor
