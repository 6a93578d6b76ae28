#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace supervisor {

/// Standard output: lines that stay and, on a terminal, a picture below them that is repainted.
class screen {
public:
  screen();

  bool is_terminal() const { return terminal_; }
  bool has_colour() const;
  std::size_t width() const;
  std::size_t height() const;

  /// The picture is not shown where it could not be repainted.
  void show(const std::vector<std::string>& lines, std::vector<std::string> picture);

  /// Adds lines above the picture.
  void print(const std::vector<std::string>& lines);

  /// Takes the picture away.
  void clear();

private:
  bool terminal_;
  std::vector<std::string> picture_{};
};

} // namespace supervisor
