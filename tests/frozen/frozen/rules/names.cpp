#include "frozen/rules/names.hpp"

#include "frozen/expected.hpp"

#include <algorithm>
#include <bit>
#include <functional>
#include <utility>

namespace frozen::detail {

names::names(std::size_t expected) : table_(std::bit_ceil(2 * expected + 2)) {
  all_.reserve(expected);
}

bool names::add(std::string_view name) {
  all_.push_back(name);
  if (2 * all_.size() > table_.size())
    grow();
  auto& place = table_[find(name)];
  const auto is_new = place == 0;
  if (is_new)
    place = static_cast<std::uint32_t>(all_.size());
  return is_new;
}

/// Of the name, or of the free entry that it would have.
std::size_t names::find(std::string_view name) const {
  const auto last = table_.size() - 1;
  const auto hash = std::hash<std::string_view>{}(name);
  auto at = hash & last;
  while (table_[at] != 0 && all_[table_[at] - 1] != name)
    at = (at + 1) & last;
  return at;
}

void names::grow() {
  const auto before = std::exchange(table_, std::vector<std::uint32_t>(2 * table_.size()));
  for (const auto place : before)
    if (place != 0)
      table_[find(all_[place - 1])] = place;
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

} // namespace frozen::detail
