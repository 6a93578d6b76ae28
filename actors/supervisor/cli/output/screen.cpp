#include "supervisor/cli/output/screen.hpp"

#include "supervisor/cli/output/tree_view.hpp"

#include <cstdlib>
#include <string_view>
#include <utility>

#include <sys/ioctl.h>
#include <unistd.h>

namespace supervisor {

namespace {

constexpr terminal_size smallest{3, 16}; ///< in which a picture says anything

constexpr std::string_view erase_picture = "\r\x1b[J";
constexpr std::string_view do_not_wrap = "\x1b[?7l";
constexpr std::string_view wrap = "\x1b[?7h";

std::string_view environment(const char* name) {
  const auto* value = std::getenv(name);
  return value ? value : "";
}

/// If it is not ours, it is somebody else's who has the terminal now.
bool is_in_background() {
  const auto who = tcgetpgrp(STDOUT_FILENO);
  return who > 0 && who != getpgrp();
}

terminal_size size_of_terminal() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || is_in_background())
    return {};
  return {size.ws_row, size.ws_col};
}

bool can_draw() {
  const auto terminal = environment("TERM");
  return isatty(STDOUT_FILENO) == 1 && !terminal.empty() && terminal != "dumb"
         && terminal != "unknown";
}

} // namespace

screen_options screen_options::ours(std::string title) {
  return {.can_draw = supervisor::can_draw(),
          .colour = supervisor::can_draw() && environment("NO_COLOR").empty(),
          .title = std::move(title),
          .size = size_of_terminal};
}

std::string screen::text_of(const std::vector<std::string>& lines) {
  std::string text;
  if (std::exchange(painted_, false))
    text += erase_picture;
  for (const auto& line : lines)
    text += line + '\n';
  auto drawn = picture();
  painted_ = !drawn.empty();
  return text + drawn;
}

std::string screen::picture() const {
  const auto size = options_.size();
  if (!state_ || !options_.can_draw || size.rows < smallest.rows || size.columns < smallest.columns)
    return "";
  const auto lines = view(*state_, {.title = options_.title,
                                    .colour = options_.colour,
                                    .width = size.columns,
                                    .height = size.rows - 1}); // and one for the cursor
  std::string text{do_not_wrap};
  for (const auto& line : lines)
    text += line + '\n';
  return text.append(wrap) + "\x1b[" + std::to_string(lines.size()) + "A\r";
}

} // namespace supervisor
