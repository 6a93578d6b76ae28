#include "supervisor/make_plan.hpp"

namespace supervisor {

namespace {

std::span<const slot> between(const std::vector<std::uint32_t>& first, const std::vector<slot>& all,
                              slot who) {
  if (first.empty())
    return {};
  return {all.data() + first[who], all.data() + first[who + 1]};
}

/// A list for each slot, one after another, and where each begins.
void flatten(const std::vector<std::vector<slot>>& lists, std::vector<std::uint32_t>& first,
             std::vector<slot>& all) {
  for (const auto& list : lists) {
    first.push_back(static_cast<std::uint32_t>(all.size()));
    all.insert(all.end(), list.begin(), list.end());
  }
  first.push_back(static_cast<std::uint32_t>(all.size()));
}

} // namespace

std::span<const slot> plan::needs_of(slot who) const { return between(first_need, needs, who); }

std::span<const slot> plan::dependents_of(slot who) const {
  return between(first_dependent, dependents, who);
}

namespace detail {

plan::kind kind_of(const kind_key& key) {
  return {
    .policy = key.policy ? *key.policy : restart_policy{key.standard},
    .start_within = key.start_within,
    .stop = key.stop,
    .stable_after = key.standard.backoff.longest,
    .awaits_ready = key.awaits_ready,
    .critical = key.critical,
    .temporary = !key.policy && key.standard.when == restart::temporary,
  };
}

std::uint32_t intern(const kind_key& key, std::vector<kind_key>& keys, plan& made) {
  constexpr std::size_t looked_at = 32;
  for (auto i = keys.size(); i > 0 && keys.size() - i < looked_at; --i)
    if (keys[i - 1] == key)
      return static_cast<std::uint32_t>(i - 1);
  keys.push_back(key);
  made.kinds.push_back(kind_of(key));
  return static_cast<std::uint32_t>(keys.size() - 1);
}

void link(const std::vector<std::vector<slot>>& needs, plan& made) {
  std::vector<std::vector<slot>> dependents(needs.size());
  for (slot i = 0; i < needs.size(); ++i)
    for (const auto need : needs[i])
      dependents[need].push_back(i);
  flatten(needs, made.first_need, made.needs);
  flatten(dependents, made.first_dependent, made.dependents);
}

} // namespace detail

double luck(std::uint64_t seed, life who) noexcept {
  // splitmix64 (Steele, Lea, Flood 2014), on the seed and the life
  auto z = seed + 0x9e3779b97f4a7c15u * ((std::uint64_t{who.who} << 32 | who.number) + 1);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  z ^= z >> 31;
  return static_cast<double>(z >> 11) * 0x1.0p-53;
}

template std::shared_ptr<const plan> make_plan(const declared_spec&, std::uint64_t);

} // namespace supervisor
