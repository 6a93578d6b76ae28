#pragma once

#include "supervisor/expected.hpp"

#include <cstdint>
#include <string_view>

namespace supervisor {

/// Bytes as people write them: "512MiB", "2GiB", "100KiB", "5000B". A whole number and its unit, in
/// steps of 1024, and fewer than 2^64.
expected<std::uint64_t> size_from(std::string_view text);

} // namespace supervisor
