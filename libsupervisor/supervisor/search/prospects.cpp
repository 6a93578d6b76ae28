#include "supervisor/search/prospects.hpp"

#include "supervisor/simulate/ends.hpp"

#include <algorithm>

namespace supervisor::searching {

namespace {

using simulating::as_told;
using simulating::crashed;
using simulating::exit_of;

constexpr std::uint32_t never = 1'000'000; // crashes that nobody waits for

constexpr std::uint32_t times(std::uint32_t n, std::uint32_t crashes) {
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(std::uint64_t{n} * crashes, never));
}

constexpr std::uint32_t sum(std::uint32_t a, std::uint32_t b) { return std::min(a + b, never); }

// -- what policies and limits may do -------------------------------------------------------------------

/// One of ours, that looks at nothing but how a child ended and how often in a row.
bool is_ours(const restart_policy& x) {
  auto parts = 0;
  auto ours = true;
  x.each_part({.exit = crashed}, {}, [&](const part_said& part) {
    ++parts;
    ours = ours && (part.name == standard_policy::name || part.name == role_policy::name);
  });
  return ours && parts == 1;
}

/// Where the part of that name stands, this failure included.
std::optional<gauge> gauge_of(std::string_view name, const restart_policy& x, time_point now,
                              const memory_slot& past) {
  std::optional<gauge> found;
  x.each_part({.exit = crashed, .now = now}, past, [&](const part_said& part) {
    if (part.name == name)
      found = part.stands;
  });
  return found;
}

/// Whether one that has used up its restarts ends its supervisor, and is not given up alone.
bool escalates_when_used_up(const restart_policy& limits, std::uint32_t most) {
  memory_slot used_up;
  const situation s{.exit = crashed};
  for (std::uint32_t i = 0; i < most; ++i)
    limits.remember(used_up, s, restart_now());
  auto escalates = false;
  limits.each_part(s, used_up, [&](const part_said& part) {
    escalates = escalates || part.says.what >= verdict::escalate;
  });
  return escalates;
}

/// How many restarts a child gets until its limit ends its supervisor.
std::uint32_t most_restarts(const restart_policy& limits) {
  const auto stands = gauge_of(restart_limit::name, limits, {}, {});
  if (!stands)
    return unlimited;
  const auto most = static_cast<std::uint32_t>(stands->most); // 0: none, or unlimited
  return escalates_when_used_up(limits, most) ? most : unlimited;
}

/// How a child may fail, for its supervisor.
std::vector<child_exit> ends_of(const site& x) {
  if (!x.is_supervisor())
    return {crashed};
  return {exit_of(aim::give_up), exit_of(aim::end_tree), as_told};
}

/// Nobody ends well here: who needs a job waits for ever, and so its supervisor is never through with its
/// start, which times out, or is rolled back when the job is lost.
bool waits_for_a_job(const plan& x) {
  const auto is_job = [&](slot need) { return x.of(need).is_job; };
  return std::ranges::any_of(
    x.order, [&](slot who) { return std::ranges::any_of(x.needs_of(who), is_job); });
}

} // namespace

prospects::child_facts prospects::facts_of(const plan& above, const site& child) {
  const auto& kind = above.of(child.seat);
  child_facts x{.significant = kind.significant, .reach = above.reach_of(child.seat).escalation};
  for (const auto& end : ends_of(child)) {
    const auto says = kind.policy.decide({.exit = end}, {}).what;
    x.counts = x.counts || says == verdict::restart;
    x.ends_above = x.ends_above || says >= verdict::escalate;
  }
  if (!is_ours(kind.policy))
    x.counts = x.ends_above = true;
  if (x.counts && kind.limits)
    x.most = most_restarts(*kind.limits);
  x.counts = x.counts && kind.critical; // else for itself
  return x;
}

prospects::supervisor_facts prospects::facts_of(const plan& x) {
  supervisor_facts facts{.may_end = x.limit.has_value(), .stalls = waits_for_a_job(x)};
  if (!x.limits)
    return facts;
  if (const auto fuse = gauge_of(meltdown_fuse::name, *x.limits, {}, {}); fuse && fuse->most > 0)
    facts.most = static_cast<std::uint32_t>(fuse->most);
  return facts;
}

// -- one world -----------------------------------------------------------------------------------------

/// Sums for the supervisors of one world, or of one that has just been started.
class prospects::reckoning {
public:
  reckoning(const prospects& all, const world* w) : all_(all), world_(w) {}

  /// Until a supervisor fails by what its children do.
  std::uint32_t left_of_supervisor(std::uint32_t who) {
    std::vector<cost> costs;
    for (const auto child : all_.sites_[who].below)
      if (!is_gone(child))
        costs.push_back({child, next_failure(child)});
    auto least = by_all(who, costs);
    if (const auto& facts = all_.supervisors_[who]; facts.start_fails)
      least = 0;
    else if (facts.stalls)
      least = std::min(least, 1u);
    for (const auto& x : costs)
      least = std::min(least, by_one(x));
    return least;
  }

  /// Until somebody ends the whole tree; to be asked last.
  std::uint32_t until_tree_ends() const { return tree_; }

private:
  struct cost {
    std::uint32_t child = nobody;
    std::uint32_t next = 0; ///< crashes until its next failure
  };

  bool is_open(std::uint32_t who) const { return world_ && world_->office_of(who).open; }

  const child_row* row_of(std::uint32_t child) const {
    return is_open(all_.sites_[child].above) ? &world_->row_of(child) : nullptr;
  }

  /// In this life of its supervisor it will not be started again.
  bool is_gone(std::uint32_t child) const {
    const auto* row = row_of(child);
    return row && all_.sites_[all_.sites_[child].above].by->each_for_itself
           && (row->now == phase::parked || row->now == phase::forgotten);
  }

  std::uint32_t next_failure(std::uint32_t child) {
    const auto* row = row_of(child);
    const auto is_decided_anew
      = row && row->now == phase::waiting
        && (row->waits_for == wait_reason::new_decision || row->waits_for == wait_reason::answer);
    return is_decided_anew ? 0 : left(child);
  }

  std::uint32_t left(std::uint32_t who) {
    if (is_open(who))
      return left_of_supervisor(who);
    tree_ = std::min(tree_, all_.fresh_tree_[who]);
    return all_.fresh_[who];
  }

  /// It may fail once from where it is, and as often as one likes from its beginning.
  std::uint32_t failures(std::uint32_t n, const cost& x) const {
    return sum(x.next, times(n - 1, all_.fresh_[x.child]));
  }

  /// By its end alone, by its policy, or by its restart limit.
  std::uint32_t by_one(const cost& x) {
    const auto& facts = all_.children_[x.child];
    const auto single = failures(1, x);
    const auto least = facts.significant ? single : never;
    if (facts.ends_above)
      return std::min(least, ends(facts.reach, single));
    if (facts.most == unlimited)
      return least;
    const auto left = facts.most + 1 - restarts_of(x.child, facts.most);
    return std::min(least, ends(facts.reach, failures(left, x)));
  }

  /// Those that its limit remembers.
  std::uint32_t restarts_of(std::uint32_t child, std::uint32_t most) const {
    const auto* row = row_of(child);
    if (!row || row->trouble == nobody)
      return 0;
    const auto& above = all_.sites_[all_.sites_[child].above];
    const auto& mind = world_->office_of(all_.sites_[child].above).mind;
    const auto stands = gauge_of(restart_limit::name, *above.by->of(all_.sites_[child].seat).limits,
                                 world_->now(), mind.troubles[row->trouble].limits);
    return std::min(static_cast<std::uint32_t>(stands->have) - 1, most);
  }

  /// By the intensity of the supervisor, by its fuse, or by a limit of which nobody knows anything.
  std::uint32_t by_all(std::uint32_t who, const std::vector<cost>& costs) {
    const auto n = failures_left(who);
    auto later = never, least = never;
    std::vector<std::uint32_t> next;
    for (const auto& x : costs)
      if (all_.children_[x.child].counts) {
        next.push_back(x.next);
        later = std::min(later, all_.fresh_[x.child]);
      }
    if (n == unlimited || next.empty())
      return never;
    const auto crashes = cheapest(n, std::move(next), later);
    for (const auto& x : costs)
      if (const auto& facts = all_.children_[x.child]; facts.counts)
        least = std::min(least, ends(facts.reach, crashes));
    return least;
  }

  static std::uint32_t cheapest(std::uint32_t n, std::vector<std::uint32_t> next,
                                std::uint32_t later) {
    std::ranges::sort(next);
    const auto some = std::min(n, static_cast<std::uint32_t>(next.size()));
    auto crashes = times(n - some, later);
    for (std::uint32_t i = 0; i < some; ++i)
      crashes = sum(crashes, std::min(next[i], later));
    return crashes;
  }

  std::uint32_t failures_left(std::uint32_t who) const {
    if (all_.supervisors_[who].may_end)
      return 1;
    return std::min(strikes_left(who), fuse_left(who));
  }

  std::uint32_t strikes_left(std::uint32_t who) const {
    const auto& limit = all_.sites_[who].by->intensity;
    if (limit.restarts == unlimited)
      return unlimited;
    std::uint32_t strikes = 0;
    if (is_open(who))
      for (const auto at : world_->office_of(who).mind.strikes)
        strikes += !limit.forgets(at, world_->now());
    return limit.restarts - std::min(strikes, limit.restarts) + 1;
  }

  std::uint32_t fuse_left(std::uint32_t who) const {
    const auto most = all_.supervisors_[who].most;
    if (most == unlimited || !is_open(who))
      return most;
    const auto stands = gauge_of(meltdown_fuse::name, *all_.sites_[who].by->limits, world_->now(),
                                 world_->office_of(who).mind.limits);
    return most + 1 - std::min(static_cast<std::uint32_t>(stands->have), most);
  }

  /// What is left until the supervisor fails in that way; never, if it does not fail.
  std::uint32_t ends(escalation_policy how, std::uint32_t crashes) {
    if (how == escalation_policy::quarantine_scope)
      return never;
    if (how == escalation_policy::shutdown_tree)
      tree_ = std::min(tree_, crashes);
    return crashes;
  }

  const prospects& all_;
  const world* world_; ///< null: everybody has just been started
  std::uint32_t tree_ = never;
};

prospects::prospects(const sites& all)
  : sites_(all), children_(all.size()), supervisors_(all.size()), fresh_(all.size(), 1),
    fresh_tree_(all.size(), never) {
  for (auto who = static_cast<std::uint32_t>(all.size()); who-- > 0;) { // children before parents
    const auto& site = all[who];
    if (who != 0)
      children_[who] = facts_of(*all[site.above].by, site);
    if (!site.is_supervisor())
      continue;
    supervisors_[who] = facts_of(*site.by);
    const auto fails = [&](std::uint32_t child) { return supervisors_[child].start_fails; };
    auto& mine = supervisors_[who];
    mine.start_fails = (mine.stalls && who != 0) || std::ranges::any_of(site.below, fails);
    reckoning fresh{*this, nullptr};
    fresh_[who] = fresh.left_of_supervisor(who);
    fresh_tree_[who] = fresh.until_tree_ends();
  }
}

std::uint32_t prospects::least_crashes_left(const world& w) const {
  reckoning all{*this, &w};
  const auto of_root = all.left_of_supervisor(0);
  return std::min(of_root, all.until_tree_ends());
}

} // namespace supervisor::searching
