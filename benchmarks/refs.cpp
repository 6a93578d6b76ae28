// What `*ref` costs beside a copy of the raw handle, while the child is up and while it is down.
// Prints nanoseconds, the best of several rounds.

#include <supervisor/supervisor.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>

namespace sup = supervisor;
using namespace std::chrono_literals;

namespace {

using adder = sup::typed_actor<caf::result<int>(int)>;

adder::behavior_type adds(adder::pointer) {
  return {[](int n) { return n + 1; }};
}

constexpr int times = 1'000'000;
constexpr double most_ns = 100; ///< over the raw handle

template <class F>
double best_of(F f) {
  auto best = 1e9;
  for (int round = 0; round < 20; ++round) {
    const auto began = std::chrono::steady_clock::now();
    for (int i = 0; i < times; ++i) {
      auto handle = f();
      asm volatile("" : : "g"(&handle) : "memory"); // it is made every time
    }
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - began;
    best = std::min(best, took.count() / times);
  }
  return best;
}

bool measure(const char* what, const sup::supervised_ref<adder>& ref) {
  const auto raw = *ref;
  const auto copied = best_of([&raw] { return raw; });
  const auto found = best_of([&ref] { return *ref; });
  std::printf("%-8s raw %5.1f ns  *ref %5.1f ns  over it %5.1f ns\n", what, copied, found,
              found - copied);
  return found - copied <= most_ns;
}

} // namespace

int main() {
  caf::actor_system_config config;
  caf::actor_system system{config};
  const auto tree
    = sup::start(system, {.children = {{.id = "a", .start = sup::worker(adds)}}}, {.observer = {}});
  if (!tree || !tree->started().empty())
    return EXIT_FAILURE;
  const auto ref = tree->ref<adder>("a");
  while (ref.life() == 0) // its supervisor hears of the ref
    std::this_thread::yield();
  auto good = measure("up", ref);
  static_cast<void>(tree->terminate_child("a", {"benchmark", "down"}));
  good = measure("down", ref) && good;
  return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
