// Its hands: what the core wants done, effect by effect.

#include "supervisor/actors/node/supervisor_actor.hpp"

#include "supervisor/actors/ask_actor.hpp"
#include "supervisor/actors/detail/end_of_system.hpp"
#include "supervisor/actors/detail/standard_error.hpp"

#include <algorithm>

namespace supervisor::detail {

namespace {

bool sets_going(const effect& x) {
  return x.what == deed::start || x.what == deed::cancel || x.what == deed::kill;
}

} // namespace

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
        mine->more->reins.signal(static_cast<int>(x.index));
      return;
    case deed::wait:
      return;
    case deed::wake:
      return wake(x.at);
    case deed::listen:
      return listen();
    case deed::ask:
      return ask(x.who, of.questions[x.index]);
    case deed::check:
      return ask_how_it_is(x.who, x.index);
    case deed::answer:
      return answer_command(of.outcomes[x.index]);
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
