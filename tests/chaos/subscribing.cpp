// Whoever is told of things takes his time, or never comes back.

#include "stand.hpp"
#include "trial.hpp"

#include <atomic>
#include <mutex>
#include <stdexcept>
#include <thread>

#include <supervisor/process/process.hpp>

namespace chaos {

namespace {

using sup::event_type;

caf::behavior fragile(caf::event_based_actor*) {
  return {[](int n) -> int {
    if (n < 0)
      throw std::domain_error{"negative"};
    return n;
  }};
}

sup::supervisor_spec two() {
  return {
    .intensity = {.restarts = sup::unlimited},
    .children
    = {{.id = "fragile", .start = sup::worker(fragile), .backoff = {.first = 0ns, .longest = 0ns}},
       {.id = "steady", .start = sup::worker(echo)}}};
}

// -- slow_event_subscriber -----------------------------------------------------------------------------

constexpr nanoseconds slow_consumer = 100ms;

void slow_event_subscriber(trial& it) {
  std::atomic<bool> slow = false;
  stand here{two(), {.observer = [&slow](const sup::tree_event&) {
               if (slow)
                 std::this_thread::sleep_for(slow_consumer);
             }}};
  here.all_up(5s);
  const auto fragile_ref = here.tree().ref("fragile"), steady_ref = here.tree().ref("steady");
  const auto before = here.told().total();
  latencies replies;
  std::uint64_t crashes = 0, waited = 0, unanswered = 0;
  slow = true;
  const auto begin = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() - begin < std::max<nanoseconds>(it.length(), 1s)) {
    sup::compat::anon_send(*fragile_ref, -1);
    ++crashes;
    std::this_thread::sleep_for(20ms); // it is telling of the crash now
    for (int i = 0; i < 20; ++i)
      if (const auto took = call(here.system(), *steady_ref, 5s))
        replies.note(*took);
      else
        ++unanswered;
    waited += time_of([&] { here.tree().current_state(); }) > slow_consumer / 2;
  }
  const auto lasted = std::chrono::steady_clock::now() - begin;
  const auto told = here.told().total() - before;
  slow = false;
  const auto recovered = here.all_up(5s);
  const auto end = here.stop();
  it.at_least("blocks_seen", waited, 1);
  it.at_least("events_told", told, 5);
  it.at_most("events_per_s", static_cast<double>(told) / in_seconds(lasted),
             1.2 / in_seconds(slow_consumer));
  it.at_most("event_gap_total", here.told().gaps(), 0);
  it.at_most("replies_p99_ms", replies.ms(0.99), 50);
  it.at_most("unanswered", unanswered, 0);
  it.at_most("children_not_back", recovered ? 0 : here.down(), 0);
  it.at_most("supervisor_self_panics", self_panics(here, end), 0);
}

// -- subscriber_never_reads ----------------------------------------------------------------------------

/// Holds whoever comes by, once it is shut.
class barrier {
public:
  void pass() {
    while (shut_)
      std::this_thread::sleep_for(1ms);
  }
  void shut() { shut_ = true; }
  void open() { shut_ = false; }

private:
  std::atomic<bool> shut_ = false;
};

/// Its supervisor is lost as long as that lasts; its children, and other trees, are not.
void an_observer_never_returns(trial& it) {
  barrier gate;
  stand here{two(), {.observer = [&gate](const sup::tree_event&) { gate.pass(); }}};
  here.all_up(5s);
  const auto other = sup::start(here.system(), two(), {.observer = {}});
  const auto steady = here.tree().ref("steady"), elsewhere = other->ref("steady");
  gate.shut();
  sup::compat::anon_send(*here.tree().ref("fragile"), -1);
  std::this_thread::sleep_for(10ms);
  std::uint64_t unanswered = 0, refused = 0;
  const auto begin = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() - begin < it.length() / 2) {
    unanswered += call(here.system(), *steady, 5s) ? 0 : 1;
    unanswered += call(here.system(), *elsewhere, 5s) ? 0 : 1;
    refused += done(other->restart_child("fragile", by_chaos)) ? 0 : 1;
    std::this_thread::sleep_for(1ms);
  }
  gate.open();
  const auto recovered = here.all_up(5s);
  const auto end = here.stop();
  it.at_most("observer_unanswered", unanswered, 0);
  it.at_most("observer_other_tree_refused", refused, 0);
  it.at_most("observer_children_not_back", recovered ? 0 : here.down(), 0);
  it.at_most("observer_event_gap_total", here.told().gaps(), 0);
  it.at_least("observer_clean_stops", end.verified_clean(), 1);
}

constexpr std::uint32_t lines_waiting = 100;

sup::child_spec flooding(const std::string& id) {
  return {.id = id,
          .start = sup::process({.argv = {"/bin/sh", "-c", "while :; do echo flood; done"},
                                 .max_lines_waiting = lines_waiting})};
}

/// Nobody takes the output of three programs that never stop writing: they wait, we do not.
void nobody_takes_the_output(trial& it) {
  barrier gate;
  gate.shut();
  std::atomic<std::uint64_t> entered = 0;
  latencies commands;
  nanoseconds stop{0};
  bool clean = false;
  std::uint64_t taken = 0, refused = 0;
  {
    stand here{{.children = {flooding("a"),
                             flooding("b"),
                             flooding("c"),
                             {.id = "steady", .start = sup::worker(echo)}}},
               {.observer = {}, .log = [&](const sup::log_line&) {
                  ++entered;
                  gate.pass();
                }}};
    here.all_up(10s);
    const auto begin = std::chrono::steady_clock::now();
    while (std::chrono::steady_clock::now() - begin < it.length() / 2) {
      commands.note(
        time_of([&] { refused += done(here.tree().restart_child("steady", by_chaos)) ? 0 : 1; }));
      commands.note(time_of([&] { here.tree().current_state(); }));
      std::this_thread::sleep_for(1ms);
    }
    // Its end is told when its output is, or after 5 s.
    stop = time_of([&] { clean = here.stop().verified_clean(); });
    taken = entered;
    gate.open();
  }
  it.at_most("log_lines_taken", taken, 1);
  it.at_least("log_lines_offered", taken, 1);
  it.at_most("log_commands_p99_ms", commands.ms(0.99), 50);
  it.at_most("log_commands_refused", refused, 0);
  it.at_most("log_stop_s", in_seconds(stop), 7);
  it.at_least("log_clean_stops", clean, 1);
}

void subscriber_never_reads(trial& it) {
  an_observer_never_returns(it);
  nobody_takes_the_output(it);
}

} // namespace

std::vector<scenario> subscribing() {
  return {{"slow_event_subscriber", slow_event_subscriber},
          {"subscriber_never_reads", subscriber_never_reads}};
}

} // namespace chaos
