// What it keeps and tells of its children beside what the core knows: texts, reasons, cells.

#include "supervisor/actors/node/supervisor_actor.hpp"

#include "supervisor/actors/ask_actor.hpp"
#include "supervisor/actors/detail/end_of_system.hpp"
#include "supervisor/actors/detail/standard_error.hpp"

#include <algorithm>

namespace supervisor::detail {

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

} // namespace supervisor::detail
