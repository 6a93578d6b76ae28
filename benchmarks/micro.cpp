// What single things cost: an event as its observer gets it, and put into words; a message to a child
// by its handle and by a ref; what can be read of a tree.

#include "peers/bench.hpp"

#include <supervisor/actors/detail/tree_core.hpp>

#include <benchmark/benchmark.h>

#include <sstream>

using namespace bench;

namespace {

constexpr std::uint64_t children = 1'000;

// Both are there as long as the program.

caf::actor_system& a_system() {
  static auto& only = *new caf::actor_system{config()};
  return only;
}

const sup::tree& a_tree() {
  static const auto& only = *new sup::tree{started(a_system(), flat(children, {}))};
  return only;
}

sup::event crashed() {
  sup::event x;
  x.seq = 1;
  x.who = {7, 1};
  x.what = sup::event_type::child_failed;
  x.decided = true;
  x.exit = {sup::exit_class::panic, sup::exit_detail::none, sup::failure_kind::panic, 0};
  return x;
}

void event_published(benchmark::State& state, const sup::observer& observer) {
  auto how = options();
  how.observer = observer;
  sup::detail::tree_core core{a_system(), how, 256};
  const auto what = crashed();
  const sup::plan nothing{};
  for (auto _ : state)
    core.observe(
      {.supervisor = "/shop", .child = "c7", .what = what, .text = "out of bread", .by = nothing});
}

/// The child gets time to take them.
template <class Find>
void messages_to(benchmark::State& state, Find find) {
  constexpr int most_waiting = 1'000;
  caf::scoped_actor self{a_system()};
  auto sent = 0;
  for (auto _ : state) {
    sup::compat::anon_send(find(), 1);
    if (++sent % most_waiting != 0)
      continue;
    state.PauseTiming();
    sup::compat::request(self, find(), caf::infinite, 1)
      .receive([](int) {}, [](const caf::error&) {});
    state.ResumeTiming();
  }
}

void state_of_1000(benchmark::State& state) {
  for (auto _ : state)
    benchmark::DoNotOptimize(a_tree().current_state());
}

void health(benchmark::State& state) {
  for (auto _ : state)
    benchmark::DoNotOptimize(a_tree().health());
}

void life_of_ref(benchmark::State& state) {
  const auto ref = a_tree().ref("c7");
  for (auto _ : state)
    benchmark::DoNotOptimize(ref.life());
}

std::ostringstream& nowhere() {
  static std::ostringstream out;
  out.setstate(std::ios::badbit); // what is put into words is dropped
  return out;
}

} // namespace

int main(int argc, char** argv) {
  using benchmark::RegisterBenchmark;
  RegisterBenchmark("event_published/counted", event_published, options().observer);
  RegisterBenchmark("event_published/crash_line", event_published, sup::crash_lines(nowhere()));
  RegisterBenchmark("message/by_handle", [](benchmark::State& state) {
    messages_to(state, [whom = *a_tree().whereis("c7")] { return whom; });
  });
  RegisterBenchmark("message/by_ref", [](benchmark::State& state) {
    messages_to(state, [whom = a_tree().ref("c7")] { return *whom; });
  });
  RegisterBenchmark("current_state/1000_children", state_of_1000)->UseRealTime();
  RegisterBenchmark("health", health);
  RegisterBenchmark("life_of_ref", life_of_ref);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  finish();
}
