// What a supervisor tells those who ask: its state, its report, and its children's callers.

#include "supervisor/actors/supervisor_actor.hpp"

#include <algorithm>

namespace supervisor::detail {

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
      for (auto child : below->second) {
        if (child.status == shutdown_status::abort_failed && !state_.children[left.who.who].lingers)
          child.status = shutdown_status::late_report;
        told.outcomes.push_back(std::move(child));
      }
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

/// The child is here, or further down.
void supervisor_actor::explain_child(const control& x) {
  const auto rest = std::string_view{x.path}.substr(path_.size() + 1);
  const auto id = rest.substr(0, rest.find('/'));
  const auto who = slot_of(id);
  if (who == nobody)
    x.why->found = fault{x.path, "names no child of this tree"};
  else if (const auto last = asked_.find(who); id == rest && last != asked_.end())
    x.why->found = explain(*blue_->plan, last->second);
  else if (id == rest)
    x.why->found = fault{x.path, "has not ended so far: nothing was decided about it"};
  else if (spec_of(who).start.kind() != task_kind::supervisor)
    x.why->found = fault{x.path, "names no child of this tree"};
  else if (!seats_[who].who)
    x.why->found = fault{x.path, "its supervisor is down"};
  else
    compat::anon_send(seats_[who].who, x);
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
  } else if (id != rest && spec_of(who).start.kind() != task_kind::supervisor) {
    tree_->cell_of(path)->gone(
      make_failure(failure::child_gone, path + " names no child of this tree"));
  } else if (id != rest) {
    if (state_.children[who].number > 0 && !seats_[who].who && !comes_back(who))
      tell_cell(who, *tree_->cell_of(path));
    else if (seats_[who].who)
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
  const auto down = row.now == phase::down || row.now == phase::waiting || row.now == phase::parked
                    || row.now == phase::forgotten || row.now == phase::abandoned;
  if (row.now == phase::up && mine.who)
    mine.known->up(mine.who, row.number);
  else if (row.number > 0 && down)
    tell_cell(who, *mine.known);
}

slot supervisor_actor::slot_of(std::string_view id) {
  if (slots_.empty())
    for (slot i = 0; i < seats_.size(); ++i)
      slots_.emplace(spec_of(i).id, i);
  const auto known = slots_.find(id);
  return known == slots_.end() ? nobody : known->second;
}

void supervisor_actor::lost(life who, const caf::error& why) const {
  if (const auto known = tree_->find_cell(path_, spec_of(who.who).id);
      known && known->life() == who.number)
    known->down(make_failure(failure::child_down, words(why)));
}

/// Callers learn of a child's life from the same facts as everybody else.
void supervisor_actor::tell_cells(const event& x) {
  const auto who = x.who.who;
  const auto& child = seats_[who];
  if (child.known && child.who && x.what == event_type::child_running)
    child.known->up(child.who, x.who.number);
  if (child.who || over_)
    return;
  if (child.known)
    tell_cell(who, *child.known);
  if (spec_of(who).start.kind() == task_kind::supervisor && !comes_back(who))
    for (const auto& below : tree_->cells_under(path_of(who)))
      tell_cell(who, *below);
}

/// Callers of a child that is down wait for it, unless nothing will start it again.
void supervisor_actor::tell_cell(slot who, cell& known) const {
  const auto text = words_.find(who);
  const auto counted = who < tally_.children.size() ? tally_.children[who] : child_tally{};
  auto why = make_failure(failure::child_down,
                          text == words_.end() ? words(counted.last_exit) : text->second);
  if (comes_back(who))
    known.down(std::move(why));
  else
    known.away(std::move(why));
}

bool supervisor_actor::comes_back(slot who) const {
  return ending() ? !is_root() : supervisor::comes_back(state_, who); // its own supervisor may
}

} // namespace supervisor::detail
