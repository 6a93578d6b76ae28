#include "house.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <sstream>

namespace supervisor {

struct house::story {
  void note(const tree_event& x) {
    const std::scoped_lock lock{mutex};
    const auto who = (std::string{x.supervisor} + "/" + std::string{x.child}).substr(1);
    add(std::string{label(x.what.what)} + (who.empty() ? "" : " " + who));
    if (x.what.decided)
      add(who + " " + words(x.what.exit) + ": " + std::string{label(x.what.then.what)});
    whole += std::string{label(x.what.what)} + " " + who + ": " + words(x.what.exit) + ", "
             + std::string{x.text} + "\n";
    if (x.wanted_by)
      whole += x.wanted_by->requested_by + ": " + x.wanted_by->reason + "\n";
    std::ostringstream crash;
    crash_lines(crash)(x);
    whole += std::move(crash).str();
  }

  void note(const log_line& x) {
    const std::scoped_lock lock{mutex};
    lines.push_back(x.path.substr(1) + (x.is_error ? "! " : ": ") + x.text + (x.cut ? "~" : ""));
    changed.notify_all();
  }

  void add(std::string line) {
    events.push_back(std::move(line));
    changed.notify_all();
  }

  bool comes(const std::vector<std::string>& to, const std::string& line, std::size_t times) {
    std::unique_lock lock{mutex};
    std::size_t found = 0, seen = 0;
    const auto came = changed.wait_for(lock, patience, [&] {
      for (; seen < to.size(); ++seen)
        found += to[seen] == line;
      return found >= times;
    });
    if (!came)
      MESSAGE(line << " did not come, but this:\n" << whole);
    return came;
  }

  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::string> events, lines;
  std::string whole;
};

child_spec puppet_child(std::string id, std::vector<std::string> words) {
  words.insert(words.begin(), SUPERVISOR_PUPPET);
  return {.id = std::move(id), .start = process({.argv = std::move(words)})};
}

child_spec shell_child(std::string id, std::string script) {
  return {.id = std::move(id), .start = process({.argv = {"/bin/sh", "-c", std::move(script)}})};
}

child_spec with(child_spec x, const std::function<void(child_details&)>& change) {
  change(x.more.make());
  return x;
}

child_spec resigned(child_spec x) {
  x.policy = leaves_it{};
  x.criticality = criticality::optional;
  return x;
}

house::house(supervisor_spec spec, start_options how)
  : story_(std::make_shared<story>()), system_(std::make_unique<caf::actor_system>(config_)) {
  how.observer = [to = story_](const tree_event& x) { to->note(x); };
  how.log = [to = story_, slow = std::move(how.log)](const log_line& x) {
    if (slow)
      slow(x);
    to->note(x);
  };
  auto started = start(*system_, std::move(spec), std::move(how));
  if (!started)
    FAIL(to_string(started.error()));
  tree_ = std::move(*started);
}

house::~house() {
  stop();
  CHECK(becomes_true([] { return all_of_ours().empty(); }));
}

bool house::comes(const std::string& line, std::size_t times) const {
  return story_->comes(story_->events, line, times);
}

std::string house::only(const std::vector<std::string>& wanted) const {
  const std::scoped_lock lock{story_->mutex};
  std::string text;
  for (const auto& line : story_->events)
    if (std::ranges::count(wanted, line) > 0)
      text += (text.empty() ? "" : ", ") + line;
  return text;
}

std::string house::all() const {
  const std::scoped_lock lock{story_->mutex};
  return story_->whole;
}

child_state house::state(const std::string& id) const {
  const auto all = tree_->current_state().children;
  const auto at = std::ranges::find(all, id, &child_state::id);
  return at == all.end() ? child_state{} : *at;
}

bool house::shows(const std::string& id, const std::function<bool(const child_state&)>& it) const {
  return becomes_true([&] { return it(state(id)); });
}

pid_t house::pid(const std::string& id) const {
  pid_t found = 0;
  shows(id, [&](const child_state& x) { return (found = x.pid) != 0; });
  return found;
}

std::vector<std::string> house::lines() const {
  const std::scoped_lock lock{story_->mutex};
  return story_->lines;
}

bool house::says(const std::string& line, std::size_t times) const {
  return story_->comes(story_->lines, line, times);
}

shutdown_report house::stop() {
  if (!tree_)
    return {};
  auto report = tree_->stop();
  tree_.reset();
  return report;
}

std::string start_failure_of(child_spec x) {
  const house here{std::vector{resigned(std::move(x))}};
  CHECK(here.running().started(patience).empty());
  CHECK(here.shows("a", [](const child_state& s) { return s.state == lifecycle::failed; }));
  const auto now = here.state("a");
  CHECK(now.pid == 0);
  CHECK(now.last_exit->detail == exit_detail::start_failed);
  CHECK(all_of_ours().empty());
  return now.last_words;
}

} // namespace supervisor
