#pragma once

#include "supervisor/report/report.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace supervisor {

/// 0: not known, or nothing may be drawn there now.
struct terminal_size {
  std::size_t rows = 0;
  std::size_t columns = 0;
};

/// What is known of standard output.
struct screen_options {
  bool can_draw = false; ///< it is a terminal that can move its cursor
  bool colour = false;
  std::string title = "root";
  std::function<terminal_size()> size = [] { return terminal_size{}; };

  /// Of ours, and the environment's TERM and NO_COLOR. Without a TERM, or with "dumb", a terminal is
  /// taken for one that cannot draw; one in whose background we are has no size.
  static screen_options ours(std::string title);
};

/// How lines that stay and, on a terminal, a picture of the tree below them become bytes. The cursor
/// stays at the beginning of the picture: whatever the terminal makes of it when its size changes, what
/// is below the cursor is the picture.
class screen {
public:
  explicit screen(screen_options x) : options_(std::move(x)) {}

  bool can_draw() const { return options_.can_draw; }
  bool has_colour() const { return options_.colour; }

  /// The picture of the last state that was shown is painted anew, in the size that the terminal has
  /// now; not at all where it does not fit.
  std::string text_of(const std::vector<std::string>& lines);

  void show(supervisor_state x) { state_ = std::move(x); }

  /// There is no picture any more.
  void clear() { state_.reset(); }

private:
  std::string picture() const;

  const screen_options options_;
  std::optional<supervisor_state> state_{};
  bool painted_ = false;
};

} // namespace supervisor
