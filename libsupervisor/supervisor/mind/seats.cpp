#include "supervisor/mind/turn.hpp"

#include <algorithm>

// Children that come and go at run time, and the commands that wait for them.

namespace supervisor {

objection objection_to_adding(const plan& p, const state& s) {
  if (s.ending != in_none || s.finished)
    return objection::shutting_down;
  if (!p.dynamic.enabled)
    return objection::not_dynamic;
  const auto limit = p.dynamic.child_limit;
  return limit && s.members >= *limit ? objection::child_limit : objection::none;
}

namespace detail {

/// A child that is added is the last in the order. Its command is answered when it is ready.
void turn::on_added(const input& x) {
  const auto who = x.who.who;
  if (who == nobody)
    return reject(x, objection::invalid);
  const auto is_taken = who < state_.children.size() && row(who).now != phase::vacant
                        && row(who).now != phase::forgotten;
  const auto no = is_taken    ? objection::restarting
                  : x.audited ? objection_to_adding(plan_, state_)
                              : objection::unaudited;
  if (no != objection::none)
    reject(x, no);
  if (is_taken)
    return;
  if (no != objection::none) {
    keep_seat(who);
    if (row(who).now == phase::vacant)
      todo(deed::vacate, {who, 0});
    return;
  }
  seat(who);
  row(who).joining = true;
  state_.promises.push_back({who, command::start_child, x.count});
  start_alone(who);
}

void turn::reject(const input& x, objection no) {
  auto& event = fact(event_type::child_declaration_rejected);
  event.key = x.count;
  event.no = no;
  reply({.key = x.count, .order = command::start_child, .who = {x.who.who, 0}, .no = no});
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
  if (is_seat_free(who))
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
    if (is_seat_free(need))
      give_seat_back(need);
}

/// Nobody sits there, nobody waits for whoever did, and nothing of it runs.
bool turn::is_seat_free(slot who) const {
  const auto* second = aside_of(who);
  return row(who).now == phase::forgotten && row(who).added && !is_needed(who)
         && (!second || second->now == phase::down);
}

/// Whoever had it is forgotten, but for the number of its last life: news of it are stale for ever.
void turn::empty_seat(slot who) {
  auto& r = row(who);
  if (r.trouble != nobody)
    state_.troubles[r.trouble] = {};
  if (r.vital != nobody)
    state_.vitals[r.vital] = {};
  child_row empty;
  empty.number = used_number(who) + (aside_of(who) ? 1 : 0); // one that still ends keeps its own
  empty.born = empty.number;
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
  reply(told);
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
  if (state_.revising.on)
    --state_.revising.joining;
}

/// A revision waits for nobody who may never come.
void turn::revise_without_those_blocked() {
  for (slot who = 0; who < state_.children.size(); ++who) {
    const auto& r = row(who);
    if (r.joining && r.now == phase::waiting && r.awaits_dependency && !was_asked_for(who)
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

} // namespace detail
} // namespace supervisor
