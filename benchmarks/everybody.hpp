#pragma once

#include <supervisor/policies.hpp>

#include <cstdint>
#include <vector>

// Everybody asked about one end and told of the answer, nothing tripped.

namespace bench {

using namespace supervisor;
using namespace std::chrono_literals;

struct kept {
  restart_policy policy;
  memory_slot memory{};
};

/// Everybody who is asked about one child.
struct everybody {
  kept base;
  std::vector<kept> limits{}; ///< of the child, its group, its supervisor
};

inline kept standard() { return {standard_policy{}}; }

inline everybody guarded() {
  return {{standard_policy{}},
          {{*as_policy(guarded_child())},
           {*as_policy(guarded_group())},
           {*as_policy(guarded_supervisor())}}};
}

inline decision asked(const kept& alone, const situation& s) {
  return alone.policy.decide(s, alone.memory);
}

inline decision asked(const everybody& all, const situation& s) {
  auto d = asked(all.base, s);
  std::uint8_t number = 0;
  if (d.what == verdict::restart)
    for (const auto& x : all.limits)
      d = stricter(d, asked(x, s), ++number);
  return d;
}

inline void told(kept& alone, const situation& s, const decision& final) {
  alone.policy.remember(alone.memory, s, final);
}

inline void told(everybody& all, const situation& s, const decision& final) {
  told(all.base, s, final);
  for (auto& x : all.limits)
    told(x, s, final);
}

/// To the next end: so seldom that no limit objects.
inline void advance(situation& s) {
  s.now += 16s;
  s.streak = (s.streak + 1) % 8;
}

inline constexpr situation first{.exit = {exit_class::panic}, .uptime = 1h, .now = time_point{24h}};

} // namespace bench
