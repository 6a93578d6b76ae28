#include "supervisor/search/world.hpp"
#include "supervisor/simulate/places.hpp"

namespace supervisor::searching {

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
      all[i].by = make_plan(*x.tree, seeds[i]);
  }
  return all;
}

} // namespace supervisor::searching
