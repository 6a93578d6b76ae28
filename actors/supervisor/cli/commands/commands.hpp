#pragma once

#include "supervisor/cli/catalog.hpp"
#include "supervisor/search/survival.hpp"
#include "supervisor/simulate/simulate.hpp"

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
  std::string secrets_from{}; ///< a folder, asked before the catalog; empty: none
  std::string cgroup{};       ///< see start_options::cgroup
};

struct simulate_options {
  std::filesystem::path file{};
  std::filesystem::path script{}; ///< empty: none
  std::string crash{};            ///< a child; empty: none
  nanoseconds every{0};           ///< how often it crashes
  simulation_options how{};
  bool as_json = false;
};

struct break_options {
  std::filesystem::path file{};
  survival_options how{};
};

class console;

/// Closes the console before there are others who write.
int run(const run_options&, const catalog&, console&);
int simulate(const simulate_options&, const catalog&);

/// The fewest crashes that bring the tree of a file down.
int break_tree(const break_options&, const catalog&);

/// As many bytes, or fewer where the system would not give us twice as many.
std::uint64_t memory_for_breaking(std::uint64_t wanted);

struct check_options {
  std::filesystem::path file{};
  bool canonical = false; ///< nothing but the tree as the shortest file that says the same
  bool effective = false; ///< also what holds for every child, and where it comes from
  bool strict = false;    ///< what is allowed and unwise is a fault
};

/// All that is wrong with a file, and what is allowed and unwise.
int check(const check_options&, const catalog&);

} // namespace supervisor
