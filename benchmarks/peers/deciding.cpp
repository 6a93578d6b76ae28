#include "bench.hpp"

#include "../everybody.hpp"

namespace bench {

namespace {

double seconds_for(std::uint64_t n, auto who) {
  auto s = first;
  const auto began = steady::now();
  for (std::uint64_t i = 0; i < n; ++i) {
    advance(s);
    const auto d = asked(who, s);
    told(who, s, d);
    asm volatile("" : : "g"(&d) : "memory"); // it is made every time
  }
  return seconds_since(began);
}

} // namespace

// A full list of limits; beside it the standard policy alone.
void decide(const std::string& name, std::uint64_t n) {
  const auto alone = static_cast<double>(n) / seconds_for(n, standard());
  print(name, n, seconds_for(n, guarded()), ",\"standard_rate\":" + std::to_string(alone));
  finish();
}

} // namespace bench
