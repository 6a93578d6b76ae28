#include "supervisor/cli/session/session.hpp"

#include "supervisor/cli/output/tree_view.hpp"
#include "supervisor/cli/session/signals.hpp"
#include "supervisor/cli/session/threads.hpp"
#include "supervisor/spec/process_spec.hpp"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <utility>

namespace supervisor {

namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

constexpr auto repaint_every = 250ms;
constexpr auto look_every = 100ms;        ///< for the end, if there is no thread that waits for it
constexpr auto terminal_has_gone = 500ms; ///< by then, if a signal that said so came a bit early
constexpr auto for_the_last_word = 200ms;

std::optional<time_point> earlier(std::optional<time_point> a, std::optional<time_point> b) {
  return a && b ? std::min(*a, *b) : a ? a : b;
}

/// Whether it is time; then it is over.
bool is_due(std::optional<time_point>& at, time_point now) {
  if (!at || now < *at)
    return false;
  at.reset();
  return true;
}

std::string text_of(const supervisor_state& x, const std::string& title) {
  constexpr auto any = std::numeric_limits<std::size_t>::max();
  if (!x.answered)
    return "[supervisor] the tree gave no answer";
  std::string text;
  for (const auto& line : view(x, {.title = title, .width = any, .height = any}))
    text += (text.empty() ? "" : "\n") + line;
  return text;
}

} // namespace

session::session(const tree& running, std::shared_ptr<backstage> behind,
                 std::shared_ptr<const service_manager> above, wake_up& rings, session_options x)
  : tree_(running), behind_(std::move(behind)), wake_up_(rings), options_(std::move(x)),
    above_(std::move(above), running), waiter_(try_to_start([running, &rings] {
      running.wait_for(stop_budget::no_end);
      rings.ring();
    })) {
  const auto now = steady_clock::now();
  if (options_.how_long)
    end_at_ = later(now, *options_.how_long);
  if (behind_->out().has_picture())
    paint_at_ = now;
  if (may_inherit_children())
    look_at_ = now;
}

shutdown_report session::watch() {
  auto& out = behind_->out();
  while (true) {
    auto others = out.wants();
    if (const auto signal = wake_up_.wait(next_wake_up(), others); signal != 0)
      on_signal(signal);
    at(steady_clock::now());
    out.write(others);
    if (auto report = tree_.wait_for(0ns))
      return *std::move(report);
  }
}

void session::say(const std::string& what) { behind_->out().say("[supervisor] " + what); }

// -- signals ---------------------------------------------------------------------------------------------

void session::on_signal(int signal) {
  switch (meaning_of(signal)) {
    case signal_means::stop:
      return stop(signal);
    case signal_means::stop_once:
      return stop_once(signal, signal_name(signal));
    case signal_means::hang_up:
      return hang_up(signal);
    case signal_means::show_state:
      return show_state();
    case signal_means::orphan:
      look_at_ = earlier(look_at_, steady_clock::now());
      return;
    case signal_means::nothing:
      return ignore(signal);
  }
}

void session::stop(int signal) {
  const auto name = signal_name(signal);
  if (std::exchange(told_, true))
    leave(signal);
  say("stopping: " + name + ", once more ends at once");
  behind_->shut_down("operator", name);
}

void session::stop_once(int signal, const std::string& why) {
  if (std::exchange(stops_, true))
    return;
  say("stopping: " + why);
  behind_->shut_down("operator", signal_name(signal));
}

void session::hang_up(int signal) {
  const auto name = signal_name(signal);
  if (terminals_.are_gone())
    return stop_once(signal, name + ", the terminal is gone");
  say(name + ": the file is not read again yet, nothing is done");
  ask_terminal_at_ = steady_clock::now() + terminal_has_gone;
}

void session::show_state() {
  if (state_.is_open->exchange(true))
    return;
  tree_.current_state(
    [to = behind_, title = options_.title, is_open = state_.is_open](const supervisor_state& x) {
      *is_open = false;
      to->out().complain(text_of(x, title));
    });
}

void session::ignore(int signal) {
  if (ignored_.insert(signal).second)
    say(signal_name(signal) + ": it means nothing here, nothing is done");
}

void session::leave(int signal) {
  auto& out = behind_->out();
  out.clear();
  out.complain(signal_name(signal) + " again: ending at once, without waiting for anybody");
  out.end(for_the_last_word);
  std::_Exit(128 + signal);
}

// -- the clock -------------------------------------------------------------------------------------------

std::optional<time_point> session::next_wake_up() const {
  auto next = earlier(earlier(end_at_, paint_at_), earlier(look_at_, ask_terminal_at_));
  next = earlier(next, earlier(above_.due(), behind_->out().wants_at()));
  return waiter_.joinable() ? next : earlier(next, steady_clock::now() + look_every);
}

void session::at(time_point now) {
  if (is_due(end_at_, now))
    behind_->shut_down("supctl", "its time is over");
  if (is_due(ask_terminal_at_, now) && terminals_.are_gone())
    stop_once(SIGHUP, signal_name(SIGHUP) + ", the terminal is gone");
  if (is_due(look_at_, now) && orphans_.look())
    look_at_ = now + orphans::patience;
  if (is_due(paint_at_, now))
    ask_for_picture(now);
  above_.turn(now);
}

void session::ask_for_picture(time_point now) {
  paint_at_ = now + repaint_every;
  if (picture_.is_open->exchange(true))
    return;
  tree_.current_state([to = behind_, is_open = picture_.is_open](supervisor_state x) {
    *is_open = false;
    if (x.answered)
      to->out().show(std::move(x));
  });
}

} // namespace supervisor
