#pragma once

#include "supervisor/config/document.hpp"

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace supervisor::config {

/// A file while it is decoded, and what is wrong with it so far.
class reading {
public:
  static constexpr std::size_t most_faults = 1000; // the rest is counted

  explicit reading(const document& file) : file_(file) {}

  const document& file() const { return file_; }
  std::size_t count() const { return found_.size() + left_out_; }

  void wrong(const value& at, std::string what);

  /// For a key that `object` should have.
  void missing(const value& object, std::string_view key, std::string what);

  /// Faults of what was decoded, found without the file. Those at or inside a value that already
  /// has one are dropped: they are about what stands there instead.
  void add(const faults& of_spec);

  /// In the order of the file, with lines.
  faults in_order() &&;

private:
  struct finding {
    std::size_t at = 0; // in the file
    fault what{};
  };

  bool is_full() const { return found_.size() == most_faults; }
  void note(const value& at, std::string where, std::string what);

  const document& file_;
  std::vector<finding> found_{};
  std::size_t left_out_ = 0;
};

} // namespace supervisor::config
