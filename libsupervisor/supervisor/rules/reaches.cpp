// Limits of restarts that waits or stops alone make impossible to reach.

#include "supervisor/rules/find_lints.hpp"
#include "supervisor/text/duration.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace supervisor::detail {

double seconds(nanoseconds x) { return std::chrono::duration<double>(x).count(); }

/// So many seconds or a little more, as one would write it.
std::string rounded_up(double s) {
  return std::to_string(static_cast<std::int64_t>(std::ceil(std::min(s, 1e15)))) + "s";
}

namespace {

/// After a failure, with its backoff.
bool is_restarted(const linted_child& x) {
  return !x.own_policy && x.holds.restart.value != restart::temporary
         && x.holds.on_failure_exit.value == on_failure_action::restart_with_backoff;
}

/// The least that `n` restarts in a row wait together. Full and decorrelated jitter may be near
/// nothing; a ratio only adds.
double least_wait(const backoff& x, std::uint32_t n) {
  switch (x.jitter.mode) {
    case jitter_mode::full:
      return 0;
    case jitter_mode::decorrelated:
      return n * seconds(std::min(x.first, x.longest));
    case jitter_mode::disabled:
    case jitter_mode::ratio:
      break;
  }
  constexpr std::uint32_t grown = 62; // by then a wait is as long as it gets
  double sum = 0;
  for (std::uint32_t i = 0; i < std::min(n, grown); ++i)
    sum += seconds(x.delay(i, 0));
  return n > grown ? sum + (n - grown) * seconds(x.longest) : sum;
}

constexpr auto no_child = ~std::uint32_t{0};

/// How long the siblings that go down with a child may take to stop. Made once for all children: sums
/// along the order of starting, of each team and of all together.
class stops_of_others {
public:
  explicit stops_of_others(const linted_supervisor& x)
    : x_(x), places_(x.children.size()), found_for_(x.children.size(), no_child) {
    for (auto at = x.order.rbegin(); at != x.order.rend(); ++at) {
      add(*at, all_, places_[*at].among_all);
      if (const auto& team = x.children[*at].holds.team; !team.empty())
        add(*at, teams_[team], places_[*at].in_team);
    }
  }

  /// One after another, until the longest budget has passed; then the rest together.
  double longest(std::size_t child) {
    const auto& holds = x_.children[child].holds;
    if (is_for_itself(holds.strategy.value) || x_.order.size() != x_.children.size())
      return 0;
    if (holds.strategy.value == strategy::one_for_dependents)
      return of_dependents(static_cast<std::uint32_t>(child));
    const auto& team = holds.team.empty() ? all_ : teams_.find(holds.team)->second;
    const auto at = holds.team.empty() ? places_[child].among_all : places_[child].in_team;
    const auto later = at == 0 ? total{} : team[at - 1].so_far;
    const auto others = holds.strategy.value == strategy::one_for_all
                          ? without(team.back().so_far, team[at].own)
                          : later;
    return least(others);
  }

private:
  struct total {
    double one_by_one = 0;
    double longest = 0, second = 0;
  };

  struct entry {
    double own = 0;
    total so_far{}; ///< of it, and of those started later
  };

  struct place {
    std::size_t among_all = 0, in_team = 0;
  };

  using row = std::vector<entry>; ///< the youngest first

  /// Each child has others that depend on it, so this looks at no more of them than it has patience for:
  /// the sum may be too small then.
  double of_dependents(std::uint32_t child) {
    const auto& team = x_.children[child].holds.team;
    std::vector<std::uint32_t> found{child};
    total sum;
    for (std::size_t i = 0; i < found.size(); ++i)
      for (const auto dependent : x_.dependents[found[i]]) {
        if (patience_ == 0)
          return least(sum);
        --patience_;
        if (std::exchange(found_for_[dependent], child) == child)
          continue;
        found.push_back(dependent);
        if (team.empty() || x_.children[dependent].holds.team == team)
          sum = with(sum, own_of(dependent));
      }
    return least(sum);
  }

  double own_of(std::uint32_t child) const {
    const auto& stop = x_.children[child].holds.shutdown.value;
    return stop.is_unlimited() ? 0 : seconds(stop.graceful);
  }

  static total with(total x, double one) {
    return {x.one_by_one + one, std::max(x.longest, one),
            std::max(x.second, std::min(one, x.longest))};
  }

  static double least(const total& x) { return std::min(x.one_by_one, 2 * x.longest); }

  void add(std::uint32_t child, row& to, std::size_t& at) {
    const auto own = own_of(child);
    at = to.size();
    to.push_back({own, with(to.empty() ? total{} : to.back().so_far, own)});
  }

  static total without(total x, double one) {
    return {x.one_by_one - one, one == x.longest ? x.second : x.longest, 0};
  }

  const linted_supervisor& x_;
  std::vector<place> places_;
  row all_{};
  std::unordered_map<std::string_view, row> teams_{};
  std::vector<std::uint32_t> found_for_; ///< by child: the last one on which it was found to depend
  std::size_t patience_ = 1'000'000;     ///< dependencies that may still be looked at
};

std::string in_words(const intensity& x) {
  return std::to_string(x.restarts) + " in " + to_string(x.period);
}

bool can_be_reached(const intensity& x) { return x.restarts != unlimited && x.restarts != 0; }

/// For a child that crashes whenever it is up.
bool check_waits(const linted_supervisor& x, const linted_child& c, lints_found& found) {
  const auto waits = least_wait(c.holds.backoff.value, x.intensity.restarts);
  if (waits <= seconds(x.intensity.period))
    return false;
  found.push_back({"unreachable_limit",
                   {x.where + "/intensity/period",
                    "\"" + c.id + "\" alone can never reach " + in_words(x.intensity)
                      + ": its backoff makes that many restarts last " + rounded_up(waits)
                      + ". A period of that or a shorter max_delay would do"}});
  return true;
}

bool check_stops_of_others(const linted_supervisor& x, stops_of_others& stops, std::size_t child,
                           lints_found& found) {
  const auto& c = x.children[child];
  const auto restarts = x.intensity.restarts;
  const auto each = stops.longest(child);
  const auto all = each * restarts + least_wait(c.holds.backoff.value, restarts);
  if (each == 0 || all <= seconds(x.intensity.period))
    return false;
  found.push_back(
    {"unreachable_limit",
     {x.where + "/intensity/period", "if those that go down with \"" + c.id
                                       + "\" use their time to stop, it can never reach "
                                       + in_words(x.intensity) + ": that many restarts may take "
                                       + rounded_up(all) + ". A period of that would do"}});
  return true;
}

void check_reach_of_restart_limit(const linted_child& c, lints_found& found) {
  const auto& limit = c.holds.limits.value.restart_limit;
  if (!limit || limit->max_restarts == unlimited || !is_restarted(c))
    return;
  const auto waits = least_wait(c.holds.backoff.value, limit->max_restarts);
  if (waits <= seconds(limit->window))
    return;
  const auto place = c.own_limits ? "/limits/restart_limit/window" : "/id";
  found.push_back({"unreachable_limit",
                   {c.where + place,
                    "the restart limit of \"" + c.id + "\" can never be reached: its backoff makes "
                      + std::to_string(limit->max_restarts) + " restarts last " + rounded_up(waits)
                      + ", the window is " + to_string(limit->window) + ". A window of "
                      + rounded_up(waits) + " would do"}});
}

/// One child is enough to say it: a hundred equal ones would say the same.
void check_reach_of_intensity(const linted_supervisor& x, lints_found& found) {
  if (!can_be_reached(x.intensity))
    return;
  for (const auto& c : x.children)
    if (is_restarted(c) && check_waits(x, c, found))
      return;
  stops_of_others stops{x};
  for (std::size_t i = 0; i < x.children.size(); ++i)
    if (is_restarted(x.children[i]) && check_stops_of_others(x, stops, i, found))
      return;
}

} // namespace

void check_reaches(const linted_supervisor& x, lints_found& found) {
  check_reach_of_intensity(x, found);
  for (const auto& c : x.children) {
    check_reach_of_restart_limit(c, found);
    if (c.below)
      check_reaches(*c.below, found);
  }
}

} // namespace supervisor::detail
