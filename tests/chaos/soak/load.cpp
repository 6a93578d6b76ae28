#include "load.hpp"

#include <stdexcept>

#include <supervisor/process/process.hpp>

namespace soak {

namespace {

const sup::audit by_soak{"soak", "it is its turn"};

/// Crashes a while after each start.
caf::behavior crasher(caf::event_based_actor* self, int after_ms) {
  sup::compat::send_after(self, std::chrono::milliseconds{after_ms}, caf::actor{self}, 1);
  return {[](int) { throw std::runtime_error{"as it was told"}; }};
}

caf::behavior member(caf::event_based_actor*, int own) {
  return {[own](int n) { return n + own; }};
}

sup::supervisor_spec crashers() {
  sup::supervisor_spec spec{.strategy = sup::strategy::rest_for_one,
                            .intensity = {.restarts = sup::unlimited},
                            .defaults = {.backoff = {.first = 1ms, .longest = 5ms}}};
  for (const auto after_ms : {700, 500, 300, 200, 100})
    spec.children.push_back(
      {.id = "after-" + std::to_string(after_ms), .start = sup::worker(crasher, after_ms)});
  return spec;
}

sup::child_spec program(const std::string& id, const std::string& script) {
  return {.id = id,
          .start = sup::process({.argv = {"/bin/sh", "-c", script}}),
          .backoff = {.first = 10ms, .longest = 10ms}};
}

sup::supervisor_spec programs() {
  return {.intensity = {.restarts = sup::unlimited},
          .children = {program("ends", "echo well; sleep 0.3"),
                       program("fails", "echo badly; sleep 0.5; exit 3"),
                       program("stays", "exec sleep 1000000")}};
}

sup::supervisor_spec wing() {
  return {
    .intensity = {.restarts = sup::unlimited},
    .children
    = {{.id = "a", .start = sup::worker(chaos::echo)},
       {.id = "below",
        .start = sup::nested({.children = {{.id = "b", .start = sup::worker(chaos::echo)}}})}}};
}

sup::supervisor_spec house() {
  const sup::child_spec shape{
    .id = "member", .start = sup::worker_with<int>(member), .restart = sup::restart::temporary};
  return {.intensity = {.restarts = sup::unlimited},
          .children = {{.id = "crashers", .start = sup::nested(crashers())},
                       {.id = "programs", .start = sup::nested(programs())},
                       {.id = "wing", .start = sup::nested(wing())},
                       {.id = "pool", .start = sup::pool(shape)},
                       {.id = "served", .start = sup::worker(chaos::echo)},
                       {.id = "steady", .start = sup::worker(chaos::echo)}}};
}

sup::supervisor_spec small() {
  return {.children = {{.id = "a", .start = sup::worker(chaos::echo)},
                       {.id = "below", .start = sup::nested(crashers())}}};
}

} // namespace

load::load(account& to)
  : account_(to), stand_(house(), {.observer = {}, .log = [](const sup::log_line&) {}}) {
  stand_.all_up(30s);
  keep_doing(1ms, [this] { request(); });
  keep_doing(20ms, [this] { command(); });
  keep_doing(50ms, [this] { use_the_pool(); });
  keep_doing(25ms, [this] { subscribe(); });
  keep_doing(100ms, [this] { run_a_small_tree(); });
}

load::~load() { threads_.clear(); }

sup::shutdown_report load::stop() {
  threads_.clear(); // waits for them
  return stand_.stop();
}

template <class F>
void load::keep_doing(nanoseconds pace, F what) {
  threads_.emplace_back([pace, what](const std::stop_token& stop) {
    for (auto next = std::chrono::steady_clock::now(); !stop.stop_requested();) {
      what();
      next = std::max(next + pace, std::chrono::steady_clock::now());
      std::this_thread::sleep_until(next);
    }
  });
}

/// Each is timed until its answer is there. What came of it may be a refusal: others command the
/// same children.
template <class F>
void load::measure(F what) {
  bool came = false;
  const auto took = chaos::time_of([&] { came = static_cast<bool>(what()); });
  account_.all.note(took);
  account_.recent.note(took);
  ++account_.commands;
  account_.failed += came ? 0 : 1;
}

void load::request() {
  if (const auto took = chaos::call(stand_.system(), *stand_.tree().ref("served")))
    account_.requests.note(*took);
  else
    ++account_.unanswered;
}

void load::command() {
  const auto& tree = stand_.tree();
  switch (round_++ % 8) {
    case 0:
      return measure([&] { return tree.pause_child("steady", by_soak); });
    case 1:
      return measure([&] { return tree.resume_child("steady", by_soak); });
    case 2:
      return measure([&] { return tree.restart_child("steady", by_soak); });
    case 3:
      return measure([&] { return tree.current_state().answered; });
    case 4:
      return measure([&] { return tree.restart_child("wing", by_soak); });
    case 5:
      return measure([&] { return tree.restart_child("programs/stays", by_soak); });
    case 6:
      return measure([&] { return tree.count_children("crashers"); });
    case 7:
      return measure([&] { return tree.which_children("/"); });
  }
}

void load::use_the_pool() {
  const auto& tree = stand_.tree();
  sup::expected<sup::control_result> added{sup::fault{}};
  measure([&] { return (added = tree.start_member("pool", 7)); });
  if (!added || !added->ok())
    return void(++account_.failed);
  measure([&] { return chaos::call(stand_.system(), *tree.ref(added->path)); });
  measure([&] { return tree.remove_child(added->path, by_soak); });
}

/// For a while, of somebody who comes and goes.
void load::subscribe() {
  const auto ref = stand_.tree().ref("crashers/after-100");
  const auto watch = ref.on_change([this](auto&&...) { ++account_.changes_told; });
  ++account_.subscribers;
  std::this_thread::sleep_for(25ms);
}

void load::run_a_small_tree() {
  const auto told = std::make_shared<chaos::event_watch>();
  const auto tree = sup::start(stand_.system(), small(), {.observer = chaos::observer_of(told)});
  if (!tree)
    return void(++account_.shutdowns);
  tree->started(10s);
  const auto end = tree->stop();
  ++account_.shutdowns;
  account_.clean_shutdowns += end.verified_clean() && end.asked_for();
  account_.small_tree_gaps += told->gaps();
}

} // namespace soak
