#pragma once

#include "supervisor/mind/core.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace supervisor::simulating {

/// Where a child of the tree is, in every life of it and of its supervisors.
struct place {
  std::string path{}; ///< "/checkout/cart"; empty: the root
  std::uint32_t above = nobody;
  slot seat = nobody;                  ///< among those of its supervisor
  const declared_spec* tree = nullptr; ///< of a supervisor
  std::vector<std::uint32_t> below{};  ///< by slot

  bool is_supervisor() const { return tree != nullptr; }
};

/// The root first, parents before children. Refers to the spec.
std::vector<place> places_of(const declared_spec&);

/// Finds places by their paths. Refers to them.
class directory {
public:
  explicit directory(const std::vector<place>&);

  /// Those that a path means, in which * stands for any one step; the slash in front may be missing.
  std::vector<std::uint32_t> find(std::string_view path) const;

private:
  using ids = std::unordered_map<std::string_view, std::uint32_t>;

  void find(std::uint32_t above, std::string_view path, std::vector<std::uint32_t>& found) const;

  const std::vector<place>& places_;
  std::unordered_map<std::uint32_t, ids> below_{}; ///< by supervisor
};

} // namespace supervisor::simulating
