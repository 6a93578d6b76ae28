#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace chaos {

enum class direction : std::uint8_t { at_most, at_least };

/// One measured figure, and what it has to keep to.
struct threshold {
  std::string name{};
  double value = 0;
  double limit = 0;
  direction bound = direction::at_most;

  /// A figure that is none (nothing was measured) keeps to nothing.
  bool passed() const { return bound == direction::at_most ? value <= limit : value >= limit; }
};

enum class outcome : std::uint8_t { passed, failed, skipped };

/// What came of one scenario.
struct verdict {
  std::string scenario_id{};
  std::string semver{};
  std::vector<threshold> thresholds{};
  std::vector<std::string> left_out{}; ///< parts of it that cannot run here, each with the reason
  std::int64_t started_at_unix_nanos = 0;
  std::int64_t duration_ns = 0;
  std::string error{}; ///< it did not come to its end

  /// A scenario that measured nothing has not passed. If it left out something, it was skipped.
  outcome came() const;
  bool passed() const { return came() == outcome::passed; }
};

/// One line.
std::string to_json(const verdict&);

/// What a line says of the parts that were left out: " (left out: ...)", or nothing.
std::string words_for_left_out(const std::string& json_line);

} // namespace chaos
