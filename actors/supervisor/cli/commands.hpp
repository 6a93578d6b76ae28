#pragma once

#include "supervisor/cli/catalog.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>

namespace supervisor {

/// What a command line tells those who started it; stable.
namespace exit_code {

inline constexpr int clean = 0;
inline constexpr int gave_up = 1;
inline constexpr int bad_input = 2;
inline constexpr int abandoned = 3;

} // namespace exit_code

struct run_options {
  std::filesystem::path file{};
  std::optional<nanoseconds> how_long{};
  std::optional<std::uint64_t> seed{};
};

int run(const run_options&, const catalog&);
int check(const std::filesystem::path& file, const catalog&);

} // namespace supervisor
