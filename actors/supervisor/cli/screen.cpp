#include "supervisor/cli/screen.hpp"

#include <cstdlib>
#include <iostream>
#include <string_view>

#include <sys/ioctl.h>
#include <unistd.h>

namespace supervisor {

namespace {

std::string_view environment(const char* name) {
  const auto* value = std::getenv(name);
  return value ? value : "";
}

winsize size_of_terminal() {
  winsize size{};
  ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
  return size;
}

std::string over_old_text(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines)
    text += line + "\x1b[K\n";
  return text;
}

void write(const std::string& text) { std::cout << text << std::flush; }

} // namespace

screen::screen() : terminal_(isatty(STDOUT_FILENO) == 1 && environment("TERM") != "dumb") {}

bool screen::has_colour() const { return terminal_ && environment("NO_COLOR").empty(); }

std::size_t screen::width() const {
  const auto columns = size_of_terminal().ws_col;
  return columns == 0 ? 80 : columns;
}

std::size_t screen::height() const {
  const auto rows = size_of_terminal().ws_row;
  return rows == 0 ? 24 : rows;
}

void screen::show(const std::vector<std::string>& lines, std::vector<std::string> picture) {
  if (!terminal_)
    return print(lines);
  const auto up = picture_.empty() ? "" : "\x1b[" + std::to_string(picture_.size()) + "A\r";
  write(up + over_old_text(lines) + over_old_text(picture) + "\x1b[J");
  picture_ = std::move(picture);
}

void screen::print(const std::vector<std::string>& lines) {
  if (lines.empty())
    return;
  if (terminal_)
    return show(lines, picture_);
  std::string text;
  for (const auto& line : lines)
    text += line + '\n';
  write(text);
}

void screen::clear() {
  if (!picture_.empty())
    show({}, {});
}

} // namespace supervisor
