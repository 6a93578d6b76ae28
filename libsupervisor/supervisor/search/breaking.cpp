#include "supervisor/search/breaking.hpp"

#include "supervisor/report/explain.hpp"
#include "supervisor/search/frontier.hpp"
#include "supervisor/search/prospects.hpp"
#include "supervisor/search/seen.hpp"

#include <algorithm>
#include <new>
#include <set>

namespace supervisor::searching {

namespace {

/// What happened first and costs least comes first (A*, Hart, Nilsson, Raphael 1968): the first way
/// found to bring the root down takes the fewest crashes.
class breaker {
public:
  breaker(const sites& all, const survival_options& how, bool thorough)
    : sites_(all), how_(how), thorough_(thorough), is_plain_(is_plain(all)), prospects_(all),
      walker_(all, longest_window(all)), open_(walker_, how.memory / share_of_scenes) {
    made_.seed = how.seed;
    made_.rolls_dice = rolls_dice(all);
    const auto folds = !made_.rolls_dice && !thorough;
    overlooked_ = {.numbers = folds,
                   .twins = folds,
                   .wakes = !thorough,
                   .past = folds && is_plain_,
                   .long_ago = horizon()};
  }

  survival run() && {
    try {
      search();
    } catch (const std::bad_alloc&) { // there is less of it than we may use
      met_ = survival_bound::memory;
    }
    if (met_ != survival_bound::none)
      return not_all();
    made_.states = std::max<std::uint64_t>(seen_.size(), 1); // that of the beginning
    return std::move(made_);
  }

private:
  /// Scenes are quick to find when they are kept, and quick to make again: few are enough.
  static constexpr std::uint64_t share_of_scenes = 4;

  void search() {
    open({}, 0, walker_.begin());
    while (!open_.empty() && met_ == survival_bound::none) {
      const auto next = open_.take();
      least_ = next.end.least;
      if (next.here.now.is_over())
        return falls(next.end);
      expand(next);
    }
    made_.how = survival_outcome::survives;
    made_.crashes = how_.crashes;
  }

  /// Twice the longest time that anything here remembers.
  nanoseconds horizon() const {
    auto longest = std::max<nanoseconds>(std::chrono::hours{1}, longest_window(sites_));
    for (const auto& x : sites_)
      if (x.is_supervisor()) {
        longest = std::max(longest, x.by->intensity.period);
        for (const auto& kind : x.by->kinds)
          longest = std::max(longest, kind.stable_after);
      }
    return longest > nanoseconds::max() / 2 ? nanoseconds::max() : 2 * longest;
  }

  void expand(const frontier::taken& from) {
    const auto& w = from.here.now;
    std::set<key> tried; // equal children
    for (std::uint32_t who = 1; who < sites_.size(); ++who)
      if (!sites_[who].is_supervisor() && w.life_at(who).now == being::up
          && tried.insert(key_of_child(w, who, overlooked_)).second) {
        auto next = from.here;
        walker_.strike(next, who);
        open({from.end.number, who}, from.end.crashes + 1, std::move(next));
      }
    if (auto later = from.here; walker_.wait(later))
      open({from.end.number, nobody}, from.end.crashes, std::move(later));
  }

  /// Unless it was there before, or would take too many crashes.
  void open(const move_made& by, std::uint32_t crashes, scene x) {
    const auto least = crashes + crashes_left(x.now);
    if (least <= how_.crashes && is_better(key_of(x), crashes))
      open_.add(by, least, crashes, std::move(x));
  }

  std::uint32_t crashes_left(const world& w) const {
    if (w.is_over())
      return 0;
    const auto foreseen = prospects_.least_crashes_left(w);
    return thorough_ ? std::min(foreseen, 1u) : foreseen;
  }

  key key_of(const scene& x) const {
    imprint all;
    all.add(searching::key_of(x.now, overlooked_));
    for (const auto at : x.crashes)
      all.add(static_cast<std::uint64_t>((x.now.now() - at).count()));
    return all.made();
  }

  /// And there is room for it.
  bool is_better(const key& x, std::uint32_t crashes) {
    if (auto* const before = seen_.find(x)) {
      const auto better = crashes < *before;
      *before = std::min(*before, crashes);
      return better;
    }
    if (seen_.size() == how_.most_states)
      met_ = survival_bound::states;
    else if (!has_room_for(x))
      met_ = survival_bound::memory;
    if (met_ != survival_bound::none)
      return false;
    seen_.add(x, crashes);
    return true;
  }

  bool has_room_for(const key& x) const {
    const auto used = open_.bytes() + seen_.bytes() + seen_.more_bytes_to_add(x);
    return used <= how_.memory - how_.memory / share_of_scenes;
  }

  survival not_all() {
    made_.how = survival_outcome::not_all_tried;
    made_.bound = met_;
    made_.states = seen_.size();
    made_.crashes = least_ - 1;
    return std::move(made_);
  }

  void falls(const open_end& last) {
    made_.how = survival_outcome::falls;
    made_.crashes = last.crashes;
    tell(open_.ways().path_to(last.number));
  }

  /// The same once more, and this time somebody listens.
  void tell(const std::vector<std::uint32_t>& path) {
    auto here = walker_.begin();
    const auto begun_at = here.now.now();
    auto& again = walker_.by;
    again.keeps = true;
    for (const auto number : path) {
      again.facts.clear();
      again.of_whom.clear();
      const auto at = here.now.now();
      const auto who = open_.ways().who_moved(number);
      if (number == path.front())
        continue; // that is where it begins
      walker_.go(here, who);
      if (who != nobody)
        made_.trace.push_back(
          {at - begun_at, sites_[who].path, words_for(again.facts, again.of_whom)});
    }
  }

  std::string words_for(const std::vector<event>& facts,
                        const std::vector<std::uint32_t>& of_whom) const;

  const sites& sites_;
  const survival_options& how_;
  const bool thorough_;
  const bool is_plain_;
  overlooking overlooked_{};
  const prospects prospects_;
  walker walker_;
  frontier open_;
  seen seen_{};
  survival_bound met_ = survival_bound::none;
  std::uint32_t least_ = 1; ///< crashes in all, of the last one taken
  survival made_{};
};

/// What was decided about the child, and about the supervisors above it.
std::string breaker::words_for(const std::vector<event>& facts,
                               const std::vector<std::uint32_t>& of_whom) const {
  std::string text;
  for (std::size_t i = 0; i < facts.size(); ++i) {
    const auto& x = facts[i];
    if (!x.decided)
      continue;
    const auto& site = sites_[of_whom[i]];
    if (!text.empty())
      text += "; ";
    if (site.below[x.who.who] != nobody && sites_[site.below[x.who.who]].is_supervisor())
      text += sites_[site.below[x.who.who]].path + ": ";
    text += words(x.then);
    if (x.then.because != 0 && x.then.what != verdict::restart)
      text += " (" + std::string{part_name(*site.by, x.who.who, x.then.because)} + ")";
  }
  return text;
}

} // namespace

survival try_to_break(const sites& all, const survival_options& how, bool thorough) {
  return breaker{all, how, thorough}.run();
}

} // namespace supervisor::searching
