#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace frozen::detail {

/// Names that a spec gives, and that its other parts may refer to. Refers to their texts.
class names {
public:
  /// `expected`: as many names are to come.
  explicit names(std::size_t expected = 0);

  /// Returns whether nobody had it before.
  bool add(std::string_view name);

  bool has(std::string_view name) const { return table_[find(name)] != 0; }

  /// How many were there when it was added first. It must be there.
  std::size_t place_of(std::string_view name) const { return table_[find(name)] - 1; }

  /// ", did you mean \"x\"?", if one is close.
  std::string closest(std::string_view to);

  /// "a, b, c", and how many more there are.
  std::string some() const;

private:
  std::size_t find(std::string_view name) const;
  void grow();

  std::vector<std::string_view> all_{};
  /// Where each is to be found, by its hash, or behind others: its place + 1, or 0. One block of
  /// memory for all, half of it empty: a hundred thousand nodes would stay with whoever checked them.
  std::vector<std::uint32_t> table_;
  int looks_ = 20; // of a long list every suggestion is costly
};

} // namespace frozen::detail
