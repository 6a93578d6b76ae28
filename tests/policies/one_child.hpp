#pragma once

#include <supervisor/policies.hpp>

#include <cstdio>
#include <initializer_list>
#include <string>
#include <utility>

namespace supervisor {

/// "20s", "250ms", "7ns"; "just over 20s" is a nanosecond more.
inline std::string show(nanoseconds d) {
  using namespace std::chrono_literals;
  if (d % 1s == 0s)
    return std::to_string(d / 1s) + "s";
  if (d % 1ms == 0s)
    return std::to_string(d / 1ms) + "ms";
  if (d % 1ms == 1ns)
    return "just over " + show(d - 1ns);
  return std::to_string(d.count()) + "ns";
}

inline std::string show(const decision& d) {
  const std::string what{label(d.what)};
  if (d.wait == nanoseconds::zero())
    return what;
  return what + (d.what == verdict::pause_group ? " for " : " after ") + show(d.wait);
}

/// What a limit says about the ends of one child, one after another; it remembers every answer.
template <class P>
class one_child {
public:
  explicit one_child(P policy) : policy_(std::move(policy)) {}

  decision ended(const situation& s) {
    const auto d = policy_.decide(s, memory_);
    policy_.remember(memory_, s, d);
    return d;
  }

  std::string ends(exit_class how, nanoseconds at, nanoseconds uptime = {}) {
    return show(ended({.exit = {how}, .uptime = uptime, .now = time_point{at}}));
  }

  std::string crashes(nanoseconds at, nanoseconds uptime = {}) {
    return ends(exit_class::panic, at, uptime);
  }

  std::string crashes(std::initializer_list<nanoseconds> moments) {
    std::string text;
    for (const auto at : moments)
      text += (text.empty() ? "" : ", ") + crashes(at);
    return text;
  }

  std::string returns(nanoseconds at, nanoseconds uptime = {}) {
    return ends(exit_class::success, at, uptime);
  }

  /// The same end as before, which was put off then.
  std::string is_asked_again(nanoseconds at) {
    return show(ended({.exit = {exit_class::panic}, .now = time_point{at}, .again = true}));
  }

  /// Another part refused what this one would have allowed.
  void refused_elsewhere(nanoseconds at) {
    policy_.remember(memory_, {.exit = {exit_class::panic}, .now = time_point{at}}, escalate());
  }

  /// "4 of 5 in 60s", as a reader would see it if it crashed at that moment.
  std::string stands(nanoseconds at) const {
    const auto x = policy_.measure({.exit = {exit_class::panic}, .now = time_point{at}}, memory_);
    auto text = number(x.have) + " of " + number(x.most);
    return x.within == nanoseconds::zero() ? text : text + " in " + show(x.within);
  }

  const auto& memory() const { return memory_; }

private:
  static std::string number(double x) {
    char text[32];
    std::snprintf(text, sizeof text, "%g", x);
    return text;
  }

  P policy_;
  memory_of<P> memory_{};
};

} // namespace supervisor
