#include "supervisor/simulate/places.hpp"

#include <algorithm>

namespace supervisor::simulating {

namespace {

void add(std::vector<place>& all, std::uint32_t above) {
  const auto& tree = *all[above].tree;
  if (tree.strategy == strategy::simple_one_for_one)
    return; // what it declares is a template
  for (slot seat = 0; seat < tree.children.size(); ++seat) {
    const auto& child = tree.children[seat];
    const auto here = static_cast<std::uint32_t>(all.size());
    all[above].below.push_back(here);
    all.push_back({.path = all[above].path + "/" + child.id,
                   .above = above,
                   .seat = seat,
                   .tree = child.start.tree()});
    if (all[here].is_supervisor())
      add(all, here);
  }
}

/// Takes one step off the path.
std::string_view take_step(std::string_view& path) {
  const auto end = std::min(path.find('/'), path.size());
  const auto step = path.substr(0, end);
  path.remove_prefix(std::min(end + 1, path.size()));
  return step;
}

std::string_view last_step(std::string_view path) { return path.substr(path.rfind('/') + 1); }

} // namespace

std::vector<place> places_of(const declared_spec& tree) {
  std::vector<place> all{{.tree = &tree}};
  add(all, 0);
  return all;
}

directory::directory(const std::vector<place>& all) : places_(all) {
  for (std::uint32_t who = 1; who < all.size(); ++who)
    below_[all[who].above].emplace(last_step(all[who].path), who);
}

std::vector<std::uint32_t> directory::find(std::string_view path) const {
  if (path.starts_with('/'))
    path.remove_prefix(1);
  std::vector<std::uint32_t> found;
  find(0, path, found);
  return found;
}

void directory::find(std::uint32_t above, std::string_view path,
                     std::vector<std::uint32_t>& found) const {
  const auto step = take_step(path);
  const auto go_on = [&](std::uint32_t who) {
    if (path.empty())
      found.push_back(who);
    else
      find(who, path, found);
  };
  if (step == "*") {
    std::ranges::for_each(places_[above].below, go_on);
    return;
  }
  const auto ids_below = below_.find(above);
  if (ids_below == below_.end())
    return;
  if (const auto at = ids_below->second.find(step); at != ids_below->second.end())
    go_on(at->second);
}

} // namespace supervisor::simulating
