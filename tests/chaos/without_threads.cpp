// Threads that cannot be made, as at a limit on processes.

#include "out_of_threads.hpp"
#include "stand.hpp"
#include "trial.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <string_view>
#include <thread>

#include <supervisor/process/process.hpp>

namespace chaos {

namespace {

using sup::event_type;

constexpr std::string_view says_so = "no thread for it";

void waits_in_a_thread(const sup::child& me) {
  while (!me.stopping())
    std::this_thread::sleep_for(1ms);
}

/// Ends by itself, and needs another thread each time.
void ends_in_a_thread(const sup::child& me) {
  for (int i = 0; i < 10 && !me.stopping(); ++i)
    std::this_thread::sleep_for(1ms);
}

/// Everything that wants a thread, one of each kind.
std::vector<sup::child_spec> kinds() {
  sup::child_spec gated{.id = "gated", .start = sup::worker(echo)};
  gated.more.make().preconditions = {{.path = "/"}};
  sup::child_spec secretive{.id = "secretive", .start = sup::worker(echo)};
  secretive.more.make().secrets = {{.name = "KEY", .key = "chaos_key"}};
  sup::child_spec watched{.id = "watched", .start = sup::worker(echo)};
  watched.more.make().stall_watchdog = sup::stall_watchdog{10s};
  std::vector<sup::child_spec> all{
    {.id = "thread", .start = sup::blocking_worker(waits_in_a_thread)},
    {.id = "restless", .start = sup::blocking_worker(ends_in_a_thread)},
    {.id = "program", .start = sup::process({.argv = {"/bin/sleep", "1000"}})},
    {.id = "ends", .start = sup::process({.argv = {"/bin/true"}})},
    gated,
    secretive,
    watched};
  for (auto& x : all) {
    x.backoff = {.first = 1ms, .longest = 5ms};
    x.criticality = sup::criticality::optional;
    x.shutdown = sup::stop_budget{2s, 2s};
  }
  return all;
}

struct seen {
  std::atomic<std::uint64_t> failed = 0, without_a_word = 0;

  void note(const sup::tree_event& x) {
    if (x.what.what != event_type::child_start_failed)
      return;
    ++failed;
    without_a_word += x.text.find(says_so) == x.text.npos;
  }
};

/// What is added at run time comes up, or says why it did not, and can be added again.
void add_and_remove(const stand& here, std::uint64_t round, std::uint64_t& mute,
                    std::uint64_t& refused) {
  static const auto all = kinds();
  auto x = all[round % all.size()];
  x.id = "added";
  const auto came = here.tree().start_child(x, by_chaos);
  const auto up = came && came->ok();
  const auto says_why
    = came && came->failure && came->failure->reason.find(says_so) != std::string::npos;
  mute += up || says_why ? 0 : 1;
  if (!up)
    return;
  refused += done(here.tree().terminate_child("added", by_chaos)) ? 0 : 1;
  refused += done(here.tree().delete_child("added", by_chaos)) ? 0 : 1;
}

struct sums {
  std::uint64_t rounds = 0, mute = 0, refused = 0, not_up = 0, unclean = 0, panics = 0, gaps = 0,
                disturbed = 0;
  nanoseconds longest_stop{0};
};

/// At the end there is none at all: neither a stop nor the end of the actor system needs one.
void one_round(nanoseconds length, const std::shared_ptr<seen>& all, sums& to) {
  auto children = kinds();
  children.insert(children.begin(), {.id = "neighbour", .start = sup::worker(echo)});
  std::optional<out_of_threads> none;
  {
    stand here{{.intensity = {.restarts = sup::unlimited}, .children = children},
               {.observer = [all](const sup::tree_event& x) { all->note(x); }, .log = {}}};
    here.all_up(10s);
    const auto begin = std::chrono::steady_clock::now();
    for (std::uint64_t i = 0; std::chrono::steady_clock::now() - begin < length; ++i) {
      const out_of_threads scarce{static_cast<int>(10 + i * 30 % 90)};
      add_and_remove(here, i, to.mute, to.refused);
    }
    const auto is_down = [](const sup::child_state& x) {
      return x.id != "restless" && x.id != "ends" && x.state != sup::lifecycle::ready;
    };
    to.not_up
      += until([&] { return std::ranges::none_of(here.tree().current_state().children, is_down); },
               10s)
           ? 0
           : 1;
    to.disturbed += here.state("/neighbour")->attempt != 1;
    none.emplace(100);
    sup::shutdown_report end;
    to.longest_stop = std::max(to.longest_stop, time_of([&] { end = here.stop(); }));
    to.unclean += end.verified_clean() ? 0 : 1;
    to.panics += self_panics(here, end);
    to.gaps += here.told().gaps();
  }
  none.reset();
  ++to.rounds;
}

void no_threads(trial& it) {
  const auto all = std::make_shared<seen>();
  sums to;
  const auto begin = std::chrono::steady_clock::now();
  do
    one_round(std::min<nanoseconds>(it.length() / 2, 1s), all, to);
  while (to.rounds < 2 || std::chrono::steady_clock::now() - begin < it.length());
  it.at_least("threads_refused", out_of_threads::failures(), 10);
  it.at_least("failed_starts", all->failed.load(), 5);
  it.at_most("failed_starts_without_a_word", all->without_a_word + to.mute, 0);
  it.at_most("removals_refused", to.refused, 0);
  it.at_most("children_not_up", to.not_up, 0);
  it.at_most("neighbours_disturbed", to.disturbed, 0);
  it.at_most("longest_stop_s", in_seconds(to.longest_stop), 2);
  it.at_most("unclean_stops", to.unclean, 0);
  it.at_least("actor_systems_that_ended", to.rounds, 2);
  it.at_most("supervisor_self_panics", to.panics, 0);
  it.at_most("event_gap_total", to.gaps, 0);
}

} // namespace

std::vector<scenario> without_threads() { return {{"no_threads", no_threads}}; }

} // namespace chaos
