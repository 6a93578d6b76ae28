#pragma once

#include "supervisor/core.hpp"

#include <memory>
#include <string>
#include <string_view>
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

/// Those that a path means, in which * stands for any one step; the slash in front may be missing.
std::vector<std::uint32_t> find(const std::vector<place>&, std::string_view path);

} // namespace supervisor::simulating
