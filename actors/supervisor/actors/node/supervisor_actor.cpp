#include "supervisor/actors/node/supervisor_actor.hpp"

#include "supervisor/actors/ask_actor.hpp"
#include "supervisor/actors/detail/end_of_system.hpp"
#include "supervisor/actors/detail/standard_error.hpp"

#include <algorithm>

namespace supervisor::detail {

supervisor_actor::supervisor_actor(caf::actor_config& config, std::shared_ptr<const blueprint> blue,
                                   std::string path, std::shared_ptr<tree_core> tree, uplink up)
  : supervisor_mailbox::base(config), blue_(std::move(blue)), path_(std::move(path)),
    tree_(std::move(tree)), up_(std::move(up)), roster_(blue_->spec, blue_->plan, blue_->seed),
    state_(make_state(plan())), seats_(plan().size()) {}

supervisor_actor::behavior_type supervisor_actor::make_behavior() {
  guard(this);
  compat::ignore_errors(this);
  compat::ignore_downs(this);
  compat::drop_unexpected(this);
  compat::on_exit_msg(this, [this](const caf::exit_msg& x) { on_exit_message(x); });
  show_cells();
  look_again_later();
  take({.what = news::begin});
  return {
    // the most frequent first: they are tried in turn
    [this](const child_start& x) { on_child_start(x); },
    [this](const control_plane& x) { on_control_plane(x); },
    [this](const control& x) { on_control(x); },
  };
}

// -- messages in -----------------------------------------------------------------------------------------

void supervisor_actor::on_control(const control& x) {
  switch (x.what) {
    case control::order::stop:
      return stop(x.requested_by, x.reason);
    case control::order::state:
      return answer(x);
    case control::order::bind:
      return bind(x.path);
    case control::order::explain:
      return explain_child(x);
    case control::order::command:
      return on_command(x);
    case control::order::child:
      return show_child(x);
    case control::order::spec:
      return show_spec(x);
    case control::order::where:
      return show_where(x);
  }
}

/// Only its parent's word counts: a stranger's exit message ends nobody's tree.
void supervisor_actor::on_exit_message(const caf::exit_msg& x) {
  const auto parent = up_.supervisor.lock();
  if (parent && x.source == parent->address())
    stop(path_, "told by its parent");
}

void supervisor_actor::stop(std::string by, std::string why) {
  if (!ending() && stop_by_.empty()) {
    stop_by_ = std::move(by);
    stop_why_ = std::move(why);
  }
  take({.what = news::stop});
}

void supervisor_actor::on_child_start(const child_start& x) {
  if (x.news.what == news::prepared)
    return on_prepared(x);
  if (is_old_news(x))
    return;
  take_note(x);
  if (x.note)
    return;
  take(x.news);
  if (x.news.what == news::started || x.news.what == news::exited)
    note_report();
  if (!undone_.empty() && owed_ <= most_at_once / 2)
    go_on();
}

void supervisor_actor::on_control_plane(const control_plane& x) {
  switch (x.what) {
    case control_plane::tick::drain:
      draining_ = false;
      return turn();
    case control_plane::tick::deadline:
      return take({.what = news::deadline});
    case control_plane::tick::go_on:
      return go_on_anyway();
    case control_plane::tick::listened:
      return on_listened(x.number);
    case control_plane::tick::look:
      return look_who_waits();
  }
}

/// Not in virtual time, in which nobody waits.
void supervisor_actor::look_again_later() {
  if (is_root() && !tree_->options().fake_threads)
    alarm_.ring(between_looks, control_plane{control_plane::tick::look});
}

void supervisor_actor::look_who_waits() {
  if (over_ || ending())
    return;
  if (!tree_->is_held() || !is_end_awaited(system()))
    return look_again_later();
  complain(
    "somebody waits until all actors have ended, as the end of an actor system does, and a handle "
    "to a tree keeps the tree running: let the handle go before the actor system, or stop or "
    "detach the tree");
}

/// News that are in the mailbox together are decided together: whoever finds more of them waiting
/// sends itself a marker, which arrives behind them.
void supervisor_actor::take(const input& x) {
  if (over_)
    return;
  pending_.push_back(x);
  if (draining_)
    return;
  if (compat::mailbox_is_empty(this))
    return turn();
  draining_ = true;
  compat::send(this, supervisor_mailbox{this}, control_plane{control_plane::tick::drain});
}

/// A stall that is over, and that was told of while we could not run.
bool supervisor_actor::is_old_news(const child_start& x) {
  if (x.news.what != news::stalled || over_ || x.news.who.who >= seats_.size())
    return false;
  auto* post = seats_[x.news.who.who].post();
  return post && post->life_of() == x.news.who && !post->is_known(x.news.count);
}

/// Their own supervisor is gone, so the news of their ends comes here. If we have not told it to go,
/// it broke.
void supervisor_actor::adopt_abandoned(const child_start& x) {
  const auto who = x.news.who.who;
  const auto now = state_.children[who].now;
  if (!x.words->how.empty() && (now == phase::up || now == phase::starting))
    tell_of_breaking(path_of(who), *x.words, *below(who)->plan);
  below_[x.news.who.who] = x.words->outcomes;
  for (const auto& left : x.words->abandoned) {
    abandoned_below_.emplace_back(x.news.who.who, left);
    follow(left, x.news.who, news::late_end);
  }
}

// -- decisions out -----------------------------------------------------------------------------------------

void supervisor_actor::turn() {
  while (!pending_.empty() && !over_) {
    decide();
    if (!undone_.empty()) { // it comes after them
      undone_.push_back({std::exchange(out_, {})});
    } else if (std::size_t next = 0; !carry_out_some(out_, next)) {
      out_.facts = {};
      undone_.push_back({std::exchange(out_, {}), next});
      watch_progress();
    }
  }
  take_back_when_calm();
}

/// With what is still to be done, now that most of those who were set going have had their turns.
void supervisor_actor::go_on() {
  for (; !undone_.empty(); undone_.pop_front())
    if (!carry_out_some(undone_.front().what, undone_.front().next))
      return;
  if (!draining_)
    turn();
}

void supervisor_actor::note_report() {
  if (owed_ > 0)
    --owed_;
}

/// Nobody waits for those who do not report, such as one that hangs.
void supervisor_actor::watch_progress() {
  if (std::exchange(watches_progress_, true))
    return;
  owed_before_ = owed_;
  compat::send_after(this, patience, supervisor_mailbox{this},
                     control_plane{control_plane::tick::go_on});
}

void supervisor_actor::go_on_anyway() {
  watches_progress_ = false;
  if (undone_.empty())
    return;
  if (owed_ == owed_before_) {
    owed_ = 0;
    go_on();
  }
  if (!undone_.empty())
    watch_progress();
}

void supervisor_actor::decide() {
  taken_.clear();
  taken_.swap(pending_);
  out_.clear();
  const auto now = clock().now();
  step(plan(), state_, tally_, taken_, now, out_);
  if (tree_->options().tap)
    tree_->options().tap(path_, plan(), taken_, now, out_, [this](slot i) { return id_of(i); });
  if (ending() && ending_since_ == time_point{}) {
    ending_since_ = now;
    if (is_root())
      tree_->ending();
  }
  publish();
}
} // namespace supervisor::detail
