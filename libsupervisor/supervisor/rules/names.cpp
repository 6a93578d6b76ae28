#include "supervisor/rules/names.hpp"

#include "supervisor/expected.hpp"

#include <algorithm>

namespace supervisor::detail {

bool names::add(std::string_view name) {
  all_.push_back(name);
  return place_.emplace(name, all_.size() - 1).second;
}

std::string names::closest(std::string_view to) {
  constexpr std::size_t longest_slip = 40; // more is no misspelling, and costly to compare
  return to.size() <= longest_slip && looks_-- > 0 ? did_you_mean(to, all_) : "";
}

std::string names::some() const {
  const auto shown = std::min<std::size_t>(all_.size(), 10);
  std::string text;
  for (std::size_t i = 0; i < shown; ++i)
    text += (i == 0 ? "" : ", ") + std::string{all_[i]};
  return shown < all_.size() ? text + " and " + std::to_string(all_.size() - shown) + " more"
                             : text;
}

} // namespace supervisor::detail
