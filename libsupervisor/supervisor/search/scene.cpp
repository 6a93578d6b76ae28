#include "supervisor/search/scene.hpp"

#include "supervisor/search/breaking.hpp"

#include <deque>

namespace supervisor::searching {

// -- moves ---------------------------------------------------------------------------------------------

scene walker::begin() {
  scene first{.now = world{*sites_}};
  by.settle(first.now);
  return first;
}

void walker::strike(scene& x, std::uint32_t who) {
  if (longest_window_ > nanoseconds{0})
    x.crashes.push_back(x.now.now());
  by.strike(x.now, who);
}

bool walker::wait(scene& x) {
  const auto next = next_instant(x.now, x.crashes);
  if (next == time_point::max())
    return false;
  by.wait(x.now, next);
  std::erase_if(x.crashes, [&](time_point at) { return next - at > longest_window_; });
  return true;
}

void walker::go(scene& x, std::uint32_t who) {
  if (who == nobody)
    wait(x);
  else
    strike(x, who);
}

// -- memory --------------------------------------------------------------------------------------------

namespace {

constexpr std::uint64_t per_block = 16; // what the allocator needs for itself, and rounds up

template <class T>
std::uint64_t heap(const std::vector<T>& x) {
  return x.capacity() == 0 ? 0 : x.capacity() * sizeof(T) + per_block;
}

/// libstdc++ gives a deque a block of 512 bytes before there is anything in it, and a list of blocks.
template <class T>
std::uint64_t heap(const std::deque<T>& x) {
  constexpr std::uint64_t block = 512 + per_block, list = 64 + per_block;
  return list + block * (1 + x.size() * sizeof(T) / 512);
}

std::uint64_t heap(const memory_slot& x) { return x.empty() ? 0 : x.bytes().size() + per_block; }

std::uint64_t heap(const state& x) {
  auto sum = heap(x.children) + heap(x.troubles) + heap(x.vitals) + heap(x.asides)
             + heap(x.promises) + heap(x.regroups) + heap(x.groups) + heap(x.limits) + heap(x.limit)
             + heap(x.strikes) + heap(x.line);
  sum += x.deadlines.size() * sizeof(deadlines::entry) + per_block;
  for (const auto& trouble : x.troubles)
    sum += heap(trouble.memory) + heap(trouble.limits) + heap(trouble.strikes);
  for (const auto& group : x.groups)
    sum += heap(group.limits) + heap(group.line);
  return sum;
}

std::uint64_t heap(const office& x) {
  return sizeof x + per_block + heap(x.mind) + heap(x.wakes) + heap(x.counts.children)
         + heap(x.counts.outcomes);
}

/// What each site has, whatever it is.
constexpr auto per_site = sizeof(creature) + sizeof(boxed<office>) + sizeof(std::vector<letter>)
                          + sizeof(std::vector<order>);

} // namespace

std::uint64_t bytes_of(const scene& x) {
  const auto& where = x.now.where();
  auto sum = sizeof x + heap(x.crashes) + where.size() * per_site + 4 * per_block;
  for (std::uint32_t who = 0; who < where.size(); ++who) {
    sum += heap(x.now.said_by(who)) + heap(x.now.told_to(who));
    if (where[who].is_supervisor())
      sum += heap(x.now.office_of(who));
  }
  return sum;
}

} // namespace supervisor::searching
