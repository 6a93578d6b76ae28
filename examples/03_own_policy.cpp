// A policy of one's own, tried without an actor in sight: all that is needed is a table.
#include <supervisor/policies.hpp>

#include <chrono>
#include <iomanip>
#include <iostream>
#include <string>
#include <string_view>

namespace sup = supervisor;
using namespace std::chrono_literals;

/// Lets a child that crashes in the night hour rest until the hour is over.
struct curfew {
  sup::time_point begins{};
  std::chrono::nanoseconds lasts = 1h;

  sup::decision decide(const sup::situation& s) const {
    const auto passed = s.now - begins;
    return passed >= 0s && passed < lasts ? sup::restart_after(lasts - passed) : sup::restart_now();
  }
};

struct trial {
  std::string_view question{};
  sup::situation when{};
  std::string_view expected{};
};

std::string spelled(std::chrono::nanoseconds wait) {
  return wait < 1min ? std::to_string(wait / 1ms) + " ms" : std::to_string(wait / 1min) + " min";
}

std::string spelled(const sup::decision& d) {
  const std::string what{label(d.what)};
  return d.what == sup::verdict::restart ? what + " in " + spelled(d.wait) : what;
}

int main() {
  const sup::time_point midnight{24h};
  const sup::child_exit crash{.what = sup::exit_class::panic};
  const sup::child_exit clean{.what = sup::exit_class::success};

  // The standard policy says whether and when; the limits may object, and the strictest has its way.
  const auto ours
    = sup::with(sup::standard_policy{.when = sup::restart::transient}, curfew{.begins = midnight},
                sup::intensity{.restarts = 3, .period = 10s});

  const trial trials[] = {
    {"a crash in the evening", {.exit = crash, .now = midnight - 2h}, "restart in 10 ms"},
    {"its third in a row", {.exit = crash, .streak = 2, .now = midnight - 2h}, "restart in 40 ms"},
    {"a crash at 0:15", {.exit = crash, .now = midnight + 15min}, "restart in 45 min"},
    {"a crash at one sharp", {.exit = crash, .now = midnight + 1h}, "restart in 10 ms"},
    {"a clean end at 0:15", {.exit = clean, .now = midnight + 15min}, "leave_down"},
    {"the fourth crash within 10 s",
     {.exit = crash, .recent = 3, .now = midnight - 2h},
     "escalate"},
    {"the same at 0:15", {.exit = crash, .recent = 3, .now = midnight + 15min}, "escalate"},
  };

  auto as_expected = true;
  for (const auto& [question, when, expected] : trials) {
    const auto answer = spelled(ours.decide(when, {}));
    std::cout << std::left << std::setw(30) << question << answer;
    if (answer != expected) {
      as_expected = false;
      std::cout << ", expected: " << expected;
    }
    std::cout << '\n';
  }
  return as_expected ? 0 : 1;
}
