#include "supervisor/search/breaking.hpp"

#include "supervisor/explain.hpp"
#include "supervisor/simulate/ends.hpp"

#include <algorithm>
#include <memory>
#include <queue>
#include <set>
#include <unordered_map>

namespace supervisor::searching {

namespace {

using simulating::as_told;
using simulating::crashed;

/// One way on: wait until then, or (`who` is somebody) crash that child now.
struct move_made {
  std::uint32_t before = nobody;
  std::uint32_t who = nobody;
  time_point until{};
};

struct node {
  world now;
  std::uint32_t crashes = 0;
  std::uint32_t by = nobody;      ///< the move that led here
  std::vector<time_point> when{}; ///< of the crashes, if a limit has a window
};

/// Does all that is to be done, until nothing happens without a crash or time.
class mover {
public:
  void settle(world& w) {
    for (auto moved = true; moved;) {
      moved = false;
      for (const auto& x : w.errands())
        moved |= happen(w, x);
      for (std::uint32_t who = 1; who < w.where().size(); ++who)
        moved |= oblige(w, who);
    }
  }

  void wait(world& w, time_point until) {
    while (w.next_wake() <= until) {
      w.let_pass(w.next_wake());
      settle(w);
    }
    w.let_pass(until);
  }

  void strike(world& w, std::uint32_t who) {
    happen(w, {.what = act::kind::ends, .who = who, .exit = crashed});
    settle(w);
  }

  std::vector<event> facts{};           ///< of all turns so far
  std::vector<std::uint32_t> of_whom{}; ///< whose turns they were
  bool keeps = false;

private:
  bool happen(world& w, const act& x) {
    if (!w.can(x))
      return false;
    w.happen(x, turn_);
    if (keeps && turn_.who != nobody)
      for (const auto& fact : turn_.out.facts) {
        facts.push_back(fact);
        of_whom.push_back(turn_.who);
      }
    return true;
  }

  /// It starts, is ready and stops as it should.
  bool oblige(world& w, std::uint32_t who) {
    if (w.where()[who].is_supervisor())
      return false;
    switch (w.life_at(who).now) {
      case being::starting:
        return happen(w, {.what = act::kind::starts, .who = who});
      case being::up:
        return w.owes_readiness(who) && happen(w, {.what = act::kind::is_ready, .who = who});
      case being::told:
      case being::killed:
        return happen(w, {.what = act::kind::ends, .who = who, .exit = as_told});
      case being::absent:
        return false;
    }
    return false;
  }

  turn_taken turn_{};
};

/// What happened first and costs least comes first (A*, Hart, Nilsson, Raphael 1968): the first way
/// found to bring the root down takes the fewest crashes.
class breaker {
public:
  breaker(const sites& all, const survival_options& how, bool thorough)
    : sites_(all), how_(how), thorough_(thorough) {
    is_plain_ = is_plain(all);
    longest_window_ = longest_window(all);
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
    node first{.now = world{sites_}};
    mover_.settle(first.now);
    begun_at_ = first.now.now();
    open(std::move(first));
    while (!open_.empty() && !full_) {
      const auto next = take();
      if (next.now.is_over())
        return falls(next);
      expand(next);
    }
    if (full_)
      return not_all();
    made_.how = survival_outcome::survives;
    made_.states = std::max<std::uint64_t>(made_.states, 1); // that of the beginning
    made_.crashes = how_.crashes;
    return std::move(made_);
  }

private:
  struct entry {
    std::uint32_t least = 0; ///< crashes in all
    std::uint32_t crashes = 0;
    std::uint64_t number = 0;

    bool operator<(const entry& x) const { // the queue has its largest in front
      if (least != x.least)
        return least > x.least;
      return crashes != x.crashes ? crashes < x.crashes : number < x.number;
    }
  };

  /// Twice the longest time that anything here remembers.
  nanoseconds horizon() const {
    auto longest = std::max<nanoseconds>(std::chrono::hours{1}, longest_window_);
    for (const auto& x : sites_)
      if (x.is_supervisor()) {
        longest = std::max(longest, x.by->intensity.period);
        for (const auto& kind : x.by->kinds)
          longest = std::max(longest, kind.stable_after);
      }
    return longest > nanoseconds::max() / 2 ? nanoseconds::max() : 2 * longest;
  }

  /// Unless it was there before, or would take too many crashes.
  void open(node x) {
    const auto least = x.crashes + crashes_left(x.now);
    if (least > how_.crashes)
      return;
    imprint all;
    all.add(key_of(x.now, overlooked_));
    for (const auto at : x.when)
      all.add(static_cast<std::uint64_t>((x.now.now() - at).count()));
    if (!is_better(all.made(), x.crashes))
      return;
    open_.push({least, x.crashes, nodes_.size()});
    nodes_.push_back(std::make_unique<node>(std::move(x)));
  }

  std::uint32_t crashes_left(const world& w) const {
    if (w.is_over())
      return 0;
    return thorough_ || !is_plain_ ? 1 : std::max(1u, least_crashes_left(w));
  }

  /// And there is room for it.
  bool is_better(const key& x, std::uint32_t crashes) {
    const auto at = seen_.find(x);
    if (at != seen_.end()) {
      const auto better = crashes < at->second;
      at->second = std::min(at->second, crashes);
      return better;
    }
    full_ = made_.states == how_.most_states;
    if (full_)
      return false;
    ++made_.states;
    return seen_.emplace(x, crashes).second;
  }

  node take() {
    auto next = std::move(nodes_[open_.top().number]);
    least_ = open_.top().least;
    open_.pop();
    return std::move(*next);
  }

  void expand(const node& from) {
    std::set<key> tried; // equal children
    for (std::uint32_t who = 1; who < sites_.size(); ++who)
      if (!sites_[who].is_supervisor() && from.now.life_at(who).now == being::up
          && tried.insert(key_of_child(from.now, who, overlooked_)).second)
        open(struck(from, who));
    const auto next = next_instant(from.now, from.when);
    if (next == time_point::max())
      return;
    auto later = from;
    later.by = remember({from.by, nobody, next});
    mover_.wait(later.now, next);
    std::erase_if(later.when, [&](time_point at) { return next - at > longest_window_; });
    open(std::move(later));
  }

  node struck(const node& from, std::uint32_t who) {
    auto next = from;
    ++next.crashes;
    next.by = remember({from.by, who, from.now.now()});
    if (longest_window_ > nanoseconds{0})
      next.when.push_back(from.now.now());
    mover_.strike(next.now, who);
    return next;
  }

  std::uint32_t remember(const move_made& x) {
    moves_.push_back(x);
    return static_cast<std::uint32_t>(moves_.size() - 1);
  }

  survival not_all() {
    made_.how = survival_outcome::not_all_tried;
    made_.crashes = least_ - 1;
    return std::move(made_);
  }

  survival falls(const node& last) {
    made_.how = survival_outcome::falls;
    made_.crashes = last.crashes;
    std::vector<move_made> moves;
    for (auto x = last.by; x != nobody; x = moves_[x].before)
      moves.push_back(moves_[x]);
    std::ranges::reverse(moves);
    tell(moves);
    return std::move(made_);
  }

  /// The same once more, and this time somebody listens.
  void tell(const std::vector<move_made>& moves) {
    mover again;
    world w{sites_};
    again.settle(w);
    again.keeps = true;
    for (const auto& x : moves) {
      if (x.who == nobody) {
        again.wait(w, x.until);
        continue;
      }
      again.facts.clear();
      again.of_whom.clear();
      again.strike(w, x.who);
      made_.trace.push_back(
        {x.until - begun_at_, sites_[x.who].path, words_for(again.facts, again.of_whom)});
    }
  }

  std::string words_for(const std::vector<event>& facts,
                        const std::vector<std::uint32_t>& of_whom) const;

  const sites& sites_;
  const survival_options& how_;
  const bool thorough_;
  overlooking overlooked_{};
  bool is_plain_ = false;
  nanoseconds longest_window_{0};
  bool full_ = false;
  std::uint32_t least_ = 1; ///< crashes in all, of the last one taken
  mover mover_{};
  time_point begun_at_{};
  std::priority_queue<entry> open_{};
  std::vector<std::unique_ptr<node>> nodes_{};
  std::vector<move_made> moves_{};
  std::unordered_map<key, std::uint32_t, key_hash> seen_{}; ///< by how few crashes
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
