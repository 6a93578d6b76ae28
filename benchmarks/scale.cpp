// How start, restart and stop of one supervisor grow with its children: 10,000, 30,000, 100,000.
// Prints seconds and microseconds a child; flat microseconds mean linear time.

#include <supervisor/supervisor.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

namespace sup = supervisor;
using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

namespace {

caf::behavior idle(caf::event_based_actor*) {
  return {[](int) {}};
}

sup::supervisor_spec of(std::size_t n) {
  sup::supervisor_spec spec;
  spec.children.reserve(n);
  for (std::size_t i = 0; i < n; ++i)
    spec.children.push_back({.id = "c" + std::to_string(i),
                             .start = sup::worker(idle),
                             .backoff = {.first = 0ns, .longest = 1s}});
  return spec;
}

double seconds_since(steady::time_point t) {
  return std::chrono::duration<double>(steady::now() - t).count();
}

/// From the crash of the child in the middle until it runs again.
double restart_one(const sup::tree& tree, std::size_t n) {
  const auto ref = tree.ref("c" + std::to_string(n / 2));
  while (ref.life() == 0)
    std::this_thread::yield();
  const auto before = ref.life();
  const auto began = steady::now();
  caf::anon_send_exit(*ref, caf::exit_reason::kill);
  while (ref.life() == before || ref.life() == 0)
    std::this_thread::yield();
  return seconds_since(began);
}

bool measure(caf::actor_system& system, std::size_t n) {
  auto spec = of(n);
  const auto began = steady::now();
  const auto tree = sup::start(system, std::move(spec), {.observer = {}, .seed = 1});
  if (!tree || !tree->started(5min).empty())
    return false;
  const auto start = seconds_since(began);
  const auto restart = restart_one(*tree, n);
  const auto stopping = steady::now();
  const auto report = tree->stop();
  const auto stop = seconds_since(stopping);
  const auto each = 1e6 / static_cast<double>(n);
  std::printf("%8zu  %8.3f s %6.2f us  %10.1f us  %8.3f s %6.2f us  %zu\n", n, start, start * each,
              restart * 1e6, stop, stop * each, report.outcomes.size());
  return report.outcomes.size() == n;
}

} // namespace

int main() {
  caf::actor_system_config config;
  caf::actor_system system{config};
  std::printf("children     start    a child  one restart       stop    a child  left\n");
  for (const std::size_t n : {10'000u, 30'000u, 100'000u})
    if (!measure(system, n))
      return EXIT_FAILURE;
}
