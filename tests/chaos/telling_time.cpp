// A wall clock that jumps while everything is under way that has to do with time.

#include "stand.hpp"
#include "trial.hpp"
#include "wall_clock.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <mutex>
#include <random>
#include <stdexcept>
#include <thread>

namespace chaos {

namespace {

using moment = std::chrono::steady_clock::time_point;

constexpr sup::backoff doubling{.first = 20ms, .longest = 320ms};
constexpr sup::failure_window three_a_second{.window = 1s, .threshold = 3};
constexpr sup::meltdown_fuse fuse{.max_failures = 3, .window = 2s, .reset_after = 1s};
constexpr auto lateness = 250.0; ///< in ms, of a timer on a machine that has other things to do

caf::behavior crashes(caf::event_based_actor* self) {
  sup::compat::send(self, caf::actor{self}, 1);
  return {[](int) { throw std::runtime_error{"as it was told"}; }};
}

caf::behavior beats(caf::event_based_actor* self, const sup::child& me) {
  sup::compat::send_after(self, 20ms, caf::actor{self}, 1);
  return {[self, me](int) {
    me.heartbeat();
    sup::compat::send_after(self, 20ms, caf::actor{self}, 1);
  }};
}

/// What was decided about the ends of a child, and when it was up again.
struct restarts {
  struct decided {
    moment at;
    nanoseconds wait;
  };
  std::vector<decided> decisions;
  std::vector<moment> ups;

  std::size_t both() const { return std::min(decisions.size(), ups.size()); }
};

struct chronicle {
  std::mutex mutex;
  std::map<std::string, restarts> of;

  void note(const sup::tree_event& x) {
    const std::scoped_lock lock{mutex};
    auto& mine = of[std::string{x.child}];
    if (x.what.decided)
      mine.decisions.push_back({x.what.at, x.what.then.wait});
    if (x.what.what == sup::event_type::child_restarted)
      mine.ups.push_back(x.what.at);
  }
};

sup::supervisor_spec clocked() {
  sup::child_spec backing{.id = "backing", .start = sup::worker(crashes), .backoff = doubling};
  sup::child_spec windowed{
    .id = "windowed", .start = sup::worker(crashes), .backoff = {.first = 0ns, .longest = 0ns}};
  windowed.more.make().limits = sup::child_limits{.failure_window = three_a_second};
  auto fused = windowed;
  fused.id = "fused";
  fused.more.make().limits = sup::child_limits{.meltdown = fuse};
  sup::child_spec beating{.id = "beating", .start = sup::worker(beats)};
  beating.more.make().health_policy = sup::health_policy{20ms, 1s};
  return {.intensity = {.restarts = sup::unlimited},
          .children = {backing, windowed, fused, beating}};
}

/// Waits that are not what the policy says for the nth failure in a row.
std::uint64_t distorted(const restarts& x) {
  std::uint64_t found = 0;
  for (std::size_t i = 0; i < x.decisions.size(); ++i)
    found += x.decisions[i].wait != doubling.delay(static_cast<std::uint32_t>(i), 0.5);
  return found;
}

/// By how much each restart came after the time that was decided; below zero: too early.
std::vector<double> lateness_of(const restarts& x) {
  std::vector<double> found;
  for (std::size_t i = 0; i < x.both(); ++i)
    found.push_back(in_ms(x.ups[i] - x.decisions[i].at - x.decisions[i].wait));
  return found;
}

/// From each failure until the restart that it holds up by being in the window.
std::vector<double> windows_of(const restarts& x) {
  constexpr auto others = three_a_second.threshold - 1;
  std::vector<double> found;
  for (std::size_t i = others; i < x.both(); ++i)
    if (x.decisions[i].wait > 0ns)
      found.push_back(in_ms(x.ups[i] - x.decisions[i - others].at));
  return found;
}

/// The waits of a fuse that has tripped.
std::vector<double> rests_of(const restarts& x) {
  std::vector<double> found;
  for (std::size_t i = 0; i < x.both(); ++i)
    if (x.decisions[i].wait > 0ns)
      found.push_back(in_ms(x.ups[i] - x.decisions[i].at));
  return found;
}

double least(const std::vector<double>& x) {
  return x.empty() ? std::nan("") : *std::ranges::min_element(x);
}

double most(const std::vector<double>& x) {
  return x.empty() ? std::nan("") : *std::ranges::max_element(x);
}

void judge(trial& it, chronicle& seen) {
  const std::scoped_lock lock{seen.mutex};
  const auto& backing = seen.of["backing"];
  const auto late = lateness_of(backing);
  it.at_least("backoffs_seen", backing.decisions.size(), 8);
  it.at_most("backoffs_distorted", distorted(backing), 0);
  it.at_least("least_lateness_ms", least(late), 0);
  it.at_most("most_lateness_ms", most(late), lateness);
  const auto windows = windows_of(seen.of["windowed"]);
  it.at_least("least_window_ms", least(windows), in_ms(three_a_second.window));
  it.at_most("most_window_ms", most(windows), in_ms(three_a_second.window) + lateness);
  const auto rests = rests_of(seen.of["fused"]);
  it.at_least("least_fuse_rest_ms", least(rests), in_ms(fuse.reset_after));
  it.at_most("most_fuse_rest_ms", most(rests), in_ms(fuse.reset_after) + lateness);
}

/// `tick` is called every 20 ms with the share of the time that is over.
template <class F>
void run_with(trial& it, F tick) {
  const auto seen = std::make_shared<chronicle>();
  stand here{clocked(), {.observer = [seen](const sup::tree_event& x) { seen->note(x); }}};
  const auto length = std::max<nanoseconds>(it.length(), 3s);
  const auto begin = std::chrono::steady_clock::now();
  for (nanoseconds past{0}; past < length; past = std::chrono::steady_clock::now() - begin) {
    tick(in_seconds(past) / in_seconds(length));
    std::this_thread::sleep_for(20ms);
  }
  const auto end = here.stop();
  judge(it, *seen);
  it.at_most("beats_called_stale", here.told().count(sup::event_type::child_heartbeat_stale), 0);
  it.at_most("supervisor_self_panics", self_panics(here, end), 0);
  it.at_least("clean_stops", end.verified_clean(), 1);
}

void clock_step_backward(trial& it) {
  const wall_clock_drift drift;
  auto stepped = false;
  run_with(it, [&](double share) {
    if (share > 0.3 && !std::exchange(stepped, true))
      step_wall_clock(-10s);
  });
  it.at_most("wall_clock_moved_s", in_seconds(drift.so_far()), -9.9);
  step_wall_clock(10s);
}

void clock_step(trial& it) {
  std::mt19937 dice{1};
  std::uniform_int_distribution<int> hours{-24, 24};
  const wall_clock_drift drift;
  nanoseconds put{0};
  double furthest = 0;
  run_with(it, [&](double) {
    const nanoseconds by = std::chrono::hours{hours(dice)} - put; // never further than a day
    step_wall_clock(by);
    put += by;
    furthest = std::max(furthest, std::abs(in_seconds(drift.so_far())));
  });
  step_wall_clock(-put);
  it.at_least("wall_clock_furthest_s", furthest, 3600);
}

} // namespace

std::vector<scenario> telling_time() {
  return {{"clock_step_backward", clock_step_backward}, {"clock_step", clock_step}};
}

} // namespace chaos
