// How a supervisor ends, in order or not, and whom it tells what it leaves behind.

#include "supervisor/actors/node/supervisor_actor.hpp"

namespace supervisor::detail {

namespace {

/// For the supervisor above.
std::string words_of_no_start(const shutdown_report& x) {
  const auto failed = x.culprit + " " + x.reason;
  return x.needed_by.empty() ? failed : x.needed_by + " needs " + failed;
}

} // namespace

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
      error = make_failure(failure::start_failed, words_of_no_start(told));
      break;
    case aim::completed:
      break;
    case aim::stop:
    case aim::auto_shutdown:
    case aim::begin:
    case aim::restart:
      error = caf::exit_reason::user_shutdown;
  }
  if (is_root()) {
    tree_->finished(std::move(told));
    leave_to_tree();
  } else {
    auto left = std::make_shared<last_words>();
    left->outcomes = std::move(told.outcomes);
    left->abandoned = still_there();
    for (const auto& [life, actor] : abandoned_)
      left->abandoned.push_back(actor);
    send_last_words(std::move(left));
  }
  quit(std::move(error));
}

// -- in haste ------------------------------------------------------------------------------------------

/// Also after a kill or a bug of its own: nobody is left without a supervisor, or waits for one.
void supervisor_actor::on_exit() {
  if (!over_)
    leave_in_haste();
  for (slot i = 0; i < seats_.size(); ++i)
    if (seats_[i].who)
      kill({i, seats_[i].number});
  for (const auto& [who, second] : asides_)
    if (second.who)
      kill({who, second.number});
  for (const auto& child : seats_)
    if (child.known)
      child.known->down(make_failure(failure::child_down, "its supervisor is down"));
  seats_.clear();
  undone_.clear();
  alarm_.silence();
  over_ = true;
  {
    const std::scoped_lock lock{roster_lock_};
    is_gone_ = true;
  }
  commands_.clear(); // whoever waits for an answer hears that there is none
  taken_back_.clear();
  if (is_root())
    return;
  // Not left to the parent to find out: what is said here must come after the last words.
  up_.fell(fail_state());
  up_.tell(news::exited, exit_of(fail_state()), text_of(fail_state()));
}

/// Whoever still runs is killed, and named to whoever can wait for the end of it.
void supervisor_actor::leave_in_haste() {
  const auto how = exit_of(fail_state());
  shutdown_report told{.why = aim::give_up,
                       .reason = "the supervisor itself ended: " + words(fail_state()),
                       .broke = true,
                       .panic = how.what == exit_class::panic};
  auto left = std::make_shared<last_words>();
  left->end = {.seq = ++tally_.events,
               .at = clock().now(),
               .what = event_type::runtime_control_loop_failed,
               .exit = how};
  left->how = told.reason;
  left->abandoned = still_there();
  for (slot i = 0; i < seats_.size(); ++i) {
    if (const auto below = below_.find(i); below != below_.end())
      told.outcomes.insert(told.outcomes.end(), below->second.begin(), below->second.end());
    const auto still = actors_of(i);
    if (still.empty())
      continue;
    left->abandoned.insert(left->abandoned.end(), still.begin(), still.end());
    told.outcomes.push_back({.path = path_of(i),
                             .attempt = attempt_of(i, state_.children[i].number),
                             .status = shutdown_status::abort_failed,
                             .exit = no_end_so_far});
  }
  if (is_root()) {
    tell_of_breaking(path_, *left, plan());
    tree_->finished(std::move(told));
    return leave_to_tree();
  }
  left->outcomes = std::move(told.outcomes);
  send_last_words(std::move(left));
}

void supervisor_actor::send_last_words(std::shared_ptr<last_words> left) {
  const auto strong = up_.supervisor.lock();
  if (!strong)
    return;
  const auto count = static_cast<std::uint32_t>(left->abandoned.size());
  compat::anon_send(caf::actor_cast<caf::actor>(strong),
                    child_start{{news::lingering, up_.who, {}, count}, {}, std::move(left)});
}

void supervisor_actor::tell_of_breaking(const std::string& path, const last_words& x,
                                        const supervisor::plan& by) const {
  if (tree_->observed())
    tree_->observe({.supervisor = path, .what = x.end, .text = x.how, .by = by});
}

/// Of a root: nobody else hears of their ends.
void supervisor_actor::leave_to_tree() const {
  for (slot i = 0; i < seats_.size(); ++i) {
    auto left = actors_of(i);
    for (const auto& [who, actor] : abandoned_below_)
      if (who == i && state_.children[who].lingers)
        left.push_back(actor);
    if (!left.empty())
      tree_->await_end(path_of(i), left);
  }
}

/// All lives of that child that may still run.
std::vector<caf::actor> supervisor_actor::actors_of(slot who) const {
  std::vector<caf::actor> all;
  if (seats_[who].who)
    all.push_back(seats_[who].who);
  if (const auto second = asides_.find(who); second != asides_.end() && second->second.who)
    all.push_back(second->second.who);
  for (const auto& [life, actor] : abandoned_)
    if (life.who == who)
      all.push_back(actor);
  return all;
}

/// Abandoned below us, and not ended since.
std::vector<caf::actor> supervisor_actor::still_there() const {
  std::vector<caf::actor> left;
  for (const auto& [who, actor] : abandoned_below_)
    if (state_.children[who].lingers)
      left.push_back(actor);
  return left;
}

} // namespace supervisor::detail
