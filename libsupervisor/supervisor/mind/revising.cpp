#include "supervisor/mind/turn.hpp"

#include <algorithm>

// A supervisor becomes what another spec says, or goes back.

namespace supervisor {

objection objection_to_revision(const state& s, bool must_hold, bool audited) {
  if (!audited)
    return objection::unaudited;
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

/// All that the plan says to have changed is one regroup: what is dropped goes down for good, what
/// is renewed goes down and comes up, what is added comes up with it.
void turn::on_revised(const input& x) {
  const auto& changes = plan_.revision;
  take_new_groups();
  for (const auto who : changes.changed)
    if (row(who).trouble != nobody)
      trouble_of(who).memory = trouble_of(who).limits = {};
  const auto comers = take_seats();
  take_new_order();
  fact(event_type::revised).key = x.count;
  const auto g = open(aim::restart, nobody);
  regroup_at(g).resume = now_;
  state_.revising = {true, x.count, 0, g};
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
    set_deadline(who, {start_by, kind.start_within});
}

/// It goes down now; that is final when the revision has held.
void turn::drop(slot who, std::uint32_t g) {
  row(who).leaving = true;
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

/// Whoever is new or another is ready, and whoever leaves is down.
void turn::end_revision_when_through() {
  const auto& now = state_.revising;
  if (!now.on || now.joining > 0 || now.regroup != in_none)
    return;
  for (slot who = 0; who < state_.children.size(); ++who) // another regroup may have taken it over
    if (row(who).leaving && (is_alive(who) || row(who).regroup != in_none))
      return;
  end_revision(objection::none);
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
    --regroup_at(std::exchange(r.regroup, in_none)).members;
  else if (r.now != phase::waiting)
    return;
  drop_deadline(who);
  if (r.now == phase::waiting && r.waits_for == wait_reason::turn)
    leave_the_line(who);
  r.now = phase::down;
  ungate(who);
  r.pending = false;
}

void turn::end_revision(objection no, slot culprit, const child_exit& why) {
  const auto key = state_.revising.key;
  if (no == objection::none)
    for (slot who = 0; who < state_.children.size(); ++who)
      if (row(who).leaving)
        let_go(who);
  state_.revising = {};
  for (slot who = 0; who < state_.children.size(); ++who)
    row(who).joining = row(who).joining && was_asked_for(who);
  const auto who = culprit == nobody ? life{} : current(culprit);
  reply({.key = key, .order = command::apply, .who = who, .no = no, .exit = why});
}

} // namespace detail
} // namespace supervisor
