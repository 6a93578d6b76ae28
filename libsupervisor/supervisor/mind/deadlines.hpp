#pragma once

#include "supervisor/due.hpp"
#include "supervisor/facts/event.hpp"

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
    std::uint32_t mercy_ms = 0; ///< see `due`

    supervisor::due due() const { return {at, std::chrono::milliseconds{mercy_ms}}; }

    friend auto operator<=>(const entry&, const entry&) = default;
  };

  static_assert(sizeof(entry) == 16);

  bool empty() const { return heap_.empty(); }
  std::size_t size() const { return heap_.size(); }
  const entry& first() const { return heap_.front(); }
  const entry& at(std::uint32_t seat) const { return heap_[seat]; }

  /// Sets the party's deadline, whether or not it has one at `seat`.
  template <class Move>
  void set(std::uint32_t party, std::uint32_t seat, due when, Move&& move) {
    const entry mine{when.at, party, whole_ms(when.mercy)};
    if (seat == nobody) {
      seat = static_cast<std::uint32_t>(heap_.size());
      heap_.push_back(mine);
    } else {
      heap_[seat] = mine;
    }
    settle(seat, move);
  }

  /// Those whose deadline has come, the first one first.
  std::vector<std::uint32_t> parties_due(time_point now) const {
    std::vector<std::uint32_t> all;
    for (const auto& x : sorted())
      if (x.at <= now)
        all.push_back(x.party);
    return all;
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
  static std::uint32_t whole_ms(nanoseconds x) {
    constexpr std::int64_t most = ~std::uint32_t{0};
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(x).count();
    return static_cast<std::uint32_t>(std::clamp<std::int64_t>(ms, 0, most));
  }

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
