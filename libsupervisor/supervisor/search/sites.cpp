#include "supervisor/search/world.hpp"
#include "supervisor/simulate/places.hpp"

namespace supervisor::searching {

std::shared_ptr<const plan> without_signs_of_life(const plan& x) {
  auto made = std::make_shared<plan>(x);
  for (auto& kind : made->kinds) {
    for (auto* looks : {&kind.run_within, &kind.stale_after, &kind.check_every, &kind.probe_every,
                        &kind.recycled_after})
      *looks = nanoseconds{0};
    kind.recycled_count = 0;
    kind.swaps = false;
  }
  return made;
}

sites sites_of(const declared_spec& tree, std::uint64_t seed) {
  const auto places = simulating::places_of(tree);
  sites all(places.size());
  std::vector<std::uint64_t> seeds(places.size(), seed);
  for (std::uint32_t i = 0; i < places.size(); ++i) {
    const auto& x = places[i];
    if (x.above != nobody)
      seeds[i] = seed_below(seeds[x.above], x.seat);
    all[i] = {.path = i == 0 ? "/" : x.path, .above = x.above, .seat = x.seat, .below = x.below};
    if (x.is_supervisor())
      all[i].by = without_signs_of_life(*make_plan(*x.tree, seeds[i]));
  }
  return all;
}

} // namespace supervisor::searching
