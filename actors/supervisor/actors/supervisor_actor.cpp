#include "supervisor/actors/supervisor_actor.hpp"

#include <algorithm>

namespace supervisor::detail {

supervisor_actor::supervisor_actor(caf::actor_config& config, std::shared_ptr<const blueprint> blue,
                                   std::string path, std::shared_ptr<tree_core> tree, uplink up)
  : supervisor_mailbox::base(config), blue_(std::move(blue)), path_(std::move(path)),
    tree_(std::move(tree)), up_(std::move(up)), state_(make_state(*blue_->plan)),
    seats_(blue_->plan->size()) {}

supervisor_actor::behavior_type supervisor_actor::make_behavior() {
  guard(this);
  compat::ignore_errors(this);
  compat::drop_unexpected(this);
  compat::on_exit_msg(this, [this](const caf::exit_msg& x) { on_exit_message(x); });
  show_cells();
  take({.what = news::begin});
  return {
    [this](const control& x) { on_control(x); },
    [this](const child_start& x) { on_child_start(x); },
    [this](const control_plane& x) { on_control_plane(x); },
  };
}

/// Also after a kill or a bug of its own: nobody is left without a supervisor, or waits for one.
void supervisor_actor::on_exit() {
  for (auto& child : seats_)
    if (child.who) {
      child.stop.request_stop();
      compat::send_exit_now(this, child.who, caf::exit_reason::kill);
    }
  seats_.clear();
  if (is_root() && !over_)
    tree_->finished({.why = aim::give_up, .reason = "the supervisor itself was killed"});
  over_ = true;
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
  }
}

/// Only its parent's word counts: a stranger's exit message ends nobody's tree.
void supervisor_actor::on_exit_message(const caf::exit_msg& x) {
  const auto parent = up_.supervisor.lock();
  if (parent && x.source == parent->address())
    stop(path_, "told by its parent");
}

void supervisor_actor::stop(std::string by, std::string why) {
  if (!ending()) {
    stop_by_ = std::move(by);
    stop_why_ = std::move(why);
  }
  take({.what = news::stop});
}

void supervisor_actor::on_child_start(const child_start& x) {
  take_note(x);
  take(x.news);
}

void supervisor_actor::on_control_plane(const control_plane& x) {
  switch (x.what) {
    case control_plane::tick::drain:
      draining_ = false;
      return turn();
    case control_plane::tick::deadline:
      return take({.what = news::deadline});
  }
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

/// What the core does not keep: texts, actors, cells.
void supervisor_actor::take_note(const child_start& x) {
  const auto life = x.news.who;
  if (over_ || life.who >= seats_.size() || state_.children[life.who].number != life.number)
    return;
  auto& mine = seats_[life.who];
  switch (x.news.what) {
    case news::exited:
      mine.who = nullptr;
      mine.stop = std::stop_source{std::nostopstate};
      abandoned_.erase(life.who);
      if (x.text.empty())
        words_.erase(life.who);
      else
        words_[life.who] = x.text;
      return;
    case news::lingering:
      return adopt_abandoned(x);
    default:
      return;
  }
}

/// Their own supervisor is gone, so the news of their ends comes here.
void supervisor_actor::adopt_abandoned(const child_start& x) {
  below_[x.news.who.who] = x.words->outcomes;
  for (const auto& left : x.words->abandoned) {
    abandoned_below_.push_back(left);
    watch(left, x.news.who, news::late_end);
  }
}

// -- decisions out -----------------------------------------------------------------------------------------

void supervisor_actor::turn() {
  while (!pending_.empty() && !over_) {
    taken_.clear();
    taken_.swap(pending_);
    out_.clear();
    const auto now = clock().now();
    step(*blue_->plan, state_, tally_, taken_, now, out_);
    if (tree_->options().tap)
      tree_->options().tap(path_, *blue_->plan, taken_, now, out_, *blue_->spec);
    if (ending() && ending_since_ == time_point{})
      ending_since_ = now;
    publish();
    for (std::size_t i = 0; i < out_.todo.size(); ++i)
      carry_out(out_.todo[i]);
  }
}

void supervisor_actor::publish() {
  for (const auto& x : out_.facts) {
    const auto who = x.who.who;
    if (who != nobody && seats_[who].known)
      tell_cell(x);
    if (!tree_->observed())
      continue;
    const auto text = words_.find(who);
    tree_->observe({.supervisor = path_,
                    .child = who == nobody ? std::string_view{} : spec_of(who).id,
                    .what = x,
                    .text = text == words_.end() ? std::string_view{} : text->second,
                    .by = *blue_->plan});
  }
}

void supervisor_actor::tell_cell(const event& x) {
  const auto& child = seats_[x.who.who];
  if (!child.who)
    tell_cell(x.who.who);
  else if (x.what == event_type::child_running)
    child.known->up(child.who, x.who.number);
}

/// Callers of a child that is down wait for it, unless nothing will start it again.
void supervisor_actor::tell_cell(slot who) {
  const auto& row = state_.children[who];
  const auto comes_back = row.now == phase::waiting || row.now == phase::starting
                          || (row.now == phase::down && row.regroup != in_none && !ending());
  const auto text = words_.find(who);
  const auto counted = who < tally_.children.size() ? tally_.children[who] : child_tally{};
  auto why = make_failure(failure::child_down,
                          text == words_.end() ? words(counted.last_exit) : text->second);
  if (comes_back)
    seats_[who].known->down(std::move(why));
  else
    seats_[who].known->away(std::move(why));
}

void supervisor_actor::carry_out(const effect& x) {
  switch (x.what) {
    case deed::start:
      return start_child(x.who);
    case deed::cancel:
      seats_[x.who.who].stop.request_stop();
      return send_exit(seats_[x.who.who].who, caf::exit_reason::user_shutdown);
    case deed::kill:
      seats_[x.who.who].stop.request_stop();
      return compat::send_exit_now(this, seats_[x.who.who].who, caf::exit_reason::kill);
    case deed::abandon:
      abandoned_[x.who.who] = std::exchange(seats_[x.who.who].who, nullptr);
      return;
    case deed::wait:
      return;
    case deed::wake:
      return wake(x.at);
    case deed::begun:
      return is_root() ? tree_->begun() : up_.tell(news::started);
    case deed::finish:
      return finish(x);
  }
}

void supervisor_actor::start_child(life who) {
  auto made = try_start(who);
  auto& mine = seats_[who.who];
  if (made.ignored())
    return pending_.push_back({.what = news::ignored, .who = who});
  if (made.why()) {
    words_[who.who] = text_of(made.why());
    auto why = exit_of(made.why());
    why.detail = exit_detail::start_failed;
    return pending_.push_back({.what = news::exited, .who = who, .exit = why});
  }
  mine.who = made.who();
  watch(mine.who, who, news::exited);
}

/// Code of the user runs in here, and whatever it throws is a start that failed.
launched supervisor_actor::try_start(life who) {
  const uplink up{caf::actor_cast<caf::weak_actor_ptr>(ctrl()), who};
  const auto& spec = spec_of(who.who);
  try {
    if (spec.start.kind() == task_kind::supervisor)
      return caf::actor_cast<caf::actor>(
        spawn<supervisor_actor>(blue_->below(who.who), path_of(who.who), tree_, up));
    birth b{.parent = this, .up = up, .id = spec.id, .above = path_, .tree = *tree_};
    auto made = spec.start.recipe().launch(b);
    seats_[who.who].stop = std::move(b.stop);
    return made;
  } catch (...) {
    auto x = std::current_exception();
    return panic(x);
  }
}

/// The news of its end is fenced by its life, before it is sent.
void supervisor_actor::watch(const caf::actor& who, life l, news end) {
  const uplink up{caf::actor_cast<caf::weak_actor_ptr>(ctrl()), l};
  caf::actor_cast<caf::strong_actor_ptr>(who)->get()->attach_functor(
    [up, end](const caf::error& why) { up.tell(end, exit_of(why), text_of(why)); });
}

void supervisor_actor::wake(time_point at) {
  const auto now = clock().now();
  if (at <= now && compat::mailbox_is_empty(this))
    return pending_.push_back({.what = news::deadline}); // a later step, and nothing in between
  if (at <= now)
    return compat::send(this, supervisor_mailbox{this},
                        control_plane{control_plane::tick::deadline});
  compat::send_after(this, at - now, supervisor_mailbox{this},
                     control_plane{control_plane::tick::deadline});
}

void supervisor_actor::finish(const effect& x) {
  over_ = true;
  auto told = report(x);
  told.took = clock().now() - ending_since_;
  auto error = caf::error{};
  switch (x.why) {
    case aim::give_up:
      error = make_failure(failure::escalated, told.culprit + " " + told.reason);
      break;
    case aim::end_tree:
      error = make_failure(failure::shutdown_tree, told.culprit + " " + told.reason);
      break;
    case aim::roll_back:
      error = make_failure(failure::start_failed, told.culprit + " " + told.reason);
      break;
    case aim::stop:
    case aim::begin:
    case aim::restart:
      error = caf::exit_reason::user_shutdown;
  }
  for (slot i = 0; i < seats_.size(); ++i)
    if (seats_[i].known)
      tell_cell(i);
  if (is_root()) {
    tree_->finished(std::move(told));
  } else if (const auto strong = up_.supervisor.lock()) {
    auto left = std::make_shared<last_words>();
    left->outcomes = std::move(told.outcomes);
    left->abandoned = abandoned_below_;
    for (const auto& [who, actor] : abandoned_)
      left->abandoned.push_back(actor);
    const auto count = static_cast<std::uint32_t>(left->abandoned.size());
    compat::anon_send(caf::actor_cast<caf::actor>(strong),
                      child_start{{news::lingering, up_.who, {}, count}, {}, std::move(left)});
  }
  quit(std::move(error));
}

shutdown_report supervisor_actor::report(const effect& x) const {
  shutdown_report told{.why = x.why, .requested_by = stop_by_, .reason = stop_why_};
  if (x.who.who != nobody) {
    const auto text = words_.find(x.who.who);
    const auto& counted = tally_.children;
    told.culprit = path_of(x.who.who);
    told.reason = x.who.who < counted.size() ? words(counted[x.who.who].last_exit) : "";
    if (text != words_.end())
      told.reason += ": " + text->second;
  }
  for (const auto& left : tally_.outcomes) {
    if (const auto below = below_.find(left.who.who); below != below_.end())
      told.outcomes.insert(told.outcomes.end(), below->second.begin(), below->second.end());
    const auto text = words_.find(left.who.who);
    const auto counted
      = left.who.who < tally_.children.size() ? tally_.children[left.who.who] : child_tally{};
    told.outcomes.push_back({.path = path_of(left.who.who),
                             .generation = counted.generation,
                             .attempt = left.who.number,
                             .status = left.status,
                             .exit = left.exit,
                             .text = text == words_.end() ? "" : text->second});
  }
  return told;
}

// -- questions -----------------------------------------------------------------------------------------------

void supervisor_actor::answer(const control& x) {
  auto& node = *x.node;
  const auto now = clock().now();
  node.path = path_;
  node.config_version = blue_->spec->more ? blue_->spec->more->config_version : "unversioned";
  node.strategy = blue_->spec->strategy;
  node.intensity = blue_->spec->intensity;
  node.phase = state_.stage;
  node.recent_restarts = static_cast<std::uint32_t>(std::ranges::count_if(
    state_.strikes, [&](time_point t) { return !node.intensity.forgets(t, now); }));
  node.answered = true;
  node.children.reserve(seats_.size());
  for (slot i = 0; i < seats_.size(); ++i) {
    auto child = describe(state_, tally_, i, now);
    const auto& spec = spec_of(i);
    child.id = spec.id;
    child.name = spec.more && !spec.more->name.empty() ? spec.more->name : spec.id;
    child.path = path_of(i);
    child.kind = spec.start.kind();
    if (spec.more)
      child.tags = spec.more->tags;
    if (const auto text = words_.find(i); text != words_.end())
      child.last_words = text->second;
    if (state_.children[i].gated)
      for (const auto need : blue_->plan->needs_of(i))
        if (!state_.children[need].ready && !state_.children[need].done)
          child.waits_for.push_back(spec_of(need).id);
    if (spec.start.kind() == task_kind::supervisor && seats_[i].who) {
      child.below = std::make_shared<supervisor_state>();
      child.below->path = child.path;
      compat::anon_send(
        seats_[i].who,
        control{.what = control::order::state, .query = x.query, .node = child.below.get()});
    }
    node.children.push_back(std::move(child));
  }
}

/// The cell is here, or further down.
void supervisor_actor::bind(const std::string& path) {
  if (!path.starts_with(path_ + "/"))
    return;
  const auto rest = std::string_view{path}.substr(path_.size() + 1);
  const auto id = rest.substr(0, rest.find('/'));
  const auto who = slot_of(id);
  if (who == nobody) {
    tree_->cell_of(path)->gone(
      make_failure(failure::child_gone, path + " names no child of this tree"));
  } else if (id != rest) {
    if (seats_[who].who)
      compat::anon_send(seats_[who].who, control{.what = control::order::bind, .path = path});
  } else {
    show_cell(who, tree_->cell_of(path));
  }
}

void supervisor_actor::show_cells() {
  for (const auto& [id, known] : tree_->cells_below(path_))
    if (const auto who = slot_of(id); who != nobody)
      show_cell(who, known);
    else
      known->gone(
        make_failure(failure::child_gone, path_ + "/" + id + " names no child of this tree"));
}

void supervisor_actor::show_cell(slot who, std::shared_ptr<cell> known) {
  auto& mine = seats_[who];
  if (mine.known)
    return;
  mine.known = std::move(known);
  const auto& start = spec_of(who).start;
  if (start.recipe().down)
    mine.known->set(*start.recipe().down);
  const auto& row = state_.children[who];
  if (row.now == phase::up)
    mine.known->up(mine.who, row.number);
  else if (row.number > 0 && !mine.who)
    tell_cell(who);
}

slot supervisor_actor::slot_of(std::string_view id) {
  if (slots_.empty())
    for (slot i = 0; i < seats_.size(); ++i)
      slots_.emplace(spec_of(i).id, i);
  const auto known = slots_.find(id);
  return known == slots_.end() ? nobody : known->second;
}

// -- words ---------------------------------------------------------------------------------------------------

namespace {

failure failure_of(const caf::error& why) {
  return compat::code_of<failure>(why).value_or(failure::none);
}

child_exit exit_of_failure(failure why) {
  switch (why) {
    case failure::panic:
      return {exit_class::panic, exit_detail::none, failure_kind::panic, 0};
    case failure::fatal_config:
      return {exit_class::nonzero_exit, exit_detail::none, failure_kind::fatal_config, 0};
    case failure::fatal_bug:
      return {exit_class::nonzero_exit, exit_detail::none, failure_kind::fatal_bug, 0};
    case failure::external_dependency:
      return {exit_class::nonzero_exit, exit_detail::none, failure_kind::external_dependency, 0};
    case failure::unhealthy:
      return {exit_class::nonzero_exit, exit_detail::none, failure_kind::unhealthy, 0};
    case failure::escalated:
      return {exit_class::nonzero_exit, exit_detail::escalated, failure_kind::recoverable, 0};
    case failure::shutdown_tree:
      return {exit_class::nonzero_exit, exit_detail::shutdown_tree, failure_kind::recoverable, 0};
    case failure::start_failed:
      return {exit_class::nonzero_exit, exit_detail::start_failed, failure_kind::recoverable, 0};
    default:
      return {exit_class::nonzero_exit, exit_detail::none, failure_kind::recoverable, 0};
  }
}

} // namespace

/// What the class and detail of an end do not say already.
std::string text_of(const caf::error& why) {
  const auto exit = exit_of(why);
  const auto unsaid = exit.detail == exit_detail::code || failure_of(why) != failure::none;
  return unsaid ? words(why) : compat::text_of(why);
}

child_exit exit_of(const caf::error& why) {
  if (!why)
    return {};
  if (why == caf::exit_reason::user_shutdown)
    return {exit_class::external_cancel, exit_detail::none, failure_kind::cancelled, 0};
  if (why == caf::exit_reason::kill)
    return {exit_class::nonzero_exit, exit_detail::killed, failure_kind::recoverable, 0};
  if (why == caf::exit_reason::remote_link_unreachable)
    return {exit_class::nonzero_exit, exit_detail::lost, failure_kind::external_dependency, 0};
  if (compat::is_unhandled_exception(why))
    return {exit_class::panic, exit_detail::none, failure_kind::panic, 0};
  if (const auto ours = failure_of(why); ours != failure::none)
    return exit_of_failure(ours);
  return {exit_class::nonzero_exit, exit_detail::code, failure_kind::recoverable,
          static_cast<std::int32_t>(why.code())};
}

} // namespace supervisor::detail
