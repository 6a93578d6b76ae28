// What a supervisor tells those who ask: its state, its report, and its children's callers.

#include "supervisor/actors/node/supervisor_actor.hpp"

#include <algorithm>
#include <tuple>

namespace supervisor::detail {

std::string list_of(const std::vector<std::string>& all) {
  std::string text;
  for (const auto& one : all)
    text += (text.empty() ? "" : ", ") + one;
  return text;
}

namespace {

/// It was killed, and its supervisor was gone when that took effect.
child_report ended_late(child_report x) {
  x.status = shutdown_status::late_report;
  x.exit = {exit_class::nonzero_exit, exit_detail::killed, failure_kind::recoverable, 0};
  return x;
}

} // namespace

shutdown_report supervisor_actor::report(const effect& x) const {
  shutdown_report told{.why = x.why, .requested_by = stop_by_, .reason = stop_why_};
  if (x.who.who != nobody) {
    told.culprit = path_of(x.who.who);
    told.reason = words_of_end(x.who.who);
  }
  if (x.why == aim::roll_back && x.index != nobody)
    told.needed_by = path_of(x.index);
  for (const auto& left : tally_.outcomes) {
    if (const auto below = below_.find(left.who.who); below != below_.end())
      for (auto child : below->second) {
        if (child.status == shutdown_status::abort_failed && !state_.children[left.who.who].lingers)
          child = ended_late(std::move(child));
        told.outcomes.push_back(std::move(child));
      }
    const auto text = words_.find(left.who.who);
    const auto counted
      = left.who.who < tally_.children.size() ? tally_.children[left.who.who] : child_tally{};
    told.outcomes.push_back({.path = path_of(left.who.who),
                             .generation = counted.generation,
                             .attempt = attempt_of(left.who.who, left.who.number),
                             .status = left.status,
                             .exit = left.exit,
                             .text = text == words_.end() ? "" : text->second});
  }
  return told;
}

/// With the text that came with the last end of that child.
std::string supervisor_actor::words_of(const child_exit& exit, slot who) const {
  const auto text = words_.find(who);
  return words(exit, text == words_.end() ? std::string_view{} : std::string_view{text->second});
}

std::string supervisor_actor::words_of_end(slot who) const {
  const auto exit = state_.children[who].now == phase::abandoned ? no_end_so_far
                    : who < tally_.children.size()               ? tally_.children[who].last_exit
                                                                 : child_exit{};
  return words_of(exit, who);
}

void supervisor_actor::answer(const control& x) {
  const auto found = way_to(x.path);
  if (found.next)
    return compat::anon_send(found.next, x);
  if (!found.here)
    return;
  auto& node = *x.node;
  const auto now = clock().now();
  const auto& spec = roster_.spec();
  node.path = path_;
  node.config_version = spec.more ? spec.more->config_version : "unversioned";
  node.strategy = spec.strategy;
  node.intensity = spec.intensity;
  node.phase = state_.stage;
  node.at = now;
  node.sequence = tally_.events;
  if (ending() && !state_.finished)
    node.stop_within = stop_bound(plan(), state_);
  node.recent_restarts = static_cast<std::uint32_t>(std::ranges::count_if(
    state_.strikes, [&](time_point t) { return !node.intensity.forgets(t, now); }));
  node.answered = true;
  node.children.reserve(state_.members);
  const auto show = [&](slot who) {
    auto child = known_of(who);
    if (ending() && child.state == lifecycle::shutting_down)
      node.stops.push_back(child.id);
    if (spec_of(who).start.kind() == task_kind::supervisor && is_running(who)) {
      child.below = std::make_shared<supervisor_state>();
      child.below->path = child.path;
      compat::anon_send(seats_[who].who, control{.what = control::order::state,
                                                 .path = child.path,
                                                 .query = x.query,
                                                 .node = child.below.get()});
    }
    node.children.push_back(std::move(child));
  };
  for (const auto who : in_order())
    show(who);
}

/// As declared, and those that were added after them.
std::vector<slot> supervisor_actor::in_order() const {
  std::vector<slot> all;
  all.reserve(state_.members);
  for (slot who = 0; who < state_.children.size(); ++who)
    if (state_.children[who].now != phase::vacant && !roster_.is_vacant(who))
      all.push_back(who);
  const auto is_before = [this](slot a, slot b) {
    const auto place_a = roster_.place_of(a), place_b = roster_.place_of(b);
    return std::tie(place_a, state_.children[a].rank) < std::tie(place_b, state_.children[b].rank);
  };
  if (!std::ranges::is_sorted(all, is_before))
    std::ranges::sort(all, is_before);
  return all;
}

/// What its start waits for: siblings that are not there yet, or what does not hold.
std::vector<std::string> supervisor_actor::awaited_by(slot who) const {
  std::vector<std::string> all;
  if (who >= state_.children.size())
    return all;
  const auto& row = state_.children[who];
  if (row.awaits_dependency)
    for (const auto need : plan().needs_of(who))
      if (!is_met(plan(), state_, need))
        all.push_back(spec_of(need).id);
  if (row.awaits_dependency && row.lingers)
    all.emplace_back("what was abandoned below it");
  const auto second = asides_.find(who);
  for (const auto* note :
       {seats_[who].note(), second == asides_.end() ? nullptr : second->second.note()})
    if (note && !note->waits_for.empty())
      all.push_back(note->waits_for);
  return all;
}

child_state supervisor_actor::known_of(slot who) const {
  auto child = describe(plan(), state_, tally_, who, clock().now());
  const auto& spec = spec_of(who);
  child.id = spec.id;
  child.name = spec.more && !spec.more->name.empty() ? spec.more->name : spec.id;
  child.path = path_of(who);
  child.kind = spec.start.kind();
  if (spec.more)
    child.tags = spec.more->tags;
  if (const auto text = words_.find(who); text != words_.end())
    child.last_words = text->second;
  if (const auto last = asked_.find(who); last != asked_.end())
    child.last_decision = last->second.then;
  child.waits_for = awaited_by(who);
  if (const auto* note = seats_[who].note()) {
    child.pid = note->pid;
    child.status_text = note->status;
    child.remarks = note->remarks;
    if (!note->left.empty())
      child.remarks.push_back(note->left);
  }
  const auto* post = seats_[who].post();
  if (const auto stuck = post ? post->stuck() : std::nullopt) {
    child.stuck_in = stuck->in;
    child.stuck_for = stuck->lasts;
  }
  return child;
}

void supervisor_actor::explain_child(const control& x) {
  const auto who = look_for(x);
  if (!who)
    return;
  if (!*who)
    x.why->found = who->error();
  else
    x.why->found = explained(**who, x.path);
}

expected<explanation> supervisor_actor::explained(slot who, const std::string& path) const {
  auto waits_for = awaited_by(who);
  if (const auto last = asked_.find(who); last != asked_.end()) {
    auto x = explain(plan(), last->second);
    x.waits_for = std::move(waits_for);
    return x;
  }
  return fault{path, "has not ended so far: nothing was decided about it"
                       + (waits_for.empty() ? "" : "; it waits for " + list_of(waits_for))};
}

void supervisor_actor::show_child(const control& x) {
  const auto who = look_for(x);
  if (!who)
    return;
  if (!*who)
    x.child->found = who->error();
  else if (row_of(**who).now == phase::forgotten)
    x.child->found = fault{x.path, "names no child of this tree"};
  else
    x.child->found = std::make_shared<const child_spec>(spec_of(**who));
}

void supervisor_actor::show_spec(const control& x) {
  const auto found = way_to(x.path);
  if (found.next)
    return compat::anon_send(found.next, x);
  if (found.here)
    x.spec->found = roster_.shared_spec();
  else
    x.spec->found = found.no;
}

void supervisor_actor::show_where(const control& x) {
  const auto [above, id] = split(x.path);
  const auto found = way_to(above);
  if (found.next)
    return compat::anon_send(found.next, x);
  const auto who = found.here ? roster_.find(id) : nobody;
  if (const auto* known = found.here ? nullptr : declared_below(x.path))
    x.where->found = child_handle{{}, known->start.recipe().handle};
  else if (!is_there(who))
    x.where->found = found.here ? fault{x.path, "names no child of this tree"} : found.no;
  else
    x.where->found = child_handle{is_serving(who) ? seats_[who].who : caf::actor{},
                                  spec_of(who).start.recipe().handle};
}

/// One that has quit does not, although its end may not have come to our ears so far.
bool supervisor_actor::is_serving(slot who) const {
  return row_of(who).now == phase::up && seats_[who].who && !compat::is_leaving(seats_[who].who);
}

/// What starts again with a supervisor below us; null if that is nobody.
const child_spec* supervisor_actor::declared_below(const std::string& path) const {
  auto rest = std::string_view{path}.substr(std::min(path.size(), path_.size() + 1));
  const auto who = roster_.find(rest.substr(0, rest.find('/')));
  const auto* child = who == nobody ? nullptr : &spec_of(who);
  for (auto cut = rest.find('/'); child && cut != rest.npos; cut = rest.find('/')) {
    rest.remove_prefix(cut + 1);
    const auto* below = child->start.tree();
    if (!below || below->strategy == strategy::simple_one_for_one)
      return nullptr;
    const auto at = std::ranges::find(below->children, rest.substr(0, rest.find('/')),
                                      [](const child_spec& x) { return std::string_view{x.id}; });
    child = at == below->children.end() ? nullptr : &*at;
  }
  return child;
}

/// The cell is here, or further down.
void supervisor_actor::bind(const std::string& path) {
  if (!path.starts_with(path_ + "/"))
    return;
  const auto rest = std::string_view{path}.substr(path_.size() + 1);
  const auto id = rest.substr(0, rest.find('/'));
  const auto who = roster_.find(id);
  const auto is_here = id == rest;
  if (who == nobody || (!is_here && spec_of(who).start.kind() != task_kind::supervisor))
    return names_nobody(path);
  if (is_here)
    return show_cell(who, tree_->cell_of(path));
  if (row_of(who).number > 0 && !is_running(who) && !comes_back(who))
    tell_cell(who, *tree_->cell_of(path));
  else if (is_running(who))
    compat::anon_send(seats_[who].who, control{.what = control::order::bind, .path = path});
  else
    tree_->cell_of(path)->expected(false);
}

/// Whoever asked before a child of that path was added asks again.
void supervisor_actor::names_nobody(const std::string& path) {
  const auto [above, id] = split(path);
  if (const auto known = tree_->find_cell(above, id)) {
    known->gone(make_failure(failure::child_gone, path + " names no child of this tree"));
    tree_->drop_cell(above, id);
  }
}

void supervisor_actor::show_cells() {
  for (const auto& [id, known] : tree_->cells_below(path_))
    if (const auto who = roster_.find(id); who != nobody)
      show_cell(who, known);
    else
      names_nobody(path_ + "/" + id);
}

/// If anybody has called a child of that path before.
void supervisor_actor::show_known_cell(slot who) {
  if (auto known = tree_->find_cell(path_, spec_of(who).id))
    show_cell(who, std::move(known));
}

void supervisor_actor::show_cell(slot who, std::shared_ptr<cell> known) {
  auto& mine = seats_[who];
  if (mine.known)
    return;
  mine.known = std::move(known);
  const auto& start = spec_of(who).start;
  tree_->keep_cell(path_, spec_of(who).id, mine.known);
  mine.known->made_as(*start.recipe().handle);
  mine.known->set(start.recipe().down ? *start.recipe().down : while_down{});
  const auto row = row_of(who);
  const auto down = row.now == phase::down || row.now == phase::waiting || row.now == phase::parked
                    || row.now == phase::forgotten || row.now == phase::abandoned;
  const auto is_up = row.now == phase::up && mine.who;
  mine.known->expected(is_up);
  if (is_up)
    mine.known->up(mine.who, row.number);
  else if (row.number > 0 && down)
    tell_cell(who, *mine.known);
}

void supervisor_actor::lost(life who, const caf::error& why) const {
  if (!tree_->has_cells())
    return;
  std::string id;
  {
    const std::scoped_lock lock{roster_lock_};
    if (is_gone_) // and the next one counts its lives anew
      return;
    id = id_of(who.who);
  }
  if (const auto known = tree_->find_cell(path_, id))
    known->ended(who.number, make_failure(failure::child_down, words(why)));
}

/// Callers learn of a child's life from the same facts as everybody else.
void supervisor_actor::tell_cells(const event& x) {
  const auto who = x.who.who;
  const auto& child = seats_[who];
  if (child.known && child.who && x.what == event_type::child_running
      && child.number == x.who.number)
    child.known->up(child.who, x.who.number);
  const auto is_swapped = state_.children[who].number != child.number; // the new one is shown soon
  if (child.who || over_ || is_swapped)
    return;
  if (child.known)
    tell_cell(who, *child.known);
  if (spec_of(who).start.kind() == task_kind::supervisor && !comes_back(who))
    for (const auto& [path, below] : tree_->cells_under(path_of(who)))
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

/// The core hears of a child that is added when its turn comes, and others may ask before.
child_row supervisor_actor::row_of(slot who) const {
  if (who < state_.children.size())
    return state_.children[who];
  child_row vacant;
  vacant.now = phase::vacant;
  return vacant;
}

bool supervisor_actor::comes_back(slot who) const {
  return ending() ? !is_root() : supervisor::comes_back(state_, who); // its own supervisor may
}

} // namespace supervisor::detail
