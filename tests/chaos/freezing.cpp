// What stands between a supervisor and its programs does not move: the thread that waits for them all, and
// the helper of each of them.

#include "programs.hpp"
#include "slow_accounts.hpp"
#include "stand.hpp"
#include "trial.hpp"

#include <algorithm>
#include <atomic>
#include <set>
#include <thread>

#include <supervisor/process/process.hpp>

namespace chaos {

namespace {

using sup::event_type;

constexpr auto well = 6;            ///< programs that do what they should
constexpr auto freezers = 4;        ///< programs that stop their helper, again and again
constexpr nanoseconds held = 300ms; ///< the thread, at a time
constexpr nanoseconds given = 2s;   ///< what each child has to do its next step in
constexpr sup::stop_budget budget{1s, given};

sup::child_spec program(std::string id, std::vector<std::string> words) {
  words.insert(words.begin(), child_program());
  return {.id = std::move(id),
          .start = sup::process({.argv = std::move(words)}),
          .backoff = {.first = 10ms, .longest = 10ms},
          .shutdown = budget,
          .criticality = sup::criticality::optional,
          .start_timeout = given};
}

sup::child_spec beating(int number) {
  auto x = program("well-" + std::to_string(number), {"beats", "20", "100", "20"});
  x.readiness = sup::readiness::on_report;
  x.more.make().health_policy = sup::health_policy{100ms, given};
  return x;
}

/// It never starts: its account is looked for on the thread that waits for all programs.
sup::child_spec holds_the_thread() {
  auto x = program("holder", {});
  x.start = sup::process({.argv = {child_program(), "mute"}, .user = slow_account});
  x.backoff = {.first = 100ms, .longest = 100ms};
  return x;
}

sup::supervisor_spec frozen() {
  sup::supervisor_spec spec{.intensity = {.restarts = sup::unlimited}};
  for (int i = 0; i < well; ++i)
    spec.children.push_back(beating(i));
  for (int i = 0; i < freezers; ++i)
    spec.children.push_back(program("freezer-" + std::to_string(i),
                                    {"freezes_parent", "5", i % 2 == 0 ? "deaf" : "obeys"}));
  spec.children.push_back(holds_the_thread());
  return spec;
}

struct seen {
  std::atomic<int> condemned = 0;

  void note(const sup::tree_event& x) {
    const auto bad = x.what.what == event_type::child_start_failed
                     || x.what.what == event_type::child_heartbeat_stale
                     || x.what.what == event_type::child_shutdown_aborted
                     || x.what.what == event_type::child_abandoned;
    condemned += bad && x.child.starts_with("well-");
  }
};

std::set<pid_t> pids_of(const stand& here) {
  std::set<pid_t> all;
  for (const auto& x : here.tree().current_state().children)
    if (x.pid > 0)
      all.insert(x.pid);
  return all;
}

struct stops {
  std::uint64_t rounds = 0, refused = 0, not_up = 0, not_freed = 0;
  nanoseconds longest{0};
};

bool is_up_again(const stand& here, const std::string& id, std::uint32_t after) {
  const auto x = here.state("/" + id);
  return x && x->attempt > after && x->state == sup::lifecycle::ready;
}

/// With the thread that waits for it held as well.
void restart(const stand& here, const std::string& id, stops& sum) {
  const auto before = here.state("/" + id);
  const auto took = time_of([&] {
    sum.refused += done(here.tree().restart_child(id, by_chaos)) ? 0 : 1;
    sum.not_up += until([&] { return is_up_again(here, id, before->attempt); }, 20s) ? 0 : 1;
  });
  sum.longest = std::max(sum.longest, took);
  sum.not_freed += is_alive(before->pid);
}

std::uint64_t count_not_graceful(const sup::shutdown_report& end) {
  return static_cast<std::uint64_t>(std::ranges::count_if(end.outcomes, [](const auto& x) {
    return x.path.starts_with("/well-") && x.status != sup::shutdown_status::graceful;
  }));
}

bool all_but_the_holder_up(const stand& here) {
  return std::ranges::all_of(here.tree().current_state().children, [](const auto& x) {
    return x.id == "holder" || x.state == sup::lifecycle::ready;
  });
}

void frozen_host(trial& it) {
  const auto all = std::make_shared<seen>();
  look_for_slow_account(held);
  stand here{frozen(), {.observer = [all](const sup::tree_event& x) { all->note(x); }, .log = {}}};
  const auto began = until([&] { return all_but_the_holder_up(here); }, 30s);
  stops sum;
  std::set<pid_t> pids;
  const auto begin = std::chrono::steady_clock::now();
  do {
    pids.merge(pids_of(here));
    restart(here, "well-" + std::to_string(sum.rounds % well), sum);
    restart(here, "freezer-" + std::to_string(sum.rounds % freezers), sum);
    ++sum.rounds;
  } while (sum.rounds < freezers || std::chrono::steady_clock::now() - begin < it.length());
  pids.merge(pids_of(here));
  sup::shutdown_report end;
  const auto took = time_of([&] { end = here.stop(); });
  const auto left = std::ranges::count_if(pids, is_alive);
  it.at_least("began", began, 1);
  it.at_least("times_held", looks_for_slow_account(), 2);
  it.at_most("healthy_condemned", all->condemned.load(), 0);
  it.at_most("restarts_refused", sum.refused + sum.not_up, 0);
  it.at_most("longest_restart_s", in_seconds(sum.longest), in_seconds(3 * given));
  it.at_most("old_processes_left", sum.not_freed, 0);
  it.at_most("healthy_not_graceful", count_not_graceful(end), 0);
  it.at_most("longest_stop_s", in_seconds(took), in_seconds(freezers * given));
  it.at_most("processes_left", left, 0);
  it.at_least("clean_stops", end.verified_clean(), 1);
  it.at_most("supervisor_self_panics", self_panics(here, end), 0);
}

} // namespace

std::vector<scenario> freezing() { return {{"frozen_host", frozen_host}}; }

} // namespace chaos
