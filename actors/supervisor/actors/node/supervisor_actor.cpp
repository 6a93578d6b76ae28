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

/// What the core does not keep: texts, actors, cells.
void supervisor_actor::take_note(const child_start& x) {
  const auto life = x.news.who;
  auto* mine = over_ ? nullptr : seat_of(life);
  if (!mine)
    return;
  if (x.note)
    mine->with().note = x.note;
  else if (x.news.what == news::exited)
    note_end(x, *mine);
  else if (x.news.what == news::lingering)
    adopt_abandoned(x);
  else if (x.news.what == news::stalled)
    stalls_[life.who] = "in a handler of " + x.text;
}

namespace {

/// Of a child that runs, which is not all that was wanted of it.
std::string never_ready(const child_spec& x) {
  if (said_in(x.more).readiness_probe)
    return "it runs, but its readiness probe never said yes";
  return x.start.kind() == task_kind::process ? "it runs, but never said READY=1"
                                              : "it runs, but never called me.ready()";
}

} // namespace

void supervisor_actor::note_end(const child_start& x, seat& mine) {
  const auto life = x.news.who;
  mine.who = nullptr;
  mine.stop = std::stop_source{std::nostopstate};
  if (mine.more) {
    mine.more->reins = {};
    mine.more->note = nullptr;
  }
  std::erase_if(abandoned_, [life](const auto& left) { return left.first == life; });
  auto text = why_condemned(life);
  text += (text.empty() || x.text.empty() ? "" : "; ") + x.text;
  note_text(life.who, std::move(text));
}

void supervisor_actor::note_text(slot who, std::string text) {
  if (text.empty())
    words_.erase(who);
  else
    words_[who] = std::move(text);
}

/// What it was stopped for is why it ended, and how it took that is not. Empty: somebody else knows.
std::string supervisor_actor::why_condemned(life who) const {
  const auto& row = state_.children[who.who];
  if (row.number != who.number)
    return {};
  switch (row.condemned) {
    case condemned::slow_start:
      return row.ran ? never_ready(spec_of(who.who)) : "";
    case condemned::ran_too_long:
      return "longer than its run_timeout allows";
    case condemned::unhealthy:
      if (const auto reason = reasons_.find(who.who); reason != reasons_.end())
        return reason->second;
      return {};
    case condemned::no:
    case condemned::main_exited:
      return {};
  }
  return {};
}

/// The last of them is why it is stopped, if it is.
void supervisor_actor::note_reason(const event& x) {
  switch (x.what) {
    case event_type::child_starting:
      reasons_.erase(x.who.who);
      return;
    case event_type::child_heartbeat_stale:
      reasons_[x.who.who] = "no heartbeat for " + to_string(x.wait);
      return;
    case event_type::child_stalled:
      reasons_[x.who.who] = stalls_[x.who.who] + " for " + to_string(x.wait);
      return;
    case event_type::health_check_failed:
      reasons_[x.who.who] = x.count == 1
                              ? "a health check failed"
                              : std::to_string(x.count) + " health checks failed in a row";
      return;
    default:
      return;
  }
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

namespace {

bool sets_going(const effect& x) {
  return x.what == deed::start || x.what == deed::cancel || x.what == deed::kill;
}

} // namespace

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

void supervisor_actor::publish() {
  for (const auto& x : out_.facts) {
    const auto who = x.who.who;
    if (x.decided)
      asked_[who] = out_.questions[x.question];
    note_reason(x);
    if (is_seated(who))
      tell_cells(x);
    if (!tree_->observed())
      continue;
    const auto wanted = x.key == 0 ? commands_.end() : commands_.find(x.key);
    const auto by_command = wanted != commands_.end();
    tree_->observe({.supervisor = path_,
                    .child = id_of(who),
                    .what = x,
                    .text = text_for(x),
                    .by = plan(),
                    .command_id = by_command ? wanted->second->command_id : std::string_view{},
                    .wanted_by = by_command ? &wanted->second->audit : nullptr,
                    .whom = id_of(x.whom)});
  }
}

std::string_view supervisor_actor::text_for(const event& x) {
  if (x.no == objection::invalid)
    return commands_.at(x.key)->wrong;
  if (x.what == event_type::child_waiting)
    return awaited_ = list_of(awaited_by(x.who.who));
  if (x.what == event_type::child_abandoned)
    return left_of(x.who);
  const auto& texts = x.what == event_type::child_stalled ? stalls_ : words_;
  const auto text = texts.find(x.who.who);
  return text == texts.end() ? std::string_view{} : text->second;
}

/// Which processes of it are left, if it is one.
std::string_view supervisor_actor::left_of(life who) const {
  const auto* mine = seat_of(who);
  return mine && mine->note() ? std::string_view{mine->note()->left} : std::string_view{};
}

/// From `next` on; false if that is not all of it.
bool supervisor_actor::carry_out_some(const effects& all, std::size_t& next) {
  for (; next < all.todo.size(); ++next) {
    if (sets_going(all.todo[next]) && ++owed_ > most_at_once) {
      --owed_;
      return false;
    }
    carry_out(all.todo[next], all);
  }
  return true;
}

void supervisor_actor::carry_out(const effect& x, const effects& of) {
  switch (x.what) {
    case deed::start:
      return start_child(x.who);
    case deed::cancel:
      return cancel(x.who);
    case deed::kill:
      return kill(x.who);
    case deed::abandon:
      return abandon(x.who);
    case deed::swap:
      return swap(x.who);
    case deed::signal:
      if (const auto* mine = seat_of(x.who); mine && mine->more && mine->more->reins.signal)
        mine->more->reins.signal(static_cast<int>(x.question));
      return;
    case deed::wait:
      return;
    case deed::wake:
      return wake(x.at);
    case deed::listen:
      return listen();
    case deed::ask:
      return ask(x.who, of.questions[x.question]);
    case deed::check:
      return ask_how_it_is(x.who, x.question);
    case deed::answer:
      return answer_command(of.outcomes[x.question]);
    case deed::vacate:
      return vacate(x.who.who);
    case deed::begun:
      return is_root() ? tree_->begun() : up_.tell(news::started);
    case deed::finish:
      return finish(x);
  }
}

/// Behind what waits in its mailbox already: that is still done.
void supervisor_actor::cancel(life who) {
  auto* mine = seat_of(who);
  if (!mine)
    return;
  mine->stop.request_stop();
  send_exit(mine->who, caf::exit_reason::user_shutdown);
}

void supervisor_actor::kill(life who) {
  auto* mine = seat_of(who);
  if (!mine)
    return;
  mine->stop.request_stop();
  if (mine->more && mine->more->reins.kill)
    mine->more->reins.kill();
  else
    compat::send_exit_now(this, mine->who, caf::exit_reason::kill);
}

void supervisor_actor::abandon(life who) {
  auto* mine = seat_of(who);
  if (const auto left = left_of(who); !left.empty())
    words_[who.who] = left;
  if (auto left = mine ? std::exchange(mine->who, nullptr) : nullptr)
    abandoned_.emplace_back(who, std::move(left));
}

void supervisor_actor::ask_how_it_is(life who, std::uint32_t number) {
  if (!seats_[who.who].who)
    return;
  const auto tell = [this, who, number](bool well, bool vague) {
    take({.what = news::checked, .who = who, .count = number, .well = well, .vague = vague});
  };
  compat::request(this, seats_[who.who].who, caf::infinite, health_question{number})
    .then([tell](bool yes) { tell(yes, false); },
          [tell](const caf::error& why) {
            tell(false, compat::is(why, caf::sec::unexpected_message)
                          || compat::is(why, caf::sec::unexpected_response));
          });
}

/// The news of its end is fenced by its life, before it is sent.
void supervisor_actor::follow(const caf::actor& who, life l, news end) {
  uplink up{caf::actor_cast<caf::weak_actor_ptr>(ctrl()), l};
  caf::actor_cast<caf::abstract_actor*>(who)->attach_functor(
    [up = std::move(up), end](const caf::error& why) {
      up.fell(why);
      up.tell(end, exit_of(why), text_of(why));
    });
}

void supervisor_actor::wake(time_point at) {
  const auto now = clock().now();
  if (at <= now && compat::mailbox_is_empty(this))
    return pending_.push_back({.what = news::deadline}); // a later step, and nothing in between
  if (at <= now)
    return compat::send(this, supervisor_mailbox{this},
                        control_plane{control_plane::tick::deadline});
  if (at - now <= soon)
    return compat::send_after(this, at - now, supervisor_mailbox{this},
                              control_plane{control_plane::tick::deadline});
  alarm_.ring(at - now, control_plane{control_plane::tick::deadline});
}

/// What comes from outside before the answer is in the mailbox before it.
void supervisor_actor::listen() {
  const auto number = listens_for_ = ++listenings_;
  tree_->listen([me = caf::actor_cast<caf::weak_actor_ptr>(ctrl()), number] {
    if (const auto strong = me.lock())
      compat::anon_send(caf::actor_cast<caf::actor>(strong),
                        control_plane{control_plane::tick::listened, number});
  });
  compat::send_after(this, longest_listening, supervisor_mailbox{this},
                     control_plane{control_plane::tick::listened, number});
}

void supervisor_actor::on_listened(std::uint32_t number) {
  if (number != listens_for_)
    return;
  listens_for_ = 0;
  take({.what = news::listened});
}

/// Code of the user says whom to ask; whatever goes wrong, the core goes on by itself in its time.
caf::actor supervisor_actor::judge_of(slot who) const {
  const auto& outside = *plan().of(who).policy.outside();
  try {
    const auto whom = std::static_pointer_cast<const asks>(outside.whom);
    return whom ? (*whom)() : caf::actor{};
  } catch (...) {
    return {};
  }
}

void supervisor_actor::ask(life who, const question& q) {
  const auto judge = judge_of(who.who);
  if (!judge)
    return;
  compat::request(this, judge, plan().of(who.who).policy.outside()->within, q.given)
    .then(
      [this, who, asked = q.asked](const decision& x) {
        take({.what = news::answered, .who = who, .count = asked, .then = x});
      },
      [](const caf::error&) {});
}

} // namespace supervisor::detail
