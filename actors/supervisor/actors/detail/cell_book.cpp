#include "supervisor/actors/detail/cell_book.hpp"

namespace supervisor::detail {

std::pair<std::string, std::string> split(const std::string& path) {
  const auto cut = path.rfind('/');
  return {path.substr(0, cut), path.substr(cut + 1)};
}

std::shared_ptr<cell> cell_book::find(const std::string& above, const std::string& id) const {
  const auto level = cells_.find(above);
  if (level == cells_.end())
    return nullptr;
  const auto found = level->second.find(id);
  return found == level->second.end() ? nullptr : found->second.known.lock();
}

bool cell_book::keeps(const std::string& above, const std::string& id) const {
  const auto level = cells_.find(above);
  if (level == cells_.end())
    return false;
  const auto found = level->second.find(id);
  return found != level->second.end() && found->second.kept;
}

void cell_book::keep(const std::string& above, const std::string& id, std::shared_ptr<cell> what) {
  cells_[above][id] = {.kept = what, .known = what};
}

std::shared_ptr<cell> cell_book::drop(const std::string& above, const std::string& id) {
  const auto level = cells_.find(above);
  if (level == cells_.end())
    return nullptr;
  const auto found = level->second.find(id);
  if (found == level->second.end())
    return nullptr;
  auto kept = std::exchange(found->second.kept, nullptr);
  if (++dropped_ > left_ + 64)
    forget_dropped();
  return kept;
}

/// Now and then, so that the names of pool members that are gone do not pile up.
void cell_book::forget_dropped() {
  dropped_ = left_ = 0;
  for (auto& [above, children] : cells_) {
    std::erase_if(children,
                  [](const auto& x) { return !x.second.kept && x.second.known.expired(); });
    for (const auto& [id, x] : children)
      left_ += !x.kept;
  }
  std::erase_if(cells_, [](const auto& x) { return x.second.empty(); });
}

cell_book::found_cells cell_book::below(const std::string& path) const {
  found_cells all;
  if (const auto level = cells_.find(path); level != cells_.end())
    for (const auto& [id, x] : level->second)
      if (auto known = x.known.lock())
        all.emplace_back(id, std::move(known));
  return all;
}

cell_book::found_cells cell_book::under(const std::string& path) const {
  found_cells all;
  for (const auto& [above, children] : cells_)
    if (above == path || above.starts_with(path + "/"))
      for (const auto& [id, x] : children)
        if (auto known = x.known.lock())
          all.emplace_back(above + "/" + id, std::move(known));
  return all;
}

} // namespace supervisor::detail
