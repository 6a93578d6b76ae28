// The side of the tree. It says what happened, and when, line by line.

#include "paused_tree.hpp"

#include "programs.hpp"
#include "stand.hpp"

#include <atomic>
#include <iostream>
#include <mutex>

#include <supervisor/process/process.hpp>
#include <sys/resource.h>

namespace chaos {

namespace {

using sup::event_type;

constexpr auto who_is_not_well = "bad";
constexpr auto beat_every = 200ms;

/// "WORD NANOSECONDS", by the clock that all processes share.
void say(const std::string& word, const std::string& what) {
  static std::mutex one_at_a_time;
  const std::scoped_lock lock{one_at_a_time};
  std::cout << word << ' ' << what << std::endl;
}

void say_when(const std::string& word) {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  say(word, std::to_string(nanoseconds{now}.count()));
}

caf::behavior beats(caf::event_based_actor* self, const sup::child& me) {
  sup::compat::send_after(self, beat_every, caf::actor{self}, 1);
  return {[self, me](int) {
    me.heartbeat();
    sup::compat::send_after(self, beat_every, caf::actor{self}, 1);
  }};
}

// -- its children --------------------------------------------------------------------------------------

sup::child_spec child_of(std::string id, sup::launcher start) {
  return {.id = std::move(id),
          .start = std::move(start),
          .backoff = {.first = 10ms, .longest = 10ms},
          .shutdown = sup::stop_budget{time_of_child, time_of_child},
          .criticality = sup::criticality::optional,
          .start_timeout = time_of_child};
}

sup::child_spec watched(sup::child_spec x) {
  x.more.make().health_policy = sup::health_policy{beat_every, time_of_child};
  return x;
}

sup::child_spec program(std::string id, std::vector<std::string> words) {
  words.insert(words.begin(), child_program());
  auto x = child_of(std::move(id), sup::process({.argv = std::move(words)}));
  x.readiness = sup::readiness::on_report;
  return x;
}

/// Many take less time each, or the tree would be at it for minutes.
sup::child_spec well(int number, int children) {
  const auto id = "child-" + std::to_string(number);
  const auto ms = std::to_string(300 / children);
  switch (number % 3) {
    case 0:
      return watched(program(id, {"beats", ms, std::to_string(beat_every / 1ms), ms}));
    case 1:
      return watched(child_of(id, sup::worker(beats)));
    default:
      return program(id, {"beats", ms, "0", ms});
  }
}

sup::child_spec not_well(pause_in when) {
  switch (when) {
    case pause_in::start:
      return program(who_is_not_well, {"mute"});
    case pause_in::run:
      return watched(
        program(who_is_not_well, {"beats", "0", std::to_string(beat_every / 1ms), "0"}));
    case pause_in::stop:
      return program(who_is_not_well, {"deaf"});
  }
  return {};
}

/// It is the last one to be started, and to be stopped, so that the pause is not its alone.
sup::supervisor_spec tree_of(int children, pause_in when) {
  sup::supervisor_spec spec{.intensity = {.restarts = sup::unlimited}};
  for (int i = 0; i < children; ++i)
    spec.children.push_back(well(i, children));
  auto& all = spec.children;
  all.insert(when == pause_in::stop ? all.begin() : all.end(), not_well(when));
  return spec;
}

// -- what it tells -------------------------------------------------------------------------------------

struct seen {
  int children = 0;
  std::atomic<int> ready = 0, restarts = 0, killed = 0;
  std::atomic<bool> found = false;

  void note(const sup::tree_event& x) {
    if (x.child == who_is_not_well)
      return note_bad(x.what.what);
    switch (x.what.what) {
      case event_type::child_ready:
        if (++ready == children)
          say_when("up");
        return;
      case event_type::child_start_failed:
      case event_type::child_restarting:
      case event_type::child_heartbeat_stale:
        ++restarts;
        return;
      case event_type::child_control_stop_failed:
      case event_type::child_shutdown_aborted:
        ++killed;
        return;
      default:
        return;
    }
  }

  void note_bad(event_type what) {
    if (what != event_type::child_start_failed && what != event_type::child_heartbeat_stale
        && what != event_type::child_shutdown_aborted)
      return;
    if (!found.exchange(true))
      say_when("found");
  }
};

int not_graceful(const sup::shutdown_report& end) {
  int count = 0;
  for (const auto& x : end.outcomes)
    count += x.path != std::string{"/"} + who_is_not_well
             && x.status != sup::shutdown_status::graceful
             && x.status != sup::shutdown_status::already_exited
             && x.status != sup::shutdown_status::never_started;
  return count;
}

void allow_many_files() {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
}

void wait_for_the_word_to_stop() {
  std::string line;
  while (std::getline(std::cin, line) && line != "stop") {
  }
}

pause_in read_phase(const std::string& word) {
  for (const auto x : {pause_in::start, pause_in::run})
    if (label(x) == word)
      return x;
  return pause_in::stop;
}

} // namespace

bool is_for_paused_tree(const std::vector<std::string>& words) {
  return words.size() == 3 && words[0] == "--paused-tree";
}

int be_paused_tree(const std::vector<std::string>& words) {
  allow_many_files();
  const auto children = std::stoi(words[1]);
  const auto when = read_phase(words[2]);
  const auto all = std::make_shared<seen>();
  all->children = children;
  say_when("begins");
  stand here{tree_of(children, when),
             {.observer = [all](const sup::tree_event& x) { all->note(x); }, .log = {}}};
  if (here.all_up(when == pause_in::start ? 0s : 60s))
    say("bad", std::to_string(here.state(std::string{"/"} + who_is_not_well)->pid));
  wait_for_the_word_to_stop();
  say_when("stops");
  const auto end = here.stop();
  say_when("stopped");
  say("restarts", std::to_string(all->restarts));
  say("killed", std::to_string(all->killed));
  say("not_graceful", std::to_string(not_graceful(end)));
  return 0;
}

} // namespace chaos
