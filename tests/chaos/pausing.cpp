// The process of a supervisor does not run for a while.

#include "paused_tree.hpp"
#include "trial.hpp"

#include <algorithm>
#include <mutex>
#include <thread>

namespace chaos {

namespace {

using namespace std::chrono_literals;

constexpr auto many = 100;
constexpr nanoseconds lengths[] = {300ms, 1s, 3s, 10s};
constexpr nanoseconds slack = 1s; ///< beside the times of a child

/// With a second, the longest is 3 s: longer than what a child has to do its next step in.
bool is_for(nanoseconds length, nanoseconds trial) {
  return length <= 3 * trial || length <= 300ms;
}

std::vector<pause_plan> plans_for(int children, nanoseconds trial) {
  std::vector<pause_plan> all;
  for (const auto length : lengths)
    for (const auto when : {pause_in::start, pause_in::run, pause_in::stop})
      if (is_for(length, trial))
        all.push_back({length, children, when});
  return all;
}

struct sum {
  std::mutex mutex{};
  int pauses = 0, unheard = 0, restarts = 0, killed = 0, not_graceful = 0, not_found = 0;
  nanoseconds longest{0};

  void add(const pause_outcome& x) {
    const std::scoped_lock lock{mutex};
    ++pauses;
    if (!x.came)
      return void(++unheard);
    restarts += x.restarts;
    killed += x.killed;
    not_graceful += x.not_graceful;
    not_found += x.found ? 0 : 1;
    longest = std::max(longest, x.judged);
  }
};

/// They sleep most of the time; but when they begin, they want the processors.
void side_by_side(const std::vector<pause_plan>& plans, sum& to) {
  std::vector<std::jthread> threads;
  for (const auto& x : plans) {
    threads.emplace_back([&to, x] { to.add(pause_once(x)); });
    std::this_thread::sleep_for(300ms);
  }
}

void paused_supervisor(trial& it) {
  sum all;
  side_by_side(plans_for(1, it.length()), all);
  const auto of_many = plans_for(many, it.length());
  for (auto at = of_many.end() - 3; at != of_many.end(); ++at) // the longest
    all.add(pause_once(*at));
  it.at_least("pauses", all.pauses, 9);
  it.at_most("trees_that_broke", all.unheard, 0);
  it.at_most("restarts_of_those_who_are_well", all.restarts, 0);
  it.at_most("kills_of_those_who_are_well", all.killed, 0);
  it.at_most("stops_not_graceful", all.not_graceful, 0);
  it.at_most("hung_not_found", all.not_found, 0);
  it.at_most("longest_until_judged_s", in_seconds(all.longest),
             in_seconds(2 * time_of_child + slack));
}

} // namespace

std::vector<scenario> pausing() { return {{"paused_supervisor", paused_supervisor}}; }

} // namespace chaos
