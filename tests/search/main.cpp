// Tries all that can happen to small trees, in every order, and looks whether what is promised holds.
// search [--only NAME] [--events N]; exit code 1: a promise was broken.

#include "explorer.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string_view>

using namespace supervisor::searching;

namespace {

struct wishes {
  std::string_view only{};
  std::uint32_t events = 0; ///< 0: as many as the trial says
};

int usage() {
  std::fputs("usage: search [--only NAME] [--events N]\n", stderr);
  return 2;
}

void print_breach(const trial& x) {
  const auto found = shortest_way_to_break(x);
  std::printf("  broken: %s\n", found.broken.c_str());
  for (const auto& line : found.trace)
    std::printf("    %s\n", line.c_str());
}

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

int run(const wishes& w) {
  const auto begin = std::chrono::steady_clock::now();
  std::uint64_t states = 0, transitions = 0, searched = 0;
  for (auto x : all_trials()) {
    if (!w.only.empty() && x.name != w.only)
      continue;
    if (w.events > 0)
      x.events = w.events;
    const auto from = std::chrono::steady_clock::now();
    const auto found = explore(x);
    std::printf("%-42s %u events %10llu states %11llu transitions %7.2f s\n", x.name.c_str(),
                x.events, static_cast<unsigned long long>(found.states),
                static_cast<unsigned long long>(found.transitions), seconds_since(from));
    std::fflush(stdout);
    if (!found.broken.empty()) {
      print_breach(x);
      return 1;
    }
    states += found.states;
    transitions += found.transitions;
    ++searched;
  }
  if (searched == 0) {
    std::fprintf(stderr, "no tree has that name\n");
    return 2;
  }
  std::printf("%llu trees, %llu states, %llu transitions, %.1f s: no promise is broken\n",
              static_cast<unsigned long long>(searched), static_cast<unsigned long long>(states),
              static_cast<unsigned long long>(transitions), seconds_since(begin));
  return 0;
}

} // namespace

int main(int argc, char** argv) {
  wishes w;
  for (int i = 1; i < argc; i += 2) {
    const std::string_view name = argv[i];
    if (i + 1 == argc)
      return usage();
    if (name == "--only")
      w.only = argv[i + 1];
    else if (name == "--events")
      w.events = static_cast<std::uint32_t>(std::strtoul(argv[i + 1], nullptr, 10));
    else
      return usage();
  }
  return run(w);
}
