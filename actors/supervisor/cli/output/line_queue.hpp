#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace supervisor {

/// Lines that wait to be written, and how many there was no room for.
class line_queue {
public:
  void add(std::string line);

  bool has_room_for_programs() const {
    return lines_.size() < most_of_programs && bytes_ < most_bytes;
  }
  bool is_empty() const { return lines_.empty(); }
  std::uint64_t lost() const { return lost_; }
  std::uint64_t count() const { return lines_.size() + lost_; }

  /// All of them, and a line that says how many were lost.
  std::vector<std::string> take();

private:
  static constexpr std::size_t most_lines = 1000;
  static constexpr std::size_t most_of_programs = 800; ///< so that there is room for our own words
  static constexpr std::size_t most_bytes = std::size_t{4} << 20;

  std::vector<std::string> lines_{};
  std::size_t bytes_ = 0;
  std::uint64_t lost_ = 0;
};

} // namespace supervisor
