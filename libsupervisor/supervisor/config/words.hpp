#pragma once

#include <string>
#include <string_view>

namespace supervisor::config {

/// Fit for a terminal: nothing that moves the cursor, and cut where nobody reads on.
std::string printable(std::string_view text, std::size_t most = 80);

/// The same in quotation marks.
std::string quoted(std::string_view text);

} // namespace supervisor::config
