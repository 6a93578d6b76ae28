#include "supervisor/turn.hpp"

#include <algorithm>

// What operators and programs want of a supervisor that runs.

namespace supervisor {

objection objection_to_adding(const plan& p, const state& s) {
  if (s.ending != in_none || s.finished)
    return objection::shutting_down;
  if (!p.dynamic.enabled)
    return objection::not_dynamic;
  const auto limit = p.dynamic.child_limit;
  return limit && s.members >= *limit ? objection::child_limit : objection::none;
}

objection objection_to_revision(const state& s, bool must_hold) {
  if (s.ending != in_none || s.finished)
    return objection::shutting_down;
  const auto still_leaves
    = [](const child_row& r) { return r.now == phase::abandoned && r.fate == fate::remove; };
  if (must_hold && std::ranges::any_of(s.children, still_leaves))
    return objection::still_running;
  const auto joins = [](const promise& x) { return x.order == command::start_child; };
  const auto busy = !s.begun || s.revising.on || !s.line.empty() || s.lined_up > 0
                    || std::ranges::any_of(s.promises, joins)
                    || std::ranges::any_of(s.regroups, &regroup::open);
  return busy ? objection::restarting : objection::none;
}

namespace detail {

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
  switch (x.what) {
    case news::added:
      return on_added(x);
    case news::revised:
      return on_revised(x);
    default:
      return on_command(x);
  }
}

void turn::on_command(const input& x) {
  auto told = asked_for(x);
  if (const auto no = objection_to(x); no != objection::none)
    return refuse(told, no);
  switch (x.order) {
    case command::pause_child:
      return hold(told, operation::paused, fate::park);
    case command::quarantine_child:
      return hold(told, operation::quarantined, fate::park);
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
    case command::none:
    case command::start_child:
    case command::apply:
    case command::shutdown_tree:
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
  const auto forgotten = now == phase::forgotten && x.order != command::delete_child;
  const auto leaves = row(x.who.who).op == operation::removed && x.order != command::remove_child;
  if (now == phase::vacant || forgotten || (leaves && now != phase::forgotten))
    return objection::not_found;
  return ending() || state_.finished ? objection::shutting_down : objection::none;
}

void turn::answer(control_outcome told) {
  const auto about_child = told.order != command::apply && told.who.who != nobody;
  auto& x = fact(event_type::child_control_command_completed, about_child ? told.who : life{});
  x.order = told.order;
  x.key = told.key;
  x.no = told.no;
  x.was = told.before;
  x.is = told.after;
  out_.outcomes.push_back(told);
  todo(deed::answer, told.who);
  out_.todo.back().question = static_cast<std::uint32_t>(out_.outcomes.size() - 1);
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
  answer(told);
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

void turn::hold(control_outcome told, operation op, supervisor::fate then) {
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
  answer(told);
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
  hold(told, operation::removed, fate::remove);
}

void turn::terminate(control_outcome told) { hold(told, operation::terminated, fate::park); }

/// As OTP's delete_child: only of one that is down and stays there.
void turn::erase(control_outcome told) {
  const auto who = told.who.who;
  const auto& r = row(who);
  if (r.now == phase::abandoned || r.lingers)
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
  answer(told);
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
  answer(told);
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
  answer(told);
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
  if (r.pending || (r.regroup != in_none && !is_alive(who)))
    merge_restart(told);
  else if (is_alive(who))
    queue_restart(told);
  else {
    if (r.now == phase::waiting) {
      drop_deadline(who);
      if (r.waits_for == wait_reason::turn)
        leave_the_line(who);
      r.gated = false;
    }
    told.fence = fence_decision::started_immediately;
    start_alone(who);
  }
  bring_followers_back(who, held, told.key);
  answer(told);
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
  r.pending = true;
  if (r.regroup != in_none) {
    r.fate = fate::rise;
  } else {
    const auto g = open(aim::restart, who);
    group(g).resume = now_;
    join_for(g, who, fate::rise);
    for (const auto follower : plan_.followers_of(who))
      join_for(g, follower, fate::rise);
    go_down(g);
  }
  told.cancel_delivered = runs(was) && is_being_stopped(r.now);
  told.stop = stop_state::cancel_delivered;
}

// -- seats ------------------------------------------------------------------------------------------------

/// A child that is added is the last in the order. Its command is answered when it is ready.
void turn::on_added(const input& x) {
  const auto who = x.who.who;
  control_outcome told{.key = x.count, .order = command::start_child, .who = {who, 0}};
  const auto is_taken = who < state_.children.size() && row(who).now != phase::vacant
                        && row(who).now != phase::forgotten;
  const auto no = is_taken    ? objection::restarting
                  : x.audited ? objection_to_adding(plan_, state_)
                              : objection::unaudited;
  if (no != objection::none) {
    auto& event = fact(event_type::child_declaration_rejected);
    event.key = x.count;
    event.no = no;
    told.no = no;
    answer(told);
    if (is_taken)
      return;
    keep_seat(who);
    if (who >= state_.children.size() || row(who).now == phase::vacant)
      todo(deed::vacate, {who, 0});
    return;
  }
  seat(who);
  row(who).joining = true;
  state_.promises.push_back({who, command::start_child, x.count});
  start_alone(who);
}

void turn::seat(slot who) {
  keep_seat(who);
  empty_seat(who);
  auto& r = row(who);
  r.now = phase::down;
  r.added = true;
  r.rank = state_.next_rank++;
  r.older = state_.youngest;
  r.younger = nobody;
  (r.older == nobody ? state_.oldest : row(r.older).younger) = who;
  state_.youngest = who;
  ++state_.members;
}

/// Its seat is free, unless siblings wait for it: then it is so when they are gone.
void turn::vacate(slot who) {
  if (row(who).now != phase::forgotten)
    drop_from_order(who);
  drop_deadline(who);
  keep_promises(who, objection::withdrawn);
  row(who).added = true;
  if (!is_needed(who))
    give_seat_back(who);
  ungate_dependents_of(who);
}

/// Whoever had it may have given it back a moment ago.
void turn::keep_seat(slot who) {
  std::erase_if(out_.todo,
                [who](const effect& x) { return x.what == deed::vacate && x.who.who == who; });
}

void turn::give_seat_back(slot who) {
  for (auto& g : state_.regroups)
    if (g.culprit == who)
      g.culprit = nobody;
  fact(event_type::child_runtime_state_removed, current(who));
  todo(deed::vacate, current(who));
  empty_seat(who);
  if (who < tally_.children.size())
    tally_.children[who] = {};
  for (const auto need : plan_.needs_of(who))
    if (row(need).now == phase::forgotten && row(need).added && !is_needed(need))
      give_seat_back(need);
}

/// Whoever had it is forgotten, but for the number of its last life: news of it are stale for ever.
void turn::empty_seat(slot who) {
  auto& r = row(who);
  if (r.trouble != nobody)
    state_.troubles[r.trouble] = {};
  if (r.vital != nobody)
    state_.vitals[r.vital] = {};
  child_row empty;
  empty.number = r.number;
  empty.born = r.number;
  empty.trouble = r.trouble;
  empty.vital = r.vital;
  empty.now = phase::vacant;
  r = empty;
}

// -- answers that had to wait -----------------------------------------------------------------------------

/// Of all commands that wait for this child: it is down now, or has come up.
void turn::keep_promises(slot who, objection no) {
  const auto joins_with_revision = row(who).joining && !was_asked_for(who);
  row(who).joining = false;
  if (joins_with_revision)
    no == objection::still_running ? give_revision_up(who, {}) : has_joined_revision();
  for (const auto& kept : take_promises(who, command::none)) {
    const auto wanted_down = kept.order == command::terminate_child && no == objection::withdrawn;
    keep_promise(kept, wanted_down ? objection::none : no);
  }
}

/// It is down, if only for a moment: that is all that was asked for.
void turn::keep_promises_of_its_end(slot who) {
  for (const auto& kept : take_promises(who, command::terminate_child))
    keep_promise(kept, objection::none);
}

/// `order`: none for all.
std::vector<promise> turn::take_promises(slot who, command order) {
  std::vector<promise> taken;
  std::erase_if(state_.promises, [&](const promise& x) {
    const auto is_meant = x.who == who && (order == command::none || x.order == order);
    if (is_meant)
      taken.push_back(x);
    return is_meant;
  });
  return taken;
}

void turn::keep_promise(const promise& kept, objection no) {
  control_outcome told{.key = kept.key,
                       .order = kept.order,
                       .who = current(kept.who),
                       .before = kept.before,
                       .after = row(kept.who).op,
                       .no = no,
                       .cancel_delivered = kept.cancelled};
  if (kept.who < tally_.children.size()) {
    told.generation = tally_.children[kept.who].generation;
    told.exit = tally_.children[kept.who].last_exit;
  }
  told.had_attempt = kept.order == command::terminate_child || no == objection::none;
  if (kept.order == command::terminate_child)
    told.stop = no == objection::none ? stop_state::completed : stop_state::failed;
  answer(told);
}

void turn::break_promises(objection no) {
  const auto all = std::exchange(state_.promises, {});
  for (const auto& x : all)
    keep_promise(x, no);
  if (state_.revising.on)
    end_revision(no);
  for (auto& r : state_.children)
    r.joining = false;
}

/// By a command of its own, and not by a revision.
bool turn::was_asked_for(slot who) const {
  return std::ranges::any_of(state_.promises, [who](const promise& x) {
    return x.who == who && x.order == command::start_child;
  });
}

/// Or is kept out by an operator, or by a sibling that is.
void turn::has_joined_revision() {
  if (state_.revising.on && --state_.revising.joining == 0)
    end_revision(objection::none);
}

/// A revision waits for nobody who may never come.
void turn::revise_without_those_blocked() {
  for (slot who = 0; who < state_.children.size(); ++who) {
    const auto& r = row(who);
    if (r.joining && r.now == phase::waiting && r.gated && !was_asked_for(who)
        && hopeless_need(who) != nobody)
      has_joined(who);
  }
}

void turn::has_joined(slot who) {
  for (auto& x : state_.promises)
    if (x.who == who && x.order == command::start_child) {
      auto& event = fact(event_type::child_declaration_accepted, current(who));
      event.key = x.key;
    }
  if (was_asked_for(who))
    return keep_promises(who, objection::none);
  row(who).joining = false;
  has_joined_revision();
}

/// What was done for it is undone, in reverse: it leaves, and its seat is free.
void turn::has_not_joined(const ended& end) {
  const auto who = end.who;
  row(who).joining = false;
  tally_of(who).last_exit = end.exit;
  if (!was_asked_for(who)) {
    give_revision_up(who, end.exit);
    ungate_dependents_of(who);
    return on_start_settled(who);
  }
  for (auto& x : state_.promises)
    if (x.who == who && x.order == command::start_child) {
      auto& event = fact(event_type::child_declaration_rejected, current(who));
      event.key = x.key;
      event.exit = end.exit;
      event.no = objection::start_failed;
    }
  keep_promises(who, objection::start_failed);
  vacate(who);
  on_start_settled(who);
}

// -- another spec -----------------------------------------------------------------------------------------

/// All that the plan says to have changed is one regroup: what is dropped goes down for good, what
/// is renewed goes down and comes up, what is added comes up with it.
void turn::on_revised(const input& x) {
  control_outcome told{.key = x.count, .order = command::apply};
  const auto& changes = plan_.revision;
  take_new_groups();
  for (const auto who : changes.changed)
    if (row(who).trouble != nobody)
      trouble_of(who).memory = trouble_of(who).limits = {};
  const auto comers = take_seats();
  take_new_order();
  fact(event_type::revised).key = x.count;
  if (!changes.must_hold)
    answer(told);
  const auto g = open(aim::restart, nobody);
  group(g).resume = now_;
  state_.revising = {changes.must_hold, x.count, 0, g};
  for (const auto who : changes.dropped)
    drop(who, g);
  const auto returning = take_back_those_leaving();
  for (const auto who : changes.changed)
    look_after_anew(who);
  const auto rises = [&](slot who) {
    auto& r = row(who);
    const auto is_down = r.now == phase::abandoned || r.now == phase::forgotten;
    if (r.op != operation::active || is_down || r.regroup == g)
      return;
    join_for(g, who, fate::rise);
    if (r.regroup != g)
      return;
    r.pending = is_alive(who);
    if (!changes.must_hold || was_asked_for(who))
      return;
    r.joining = true;
    ++state_.revising.joining;
  };
  for (const auto who : changes.renewed)
    rises(who);
  for (const auto who : comers)
    rises(who);
  for (const auto who : returning)
    rises(who);
  if (changes.must_hold && state_.revising.joining == 0)
    end_revision(objection::none);
  go_down_for_good(g);
  for (auto who = state_.oldest; who != nobody; who = row(who).younger)
    if (row(who).regroup == in_none)
      leave_gate_of_dependencies(who); // it may wait for nobody any more
}

/// Of those who are new, or are forgotten and wanted again.
std::vector<slot> turn::take_seats() {
  auto comers = plan_.revision.added;
  for (const auto who : plan_.order)
    if (row(who).now == phase::forgotten && row(who).added)
      comers.push_back(who);
  for (const auto who : comers)
    seat(who);
  return comers;
}

/// What it has to say, and by when, may be another thing now.
void turn::look_after_anew(slot who) {
  auto& r = row(who);
  if (r.now != phase::up || r.regroup != in_none)
    return;
  const auto& kind = plan_.of(who);
  drop_deadline(who);
  if (!r.ready && !kind.awaits_ready) {
    look_after(who, time_point::max());
    return ready(who);
  }
  const auto start_by = later(r.since, kind.start_within);
  look_after(who, start_by);
  if (r.ready)
    look_after_ready(who);
  else if (!kind.is_watched())
    set_deadline(who, start_by);
}

/// It goes down now; that is final when the revision holds.
void turn::drop(slot who, std::uint32_t g) {
  auto& r = row(who);
  r.leaving = true;
  if (r.now == phase::parked || r.now == phase::forgotten || r.now == phase::abandoned)
    return plan_.revision.must_hold ? void() : let_go(who);
  join_for(g, who, fate::remove);
}

/// For good: its seat is free as soon as nobody runs in it.
void turn::let_go(slot who) {
  auto& r = row(who);
  r.leaving = false;
  set_operation(who, operation::removed, state_.revising.key);
  if (r.now == phase::abandoned || r.lingers)
    r.fate = fate::remove;
  else
    vacate(who);
}

/// Those that a revision had dropped that did not hold, and that are wanted after all: whoever was
/// up comes up again, and an operator's word still counts.
std::vector<slot> turn::take_back_those_leaving() {
  std::vector<slot> returning;
  for (const auto who : plan_.order) {
    auto& r = row(who);
    if (!r.leaving)
      continue;
    r.leaving = false;
    r.fate = fate::rise;
    if (r.now == phase::abandoned)
      r.pending = r.op == operation::active;
    if (r.now != phase::parked || r.op != operation::active)
      continue;
    r.now = phase::down;
    if (!r.done)
      returning.push_back(who);
  }
  return returning;
}

/// Those who are kept as the plan has them, then those who leave, as they were.
void turn::take_new_order() {
  std::vector<slot> order = plan_.order;
  std::vector<bool> ordered(state_.children.size());
  for (const auto who : order) {
    ordered[who] = true;
    row(who).added = false; // it is declared now
  }
  for (auto who = state_.oldest; who != nobody; who = row(who).younger)
    if (!ordered[who])
      order.push_back(who);
  std::erase_if(order, [this](slot who) {
    return row(who).now == phase::vacant || row(who).now == phase::forgotten;
  });
  state_.oldest = state_.youngest = nobody;
  state_.next_rank = 0;
  for (const auto who : order) {
    auto& r = row(who);
    r.rank = state_.next_rank++;
    r.older = state_.youngest;
    r.younger = nobody;
    (r.older == nobody ? state_.oldest : row(r.older).younger) = who;
    state_.youngest = who;
  }
}

/// A group that goes on keeps what it remembers.
void turn::take_new_groups() {
  const auto& changes = plan_.revision;
  std::vector<group_row> groups(plan_.groups.size());
  for (std::size_t g = 0; g < groups.size(); ++g)
    if (const auto was = changes.group_was[g]; was != plan::none) {
      groups[g].paused_until = state_.groups[was].paused_until;
      if (changes.keeps_limits[g])
        groups[g].limits = state_.groups[was].limits;
    }
  state_.groups = std::move(groups);
  state_.lined_up = 0;
  for (slot who = 0; who < state_.children.size(); ++who)
    if (const auto g = who < plan_.kind_of.size() && row(who).now == phase::starting
                         ? plan_.of(who).group
                         : plan::none;
        g != plan::none)
      ++state_.groups[g].starting;
  if (changes.limits_changed)
    state_.limits = state_.limit = {};
}

/// Whoever has not come up so far stays down: the spec before is on its way back.
void turn::give_revision_up(slot culprit, const child_exit& why) {
  for (slot who = 0; who < state_.children.size(); ++who)
    if (row(who).joining && !was_asked_for(who) && !is_alive(who))
      stay_out(who);
  end_revision(objection::start_failed, culprit, why);
}

void turn::stay_out(slot who) {
  auto& r = row(who);
  if (r.regroup != in_none)
    --group(std::exchange(r.regroup, in_none)).members;
  else if (r.now != phase::waiting)
    return;
  drop_deadline(who);
  if (r.now == phase::waiting && r.waits_for == wait_reason::turn)
    leave_the_line(who);
  r.now = phase::down;
  r.gated = r.pending = false;
}

void turn::end_revision(objection no, slot culprit, const child_exit& why) {
  const auto key = state_.revising.key;
  if (no == objection::none)
    for (slot who = 0; who < state_.children.size(); ++who)
      if (row(who).leaving && row(who).regroup == in_none && !is_alive(who))
        let_go(who);
  state_.revising = {};
  for (slot who = 0; who < state_.children.size(); ++who)
    row(who).joining = row(who).joining && was_asked_for(who);
  const auto who = culprit == nobody ? life{} : current(culprit);
  answer({.key = key, .order = command::apply, .who = who, .no = no, .exit = why});
}

} // namespace detail
} // namespace supervisor
