#pragma once

#include "supervisor/expected.hpp"

#include <string>
#include <string_view>
#include <unordered_set>

namespace supervisor::config {

/// What of a file could not be read. A rule that looks at two values says nothing of the one while
/// the other is not known: its fault would only follow from another that is told already.
class unread_places {
public:
  /// By their JSON pointers.
  void add(std::string_view pointer);

  /// Whether a fault that a rule has found may follow from what could not be read. Not one of a name
  /// that is close to a known one: that is misspelt in any case.
  bool may_explain(const fault&) const;

  /// Whether some children, or their ids, are not known.
  bool has_children() const { return children_; }

private:
  bool are_beside(std::string_view above, std::string_view pattern) const {
    return places_.contains(std::string{above} + "/" + std::string{pattern});
  }

  std::unordered_set<std::string> places_{}; ///< with * for the last numbers in them
  bool children_ = false;
};

} // namespace supervisor::config
