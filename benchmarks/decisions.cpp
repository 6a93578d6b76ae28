// Restart decisions a second: everybody asked and told of the answer, nothing tripped.
//
//   decisions         Google Benchmark's options and table, then the line below
//   decisions --w10   only one line of JSON: W10 of the peers' benchmarks, where N_DIV divides
//                     the number of decisions and WORKLOADS may leave it out

#include <benchmark/benchmark.h>
#include <supervisor/policies.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <new>
#include <string>
#include <unistd.h>
#include <vector>

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

using namespace supervisor;
using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

struct kept {
  restart_policy policy;
  memory_slot memory{};
};

/// Everybody who is asked about one child.
struct everybody {
  kept base;
  std::vector<kept> limits{}; ///< of the child, its group, its supervisor
};

kept standard() { return {standard_policy{}}; }

everybody guarded() {
  return {{standard_policy{}},
          {{*as_policy(guarded_child())},
           {*as_policy(guarded_group())},
           {*as_policy(guarded_supervisor())}}};
}

decision asked(const kept& alone, const situation& s) {
  return alone.policy.decide(s, alone.memory);
}

decision asked(const everybody& all, const situation& s) {
  auto d = asked(all.base, s);
  std::uint8_t number = 0;
  if (d.what == verdict::restart)
    for (const auto& x : all.limits)
      d = stricter(d, asked(x, s), ++number);
  return d;
}

void told(kept& alone, const situation& s, const decision& final) {
  alone.policy.remember(alone.memory, s, final);
}

void told(everybody& all, const situation& s, const decision& final) {
  told(all.base, s, final);
  for (auto& x : all.limits)
    told(x, s, final);
}

/// To the next end: so seldom that no limit objects.
void advance(situation& s) {
  s.now += 16s;
  s.streak = (s.streak + 1) % 8;
}

constexpr situation first{.exit = {exit_class::panic}, .uptime = 1h, .now = time_point{24h}};

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

// -- W10 -----------------------------------------------------------------------------------------

double seconds_for(std::int64_t n, auto who) {
  auto s = first;
  const auto began = steady::now();
  for (std::int64_t i = 0; i < n; ++i) {
    advance(s);
    const auto d = asked(who, s);
    told(who, s, d);
    benchmark::DoNotOptimize(d);
  }
  return std::chrono::duration<double>(steady::now() - began).count();
}

long resident_bytes() {
  long all = 0, resident = 0;
  std::ifstream{"/proc/self/statm"} >> all >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

std::string from_environment(const char* name, const char* otherwise) {
  const auto* said = std::getenv(name);
  return said ? said : otherwise;
}

void print_w10() {
  if ((" " + from_environment("WORKLOADS", "W10") + " ").find(" W10 ") == std::string::npos)
    return;
  const auto divided_by = std::max(1l, std::atol(from_environment("N_DIV", "1").c_str()));
  const auto n = std::int64_t{20'000'000} / divided_by;
  const auto seconds = seconds_for(n, guarded());
  const auto standard_seconds = seconds_for(n, standard());
  std::printf("{\"peer\":\"ours\",\"workload\":\"W10_policy_decision\",\"n\":%lld,\"seconds\":%.6f,"
              "\"rate\":%.1f,\"rss_bytes\":%ld,\"standard_rate\":%.1f}\n",
              static_cast<long long>(n), seconds, static_cast<double>(n) / seconds,
              resident_bytes(), static_cast<double>(n) / standard_seconds);
}

} // namespace

int main(int argc, char** argv) {
  if (argc == 2 && std::string{argv[1]} == "--w10") {
    print_w10();
    return EXIT_SUCCESS;
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv))
    return EXIT_FAILURE;
  benchmark::RunSpecifiedBenchmarks();
  print_w10();
}
