#include "supervisor/search/frontier.hpp"

#include <algorithm>
#include <utility>

namespace supervisor::searching {

// -- ways ----------------------------------------------------------------------------------------------

std::uint32_t trail::add(const move_made& x) {
  moves_.push_back(x);
  return static_cast<std::uint32_t>(moves_.size() - 1);
}

std::vector<std::uint32_t> trail::path_to(std::uint32_t number) const {
  std::vector<std::uint32_t> path;
  for (; number != nobody; number = moves_[number].before)
    path.push_back(number);
  std::ranges::reverse(path);
  return path;
}

// -- open ends -----------------------------------------------------------------------------------------

void open_ends::add(const open_end& x) {
  ends_[{x.least, x.crashes}].numbers.push_back(x.number);
  ++count_;
}

open_end open_ends::take() {
  const auto best = ends_.begin();
  auto& [numbers, named] = best->second;
  const open_end x{best->first.least, best->first.crashes, numbers.back()};
  numbers.pop_back();
  named = std::min(named, numbers.size());
  if (numbers.empty())
    ends_.erase(best);
  --count_;
  return x;
}

std::optional<std::uint32_t> open_ends::name_last() {
  for (auto worst = ends_.rbegin(); worst != ends_.rend(); ++worst)
    if (auto& [numbers, named] = worst->second; named < numbers.size())
      return numbers[named++];
  return std::nullopt;
}

// -- scenes --------------------------------------------------------------------------------------------

namespace {

/// So often a checkpoint stays on the way to a scene that is made again.
constexpr std::size_t moves_between_checkpoints = 8;

/// What the map of scenes needs for each of them beside the scene.
constexpr std::uint64_t per_scene = 48;

} // namespace

void frontier::add(const move_made& by, std::uint32_t least, std::uint32_t crashes, scene x) {
  const auto bytes = bytes_of(x) + per_scene;
  make_room(bytes); // before it is an end itself, or it would be named before it is kept
  const auto number = ways_.add(by);
  ends_.add({least, crashes, number});
  scenes_.emplace(number, kept{std::move(x), bytes});
}

frontier::taken frontier::take() {
  const auto end = ends_.take();
  const auto found = scenes_.find(end.number);
  if (found == scenes_.end())
    return {end, made_again(end.number)};
  bytes_of_scenes_ -= found->second.bytes;
  taken x{end, std::move(found->second.was)};
  scenes_.erase(found);
  return x;
}

/// Drops scenes until there is room for one more.
void frontier::make_room(std::uint64_t bytes) {
  while (bytes_of_scenes_ + bytes > memory_for_scenes_ && drop_one()) {
  }
  bytes_of_scenes_ += bytes;
}

bool frontier::drop_one() {
  while (const auto last = ends_.name_last())
    if (const auto found = scenes_.find(*last); found != scenes_.end()) {
      bytes_of_scenes_ -= found->second.bytes;
      scenes_.erase(found);
      return true;
    }
  if (checkpoints_.empty())
    return false;
  drop_checkpoint();
  return true;
}

/// From the last checkpoint on the way to it, or from the beginning.
scene frontier::made_again(std::uint32_t number) {
  const auto path = ways_.path_to(number);
  const auto is_on_the_way
    = [&](const checkpoint& x) { return x.depth < path.size() && path[x.depth] == x.number; };
  while (!checkpoints_.empty() && !is_on_the_way(checkpoints_.back()))
    drop_checkpoint();
  auto here = checkpoints_.empty() ? walker_.begin() : checkpoints_.back().was;
  auto depth = checkpoints_.empty() ? 0 : checkpoints_.back().depth;
  while (++depth < path.size()) {
    walker_.go(here, ways_.who_moved(path[depth]));
    const auto is_last_before_it = depth + 2 == path.size(); // its siblings are likely to follow
    if (depth % moves_between_checkpoints == 0 || is_last_before_it)
      leave_checkpoint(depth, path[depth], here);
  }
  return here;
}

void frontier::leave_checkpoint(std::size_t depth, std::uint32_t number, const scene& x) {
  if (!checkpoints_.empty() && checkpoints_.back().depth % moves_between_checkpoints != 0)
    drop_checkpoint();
  const auto bytes = bytes_of(x) + sizeof(checkpoint);
  make_room(bytes);
  checkpoints_.push_back({depth, number, x, bytes});
}

void frontier::drop_checkpoint() {
  bytes_of_scenes_ -= checkpoints_.back().bytes;
  checkpoints_.pop_back();
}

} // namespace supervisor::searching
