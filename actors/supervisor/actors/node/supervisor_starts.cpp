// How a life of a child begins: what it needs before, its launch, and its place beside or instead of
// the life before.

#include "supervisor/actors/node/preparing.hpp"
#include "supervisor/actors/node/supervisor_actor.hpp"

#include <system_error>

namespace supervisor::detail {

/// Null: of a life that nobody holds any more.
const supervisor_actor::seat* supervisor_actor::seat_of(life who) const {
  if (who.who >= seats_.size())
    return nullptr;
  if (seats_[who.who].number == who.number)
    return &seats_[who.who];
  const auto second = asides_.find(who.who);
  return second != asides_.end() && second->second.number == who.number ? &second->second : nullptr;
}

/// The next life of a child that runs has its place beside it.
void supervisor_actor::start_child(life who) {
  below_.erase(who.who);
  const auto is_second = state_.children[who.who].number != who.number;
  auto& mine = is_second ? asides_[who.who] : seats_[who.who];
  mine = {.number = who.number, .known = std::move(mine.known)};
  if (!needs_preparation(spec_of(who.who)))
    return launch_child(who, nullptr);
  prepare(who, mine);
}

namespace {

/// If it was told to stop, there was nothing of the child that could have ended.
child_exit exit_of_preparer(const caf::error& why) {
  auto x = exit_of(why);
  if (x.what == exit_class::external_cancel || x.detail == exit_detail::killed)
    x.detail = exit_detail::never_started;
  return x;
}

} // namespace

/// Whoever prepares the start stands in the child's place, so that it can be stopped.
void supervisor_actor::prepare(life who, seat& mine) {
  const uplink up{caf::actor_cast<caf::weak_actor_ptr>(ctrl()), who};
  mine.who = spawn_preparer(this, up, spec_of(who.who), tree_->options(), tree_->blocking_calls());
  mine.prepares = true;
  caf::actor_cast<caf::strong_actor_ptr>(mine.who)->get()->attach_functor(
    [up](const caf::error& why) {
      if (why) // else the child is started now
        up.tell(news::exited, exit_of_preparer(why), text_of(why));
    });
}

void supervisor_actor::on_prepared(const child_start& x) {
  const auto who = x.news.who;
  auto* mine = over_ ? nullptr : seat_of(who);
  if (!mine)
    return;
  mine->who = nullptr;
  mine->prepares = false;
  mine->more = nullptr;
  std::erase_if(abandoned_, [who](const auto& left) { return left.first == who; });
  if (is_starting(state_, who)) {
    pending_.push_back(x.news);
    launch_child(who, x.prepared);
  } else { // it was told to stop in the meantime
    pending_.push_back(
      {news::exited, who, {exit_class::external_cancel, exit_detail::never_started}});
  }
  if (!draining_)
    turn();
}

void supervisor_actor::launch_child(life who, std::shared_ptr<const belongings> given) {
  auto made = try_launch(who, std::move(given));
  auto& mine = *seat_of(who);
  if (!made.who())
    note_report();
  if (made.ignored())
    return pending_.push_back({.what = news::ignored, .who = who});
  if (made.why()) {
    words_[who.who] = text_of(made.why());
    auto why = exit_of(made.why());
    why.detail = exit_detail::start_failed;
    return pending_.push_back({.what = news::exited, .who = who, .exit = why});
  }
  mine.who = made.who();
  if (made.reins().kill || made.reins().signal)
    mine.with().reins = made.reins();
  const auto& start = spec_of(who.who).start;
  if (start.kind() != task_kind::supervisor && !start.recipe().tells_of_its_end)
    follow(mine.who, who, news::exited);
}

namespace {

nanoseconds beat_of(const child_spec& child, const supervisor_spec& spec) {
  const auto& own = said_in(child.more).health_policy;
  const auto& asked = own ? own : spec.defaults.health_policy;
  return asked ? asked->heartbeat_interval : nanoseconds{0};
}

} // namespace

/// Code of the user runs in here, and whatever it throws is a start that failed.
launched supervisor_actor::try_launch(life who, std::shared_ptr<const belongings> given) {
  uplink up{caf::actor_cast<caf::weak_actor_ptr>(ctrl()), who};
  const auto& spec = spec_of(who.who);
  try {
    if (spec.start.kind() == task_kind::supervisor)
      return caf::actor_cast<caf::actor>(
        spawn<supervisor_actor>(below(who.who), path_of(who.who), tree_, std::move(up)));
    birth b{.parent = this,
            .up = std::move(up),
            .id = spec.id,
            .above = path_,
            .tree = *tree_,
            .attempt = attempt_of(who.who, who.number),
            .beat_every = beat_of(spec, roster_.spec()),
            .given = std::move(given),
            .worn_at = most_served(plan(), who),
            .said = said_in(spec.more),
            .says_when_ready = spec.readiness == readiness::on_report};
    auto& mine = *seat_of(who);
    if (const auto post = post_of(spec, who))
      b.up.post = mine.with().post = post;
    if (auto no = b.objection_to(spec.start.recipe().wishes))
      return no;
    auto made = spec.start.recipe().launch(b);
    mine.stop = std::move(b.stop);
    return made;
  } catch (const std::system_error& why) { // most likely there is no thread to be had
    if (why.code() != std::errc::resource_unavailable_try_again)
      return make_failure(failure::panic, why.what());
    return make_failure(failure::start_failed, "no thread for it: " + why.code().message());
  } catch (...) {
    auto x = std::current_exception();
    return panic(x);
  }
}

/// What its own actor lets others see, if its spec asks for that.
std::shared_ptr<watch_post> supervisor_actor::post_of(const child_spec& spec, life who) const {
  if (!spec.more)
    return nullptr;
  const auto& said = *spec.more;
  const auto limit = said.stall_watchdog && !tree_->options().fake_threads
                       ? said.stall_watchdog->after
                       : nanoseconds{0};
  const auto is_asked = said.health_check.has_value() || said.readiness_probe.has_value();
  if (limit == nanoseconds{0} && !is_asked)
    return nullptr;
  auto post = std::make_shared<watch_post>(caf::actor_cast<caf::weak_actor_ptr>(ctrl()), who,
                                           path_of(who.who), limit, is_asked);
  if (post->looks_for_stalls())
    tree_->stalls().look_after(post);
  return post;
}

/// The life beside it is the child now, for its callers as well.
void supervisor_actor::swap(life next) {
  auto& mine = seats_[next.who];
  std::swap(mine, asides_.at(next.who));
  mine.known = std::exchange(asides_.at(next.who).known, nullptr);
  if (mine.known && mine.who)
    mine.known->up(mine.who, mine.number);
  else if (mine.known) // it has ended already
    tell_cell(next.who, *mine.known);
}

} // namespace supervisor::detail
