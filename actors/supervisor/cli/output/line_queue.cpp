#include "supervisor/cli/output/line_queue.hpp"

#include <algorithm>
#include <utility>

namespace supervisor {

namespace {

std::uint64_t lines_in(const std::string& text) {
  return 1 + static_cast<std::uint64_t>(std::ranges::count(text, '\n'));
}

} // namespace

void line_queue::add(std::string line) {
  if (!lines_.empty() && (lines_.size() >= most_lines || bytes_ + line.size() > most_bytes)) {
    lost_ += lines_in(line);
    return;
  }
  bytes_ += line.size();
  lines_.push_back(std::move(line));
}

std::vector<std::string> line_queue::take() {
  if (const auto lost = std::exchange(lost_, 0); lost > 0)
    lines_.push_back("[supervisor] " + std::to_string(lost) + " more lines left out");
  bytes_ = 0;
  return std::exchange(lines_, {});
}

} // namespace supervisor
