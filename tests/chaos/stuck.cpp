// Children that do not come back from a handler, do not listen, or take all the threads there are.

#include "stand.hpp"
#include "trial.hpp"

#include <atomic>
#include <csignal>
#include <thread>

#include <supervisor/process/process.hpp>

namespace chaos {

namespace {

using gate = std::shared_ptr<std::atomic<bool>>;

gate closed() { return std::make_shared<std::atomic<bool>>(false); }

/// Keeps its thread, and nothing from outside changes that but the gate.
void stay(const gate& open) {
  while (!*open)
    std::this_thread::sleep_for(1ms);
}

void stuck_thread(const gate& open) { stay(open); }

caf::behavior stuck_handler(caf::event_based_actor* self, const gate& open) {
  sup::compat::send(self, caf::actor{self}, 1);
  return {[open](int n) {
    stay(open);
    return n;
  }};
}

// -- child_block_forever -----------------------------------------------------------------------------

constexpr sup::stop_budget short_budget{100ms, 100ms};
constexpr nanoseconds slack = 200ms; ///< beside the budget; what the claim allows

struct blocked {
  nanoseconds longest_stop{0};
  std::uint64_t rounds = 0, unnamed = 0, leaked = 0, panics = 0;
};

/// The report names it, and nobody else.
bool names(const sup::shutdown_report& end, const std::string& path) {
  return end.abandoned() == std::vector{path};
}

void stop_a_tree_that_has_one(const sup::launcher& stuck, const gate& open, blocked& sum) {
  stand here{{.children = {{.id = "good", .start = sup::worker(echo)},
                           {.id = "stuck", .start = stuck, .shutdown = short_budget}}}};
  here.all_up(5s);
  std::this_thread::sleep_for(5ms); // so that the handler has begun
  sup::shutdown_report end;
  sum.longest_stop = std::max(sum.longest_stop, time_of([&] { end = here.stop(); }));
  sum.unnamed += names(end, "/stuck") ? 0 : 1;
  sum.panics += self_panics(here, end);
  *open = true;
  const auto late = sup::event_type::child_shutdown_late_report;
  sum.leaked += until([&] { return here.told().count(late) == 1; }, 5s) ? 0 : 1;
}

/// Told to stop in vain, its id is taken; when it has ended after all, another child may have it.
std::uint64_t ids_not_reusable(const sup::launcher& stuck, const gate& open) {
  stand here{{.children = {{.id = "good", .start = sup::worker(echo)},
                           {.id = "stuck", .start = stuck, .shutdown = short_budget}}}};
  here.all_up(5s);
  std::this_thread::sleep_for(5ms);
  const auto stopped = done(here.tree().terminate_child("stuck", by_chaos));
  const sup::child_spec next{.id = "stuck", .start = sup::worker(echo)};
  const auto taken = done(here.tree().start_child(next));
  *open = true;
  const auto gone = until([&] { return done(here.tree().delete_child("stuck", by_chaos)); }, 5s);
  const auto added = done(here.tree().start_child(next));
  return !stopped && !taken && gone && added ? 0 : 1;
}

void child_block_forever(trial& it) {
  blocked sum;
  std::uint64_t not_reusable = 0;
  const auto begin = std::chrono::steady_clock::now();
  do {
    for (const auto in_thread : {true, false}) {
      const auto start = [&](const gate& open) {
        return in_thread ? sup::blocking_worker(stuck_thread, open)
                         : sup::worker(stuck_handler, open);
      };
      const auto first = closed(), second = closed();
      stop_a_tree_that_has_one(start(first), first, sum);
      not_reusable += ids_not_reusable(start(second), second);
      ++sum.rounds;
    }
  } while (std::chrono::steady_clock::now() - begin < it.length());
  it.at_most("longest_stop_ms", in_ms(sum.longest_stop),
             in_ms(short_budget.graceful + short_budget.abort_wait + slack));
  it.at_most("abandoned_not_named", sum.unnamed, 0);
  it.at_most("slots_leaked", sum.leaked + not_reusable, 0);
  it.at_most("supervisor_self_panics", sum.panics, 0);
  it.at_least("rounds", sum.rounds, 2);
}

// -- child_ignore_cancel -----------------------------------------------------------------------------

constexpr sup::stop_budget ignored_budget{100ms, 1s};

caf::behavior ignores_exits(caf::event_based_actor* self) {
  sup::compat::on_exit_msg(self, [](const caf::exit_msg&) {});
  return {[](int n) { return n; }};
}

sup::launcher deaf_program() {
  return sup::process(
    {.argv = {"/bin/sh", "-c", "trap '' TERM; echo deaf; while :; do sleep 0.02; done"}});
}

struct ignored {
  latencies freed{};
  nanoseconds longest{0};
  std::uint64_t dangling = 0, not_reused = 0, not_killed = 0;
};

/// From the command until the child is down and its id is free.
void free_the_slot(stand& here, const std::string& id, const sup::launcher& start, ignored& sum) {
  bool ok = false;
  const auto took = time_of([&] { ok = done(here.tree().terminate_child(id, by_chaos)); });
  sum.longest = std::max(sum.longest, took);
  sum.freed.note(took);
  sum.not_killed += ok ? 0 : 1;
  const auto forgotten = done(here.tree().delete_child(id, by_chaos));
  const auto again
    = done(here.tree().start_child({.id = id, .start = start, .shutdown = ignored_budget}));
  sum.not_reused += forgotten && again ? 0 : 1;
}

void child_ignore_cancel(trial& it) {
  ignored sum;
  const auto actor = sup::worker(ignores_exits);
  const auto program = deaf_program();
  std::atomic<int> deaf = 0; // programs that have set their trap
  stand here{{.children = {{.id = "actor", .start = actor, .shutdown = ignored_budget},
                           {.id = "program", .start = program, .shutdown = ignored_budget}}},
             {.observer = {}, .log = [&deaf](const sup::log_line&) { ++deaf; }}};
  here.all_up(10s);
  auto rounds = 0;
  const auto begin = std::chrono::steady_clock::now();
  do {
    until([&] { return deaf > rounds; }, 5s);
    caf::weak_actor_ptr old;
    if (const auto who = here.tree().whereis("actor"))
      old = caf::actor_cast<caf::weak_actor_ptr>(*who);
    const auto pid = here.state("/program")->pid;
    free_the_slot(here, "actor", actor, sum);
    free_the_slot(here, "program", program, sum);
    sum.dangling += until([&] { return old.lock() == nullptr; }, 1s) ? 0 : 1;
    sum.dangling += pid <= 0 || is_alive(pid);
    ++rounds;
  } while (std::chrono::steady_clock::now() - begin < it.length());
  const auto end = here.stop();
  it.at_most("longest_until_free_ms", in_ms(sum.longest),
             in_ms(ignored_budget.graceful + ignored_budget.abort_wait));
  it.at_least("shortest_until_free_ms", sum.freed.ms(0), in_ms(ignored_budget.graceful) * 0.9);
  it.at_most("not_killed", sum.not_killed, 0);
  it.at_most("slots_not_reused", sum.not_reused, 0);
  it.at_most("dangling_handles", sum.dangling, 0);
  it.at_least("clean_stops", end.verified_clean(), 1);
}

// -- runtime_starvation_probe --------------------------------------------------------------------------

/// Takes a worker of the actor system until the gate opens.
caf::behavior takes_a_thread(caf::event_based_actor*, const gate& open) {
  return {[open](int) { stay(open); }};
}

sup::supervisor_spec starving(const std::vector<gate>& gates) {
  sup::supervisor_spec spec{.children = {{.id = "light", .start = sup::worker(echo)}}};
  for (std::size_t i = 0; i < gates.size(); ++i) {
    sup::child_spec hog{.id = "hog-" + std::to_string(i),
                        .start = sup::worker(takes_a_thread, gates[i])};
    hog.more.make().stall_watchdog = sup::stall_watchdog{.after = 200ms};
    spec.children.push_back(std::move(hog));
  }
  return spec;
}

void take_a_thread(const stand& here, std::size_t number) {
  sup::compat::anon_send(*here.tree().ref("hog-" + std::to_string(number)), 1);
}

void runtime_starvation_probe(trial& it) {
  std::atomic<bool> told = false; // on the thread of the watchdog, when no worker is left
  const std::vector<gate> gates{closed(), closed()};
  stand here{starving(gates),
             {.observer =
                [&told](const sup::tree_event& x) {
                  if (x.what.seq == 0 && x.what.what == sup::event_type::child_stalled)
                    told = true;
                }},
             gates.size()};
  here.all_up(5s);

  // One worker is left: everything goes on.
  take_a_thread(here, 0);
  latencies calls;
  std::uint64_t rounds = 0, unanswered = 0;
  const auto light = here.tree().ref("light");
  const auto begin = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() - begin < it.length()) {
    const auto asked = std::chrono::steady_clock::now();
    if (const auto took = call(here.system(), *light, 1s))
      calls.note(*took);
    else // an error at once is an answer: its life was over
      unanswered += std::chrono::steady_clock::now() - asked >= 1s;
    rounds += done(here.tree().restart_child("light", by_chaos));
    std::this_thread::sleep_for(1ms);
  }
  const auto lasted = std::chrono::steady_clock::now() - begin;

  // None is left: only the watchdog's thread can say so.
  const auto alarm = time_of([&] {
    take_a_thread(here, 1);
    until([&] { return told.load(); }, 6s);
  });
  *gates[0] = *gates[1] = true;
  const auto recovery
    = time_of([&] { unanswered += done(here.tree().restart_child("light", by_chaos)) ? 0 : 1; });
  const auto end = here.stop();
  it.at_least("iterations_per_s", static_cast<double>(rounds) / in_seconds(lasted), 1);
  it.at_most("unanswered", unanswered, 0);
  it.at_most("emit_p99_ms", here.told().emits().ms(0.99), 100);
  it.at_most("probe_p99_ms", calls.ms(0.99), 100);
  it.at_least("starvation_told", told.load(), 1);
  it.at_most("told_after_s", in_seconds(alarm), 5);
  it.at_most("recovery_ms", in_ms(recovery), 1000);
  it.at_most("event_gap_total", here.told().gaps(), 0);
  it.at_most("supervisor_self_panics", self_panics(here, end), 0);
}

} // namespace

std::vector<scenario> stuck() {
  return {{"child_block_forever", child_block_forever},
          {"child_ignore_cancel", child_ignore_cancel},
          {"runtime_starvation_probe", runtime_starvation_probe}};
}

} // namespace chaos
