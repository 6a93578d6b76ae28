// The side of whoever pauses it.

#include "paused_tree.hpp"
#include "programs.hpp"
#include "spawned.hpp"

#include <algorithm>
#include <csignal>
#include <optional>
#include <thread>

namespace chaos {

namespace {

using namespace std::chrono_literals;
using moment = std::chrono::steady_clock::time_point;

constexpr auto patience = 60s;  ///< of whoever waits for a tree on a busy machine
constexpr auto into_it = 100ms; ///< that the tree is at what it does when the pause begins

std::optional<moment> when(spawned& tree, const std::string& word, nanoseconds within = patience) {
  const auto said = tree.word_after(word, within);
  return said ? std::optional{moment{nanoseconds{std::stoll(*said)}}} : std::nullopt;
}

/// -1: it did not say.
int count(spawned& tree, const std::string& word) {
  const auto said = tree.word_after(word, patience);
  return said ? std::stoi(*said) : -1;
}

/// Until the tree is at what it is to be paused in. False: it never was.
bool lead_to(spawned& tree, pause_in what) {
  if (what == pause_in::start) {
    const auto began = when(tree, "begins").has_value();
    std::this_thread::sleep_for(into_it);
    return began;
  }
  const auto bad = tree.word_after("bad", patience);
  if (!bad)
    return false;
  if (what == pause_in::run) {
    kill(std::stoi(*bad), SIGUSR1);
    return true;
  }
  tree.tell("stop");
  const auto stops = when(tree, "stops").has_value();
  std::this_thread::sleep_for(into_it);
  return stops;
}

moment pause(const spawned& tree, nanoseconds length) {
  tree.send(SIGSTOP);
  std::this_thread::sleep_for(length);
  const auto over = std::chrono::steady_clock::now();
  tree.send(SIGCONT);
  return over;
}

/// When it was known of all how they are.
std::optional<moment> judged(spawned& tree, pause_in what) {
  const auto found = when(tree, "found");
  const auto others = when(tree, what == pause_in::stop ? "stopped" : "up");
  return found && others ? std::optional{std::max(*found, *others)} : std::nullopt;
}

/// Those who are well are left alone as long as it takes to condemn them.
void end(spawned& tree, pause_in what) {
  if (what == pause_in::stop)
    return;
  std::this_thread::sleep_for(time_of_child / 4);
  tree.tell("stop");
}

} // namespace

pause_outcome pause_once(const pause_plan& plan) {
  spawned tree{{this_program(), "--paused-tree", std::to_string(plan.children),
                std::string{label(plan.when)}}};
  if (!lead_to(tree, plan.when))
    return {};
  const auto over = pause(tree, plan.length);
  const auto known = judged(tree, plan.when);
  end(tree, plan.when);
  pause_outcome x{.restarts = count(tree, "restarts"),
                  .killed = count(tree, "killed"),
                  .not_graceful = count(tree, "not_graceful"),
                  .found = known.has_value()};
  x.came = tree.end(patience) == 0 && x.restarts >= 0 && x.killed >= 0 && x.not_graceful >= 0;
  if (known)
    x.judged = std::max<nanoseconds>(*known - over, 0ns);
  return x;
}

} // namespace chaos
