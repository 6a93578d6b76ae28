#pragma once

#include "story.hpp"

#include <chrono>
#include <functional>
#include <map>

namespace otp {

/// Before each restart. It is longer than all the stops of a tree take, so that whoever waits is down
/// when a command comes half of it after a restart has failed.
inline constexpr std::chrono::seconds wait_of_all{10};

/// A seat as a spec of ours: every restart waits equally long, no limit but the intensity, no period
/// that passes. `start_of` makes the start of a leaf, `nested(spec)` that of a supervisor.
template <class Start>
class spec_maker {
public:
  using child_spec = supervisor::basic_child_spec<Start>;
  using supervisor_spec = supervisor::basic_supervisor_spec<Start>;

  spec_maker(std::function<Start(const seat&)> start_of,
             std::function<Start(supervisor_spec)> nested)
    : start_of_(std::move(start_of)), nested_(std::move(nested)) {}

  supervisor_spec supervisor_of(const seat& x) const {
    supervisor_spec made{.strategy = x.strategy,
                         .intensity = {x.restarts, std::chrono::hours{10'000}},
                         .defaults = {.backoff = {wait_of_all, wait_of_all, {}}}};
    made.more.make().auto_shutdown = x.ends;
    for (const auto& below : x.below)
      made.children.push_back(child_of(below));
    return made;
  }

  child_spec child_of(const seat& x) const {
    child_spec made{.id = x.id,
                    .start = x.is_supervisor ? nested_(supervisor_of(x)) : start_of_(x),
                    .restart = x.when,
                    .shutdown = budget_of(x)};
    if (x.significant)
      made.more.make().significant = true;
    return made;
  }

private:
  static supervisor::stop_budget budget_of(const seat& x) {
    if (x.is_supervisor)
      return supervisor::unlimited_stop;
    return x.patience_ms == 0 ? supervisor::brutal_kill
                              : supervisor::stop_budget{std::chrono::milliseconds{x.patience_ms}};
  }

  std::function<Start(const seat&)> start_of_;
  std::function<Start(supervisor_spec)> nested_;
};

/// How often each path was tried, whoever tried.
class attempts_so_far {
public:
  attempt next(const seat& x, const std::string& path) {
    const auto number = made_[path]++;
    return number < x.starts.size() ? x.starts[number] : attempt::works;
  }

private:
  std::map<std::string, std::size_t> made_;
};

} // namespace otp
