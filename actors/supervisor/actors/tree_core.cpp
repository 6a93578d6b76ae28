#include "supervisor/actors/tree_core.hpp"

#include <algorithm>
#include <iostream>

namespace supervisor {

observer start_options::crash_lines_on_stderr() { return crash_lines(std::cerr); }

namespace detail {

namespace {

/// "/shop/till" is "till" below "/shop"; "/till" is "till" below the root, whose path is empty.
std::pair<std::string, std::string> split(const std::string& path) {
  const auto cut = path.rfind('/');
  return {path.substr(0, cut), path.substr(cut + 1)};
}

} // namespace

const std::shared_ptr<const blueprint>& blueprint::below(slot who) const {
  return std::ranges::lower_bound(nested, who, {}, [](const auto& x) { return x.first; })->second;
}

std::shared_ptr<const blueprint> make_blueprint(std::shared_ptr<const supervisor_spec> spec,
                                                std::uint64_t seed) {
  auto made = std::make_shared<blueprint>();
  made->plan = make_plan(*spec, seed);
  for (slot i = 0; i < spec->children.size(); ++i)
    if (const auto& start = spec->children[i].start; start.kind() == task_kind::supervisor)
      made->nested.emplace_back(
        i, make_blueprint(start.recipe().tree, seed ^ (0x9e3779b97f4a7c15u * (i + 1))));
  made->spec = std::move(spec);
  return made;
}

void tree_core::observe(const tree_event& x) {
  const std::scoped_lock lock{observing_};
  try {
    options_.observer(x);
  } catch (const std::exception& why) { // other people's code must not end the tree
    std::cerr << "[supervisor] an observer threw: " << why.what() << std::endl;
  }
}

std::shared_ptr<cell> tree_core::cell_of(const std::string& path) {
  const auto [above, id] = split(path);
  std::shared_ptr<cell> made;
  caf::actor root;
  {
    const std::scoped_lock lock{mutex_};
    auto& known = cells_[above][id];
    if (known)
      return known;
    has_cells_ = true;
    made = known = std::make_shared<cell>(*system_, path, supervisor::while_down{});
    root = root_;
    if (report_)
      made->gone(make_failure(failure::child_gone, path + " is gone: its tree has ended"));
  }
  if (root)
    compat::anon_send(root, control{.what = control::order::bind, .path = path});
  return made;
}

std::shared_ptr<cell> tree_core::find_cell(const std::string& above, const std::string& id) const {
  if (!has_cells_)
    return nullptr;
  const std::scoped_lock lock{mutex_};
  const auto level = cells_.find(above);
  if (level == cells_.end())
    return nullptr;
  const auto known = level->second.find(id);
  return known == level->second.end() ? nullptr : known->second;
}

std::vector<std::pair<std::string, std::shared_ptr<cell>>>
tree_core::cells_below(const std::string& path) {
  const std::scoped_lock lock{mutex_};
  const auto known = cells_.find(path);
  if (known == cells_.end())
    return {};
  return {known->second.begin(), known->second.end()};
}

std::vector<std::shared_ptr<cell>> tree_core::cells_under(const std::string& path) const {
  std::vector<std::shared_ptr<cell>> found;
  const std::scoped_lock lock{mutex_};
  for (const auto& [above, children] : cells_)
    if (above == path || above.starts_with(path + "/"))
      for (const auto& [id, known] : children)
        found.push_back(known);
  return found;
}

/// Its children may have asked for cells before anybody could be told of them.
void tree_core::set_root(caf::actor root) {
  std::vector<std::string> unbound;
  {
    const std::scoped_lock lock{mutex_};
    if (report_)
      return;
    root_ = root;
    for (const auto& [above, children] : cells_)
      for (const auto& [id, known] : children)
        unbound.push_back(above + "/" + id);
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
  }
  changed_.notify_all();
}

void tree_core::finished(shutdown_report report) {
  std::vector<std::shared_ptr<cell>> left;
  caf::actor last; // destroyed outside the lock
  {
    const std::scoped_lock lock{mutex_};
    if (report_)
      return;
    report_ = std::move(report);
    last = std::exchange(root_, nullptr);
    for (const auto& [above, children] : cells_)
      for (const auto& [id, known] : children)
        left.push_back(known);
  }
  for (const auto& known : left)
    known->gone(make_failure(failure::child_gone, "its tree has ended"));
  changed_.notify_all();
}

bool tree_core::wait_started(nanoseconds timeout) {
  std::unique_lock lock{mutex_};
  return changed_.wait_until(lock, later(std::chrono::steady_clock::now(), timeout),
                             [this] { return begun_ || report_; });
}

bool tree_core::wait_finished(nanoseconds timeout) {
  std::unique_lock lock{mutex_};
  return changed_.wait_until(lock, later(std::chrono::steady_clock::now(), timeout),
                             [this] { return report_.has_value(); });
}

bool tree_core::has_begun() const {
  const std::scoped_lock lock{mutex_};
  return begun_;
}

std::optional<shutdown_report> tree_core::report() const {
  const std::scoped_lock lock{mutex_};
  return report_;
}

} // namespace detail
} // namespace supervisor
