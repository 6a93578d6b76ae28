#pragma once

#include "bench.hpp"

#include <functional>

namespace bench {

/// Wants `n` things of a tree, each when the one before is done, and says how many seconds that took.
/// What it wants must not fail.
double one_after_another(std::uint64_t n,
                         std::function<void(std::uint64_t, sup::command_done)> want);

} // namespace bench
