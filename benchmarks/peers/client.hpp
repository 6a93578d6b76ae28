#pragma once

#include "bench.hpp"

#include <functional>

namespace bench {

/// An actor that wants `n` things of a tree, each when the one before is done, and how many seconds
/// that took. What it wants must not fail.
double one_after_another(caf::actor_system&, std::uint64_t n,
                         std::function<void(std::uint64_t, sup::command_done)> want);

} // namespace bench
