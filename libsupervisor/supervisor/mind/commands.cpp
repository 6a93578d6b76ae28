#include "supervisor/mind/turn.hpp"

#include <algorithm>

// What operators and programs want of a supervisor that runs.

namespace supervisor::detail {

namespace {

constexpr bool runs(phase x) { return x == phase::starting || x == phase::up; }
constexpr bool is_being_stopped(phase x) { return x == phase::stopping || x == phase::killing; }

} // namespace

void turn::obey(const input& x) {
  const auto is_there
    = x.what == news::added
      || (x.who.who < state_.children.size() && row(x.who.who).now != phase::vacant);
  fact(event_type::command_accepted, is_there ? x.who : life{});
  out_.facts.back().key = x.count;
  out_.facts.back().order = x.what == news::command ? x.order
                            : x.what == news::added ? command::start_child
                                                    : command::apply;
  if (const auto no = objection_to_asker(x); no != objection::none)
    return refuse_asker(x, asked_for(x));
  switch (x.what) {
    case news::added:
      return on_added(x);
    case news::revised:
      return on_revised(x);
    default:
      return x.order == command::shutdown ? shut_down(x) : on_command(x);
  }
}

// -- what children want --------------------------------------------------------------------------------

objection turn::objection_to_asker(const input& x) const {
  if (x.asker.who == nobody)
    return objection::none;
  if (!is_current(x.asker) || !is_alive(x.asker.who))
    return objection::not_running;
  const auto& may = plan_.of(x.asker.who);
  const auto allowed
    = (x.order == command::shutdown && may.may_shutdown)
      || (x.order == command::restart_child && may.may_restart && x.who.who == x.asker.who)
      || (x.order == command::signal_child && x.signal > 0
          && (may.may_signal >> (x.signal - 1) & 1) != 0);
  return allowed ? objection::none : objection::not_permitted;
}

void turn::refuse_asker(const input& x, control_outcome told) {
  ++tally_of(x.asker.who).refused;
  refuse(told, objection_to_asker(x));
}

void turn::shut_down(const input& x) {
  control_outcome told{.key = x.count, .order = x.order};
  if (!x.audited)
    return refuse(told, objection::unaudited);
  told.idempotent = ending();
  on_stop();
  reply(told);
}

void turn::signal(const input& x, control_outcome told) {
  const auto who = x.who.who;
  if (!plan_.of(who).is_process)
    return refuse(told, objection::no_process);
  if (row(who).now != phase::up)
    return refuse(told, objection::not_running);
  todo(deed::signal, current(who));
  out_.todo.back().index = static_cast<std::uint32_t>(x.signal);
  reply(told);
}

void turn::on_command(const input& x) {
  auto told = asked_for(x);
  if (const auto no = objection_to(x); no != objection::none)
    return refuse(told, no);
  switch (x.order) {
    case command::pause_child:
      return hold_down(told, operation::paused, fate::park);
    case command::quarantine_child:
      return hold_down(told, operation::quarantined, fate::park);
    case command::terminate_child:
      return terminate(told);
    case command::remove_child:
      return remove(told);
    case command::delete_child:
      return erase(told);
    case command::resume_child:
      return resume(told);
    case command::release_child:
      return release(told);
    case command::restart_child:
      return restart(told);
    case command::signal_child:
      return signal(x, told);
    case command::none:
    case command::start_child:
    case command::apply:
    case command::shutdown:
      return refuse(told, objection::not_found); // not commands about a child that is there
  }
}

/// The child as the command finds it.
control_outcome turn::asked_for(const input& x) const {
  control_outcome told{.key = x.count, .order = x.order};
  if (x.who.who >= state_.children.size())
    return told;
  const auto& r = row(x.who.who);
  told.who = current(x.who.who);
  told.before = told.after = r.op;
  told.had_attempt = is_alive(x.who.who);
  told.attempt = r.number - r.born;
  told.stop = told.had_attempt ? stop_state::idle : stop_state::no_active_attempt;
  if (x.who.who < tally_.children.size())
    told.generation = tally_.children[x.who.who].generation;
  return told;
}

objection turn::objection_to(const input& x) const {
  if (!x.audited)
    return objection::unaudited;
  if (x.who.who >= state_.children.size())
    return objection::not_found;
  const auto now = row(x.who.who).now;
  const auto leaves = row(x.who.who).op == operation::removed && x.order != command::remove_child;
  const auto is_gone = now == phase::forgotten && x.order != command::terminate_child;
  if (now == phase::vacant || is_gone || leaves)
    return objection::not_found;
  if (row(x.who.who).leaving)
    return objection::restarting; // whether it goes is not decided yet
  return ending() || state_.finished ? objection::shutting_down : objection::none;
}

void turn::reply(control_outcome told) {
  const auto about_child = told.order != command::apply && told.who.who != nobody;
  auto& x = fact(event_type::child_control_command_completed, about_child ? told.who : life{});
  x.order = told.order;
  x.key = told.key;
  x.no = told.no;
  x.was = told.before;
  x.is = told.after;
  out_.outcomes.push_back(told);
  todo(deed::answer, told.who);
  out_.todo.back().index = static_cast<std::uint32_t>(out_.outcomes.size() - 1);
}

void turn::refuse(control_outcome told, objection no) {
  told.no = no;
  if (told.order == command::restart_child) {
    told.fence = no == objection::shutting_down ? fence_decision::blocked_by_shutdown
                                                : fence_decision::rejected;
    auto& x = fact(event_type::child_restart_conflict, told.who);
    x.key = told.key;
    x.no = no;
  }
  reply(told);
}

void turn::set_operation(slot who, operation op, std::uint32_t key) {
  auto& r = row(who);
  if (r.op == op)
    return;
  auto& x = fact(event_type::child_control_operation_changed, current(who));
  x.was = r.op;
  x.is = op;
  x.key = key;
  r.op = op;
}

// -- down, until somebody says otherwise ---------------------------------------------------------------

void turn::hold_down(control_outcome told, operation op, supervisor::fate then) {
  const auto who = told.who.who;
  const auto was = row(who).now;
  told.idempotent = row(who).op == op;
  if (!told.idempotent)
    take_down(who, op, then, told.key);
  const auto now = row(who).now;
  told.after = op;
  told.cancel_delivered = !told.idempotent && runs(was) && is_being_stopped(now);
  if (now == phase::killing || now == phase::abandoned)
    told.stop = stop_state::failed;
  else if (now == phase::stopping || runs(now)) // one that runs is told in its turn
    told.stop = stop_state::cancel_delivered;
  else if (told.idempotent && tally_.children.size() > who && tally_.children[who].exited)
    told.stop = stop_state::completed;
  if (plan_.of(who).stop.is_brutal() && now == phase::killing)
    told.stop = stop_state::cancel_delivered;
  if (told.order == command::terminate_child && is_alive(who))
    return state_.promises.push_back(
      {who, told.order, told.key, told.before, told.cancel_delivered});
  reply(told);
}

/// Those who follow it go along, unless it is removed: then there are none.
void turn::take_down(slot who, operation op, supervisor::fate then, std::uint32_t key) {
  auto g = in_none;
  const auto one = [&](slot x) {
    auto& r = row(x);
    if (r.now == phase::vacant || r.now == phase::forgotten)
      return;
    set_operation(x, op, key);
    r.pending = false;
    if (r.regroup != in_none) {
      r.fate = std::max<supervisor::fate>(r.fate, then);
      if (!is_alive(x))
        meet_fate(x);
    } else if (r.now == phase::abandoned) {
      r.fate = then;
    } else if (r.now == phase::parked) {
      leave(x, then);
    } else {
      if (g == in_none)
        g = open(aim::restart, who);
      join_for(g, x, then);
    }
  };
  one(who);
  for (const auto follower : plan_.followers_of(who))
    if (row(follower).op == operation::active)
      one(follower);
  if (g != in_none)
    go_down_for_good(g);
}

bool turn::is_needed(slot who) const {
  const auto is_there
    = [this](slot x) { return row(x).now != phase::vacant && row(x).now != phase::forgotten; };
  return std::ranges::any_of(plan_.dependents_of(who), is_there)
         || std::ranges::any_of(plan_.followers_of(who), is_there);
}

void turn::remove(control_outcome told) {
  const auto& r = row(told.who.who);
  if (r.lingers && !is_alive(told.who.who))
    return refuse(told, objection::still_running);
  if (is_needed(told.who.who))
    return refuse(told, objection::needed);
  hold_down(told, operation::removed, fate::remove);
}

void turn::terminate(control_outcome told) {
  if (row(told.who.who).now != phase::forgotten)
    return hold_down(told, operation::terminated, fate::park);
  told.idempotent = true; // it is down for good
  told.stop = stop_state::completed;
  reply(told);
}

/// As OTP's delete_child: only of one that is down and stays there.
void turn::erase(control_outcome told) {
  const auto who = told.who.who;
  const auto& r = row(who);
  const auto* second = aside_of(who);
  if (r.now == phase::abandoned || r.lingers || (second && second->now != phase::down))
    return refuse(told, objection::still_running);
  if (is_alive(who))
    return refuse(told, objection::running);
  if (r.now == phase::waiting || r.regroup != in_none)
    return refuse(told, objection::restarting);
  if (is_needed(who))
    return refuse(told, objection::needed);
  set_operation(who, operation::removed, told.key);
  told.after = operation::removed;
  vacate(who);
  reply(told);
}

// -- up again --------------------------------------------------------------------------------------------

void turn::resume(control_outcome told) {
  const auto who = told.who.who;
  if (row(who).op != operation::active && row(who).op != operation::paused)
    return refuse(told, objection::not_paused);
  told.idempotent = row(who).op == operation::active;
  if (!told.idempotent)
    bring_back(who, told.key);
  told.after = operation::active;
  reply(told);
}

void turn::release(control_outcome told) {
  const auto who = told.who.who;
  if (row(who).op != operation::active && row(who).op != operation::quarantined)
    return refuse(told, objection::not_quarantined);
  told.idempotent = row(who).op == operation::active;
  if (!told.idempotent) {
    if (row(who).trouble != nobody)
      trouble_of(who) = {.lingering = trouble_of(who).lingering, .asked = trouble_of(who).asked};
    bring_back(who, told.key);
  }
  told.after = operation::active;
  reply(told);
}

/// With those who went down because they follow it.
void turn::bring_back(slot who, std::uint32_t key) {
  const auto held = row(who).op;
  bring_back_alone(who, key);
  bring_followers_back(who, held, key);
}

void turn::bring_back_alone(slot who, std::uint32_t key) {
  auto& r = row(who);
  set_operation(who, operation::active, key);
  r.fate = fate::rise;
  if (r.now == phase::abandoned || is_alive(who))
    r.pending = true; // when it has ended
  else if (r.now == phase::parked && r.done)
    r.now = phase::down;
  else if (r.now == phase::parked)
    start_alone(who);
}

void turn::bring_followers_back(slot who, operation held, std::uint32_t key) {
  if (held == operation::active)
    return;
  for (const auto follower : plan_.followers_of(who))
    if (row(follower).op == held)
      bring_back_alone(follower, key);
}

void turn::start_alone(slot who) {
  auto& r = row(who);
  r.pending = false;
  r.now = phase::waiting;
  r.waits_for = wait_reason::time;
  r.since = now_;
  start_when_due(who);
}

/// One life at a time: a restart waits for the end of the life before.
void turn::restart(control_outcome told) {
  const auto who = told.who.who;
  auto& r = row(who);
  if (r.now == phase::abandoned || r.lingers)
    return refuse(told, objection::still_running);
  if (r.op == operation::terminated && plan_.of(who).stops_forever)
    return refuse(told, objection::stopped_forever);
  const auto held = r.op;
  set_operation(who, operation::active, told.key);
  told.after = operation::active;
  told.target_generation = told.generation + (r.number > r.born);
  if (waits_to_rise(r.regroup) && !is_alive(who)) {
    told.fence = fence_decision::started_immediately;
    start_of_waiting(who);
  } else if (r.pending || is_swapping(who) || (r.regroup != in_none && !is_alive(who)))
    merge_restart(told);
  else if (can_swap(who)) {
    told.fence = fence_decision::started_immediately;
    begin_swap(who);
  } else if (is_alive(who))
    queue_restart(told);
  else {
    if (r.now == phase::waiting) {
      drop_deadline(who);
      if (r.waits_for == wait_reason::turn)
        leave_the_line(who);
      ungate(who);
    }
    told.fence = fence_decision::started_immediately;
    start_alone(who);
  }
  bring_followers_back(who, held, told.key);
  reply(told);
}

void turn::merge_restart(control_outcome& told) {
  const auto who = told.who.who;
  row(who).fate = fate::rise;
  ++tally_of(who).merged;
  told.fence = fence_decision::already_pending;
  auto& x = fact(event_type::child_restart_conflict, told.who);
  x.key = told.key;
}

void turn::queue_restart(control_outcome& told) {
  const auto who = told.who.who;
  auto& r = row(who);
  const auto was = r.now;
  told.fence = fence_decision::queued_after_stop;
  auto& x = fact(event_type::child_restart_fence_entered, told.who);
  x.key = told.key;
  x.wait = plan_.of(who).stop.graceful;
  renew(who);
  told.cancel_delivered = runs(was) && is_being_stopped(r.now);
  told.stop = stop_state::cancel_delivered;
}

/// Down and up again, with those who follow it, whatever its policy says.
void turn::renew(slot who) {
  auto& r = row(who);
  r.pending = true;
  if (r.regroup != in_none) {
    r.fate = fate::rise;
    return;
  }
  const auto g = open(aim::restart, who);
  regroup_at(g).resume = now_;
  join_for(g, who, fate::rise);
  for (const auto follower : plan_.followers_of(who))
    join_for(g, follower, fate::rise);
  go_down(g);
}

} // namespace supervisor::detail
