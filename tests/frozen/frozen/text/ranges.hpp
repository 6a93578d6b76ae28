#pragma once

#include <algorithm>
#include <span>

namespace frozen::showing {

/// From the first to the last of some characters, both of them included.
struct range {
  char32_t first = 0;
  char32_t last = 0;
};

/// Of ranges that are sorted and do not overlap.
inline bool is_in(std::span<const range> all, char32_t code) noexcept {
  const auto after = std::ranges::upper_bound(all, code, {}, &range::first);
  return after != all.begin() && code <= std::prev(after)->last;
}

} // namespace frozen::showing
