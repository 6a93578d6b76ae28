#pragma once

#include <string>
#include <system_error>

namespace supervisor {

/// What an errno means.
inline std::string error_words(int error) { return std::generic_category().message(error); }

inline std::string quoted(const std::string& text) { return '"' + text + '"'; }

} // namespace supervisor
