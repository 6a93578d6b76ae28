#pragma once

#include "supervisor/text/printable.hpp"

#include <string>
#include <system_error>

namespace supervisor {

/// What an errno means.
inline std::string error_words(int error) { return std::generic_category().message(error); }

/// A path or a name, fit to be shown.
inline std::string quoted(const std::string& name) {
  return showing::quoted(name, showing::longest_line);
}

} // namespace supervisor
