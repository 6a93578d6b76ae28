#include "supervisor/search/seen.hpp"

#include <utility>

namespace supervisor::searching {

void seen::add(const key& x, std::uint32_t crashes) {
  auto& mine = table_of(x);
  if (mine.is_full()) {
    bytes_ += mine.bytes();
    mine.grow();
  }
  mine.add(x, crashes);
  ++size_;
}

std::uint64_t seen::more_bytes_to_add(const key& x) const {
  const auto& mine = table_of(x);
  return mine.is_full() ? 2 * mine.bytes() : 0; // the larger one, before the old one is gone
}

std::uint32_t* seen::table::find(const key& x) {
  auto& crashes = crashes_[place_of(x)];
  return crashes == nobody ? nullptr : &crashes;
}

void seen::table::add(const key& x, std::uint32_t crashes) {
  const auto at = place_of(x);
  keys_[at] = x;
  crashes_[at] = crashes;
  ++size_;
}

/// Of the key, or of the free place that it would have.
std::size_t seen::table::place_of(const key& x) const {
  const auto last = keys_.size() - 1;
  auto at = key_hash{}(x)&last;
  while (crashes_[at] != nobody && keys_[at] != x)
    at = (at + 1) & last;
  return at;
}

void seen::table::grow() {
  const auto places = 2 * keys_.size();
  const auto keys = std::exchange(keys_, std::vector<key>(places));
  const auto crashes = std::exchange(crashes_, std::vector<std::uint32_t>(places, nobody));
  for (std::size_t i = 0; i < keys.size(); ++i)
    if (crashes[i] != nobody) {
      const auto at = place_of(keys[i]);
      keys_[at] = keys[i];
      crashes_[at] = crashes[i];
    }
}

} // namespace supervisor::searching
