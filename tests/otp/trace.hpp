#pragma once

#include "story.hpp"

#include <iosfwd>
#include <string>
#include <vector>

namespace otp {

/// What came of one step.
struct outcome {
  std::vector<std::string> events{}; ///< "start /a/b", "end /a shutdown", in their order
  std::string result{};              ///< of the command, in one word
  std::vector<std::string> states{}; ///< "is /a/b up", "count / 2 1 0 2"

  friend bool operator==(const outcome&, const outcome&) = default;
};

/// What came of a story: first of the start, then of each step until the root ended.
using trace = std::vector<outcome>;

/// Without what nobody defines: events of different supervisors have no order among each other, nor
/// have the ends of a pool, or of those whose supervisor was killed.
trace in_order(trace, const story&);

std::size_t count_events(const trace&);

/// One that was heard.
bool has_command_between_tries(const trace&);

/// The traces that the Erlang side wrote, in the order of their seeds in `stories`. One that is
/// missing or broken is empty.
std::vector<trace> read_traces(std::istream&, const std::vector<story>& stories);

/// Beside each other, what differs is marked. Columns have names.
std::string side_by_side(const std::vector<std::pair<std::string, trace>>&);

/// The parts that all tellers share.
inline std::string shown(const std::string& path) { return path.empty() ? "/" : path; }

} // namespace otp
