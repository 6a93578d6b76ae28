#pragma once

#include <supervisor/mind/core.hpp>
#include <supervisor/plan/make_plan.hpp>
#include <supervisor/spec/spec.hpp>

#include <memory>
#include <string>
#include <vector>

// A supervisor of the core alone: no actors, no clock.

namespace bench {

using namespace supervisor;
using namespace std::chrono_literals;

inline constexpr child_exit panic{exit_class::panic, exit_detail::none, failure_kind::panic, 0};

/// A supervisor whose children do what they are told, and say so.
class crowd {
public:
  explicit crowd(slot n) : plan_(make_plan(spec_of(n), 1)), state_(make_state(*plan_)) {
    news_ = {{.what = news::begin}};
    settle();
  }

  void crash_one(slot who) {
    news_.push_back(
      {.what = news::exited, .who = {who, state_.children[who].number}, .exit = panic});
    settle();
  }

  std::int64_t steps = 0;

private:
  static declared_spec spec_of(slot n) {
    declared_spec spec{.intensity = {1'000'000'000, 1s}};
    for (slot i = 0; i < n; ++i) {
      declared_child_spec child{.id = "c" + std::to_string(i), .start = {"x"}};
      child.backoff = {0ns, 1s};
      spec.children.push_back(std::move(child));
    }
    return spec;
  }

  void settle() {
    while (!news_.empty()) {
      out_.clear();
      step(*plan_, state_, tally_, news_, now_, out_);
      now_ += 1us;
      ++steps;
      news_.clear();
      for (const auto& x : out_.todo)
        if (x.what == deed::start)
          news_.push_back({.what = news::started, .who = x.who});
        else if (x.what == deed::wake && x.at <= now_)
          news_.push_back({.what = news::deadline});
    }
  }

  std::shared_ptr<const plan> plan_;
  state state_;
  tally tally_{};
  effects out_{};
  std::vector<input> news_{};
  time_point now_{1h};
};

} // namespace bench
