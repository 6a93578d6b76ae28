// What others want of a supervisor: who it is that they mean, and what came of it.

#include "supervisor/actors/node/supervisor_actor.hpp"
#include "supervisor/report/objections.hpp"

#include <algorithm>

namespace supervisor::detail {

namespace {

/// Where they are is not known to who found them.
faults at(const std::string& path, faults found) {
  for (auto& x : found)
    x.where = path + x.where;
  return found;
}

bool is_audited(const control& x) { return check(x.command->audit).empty(); }

bool is_about_supervisor(command x) {
  return x == command::start_child || x == command::apply || x == command::shutdown;
}

} // namespace

supervisor_actor::way supervisor_actor::way_to(const std::string& supervisor_path) {
  if (supervisor_path == path_)
    return {.here = true};
  if (!supervisor_path.starts_with(path_ + "/")) {
    if (auto root = tree_->root(); root && !is_root())
      return {.next = std::move(root)};
    return {.no = {supervisor_path, "names no supervisor of this tree"}};
  }
  const auto rest = std::string_view{supervisor_path}.substr(path_.size() + 1);
  const auto id = rest.substr(0, rest.find('/'));
  const auto who = roster_.find(id);
  if (who == nobody)
    return {.no = {supervisor_path, "names no child of this tree"}};
  if (spec_of(who).start.kind() != task_kind::supervisor)
    return {.no = {supervisor_path, path_of(who) + " is no supervisor"}};
  if (!is_running(who))
    return {.no = {supervisor_path, "its supervisor " + path_of(who) + " is down"}, .down = true};
  return {.next = seats_[who].who};
}

std::optional<expected<slot>> supervisor_actor::look_for(const control& x) {
  const auto [above, id] = split(x.path);
  const auto found = way_to(above);
  if (found.next) {
    compat::anon_send(found.next, x);
    return std::nullopt;
  }
  if (!found.here)
    return found.no;
  if (const auto who = roster_.find(id); who != nobody)
    return who;
  return fault{x.path, "names no child of this tree"};
}

void supervisor_actor::on_command(const control& x) {
  if (is_about_supervisor(x.command->what))
    return command_self(x);
  const auto who = look_for(x);
  if (who && *who)
    command_child(**who, x);
  else if (who && x.command->what == command::terminate_child && has_gone(x.path))
    answer_for_one_gone(x);
  else if (who)
    x.command->found = who->error();
}

/// Whether there was such a child, which has ended and cannot come back: a member of a pool, or a
/// temporary one that was added. The names that a pool gives itself need no memory.
bool supervisor_actor::has_gone(const std::string& path) const {
  const auto [above, id] = split(path);
  if (above != path_)
    return false;
  if (std::ranges::find(gone_, id) != gone_.end())
    return true;
  if (!plan().pool)
    return false;
  const auto shape = roster_.spec().children.front().id + "-";
  const auto number = std::string_view{id}.substr(std::min(shape.size(), id.size()));
  const auto is_number = !number.empty() && number.size() < 19 && number.front() != '0'
                         && number.find_first_not_of("0123456789") == number.npos;
  return id.starts_with(shape) && is_number && std::stoull(std::string{number}) <= members_so_far_;
}

/// Told to end again, it has nothing left to do. The core, which counts commands, hears nothing of it.
void supervisor_actor::answer_for_one_gone(const control& x) {
  auto& query = *x.command;
  query.command_id
    = path_ + "#" + std::to_string(commands_so_far_) + "." + std::to_string(++asked_of_gone_);
  query.found = control_result{.command_id = query.command_id,
                               .command = query.what,
                               .path = x.path,
                               .audit = query.audit,
                               .idempotent = true,
                               .stop_state = stop_state::completed};
}

void supervisor_actor::command_self(const control& x) {
  const auto found = way_to(x.path);
  if (found.next)
    return compat::anon_send(found.next, x);
  if (found.down && x.command->what == command::apply)
    x.command->found = control_result{.command = command::apply, .path = x.path}; // when it starts
  else if (!found.here)
    x.command->found = found.no;
  else if (x.command->what == command::apply)
    revise(x);
  else if (x.command->what == command::shutdown)
    shut_down(x);
  else
    add_child(x);
}

void supervisor_actor::shut_down(const control& x) {
  take({.what = news::command,
        .count = note_command(x.command),
        .order = command::shutdown,
        .audited = is_audited(x),
        .asker = x.command->asker});
}

std::uint32_t supervisor_actor::note_command(const std::shared_ptr<command_query>& query) {
  commands_.emplace(++commands_so_far_, query);
  query->command_id = path_ + "#" + std::to_string(commands_so_far_);
  return commands_so_far_;
}

void supervisor_actor::command_child(slot who, const control& x) {
  take({.what = news::command,
        .who = {who, 0},
        .count = note_command(x.command),
        .order = x.command->what,
        .audited = is_audited(x),
        .asker = x.command->asker,
        .signal = x.command->signal});
}

/// Of the life that could not start.
std::string supervisor_actor::words_for(const control_outcome& x) const {
  const auto who = x.who.who;
  const auto text = words_.find(who);
  const auto is_said = text != words_.end() && x.exit.what != exit_class::timeout;
  const auto why = is_said ? text->second : words_of(x.exit, who);
  const auto about_child = x.order != command::apply || !is_seated(who);
  return about_child ? why : path_of(who) + ": " + why;
}

/// The record of what the core says came of it, with what is known of the child now.
void supervisor_actor::answer_command(const control_outcome& x) {
  const auto asked = commands_.find(x.key);
  if (asked == commands_.end())
    return;
  const auto query = asked->second;
  if (x.no == objection::invalid) { // the faults say more
    commands_.erase(asked);
    return;
  }
  const auto who = x.who.who;
  const auto is_there = who < state_.children.size() && !roster_.is_vacant(who)
                        && state_.children[who].now != phase::vacant;
  const auto about_self = x.order == command::apply || x.order == command::shutdown;
  if (x.order == command::shutdown && x.no == objection::none && stop_by_.empty()) {
    stop_by_ = query->audit.requested_by;
    stop_why_ = query->audit.reason;
  }
  auto now = is_there && !about_self ? known_of(who) : child_state{};
  if (about_self)
    now.path = path_.empty() ? "/" : path_;
  else if (!is_there)
    now.path = who != nobody && who < roster_.size() && !roster_.is_vacant(who) ? path_of(who)
                                                                                : query->path;
  auto record = record_of(x, now, x.no == objection::start_failed ? words_for(x) : "");
  record.command_id = query->command_id;
  record.audit = query->audit;
  if (record.admission_conflict)
    record.admission_conflict->conflicting_request = record.command_id;
  commands_.erase(asked);
  query->found = std::move(record);
}

/// Nobody sits there any more: what the shell knows of it goes, too.
void supervisor_actor::vacate(slot who) {
  if (roster_.is_vacant(who))
    return;
  const auto was_removed
    = [&] { return make_failure(failure::child_gone, path_of(who) + " was removed"); };
  if (auto known = std::exchange(seats_[who].known, nullptr)) {
    known->gone(was_removed());
    tree_->drop_cell(path_, spec_of(who).id);
  }
  if (spec_of(who).start.kind() == task_kind::supervisor)
    for (const auto& [path, below] : tree_->cells_under(path_of(who))) {
      below->gone(was_removed());
      tree_->drop_cell(path);
    }
  if (plan().pool || plan().of(who).temporary) {
    gone_.push_back(spec_of(who).id);
    if (gone_.size() > most_gone)
      gone_.pop_front();
  }
  seats_[who] = {};
  words_.erase(who);
  stalls_.erase(who);
  reasons_.erase(who);
  asked_.erase(who);
  below_.erase(who);
  nested_.erase(who);
  asides_.erase(who);
  const std::scoped_lock lock{roster_lock_};
  roster_.vacate(who);
}

// -- one more child ----------------------------------------------------------------------------------------

/// Nothing is done for a child that cannot be accepted; the core undoes what was done for one that
/// does not come up.
void supervisor_actor::add_child(const control& x) {
  turn(); // what is pending may be about the very same child
  if (over_)
    return;
  auto& query = *x.command;
  auto child = child_of(query);
  if (child && looks_up_refs(x, *child))
    return;
  if (auto wrong = child ? objections_to_refs(query, *child) : faults{}; !wrong.empty())
    child = std::move(wrong);
  if (!child) {
    query.found = child.error();
    query.wrong = to_string(child.error());
    return take({.what = news::added,
                 .who = {nobody, 0},
                 .count = note_command(x.command),
                 .audited = is_audited(x)});
  }
  if (const auto no = objection_to_adding(plan(), state_);
      no != objection::none && roster_.find(child->id) != nobody) {
    query.found = fault{path_ + "/" + child->id, std::string{words(no)}}; // its seat stays as it is
    return;
  }
  if (plan().pool && query.id.empty())
    child->id = next_member_of(child->id);
  const auto who = take_seat(std::move(*child));
  make_room_for(who);
  take({.what = news::added,
        .who = {who, 0},
        .count = note_command(x.command),
        .audited = is_audited(x)});
}

/// A forgotten child of that id may have left words here.
slot supervisor_actor::take_seat(child_spec child) {
  tree_->secret_keys().add(child);
  const std::scoped_lock lock{roster_lock_};
  const auto who = roster_.add(std::move(child));
  words_.erase(who);
  asked_.erase(who);
  below_.erase(who);
  return who;
}

void supervisor_actor::make_room_for(slot who) {
  if (seats_.size() <= who)
    seats_.resize(who + 1);
  if (const auto& start = spec_of(who).start; start.kind() == task_kind::supervisor)
    nested_[who] = make_blueprint(start.recipe().tree, seed_below(plan().seed, who));
  show_known_cell(who);
}

expected<child_spec> supervisor_actor::child_of(const command_query& query) {
  if (plan().pool)
    return member_of_pool(query);
  if (!query.child)
    return fault{path_, "is no pool: a child needs a spec, not arguments"};
  if (auto wrong = objections_to_child(*query.child, path_, roster_, state_); !wrong.empty())
    return wrong;
  return *query.child;
}

expected<child_spec> supervisor_actor::member_of_pool(const command_query& query) {
  const auto& shape = roster_.spec().children.front();
  if (query.child)
    return fault{path_, "is a pool: its children are made of its template, and arguments"};
  auto child = shape;
  if (!query.id.empty()) {
    child.id = query.id;
    if (!is_id(child.id))
      return fault{path_ + "/" + child.id,
                   "is no id: a letter or _, then letters, digits, _ and -"};
    if (roster_.find(child.id) != nobody)
      return fault{path_ + "/" + child.id, "has already started"};
  }
  const auto& recipe = shape.start.recipe();
  if (recipe.with_args) {
    auto start = recipe.with_args(query.args);
    if (!start)
      return at(path_, start.error());
    child.start = std::move(*start);
  } else if (query.args.has_value()) {
    return fault{path_, "its template takes no arguments"};
  }
  return child;
}

namespace {

std::vector<placed_wish> wishes_of(const child_spec& child, const std::string& above) {
  std::vector<placed_wish> all;
  list_wishes(child, above, "", all);
  return all;
}

} // namespace

/// Other supervisors say what their children are. One is asked after the other, and after each answer
/// the command comes again. False: all is known.
bool supervisor_actor::looks_up_refs(const control& x, const child_spec& child) {
  const auto wishes = wishes_of(child, path_);
  if (wishes.empty())
    return false;
  places below;
  list_places(child, path_, below);
  for (const auto& wanted : wishes)
    for (const auto& path : places_to_look_at(wanted))
      if (split(path).first != path_ && !below.contains(path) && !x.command->there.contains(path)) {
        look_up(path, x);
        return true;
      }
  return false;
}

void supervisor_actor::look_up(const std::string& path, const control& then) {
  auto query = std::make_shared<where_query>();
  query->done = [me = caf::actor_cast<caf::weak_actor_ptr>(ctrl()), path,
                 then](const expected<child_handle>& found) {
    then.command->there.emplace(path, found ? std::optional{found->type} : std::nullopt);
    if (const auto strong = me.lock())
      compat::anon_send(caf::actor_cast<caf::actor>(strong), then);
  };
  show_where({.what = control::order::where, .path = path, .where = std::move(query)});
}

faults supervisor_actor::objections_to_refs(const command_query& query,
                                            const child_spec& child) const {
  const auto wishes = wishes_of(child, path_);
  if (wishes.empty())
    return {};
  places all;
  list_places(child, path_, all);
  for (const auto& [path, handle] : query.there)
    if (handle)
      all.emplace(path, *handle);
  for (const auto& wanted : wishes)
    for (const auto& path : places_to_look_at(wanted))
      if (const auto [above, id] = split(path); above == path_ && is_there(roster_.find(id)))
        list_places(spec_of(roster_.find(id)), path_, all);
  auto wrong = faults_of(wishes, all);
  if (wrong.empty())
    return wrong;
  for (const auto who : in_order()) // whom they may have meant
    if (is_there(who))
      list_places(spec_of(who), path_, all);
  wrong = faults_of(wishes, all);
  return plan().pool ? at(path_, std::move(wrong)) : wrong;
}

bool supervisor_actor::is_there(slot who) const {
  return who != nobody && row_of(who).now != phase::forgotten;
}

/// Somebody may have used such an id before.
std::string supervisor_actor::next_member_of(const std::string& shape) {
  auto id = shape + "-" + std::to_string(++members_so_far_);
  while (roster_.find(id) != nobody)
    id = shape + "-" + std::to_string(++members_so_far_);
  return id;
}

// -- another spec ------------------------------------------------------------------------------------------

/// What is pending is decided by the plan that it happened under.
void supervisor_actor::revise(const control& x) {
  turn();
  auto& query = *x.command;
  if (over_)
    return;
  if (query.wanted == roster_.shared_spec()) {
    query.found = control_result{.command = command::apply, .path = path_, .audit = query.audit};
    return;
  }
  const auto no = objection_to_revision(state_, query.must_hold, is_audited(x));
  if (no == objection::restarting && !query.must_hold)
    return taken_back_.push_back(x);
  if (no != objection::none) {
    query.found = fault{path_.empty() ? "/" : path_, std::string{words(no)}};
    return;
  }
  if (auto wrong = objections_to_revision_of(*query.wanted); !wrong.empty() && query.must_hold) {
    query.found = std::move(wrong);
    return;
  }
  {
    const std::scoped_lock lock{roster_lock_};
    roster_.revise(query.wanted, query.must_hold);
  }
  tree_->secret_keys().add(*query.wanted);
  asked_.clear(); // asked by rules that hold no more
  seats_.resize(roster_.size());
  revise_cells();
  revise_nested();
  take({.what = news::revised, .count = note_command(x.command), .audited = is_audited(x)});
  turn();
}

faults supervisor_actor::objections_to_revision_of(const supervisor_spec& wanted) const {
  return plan().pool ? faults{} : needed_at_run_time(wanted, path_, roster_, state_);
}

void supervisor_actor::take_back_when_calm() {
  if (over_ || taken_back_.empty() || objection_to_revision(state_, false) == objection::restarting)
    return;
  const auto next = std::move(taken_back_.front());
  taken_back_.erase(taken_back_.begin());
  revise(next);
}

/// Their callers see it from the next life on. Those who called a child of that path before it was added
/// find it.
void supervisor_actor::revise_cells() {
  for (slot who = 0; who < roster_.size(); ++who)
    if (roster_.is_vacant(who))
      continue;
    else if (const auto& known = seats_[who].known)
      known->made_as(*spec_of(who).start.recipe().handle);
    else
      show_known_cell(who);
}

/// From their next start on; those that run are told themselves.
void supervisor_actor::revise_nested() {
  for (slot who = 0; who < roster_.size(); ++who) {
    if (roster_.is_vacant(who) || spec_of(who).start.kind() != task_kind::supervisor)
      continue;
    const auto& wanted = spec_of(who).start.recipe().tree;
    if (!has_blueprint_of(who, wanted))
      nested_[who] = make_blueprint(wanted, seed_below(plan().seed, who));
  }
}

bool supervisor_actor::has_blueprint_of(
  slot who, const std::shared_ptr<const supervisor_spec>& wanted) const {
  if (const auto changed = nested_.find(who); changed != nested_.end())
    return changed->second->spec == wanted;
  const auto declared
    = std::ranges::find(blue_->nested, who, [](const auto& x) { return x.first; });
  return declared != blue_->nested.end() && declared->second->spec == wanted;
}

const std::shared_ptr<const blueprint>& supervisor_actor::below(slot who) const {
  const auto changed = nested_.find(who);
  return changed == nested_.end() ? blue_->below(who) : changed->second;
}

} // namespace supervisor::detail
