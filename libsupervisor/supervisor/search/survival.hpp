#pragma once

#include "supervisor/spec/spec.hpp"

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

// By how few crashes a tree can be brought down. The decisions of the whole tree are tried, the very
// same code that runs it, with crashes of every child at every instant that makes a difference: at
// once, when a deadline comes, and just before and just after a window has moved on.

namespace supervisor {

struct survival_options {
  std::uint32_t crashes = 12;                    ///< at most
  std::uint64_t seed = 1;                        ///< of all luck, as for a tree that runs
  std::uint64_t most_states = 1'000'000;         ///< and no endless search
  std::uint64_t memory = std::uint64_t{2} << 30; ///< in bytes, that the search may use
};

enum class survival_outcome : std::uint8_t {
  survives,     ///< as many crashes as were tried, whenever they come
  falls,        ///< `trace` says how
  not_all_tried ///< a bound was met: it survives as many crashes as were tried in every way
};

std::string_view label(survival_outcome) noexcept;

/// What ended a search before all was tried.
enum class survival_bound : std::uint8_t { none, states, memory };

std::string_view label(survival_bound) noexcept;

/// One crash, and what came of it.
struct blow {
  nanoseconds at{0}; ///< since the tree was up
  std::string child{};
  std::string then{};

  friend bool operator==(const blow&, const blow&) = default;
};

struct survival {
  survival_outcome how{};
  std::uint32_t crashes = 0; ///< falls: the fewest that do it; else: it survives that many
  std::vector<blow> trace{}; ///< falls
  std::uint64_t states = 0;  ///< that were looked at
  std::uint64_t seed = 0;
  bool rolls_dice = false; ///< a policy has jitter: what is found holds for this seed
  survival_bound bound{};  ///< not_all_tried: which

  /// Whether all was tried, and nothing brought it down.
  explicit operator bool() const { return how == survival_outcome::survives; }

  friend bool operator==(const survival&, const survival&) = default;
};

/// Children start, get ready and stop at once, and crash only while they run, one at a time; a crash is
/// a panic. Their signs of life are taken for good, and members of pools are not tried. Which of
/// several equal children it is does not matter. Pure: the same arguments give the same result, unless
/// the machine has less memory than the options allow. The memory is counted by us: two machines stop
/// at the same state. The tree must have passed `validate`.
survival try_to_break(const declared_spec&, const survival_options& = {});

/// For people.
std::string to_string(const survival&);
std::ostream& operator<<(std::ostream&, const survival&);

} // namespace supervisor
