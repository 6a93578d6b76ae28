// Restart decisions a second: everybody asked and told of the answer, nothing tripped.

#include "everybody.hpp"

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <new>

namespace {

std::size_t allocations = 0;

} // namespace

// Inlined, g++ 12 would take them for a mismatched pair.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (auto* memory = std::malloc(size))
    return memory;
  std::abort();
}

[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace {

using namespace bench;

void decide(benchmark::State& state, auto who) {
  auto s = first;
  told(who, s, asked(who, s));
  std::size_t allocated = 0;
  std::int64_t objections = 0;
  for (auto _ : state) {
    const auto before = allocations;
    advance(s);
    const auto d = asked(who, s);
    told(who, s, d);
    allocated += allocations - before;
    objections += d.what != verdict::restart || d.because != 0;
    benchmark::DoNotOptimize(d);
  }
  state.SetItemsProcessed(state.iterations());
  state.counters["allocations"] = static_cast<double>(allocated);
  state.counters["objections"] = static_cast<double>(objections);
}

BENCHMARK_CAPTURE(decide, standard, standard());
BENCHMARK_CAPTURE(decide, guarded, guarded());

} // namespace

BENCHMARK_MAIN();
