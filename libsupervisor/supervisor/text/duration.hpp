#pragma once

#include "supervisor/expected.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace supervisor {

/// What `duration_from` reads, as a regular expression.
inline constexpr std::string_view duration_pattern = "^([0-9]+(\\.[0-9]+)?(ns|us|ms|s|min|m|h))+$";

/// "10ms", "1.5s", "1m30s": never negative, and shorter than nanoseconds can count.
expected<std::chrono::nanoseconds> duration_from(std::string_view text);

/// "5s", "1.5s", "200ms", "12us": three digits at most.
std::string to_string(std::chrono::nanoseconds);

} // namespace supervisor
