#pragma once

#include "supervisor/simulate/places.hpp"
#include "supervisor/simulate/script/script.hpp"

namespace supervisor::simulating {

/// What one child does, in every life.
struct part {
  span_of_time start{}, stop{}, kill{}, ready{};
  std::uint32_t failing_starts = 0;
  std::vector<std::uint32_t> after_start{}; ///< crashes, by their number in the script
  std::vector<std::uint32_t> on_time{};     ///< the others
  std::uint32_t rolls = 0;                  ///< of the dice, so far
};

/// By place. The script must have passed `validate`.
std::vector<part> parts_of(const script&, const std::vector<place>&);

} // namespace supervisor::simulating
