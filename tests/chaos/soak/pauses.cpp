#include "pauses.hpp"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <new>
#include <random>
#include <thread>

#include <sys/mman.h>
#include <sys/wait.h>

namespace soak {

namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

constexpr std::chrono::milliseconds shortest = 300ms, longest = 2s;
constexpr auto looks_every = 20ms; ///< for the end of the one who is paused

std::int64_t as_number(moment x) { return nanoseconds{x.time_since_epoch()}.count(); }

} // namespace

pauses::pauses() {
  auto* const got
    = mmap(nullptr, sizeof(shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (got == MAP_FAILED)
    std::abort();
  shared_ = new (got) shared;
}

pauses::~pauses() { munmap(shared_, sizeof(shared)); }

void pauses::begin(nanoseconds every) { shared_->every = every.count(); }
void pauses::end() { shared_->every = 0; }

bool pauses::any_since(moment then) const {
  const auto since = as_number(then);
  return shared_->began > since || shared_->ended > since || shared_->began > shared_->ended;
}

std::uint64_t pauses::count() const { return shared_->count; }

void pauses::pause(pid_t whom, nanoseconds length) {
  shared_->began = as_number(steady_clock::now());
  kill(whom, SIGSTOP);
  std::this_thread::sleep_for(length);
  kill(whom, SIGCONT);
  shared_->ended = as_number(steady_clock::now());
  ++shared_->count;
}

int pauses::stop_now_and_then(pid_t whom) {
  std::mt19937 dice{1};
  std::uniform_int_distribution<std::int64_t> ms{shortest.count(), longest.count()};
  auto last = steady_clock::now();
  int status = 0;
  while (waitpid(whom, &status, WNOHANG) == 0) {
    const nanoseconds every{shared_->every};
    if (every > 0ns && steady_clock::now() - last >= every) {
      pause(whom, std::chrono::milliseconds{ms(dice)});
      last = steady_clock::now();
    }
    std::this_thread::sleep_for(looks_every);
  }
  return status;
}

} // namespace soak
