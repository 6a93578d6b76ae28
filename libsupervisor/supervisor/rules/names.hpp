#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace supervisor::detail {

/// Names that a spec gives, and that its other parts may refer to. Refers to their texts.
class names {
public:
  /// Returns whether nobody had it before.
  bool add(std::string_view name);

  bool has(std::string_view name) const { return place_.contains(name); }

  /// How many were there when it was added first. It must be there.
  std::size_t place_of(std::string_view name) const { return place_.at(name); }

  /// ", did you mean \"x\"?", if one is close.
  std::string closest(std::string_view to);

  /// "a, b, c", and how many more there are.
  std::string some() const;

private:
  std::vector<std::string_view> all_{};
  std::unordered_map<std::string_view, std::size_t> place_{};
  int looks_ = 20; // of a long list every suggestion is costly
};

} // namespace supervisor::detail
