#include "supervisor/simulate/world.hpp"

#include <algorithm>

namespace supervisor {

namespace simulating {

namespace {

/// More than a tree that ever waits or gives up does in one moment.
std::uint64_t most_at_once(std::size_t places) { return 1'000'000 + 50 * places; }

} // namespace

world::world(const declared_spec& tree, const script& s, const simulation_options& options,
             const simulation_listener& listener)
  : script_(s), options_(options), places_(places_of(tree)), parts_(parts_of(s, places_)),
    lives_(places_.size()), offices_(places_.size()),
    chronicle_(places_, options, listener, agenda_.now()), begin_(agenda_.now()),
    close_at_(std::min(later(begin_, options.how_long), time_point::max() - nanoseconds{1})) {
  furnish(0, options.seed);
}

namespace {

/// Simulated children give the signs of life that are asked of them, and do not age.
std::shared_ptr<const plan> plan_of_the_young(const declared_spec& tree, std::uint64_t seed) {
  auto made = std::make_shared<plan>(*make_plan(tree, seed));
  for (auto& kind : made->kinds)
    kind.stale_after = kind.check_every = kind.probe_every = kind.recycled_after = nanoseconds{0};
  return made;
}

} // namespace

void world::furnish(std::uint32_t who, std::uint64_t seed) {
  offices_[who]
    = std::make_unique<office>(office{.by = plan_of_the_young(*places_[who].tree, seed)});
  for (const auto child : places_[who].below)
    if (places_[child].is_supervisor())
      furnish(child, seed_below(seed, places_[child].seat));
}

simulation world::run() && {
  agenda_.plan({.at = close_at_, .what = occasion::close});
  for (std::uint32_t who = 0; who < places_.size(); ++who)
    for (const auto number : parts_[who].on_time)
      plan_first(who, number);
  start(0, {});
  while (lives_[0].alive && !agenda_.empty() && !is_endless())
    happen(next());
  if (lives_[0].alive)
    chronicle_.broken_off(what_was_wrong(), agenda_.now());
  auto made = std::move(chronicle_).take();
  for (std::uint32_t who = 1; who < places_.size(); ++who)
    if (is_left_behind(who, made.how))
      made.left_behind.push_back(who - 1);
  return made;
}

bool world::is_left_behind(std::uint32_t who, simulation_outcome how) const {
  const auto& x = lives_[who];
  return x.alive && !places_[who].is_supervisor()
         && (x.left_behind || (x.told_to_stop && how == simulation_outcome::never_stopped));
}

// -- time ----------------------------------------------------------------------------------------------

happening world::next() {
  const auto before = agenda_.now();
  const auto x = agenda_.take();
  happened_at_once_ = agenda_.now() == before ? happened_at_once_ + 1 : 0;
  ++happened_;
  return x;
}

bool world::is_endless() const {
  return happened_ >= options_.most_happenings || happened_at_once_ > most_at_once(places_.size());
}

simulation_outcome world::what_was_wrong() const {
  return !is_endless()                           ? simulation_outcome::never_stopped
         : happened_ >= options_.most_happenings ? simulation_outcome::too_much_to_tell
                                                 : simulation_outcome::never_rested;
}

void world::happen(const happening& x) {
  switch (x.what) {
    case occasion::cue:
      return on_cue(x);
    case occasion::close:
      chronicle_.told_to_stop(agenda_.now());
      return receive(0, {.what = news::stop});
    default:
      if (is_current(x.who, x.birth))
        live(x);
  }
}

/// What happens to one life only.
void world::live(const happening& x) {
  switch (x.what) {
    case occasion::turn:
      return turn(x.who);
    case occasion::deadline:
      return receive(x.who, {.what = news::deadline});
    case occasion::start:
      return is_done_with_starting(x.who);
    case occasion::ready:
      return tell(lives_[x.who].up, news::ready);
    case occasion::end:
      return end(x.who, x.exit);
    case occasion::cue:
    case occasion::close:
      return;
  }
}

void world::plan_for(std::uint32_t who, occasion what, nanoseconds in, const child_exit& exit) {
  agenda_.plan({.at = later(agenda_.now(), in),
                .what = what,
                .who = who,
                .birth = lives_[who].birth,
                .exit = exit});
}

// -- the script ----------------------------------------------------------------------------------------

void world::plan_first(std::uint32_t who, std::uint32_t number) {
  const auto& x = script_.cues[number];
  plan_cue(who, number, x.from ? *x.from : roll(who, x.time));
}

void world::plan_cue(std::uint32_t who, std::uint32_t number, nanoseconds in) {
  const auto at = later(agenda_.now(), in);
  if (at < close_at_ && at <= later(begin_, script_.cues[number].until))
    agenda_.plan({.at = at, .what = occasion::cue, .who = who, .cue = number});
}

void world::on_cue(const happening& x) {
  const auto& wanted = script_.cues[x.cue];
  if (lives_[x.who].alive && lives_[x.who].running)
    end(x.who, wanted.as);
  else
    chronicle_.missed(x.who, agenda_.now());
  if (wanted.what == act::crash_every)
    plan_cue(x.who, x.cue, roll(x.who, wanted.time));
}

nanoseconds world::roll(std::uint32_t who, span_of_time x) {
  if (x.least == x.most)
    return x.least;
  const auto luck = supervisor::luck(~options_.seed, {who, ++parts_[who].rolls});
  return x.least
         + nanoseconds{
           static_cast<std::int64_t>(luck * static_cast<double>((x.most - x.least).count()))};
}

} // namespace simulating

simulation simulate(const declared_spec& tree, const script& s, const simulation_options& options,
                    const simulation_listener& listener) {
  return simulating::world{tree, s, options, listener}.run();
}

simulation simulate(const declared_spec& tree, const script& s, const simulation_options& options) {
  return simulate(tree, s, options, simulation_listener{});
}

} // namespace supervisor
