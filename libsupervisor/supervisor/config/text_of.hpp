#pragma once

#include "supervisor/expected.hpp"

#include <filesystem>
#include <string>

namespace supervisor::config {

/// All that a file says, or why it cannot be read.
expected<std::string> text_of(const std::filesystem::path& file);

} // namespace supervisor::config
