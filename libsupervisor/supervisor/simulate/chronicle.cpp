#include "supervisor/simulate/chronicle.hpp"

#include <algorithm>

namespace supervisor::simulating {

namespace {

/// What a reader of the result calls a place.
std::uint32_t known_as(std::uint32_t place) {
  return place == 0 || place == nobody ? nobody : place - 1;
}

simulation_outcome outcome_of(aim why) {
  switch (why) {
    case aim::give_up:
      return simulation_outcome::gave_up;
    case aim::end_tree:
      return simulation_outcome::ended_tree;
    case aim::roll_back:
      return simulation_outcome::did_not_start;
    case aim::auto_shutdown:
      return simulation_outcome::ended_by_itself;
    case aim::completed:
      return simulation_outcome::completed;
    case aim::stop:
    case aim::begin:
    case aim::restart:
      break;
  }
  return simulation_outcome::held_out;
}

/// Not if a wish for the end of the whole tree is only passed on. A child that ended well may be left
/// down; but a rule that goes further has refused what the child's policy wanted.
bool is_refusal(const event& x) {
  if (x.then.what == verdict::restart || x.exit.detail == exit_detail::shutdown_tree)
    return false;
  return is_failure(x.exit.what) || x.then.what != verdict::leave_down || x.then.because != 0;
}

/// A pause has an end, and then the rules are asked again.
bool is_postponement(const decision& x) {
  return x.what == verdict::pause_group ? x.wait > nanoseconds{0}
                                        : x.what == verdict::restart && x.because != 0;
}

} // namespace

chronicle::chronicle(const std::vector<place>& places, const simulation_options& options,
                     const simulation_listener& listener, time_point begin)
  : places_(places), listener_(listener), listed_(options.listed), begin_(begin),
    rows_(places.size()), moments_(options.kept) {
  made_.seed = options.seed;
  for (std::size_t i = 1; i < places.size(); ++i)
    made_.children.push_back({.path = places[i].path});
}

// -- facts ---------------------------------------------------------------------------------------------

void chronicle::note(std::uint32_t supervisor, const plan& by, std::span<const event> facts) {
  for (const auto& x : facts)
    note(supervisor, by, x);
}

void chronicle::note(std::uint32_t supervisor, const plan& by, const event& x) {
  const auto child = below(supervisor, x.who.who);
  switch (x.what) {
    case event_type::child_running:
      return runs(child, x);
    case event_type::child_ready:
      return is_ready(child, x.at);
    case event_type::child_start_failed:
      return is_down(child, x.at);
    case event_type::child_failed:
    case event_type::child_panicked:
    case event_type::child_stopped:
      return x.decided ? is_decided(child, by, x) : is_stopped(child, x);
    case event_type::resumed:
      return x.decided ? is_decided(child, by, x) : void();
    case event_type::child_shutdown_graceful:
    case event_type::child_shutdown_aborted:
      return is_stopped(child, x);
    case event_type::child_ignored:
      is_done(child);
      return say(moment_kind::ignored, child, x.at);
    case event_type::child_waiting:
    case event_type::child_blocked:
      return waits(child, x, below(supervisor, x.whom));
    case event_type::child_quarantined:
      return is_quarantined(child, x.at);
    case event_type::paused:
      return is_paused(child, x.at);
    case event_type::child_abandoned:
      return is_abandoned(child, x.at);
    case event_type::child_shutdown_late_report:
      return say(moment_kind::late_end, child, x.at);
    case event_type::shutdown_phase_changed:
      return x.to == shutdown_phase::request_stop ? begins_to_end(supervisor, x.at) : void();
    case event_type::runtime_control_loop_failed:
      rows_[supervisor].culprit = x.exit;
      return;
    default: // the others say the same in more detail
      return;
  }
}

void chronicle::runs(std::uint32_t child, const event& x) {
  auto& mine = rows_[child];
  mine.abandoned = false;
  mine.then = {};
  if (!std::exchange(mine.ran, true))
    return;
  ++story(child).restarts;
  ++made_.restarts;
  minutes_.count(since_begin(x.at));
  say(moment_kind::restarted, child, x.at, {.attempt = x.who.number});
}

void chronicle::waits(std::uint32_t child, const event& x, std::uint32_t whom) {
  const auto what
    = x.what == event_type::child_blocked ? moment_kind::blocked : moment_kind::waiting;
  say(what, child, x.at, {.culprit = known_as(whom)});
}

void chronicle::is_ready(std::uint32_t child, time_point at) {
  const auto since = std::exchange(rows_[child].down_since, std::nullopt);
  if (since && !closed_)
    story(child).longest_outage = std::max(story(child).longest_outage, nanoseconds{at - *since});
}

void chronicle::is_down(std::uint32_t child, time_point at) {
  if (!rows_[child].down_since)
    rows_[child].down_since = at;
}

void chronicle::is_done(std::uint32_t child) { rows_[child].down_since.reset(); }

void chronicle::is_decided(std::uint32_t child, const plan& by, const event& x) {
  is_down(child, x.at);
  auto& then = rows_[child].then;
  then = x.then;
  then.what = carried_out(by, x.who.who, x.then);
  say(x.what == event_type::resumed ? moment_kind::decided_anew : moment_kind::ended, child, x.at,
      {.exit = x.exit, .then = then});
  if (is_postponement(then)) {
    ++rules_[std::string{part_name(by, x.who.who, x.then.because)}].postponed;
  } else if (is_refusal(x)) {
    is_refused(child, by, x);
  } else if (then.what == verdict::leave_down) {
    is_done(child);
  }
}

void chronicle::is_refused(std::uint32_t child, const plan& by, const event& x) {
  auto& mine = rows_[child];
  const std::string rule{part_name(by, x.who.who, x.then.because)};
  ++rules_[rule].refused;
  mine.refused_at = since_begin(x.at);
  mine.refused_by = rule;
  ++made_.refused;
  const refusal told{since_begin(x.at), known_as(child), rule, x.exit, mine.then.what};
  if (listener_.on_refusal)
    listener_.on_refusal(told);
  if (made_.refusals.size() < listed_)
    made_.refusals.push_back(told);
}

/// Not if its own decision said so already.
void chronicle::is_quarantined(std::uint32_t child, time_point at) {
  is_down(child, at);
  if (rows_[child].then.what != verdict::quarantine)
    say(moment_kind::quarantined, child, at);
}

void chronicle::is_paused(std::uint32_t child, time_point at) {
  if (rows_[child].then.what != verdict::pause_group)
    say(moment_kind::paused, child, at);
}

void chronicle::is_stopped(std::uint32_t child, const event& x) {
  is_down(child, x.at);
  if (!closed_ || x.what == event_type::child_shutdown_aborted)
    say(moment_kind::stopped, child, x.at, {.exit = x.exit});
}

void chronicle::is_abandoned(std::uint32_t child, time_point at) {
  is_down(child, at);
  rows_[child].abandoned = true;
  say(moment_kind::abandoned, child, at);
}

void chronicle::begins_to_end(std::uint32_t supervisor, time_point at) {
  has_ended(supervisor);
  rows_[supervisor].ending_since = at;
  ending_.insert(at);
  if (supervisor == 0)
    close(at);
}

// -- what the world says -------------------------------------------------------------------------------

void chronicle::began(time_point at) { say(moment_kind::began, 0, at); }

void chronicle::told_to_stop(time_point at) { say(moment_kind::told_to_stop, 0, at); }

void chronicle::missed(std::uint32_t child, time_point at) {
  if (closed_)
    return;
  ++story(child).missed;
  say(moment_kind::missed, child, at);
}

void chronicle::finished(std::uint32_t supervisor, const effect& last, time_point at) {
  if (!is_in_order(last.why))
    gave_up(supervisor, last, at);
  if (supervisor == 0) {
    made_.how = outcome_of(last.why);
    made_.stop = at - rows_[0].ending_since.value_or(at);
  }
  has_ended(supervisor);
  if (supervisor != 0)
    return;
  say(moment_kind::over, 0, at);
}

void chronicle::gave_up(std::uint32_t supervisor, const effect& last, time_point at) {
  const auto& mine = rows_[supervisor];
  const auto culprit = below(supervisor, last.who.who);
  const auto theirs = culprit == nobody ? row{} : rows_[culprit];
  give_up made{.at = since_begin(mine.ending_since.value_or(at)),
               .who = known_as(supervisor),
               .why = outcome_of(last.why),
               .culprit = known_as(culprit),
               .needed_by = known_as(below(supervisor, last.index)),
               .exit = mine.culprit,
               .abandoned = theirs.abandoned};
  if (theirs.refused_at == made.at)
    made.rule = theirs.refused_by;
  say(moment_kind::gave_up, supervisor, at,
      {.why = made.why, .culprit = made.culprit, .needed_by = made.needed_by, .exit = made.exit});
  const auto later = std::ranges::upper_bound(give_ups_, made.at, {}, &give_up::at);
  give_ups_.insert(later, std::move(made));
}

void chronicle::has_ended(std::uint32_t supervisor) {
  const auto since = std::exchange(rows_[supervisor].ending_since, std::nullopt);
  if (!since)
    return;
  ending_.erase(ending_.find(*since));
  tell_give_ups(false);
}

/// Those that come before whatever may still be told, or all.
void chronicle::tell_give_ups(bool all) {
  const auto is_next = [&](const give_up& x) {
    return all || ending_.empty() || x.at <= since_begin(*ending_.begin());
  };
  for (; !give_ups_.empty() && is_next(give_ups_.front()); give_ups_.pop_front()) {
    ++made_.gave_up;
    if (listener_.on_give_up)
      listener_.on_give_up(give_ups_.front());
    if (made_.give_ups.size() < listed_)
      made_.give_ups.push_back(give_ups_.front());
  }
}

void chronicle::broken_off(simulation_outcome how, time_point at) {
  close(at);
  made_.how = how;
}

simulation chronicle::take() && {
  tell_give_ups(true);
  made_.timeline = std::move(moments_).take();
  made_.worst = minutes_.worst();
  for (auto& [name, count] : rules_) {
    count.rule = name;
    made_.rules.push_back(count);
  }
  return std::move(made_);
}

// -- small words ---------------------------------------------------------------------------------------

void chronicle::close(time_point at) {
  if (std::exchange(closed_, true))
    return;
  made_.at = since_begin(at);
  for (std::uint32_t child = 1; child < rows_.size(); ++child)
    if (const auto since = rows_[child].down_since) {
      auto& mine = story(child);
      mine.is_down = true;
      mine.longest_outage = std::max(mine.longest_outage, nanoseconds{at - *since});
    }
}

void chronicle::say(moment_kind what, std::uint32_t place, time_point at, moment more) {
  more.what = what;
  more.who = known_as(place);
  more.at = since_begin(at);
  if (listener_.on_moment)
    listener_.on_moment(more);
  moments_.add(more);
}

std::uint32_t chronicle::below(std::uint32_t supervisor, slot seat) const {
  return seat == nobody ? nobody : places_[supervisor].below[seat];
}

} // namespace supervisor::simulating
