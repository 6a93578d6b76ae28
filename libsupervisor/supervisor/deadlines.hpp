#pragma once

#include "supervisor/event.hpp"

#include <algorithm>
#include <vector>

namespace supervisor {

/// Who has to be looked at when: at most one deadline a party, the earliest in O(1), changes in
/// O(log n). A party is a slot, or a regroup (see `regroup_party`). The owner keeps each party's
/// seat; `move` is called as move(party, seat) whenever it changes, with `nobody` for none.
class deadlines {
public:
  struct entry {
    time_point at{};
    std::uint32_t party = nobody;

    friend auto operator<=>(const entry&, const entry&) = default;
  };

  bool empty() const { return heap_.empty(); }
  std::size_t size() const { return heap_.size(); }
  const entry& first() const { return heap_.front(); }
  time_point at(std::uint32_t seat) const { return heap_[seat].at; }

  /// Sets the party's deadline, whether or not it has one at `seat`.
  template <class Move>
  void set(std::uint32_t party, std::uint32_t seat, time_point at, Move&& move) {
    if (seat == nobody) {
      seat = static_cast<std::uint32_t>(heap_.size());
      heap_.push_back({at, party});
    } else {
      heap_[seat].at = at;
    }
    settle(seat, move);
  }

  template <class Move>
  void drop(std::uint32_t seat, Move&& move) {
    move(heap_[seat].party, nobody);
    const auto last = heap_.back();
    heap_.pop_back();
    if (seat < heap_.size()) {
      heap_[seat] = last;
      settle(seat, move);
    }
  }

  /// The same deadlines; the order in which they are kept is nobody's business.
  friend bool operator==(const deadlines& a, const deadlines& b) {
    return a.size() == b.size() && a.sorted() == b.sorted();
  }

  std::vector<entry> sorted() const {
    auto all = heap_;
    std::ranges::sort(all);
    return all;
  }

private:
  template <class Move>
  void settle(std::uint32_t seat, Move& move) {
    const auto mine = heap_[seat];
    for (; seat > 0 && mine < heap_[(seat - 1) / 2]; seat = (seat - 1) / 2)
      place(heap_[(seat - 1) / 2], seat, move);
    for (auto below = smaller_child(seat); below != nobody && heap_[below] < mine;
         below = smaller_child(seat)) {
      place(heap_[below], seat, move);
      seat = below;
    }
    place(mine, seat, move);
  }

  std::uint32_t smaller_child(std::uint32_t seat) const {
    const auto left = 2 * seat + 1;
    if (left >= heap_.size())
      return nobody;
    return left + 1 < heap_.size() && heap_[left + 1] < heap_[left] ? left + 1 : left;
  }

  template <class Move>
  void place(entry x, std::uint32_t seat, Move& move) {
    heap_[seat] = x;
    move(x.party, seat);
  }

  std::vector<entry> heap_;
};

} // namespace supervisor
