#pragma once

#include <cstdint>
#include <optional>

namespace supervisor {

/// Raises the soft limit of open files of this program to the hard one. Says what it was before, which is
/// what programs that it starts are to get; nothing if it stays as it is.
std::optional<std::uint64_t> raise_soft_files() noexcept;

/// How many programs as children the hard limit carries.
std::uint64_t most_programs() noexcept;

} // namespace supervisor
