#pragma once

#include "supervisor/report/report.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace supervisor {

struct view_options {
  std::string title = "root";
  bool colour = false;
  std::size_t width = 80;  ///< columns; longer lines are cut
  std::size_t height = 24; ///< lines; what does not fit is counted
};

/// A tree as people see it: a line for the root, and one for each child below it.
std::vector<std::string> view(const supervisor_state&, const view_options&);

std::string_view glyph(lifecycle) noexcept;

} // namespace supervisor
