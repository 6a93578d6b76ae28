#include "supervisor/actors/detail/tree_core.hpp"

#include "supervisor/actors/detail/standard_error.hpp"
#include "supervisor/actors/node/exit_of.hpp"
#include "supervisor/text/printable.hpp"

#include <algorithm>

#include <unistd.h>

namespace supervisor {

std::function<void(const log_line&)> start_options::lines_on_stderr() {
  const auto colours
    = isatty(STDERR_FILENO) == 1 ? showing::colours::kept : showing::colours::removed;
  return [colours](const log_line& x) {
    detail::write_to_standard_error("[" + x.path + "] "
                                    + showing::printable(x.text, showing::whole, colours));
  };
}

/// A supervisor waits for nobody who reads: what is not taken is counted.
observer start_options::crash_lines_on_stderr() {
  return [lost = std::make_shared<std::atomic<std::uint64_t>>(0)](const tree_event& x) {
    const auto line = crash_line(x);
    if (line.empty())
      return;
    if (!detail::standard_error_takes_more()) {
      ++*lost;
      return;
    }
    if (const auto before = lost->exchange(0); before > 0)
      detail::complain(std::to_string(before) + " lines left out: nobody took them");
    detail::write_to_standard_error(line);
  };
}

namespace detail {

const std::shared_ptr<const blueprint>& blueprint::below(slot who) const {
  return std::ranges::lower_bound(nested, who, {}, [](const auto& x) { return x.first; })->second;
}

std::shared_ptr<const blueprint> make_blueprint(std::shared_ptr<const supervisor_spec> spec,
                                                std::uint64_t seed) {
  auto made = std::make_shared<blueprint>();
  made->plan = make_plan(*spec, seed);
  for (slot i = 0; i < spec->children.size(); ++i)
    if (const auto& start = spec->children[i].start; start.kind() == task_kind::supervisor)
      made->nested.emplace_back(i, make_blueprint(start.recipe().tree, seed_below(seed, i)));
  made->seed = seed;
  made->spec = std::move(spec);
  return made;
}

void tree_core::observe(const tree_event& x) {
  const std::scoped_lock lock{observing_};
  if (!observed())
    return;
  try {
    options_.observer(x);
  } catch (...) { // other people's code must not end the tree
    observed_ = false;
    complain("an observer threw" + thrown_text() + "; it is told nothing more");
  }
}

/// Its supervisor cannot run to say so, most likely because all workers are stuck.
void tree_core::tell_of_stall(const watch_post& post) {
  const auto stall = post.stuck();
  if (!stall || !observed())
    return;
  static const plan no_plan{};
  const auto [above, id] = split(post.path());
  event what;
  what.what = event_type::child_stalled;
  what.wait = stall->lasts;
  observe({.supervisor = above,
           .child = id,
           .what = what,
           .text = "in a handler of " + stall->in + "; its supervisor cannot run either",
           .by = no_plan});
}

std::shared_ptr<cell> tree_core::cell_of(const std::string& path) {
  const auto [above, id] = split(path);
  std::shared_ptr<cell> found;
  caf::actor root;
  {
    const std::scoped_lock lock{mutex_};
    found = cells_.find(above, id);
    if (found && cells_.keeps(above, id))
      return found;
    has_cells_ = true;
    if (!found)
      found = std::make_shared<cell>(*system_, path, supervisor::while_down{});
    cells_.keep(above, id, found);
    root = root_;
    if (report_)
      found->gone(make_failure(failure::child_gone, path + " is gone: its tree has ended"));
  }
  if (root)
    compat::anon_send(root, control{.what = control::order::bind, .path = path});
  return found;
}

std::shared_ptr<cell> tree_core::find_cell(const std::string& above, const std::string& id) const {
  if (!has_cells_)
    return nullptr;
  const std::scoped_lock lock{mutex_};
  return cells_.find(above, id);
}

void tree_core::keep_cell(const std::string& above, const std::string& id,
                          std::shared_ptr<cell> known) {
  const std::scoped_lock lock{mutex_};
  cells_.keep(above, id, std::move(known));
}

void tree_core::drop_cell(const std::string& above, const std::string& id) {
  std::shared_ptr<cell> last; // destroyed outside the lock
  const std::scoped_lock lock{mutex_};
  last = cells_.drop(above, id);
}

void tree_core::drop_cell(const std::string& path) {
  const auto [above, id] = split(path);
  drop_cell(above, id);
}

cell_book::found_cells tree_core::cells_below(const std::string& path) const {
  const std::scoped_lock lock{mutex_};
  return cells_.below(path);
}

cell_book::found_cells tree_core::cells_under(const std::string& path) const {
  const std::scoped_lock lock{mutex_};
  return cells_.under(path);
}

/// Its children may have asked for cells before anybody could be told of them.
void tree_core::set_root(caf::actor root) {
  std::vector<std::string> unbound;
  {
    const std::scoped_lock lock{mutex_};
    if (report_)
      return;
    root_ = root;
    for (auto& [path, known] : cells_.under(""))
      unbound.push_back(std::move(path));
  }
  for (auto& path : unbound)
    compat::anon_send(root, control{.what = control::order::bind, .path = std::move(path)});
}

caf::actor tree_core::root() const {
  const std::scoped_lock lock{mutex_};
  return root_;
}

void tree_core::begun() {
  {
    const std::scoped_lock lock{mutex_};
    begun_ = true;
    if (plane_ == control_plane_state::starting)
      plane_ = control_plane_state::alive;
  }
  changed_.notify_all();
}

void tree_core::ending() {
  const std::scoped_lock lock{mutex_};
  if (!exit_)
    plane_ = control_plane_state::shutting_down;
}

namespace {

std::string phase_of(const shutdown_report& x) {
  if (x.broke)
    return "watchdog";
  switch (x.why) {
    case aim::roll_back:
      return "start";
    case aim::give_up:
    case aim::end_tree:
      return "escalation";
    default:
      return "shutdown";
  }
}

runtime_exit_report end_of_loop(const shutdown_report& x) {
  const auto in_order = !x.broke && is_in_order(x.why);
  return {.state = in_order ? control_plane_state::completed : control_plane_state::failed,
          .phase = phase_of(x),
          .reason = x.culprit.empty() ? x.reason : x.culprit + ": " + x.reason,
          .panic = x.panic,
          .recoverable = !in_order,
          .completed_at = std::chrono::system_clock::now()};
}

} // namespace

runtime_health_report tree_core::health() const {
  const std::scoped_lock lock{mutex_};
  return {.alive = plane_ == control_plane_state::alive,
          .state = plane_,
          .started_at = started_at_,
          .last_observed_at = std::chrono::system_clock::now(),
          .exit_report = exit_};
}

std::shared_ptr<void> tree_core::command_permit() {
  if (commands_.fetch_add(1) >= most_commands_) {
    --commands_;
    return nullptr;
  }
  return {this, [self = shared_from_this()](void*) { --self->commands_; }};
}

std::shared_ptr<void> tree_core::turn_to_apply() {
  if (applying_.exchange(true))
    return nullptr;
  return {this, [self = shared_from_this()](void*) { self->applying_ = false; }};
}

void tree_core::listen(std::function<void()> then) {
  std::vector<std::shared_ptr<tree_part>> parts;
  {
    const std::scoped_lock lock{mutex_};
    for (const auto& [type, part] : parts_)
      parts.push_back(part);
  }
  const auto last = std::shared_ptr<void>{nullptr, [then = std::move(then)](void*) { then(); }};
  for (const auto& part : parts)
    part->listen([last] {});
}

/// Whoever waits for the end hears of it when all that comes with it is done. No thread is made for that:
/// there may be none.
void tree_core::finished(shutdown_report report) {
  std::vector<std::shared_ptr<tree_part>> parts;
  {
    const std::scoped_lock lock{mutex_};
    if (report_)
      return;
    report_ = std::move(report);
    for (auto& [type, part] : std::exchange(parts_, {}))
      parts.push_back(std::move(part));
  }
  const auto last
    = std::shared_ptr<void>{nullptr, [self = shared_from_this()](void*) { self->conclude(); }};
  for (const auto& part : parts)
    part->tree_has_ended([last] {});
}

void tree_core::conclude() {
  cell_book::found_cells left;
  caf::actor last; // destroyed outside the lock
  {
    const std::scoped_lock lock{mutex_};
    exit_ = end_of_loop(*report_);
    plane_ = exit_->state;
    over_ = true;
    last = std::exchange(root_, nullptr);
    left = cells_.under("");
  }
  for (const auto& [path, known] : left)
    known->gone(make_failure(failure::child_gone, "its tree has ended"));
  stalls_.stop();
  changed_.notify_all();
}

void tree_core::await_end(const std::string& path, const std::vector<caf::actor>& left) {
  const auto still = std::make_shared<std::atomic<std::size_t>>(left.size());
  {
    const std::scoped_lock lock{mutex_};
    kept_.insert(kept_.end(), left.begin(), left.end());
  }
  for (const auto& who : left)
    caf::actor_cast<caf::strong_actor_ptr>(who)->get()->attach_functor(
      [still, path, id = who.id(), tree = weak_from_this()](const caf::error& why) {
        const auto known = tree.lock();
        const auto is_last = --*still == 0;
        if (!known)
          return;
        if (is_last)
          known->ended_late(path, why);
        known->let_go_of(id);
      });
}

/// Otherwise a supervisor among them and the tree would hold each other for ever.
void tree_core::let_go_of(caf::actor_id who) {
  caf::actor gone; // to be destroyed without the lock
  const std::scoped_lock lock{mutex_};
  const auto at = std::ranges::find(kept_, who, [](const auto& x) { return x.id(); });
  if (at == kept_.end())
    return;
  gone = std::move(*at);
  kept_.erase(at);
}

/// No supervisor is there any more that could decide something.
void tree_core::ended_late(const std::string& path, const caf::error& why) {
  const auto how = exit_of(why);
  {
    const std::scoped_lock lock{mutex_};
    for (auto& x : report_->outcomes)
      if (x.status == shutdown_status::abort_failed
          && (x.path == path || x.path.starts_with(path + "/"))) {
        x.status = shutdown_status::late_report;
        x.exit = how;
      }
  }
  if (!observed())
    return;
  static const plan no_plan{};
  const auto [above, id] = split(path);
  const event late{.at = time_point{system_->clock().now().time_since_epoch()},
                   .what = event_type::child_shutdown_late_report,
                   .exit = how};
  observe({.supervisor = above, .child = id, .what = late, .by = no_plan});
}

bool tree_core::wait_started(nanoseconds timeout) {
  std::unique_lock lock{mutex_};
  return changed_.wait_until(lock, later(std::chrono::steady_clock::now(), timeout),
                             [this] { return begun_ || over_; });
}

bool tree_core::wait_finished(nanoseconds timeout) {
  std::unique_lock lock{mutex_};
  return changed_.wait_until(lock, later(std::chrono::steady_clock::now(), timeout),
                             [this] { return over_; });
}

bool tree_core::has_begun() const {
  const std::scoped_lock lock{mutex_};
  return begun_;
}

std::optional<shutdown_report> tree_core::report() const {
  const std::scoped_lock lock{mutex_};
  return over_ ? report_ : std::nullopt;
}

} // namespace detail
} // namespace supervisor
