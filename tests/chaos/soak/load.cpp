#include "load.hpp"

#include "house.hpp"

namespace soak {

namespace {

const sup::audit by_soak{"soak", "it is its turn"};

} // namespace

load::load(account& to)
  : account_(to), stand_(house(folder_.path()),
                         {.observer = [&to](const sup::tree_event& x) { to.note(x); },
                          .log = [reads = reader_](const sup::log_line& x) { reads->take(x); }}) {
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

/// A restart by hand, and then something else.
void load::command() {
  const auto& tree = stand_.tree();
  const auto turn = round_++;
  if (turn % 2 == 0) {
    const auto& all = restarted_by_hand();
    return measure([&] { return tree.restart_child(all[turn / 2 % all.size()], by_soak); });
  }
  switch (turn / 2 % 5) {
    case 0:
      return measure([&] { return tree.pause_child("steady", by_soak); });
    case 1:
      return measure([&] { return tree.resume_child("steady", by_soak); });
    case 2:
      return measure([&] { return tree.current_state().answered; });
    case 3:
      return measure([&] { return tree.count_children("crashers"); });
    case 4:
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
  const auto tree = sup::start(stand_.system(), small(folder_.path(), small_trees_++),
                               {.observer = chaos::observer_of(told), .log = {}});
  if (!tree)
    return void(++account_.shutdowns);
  tree->started(10s);
  const auto end = tree->stop();
  ++account_.shutdowns;
  account_.clean_shutdowns += end.verified_clean() && end.asked_for();
  account_.small_tree_gaps += told->gaps();
}

} // namespace soak
