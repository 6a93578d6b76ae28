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

void find(const std::vector<place>& all, std::uint32_t above, std::string_view path,
          std::vector<std::uint32_t>& found) {
  const auto step = take_step(path);
  for (const auto who : all[above].below)
    if (step == "*" || step == all[above].tree->children[all[who].seat].id) {
      if (path.empty())
        found.push_back(who);
      else
        find(all, who, path, found);
    }
}

} // namespace

std::vector<place> places_of(const declared_spec& tree) {
  std::vector<place> all{{.tree = &tree}};
  add(all, 0);
  return all;
}

std::vector<std::uint32_t> find(const std::vector<place>& all, std::string_view path) {
  if (path.starts_with('/'))
    path.remove_prefix(1);
  std::vector<std::uint32_t> found;
  find(all, 0, path, found);
  return found;
}

} // namespace supervisor::simulating
