// How long current_state takes for a supervisor with 1,000 children: in peace, and while four
// threads crash children and send commands. Prints microseconds.

#include <supervisor/supervisor.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

namespace sup = supervisor;
using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

namespace {

constexpr std::size_t children = 1000;

caf::behavior idle(caf::event_based_actor*) {
  return {[](int) {}};
}

std::string id_of(std::size_t i) { return "c" + std::to_string(i); }

sup::supervisor_spec thousand() {
  sup::supervisor_spec spec{.intensity = {.restarts = sup::unlimited}};
  for (std::size_t i = 0; i < children; ++i)
    spec.children.push_back(
      {.id = id_of(i), .start = sup::worker(idle), .backoff = {.first = 1ms, .longest = 1ms}});
  return spec;
}

/// Each a tenth of a millisecond or so; every tenth is a command, which is waited for.
void trouble(const sup::tree& tree, std::size_t first, const std::atomic<bool>& over) {
  for (auto i = first; !over; i += 4) {
    const auto id = id_of(i % children);
    if (i / 4 % 10 == 0)
      static_cast<void>(tree.restart_child(id, {"benchmark", "trouble"}));
    else
      caf::anon_send_exit(*tree.ref(id), caf::exit_reason::kill);
    std::this_thread::sleep_for(100us);
  }
}

bool measure(const sup::tree& tree, const char* when) {
  std::vector<double> took;
  for (int i = 0; i < 2000; ++i) {
    const auto began = steady::now();
    const auto now = tree.current_state();
    took.push_back(std::chrono::duration<double, std::micro>(steady::now() - began).count());
    if (now.children.size() != children)
      return false;
  }
  std::ranges::sort(took);
  std::printf("%-10s  p50 %8.1f us  p99 %8.1f us  max %8.1f us\n", when, took[took.size() / 2],
              took[took.size() * 99 / 100], took.back());
  return true;
}

} // namespace

int main() {
  caf::actor_system_config config;
  caf::actor_system system{config};
  const auto tree = sup::start(system, thousand(), {.observer = {}, .seed = 1});
  if (!tree || !tree->started().empty() || !measure(*tree, "in peace"))
    return EXIT_FAILURE;
  std::atomic<bool> over = false;
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < 4; ++i)
    threads.emplace_back([&, i] { trouble(*tree, i, over); });
  const auto good = measure(*tree, "in trouble");
  over = true;
  threads.clear();
  std::printf("%llu events\n", static_cast<unsigned long long>(tree->current_state().sequence));
  return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
