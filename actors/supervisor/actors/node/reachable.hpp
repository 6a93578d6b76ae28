#pragma once

#include <string>

namespace supervisor::detail {

/// Whether somebody accepts a connection at "host:port" within a second. Blocks.
bool accepts_connections(const std::string& where);

} // namespace supervisor::detail
