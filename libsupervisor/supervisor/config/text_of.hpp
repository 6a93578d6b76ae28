#pragma once

#include "supervisor/expected.hpp"

#include <filesystem>
#include <string>

namespace supervisor::config {

/// All that a file says, or why it cannot be read. What has a zero byte in it is no text, and is read no
/// further than a bit beyond that: whoever takes the text refuses it. So nobody reads a device without
/// an end.
expected<std::string> text_of(const std::filesystem::path& file);

} // namespace supervisor::config
