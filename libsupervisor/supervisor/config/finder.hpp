#pragma once

#include "supervisor/config/document.hpp"

#include <unordered_map>

namespace supervisor::config {

/// Finds values of a document by their pointers. A list or an object is gone through once, when it is
/// first looked into. Refers to the document.
class finder {
public:
  explicit finder(const document& file) : file_(file) {}

  /// What a pointer means, or the nearest value around it that exists.
  const value& nearest(std::string_view pointer);

private:
  using elements = std::vector<const value*>;
  using named = std::unordered_map<std::string_view, const value*>;

  const value* element(const value& array, std::string_view step);
  const value* member(const value& object, std::string_view key);

  const document& file_;
  std::unordered_map<const value*, elements> arrays_{};
  std::unordered_map<const value*, named> objects_{};
};

} // namespace supervisor::config
