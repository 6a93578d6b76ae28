#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace supervisor {

/// Makes lines of what a program writes. A line ends with LF, with CR LF, or with CR alone, as the
/// lines of a progress display do; an empty one does not end with CR alone.
class lines {
public:
  struct line {
    std::string text{};
    bool cut = false; ///< it goes on in the next

    friend bool operator==(const line&, const line&) = default;
  };

  explicit lines(std::size_t max_bytes);

  void feed(std::string_view);

  /// The next whole line, or part of one that is too long.
  std::optional<line> next();

  /// What is left when nothing more comes.
  std::optional<line> rest();

  std::size_t waiting() const { return text_.size() - begin_; }

private:
  line take(std::size_t size, std::size_t skipped, bool cut);
  void skip_rest_of_end();
  bool skip_returns();

  std::size_t max_bytes_;
  std::string text_{};
  std::size_t begin_ = 0;   ///< of what is not taken yet
  std::size_t scanned_ = 0; ///< up to here, there is no end of a line
  bool within_end_ = false; ///< a line was taken up to its CR; the rest of its end may come still
};

} // namespace supervisor
