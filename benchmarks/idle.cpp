// What a tree of 10,000 idle children uses of a CPU: nothing more than the actor system alone, which
// looks for work now and then; and with a heartbeat a second from each of them.
//
//   idle [SECONDS]     how long each is watched, 10

#include "peers/bench.hpp"

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <optional>
#include <thread>

using namespace bench;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t children = 10'000;

constexpr bool beat = true; ///< a message

caf::behavior beats(caf::event_based_actor* self, const sup::child& me) {
  sup::compat::send(self, caf::actor{self}, beat);
  return {[self, me](bool) {
    me.heartbeat();
    sup::compat::send_after(self, me.heartbeat_interval(), caf::actor{self}, beat);
  }};
}

sup::supervisor_spec with_heartbeats() {
  sup::supervisor_spec spec{.defaults = {.health_policy = {{}}}};
  for (std::uint64_t i = 0; i < children; ++i)
    spec.children.push_back({.id = "c" + std::to_string(i), .start = sup::worker(beats)});
  return spec;
}

double cpu_seconds() {
  timespec used{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
}

void watch(const char* what, double seconds, std::optional<sup::supervisor_spec> spec) {
  caf::actor_system system{config()};
  std::optional<sup::tree> tree;
  if (spec)
    tree = started(system, std::move(*spec));
  std::this_thread::sleep_for(2s); // until all has come to rest
  const auto before = cpu_seconds();
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  std::printf("%-40s %7.3f %% of a CPU\n", what, (cpu_seconds() - before) / seconds * 100);
  std::fflush(stdout);
}

} // namespace

int main(int argc, char** argv) {
  const auto seconds = argc > 1 ? std::strtod(argv[1], nullptr) : 10.;
  watch("an actor system without a tree", seconds, std::nullopt);
  watch("10,000 children, no heartbeats", seconds, flat(children, {}));
  watch("10,000 children, a heartbeat a second", seconds, with_heartbeats());
}
