#pragma once

#include "supervisor/actors/detail/cell.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace supervisor::detail {

/// The path of a child's supervisor, and the child's id: "/shop/till" is "till" below "/shop",
/// "/till" is "till" below the root, whose path is empty.
std::pair<std::string, std::string> split(const std::string& path);

/// The cells of one tree, by path. Those of children are kept. Those of nobody, such as of a child that
/// was removed, are known as long as somebody has a ref to them: a child that is added under that path
/// gets the very same cell.
class cell_book {
public:
  using found_cells = std::vector<std::pair<std::string, std::shared_ptr<cell>>>;

  /// Null: nobody has a ref to it.
  std::shared_ptr<cell> find(const std::string& above, const std::string& id) const;

  bool keeps(const std::string& above, const std::string& id) const;
  void keep(const std::string& above, const std::string& id, std::shared_ptr<cell>);

  /// What was kept, for the caller to destroy it without a lock.
  std::shared_ptr<cell> drop(const std::string& above, const std::string& id);

  /// Right below a supervisor, by id.
  found_cells below(const std::string& path) const;

  /// Below that path, however deep, by path; of the root, whose path is empty: all.
  found_cells under(const std::string& path) const;

private:
  struct entry {
    std::shared_ptr<cell> kept{};
    std::weak_ptr<cell> known{};
  };

  void forget_dropped();

  std::map<std::string, std::map<std::string, entry>> cells_; ///< by supervisor, id
  std::size_t dropped_ = 0; ///< since the last look for forgotten ones
  std::size_t left_ = 0;    ///< not kept, at that look
};

} // namespace supervisor::detail
