// Steps of the core a second: children of one supervisor crash in turn and are restarted at once, each
// in three steps. How it grows with the number of children; and with what children are asked for.

#include "crowd.hpp"

#include <benchmark/benchmark.h>

namespace {

using namespace bench;

void steps(benchmark::State& state) {
  const auto n = static_cast<slot>(state.range(0));
  crowd all{n};
  const auto before = all.steps;
  slot who = 0;
  for (auto _ : state) {
    all.crash_one(who);
    who = who + 1 == n ? 0 : who + 1;
  }
  state.SetItemsProcessed(all.steps - before);
}

BENCHMARK(steps)->Arg(1'000)->Arg(10'000)->Arg(100'000);

} // namespace

BENCHMARK_MAIN();
