#include "supervisor/report.hpp"
#include "supervisor/rules/find_lints.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

namespace supervisor::detail {

namespace {

using found_lints = std::vector<lint>;

double seconds(nanoseconds x) { return std::chrono::duration<double>(x).count(); }

/// So many seconds or a little more, as one would write it.
std::string rounded_up(double s) {
  return std::to_string(static_cast<std::int64_t>(std::ceil(std::min(s, 1e15)))) + "s";
}

/// After a failure, with its backoff.
bool is_restarted(const linted_child& x) {
  return !x.own_policy && x.holds.restart.value != restart::temporary
         && x.holds.on_failure_exit.value == on_failure_action::restart_with_backoff;
}

// -- limits that cannot be reached -----------------------------------------------------------------------

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

/// What the siblings that go down with a child may take for it: one after another, until the
/// longest budget has passed, then the rest together.
double longest_stop_of_others(const linted_supervisor& x, std::size_t child) {
  const auto how = x.children[child].holds.strategy.value;
  if (is_for_itself(how))
    return 0;
  const auto& team = x.children[child].holds.team;
  double one_by_one = 0, longest = 0;
  bool later = false;
  for (const auto i : x.order) {
    const auto& other = x.children[i];
    const auto& stop = other.holds.shutdown.value;
    const auto goes_along
      = (how == strategy::one_for_all || later) && (team.empty() || other.holds.team == team);
    if (i != child && goes_along && !stop.is_unlimited()) {
      one_by_one += seconds(stop.graceful);
      longest = std::max(longest, seconds(stop.graceful));
    }
    later = later || i == child;
  }
  return std::min(one_by_one, 2 * longest);
}

std::string in_words(const intensity& x) {
  return std::to_string(x.restarts) + " in " + to_string(x.period);
}

bool can_be_reached(const intensity& x) { return x.restarts != unlimited && x.restarts != 0; }

/// For a child that crashes whenever it is up.
bool check_waits(const linted_supervisor& x, const linted_child& c, found_lints& found) {
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

bool check_stops_of_others(const linted_supervisor& x, std::size_t child, found_lints& found) {
  const auto& c = x.children[child];
  const auto restarts = x.intensity.restarts;
  const auto each = longest_stop_of_others(x, child);
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

void check_reach_of_restart_limit(const linted_child& c, found_lints& found) {
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
void check_reach_of_intensity(const linted_supervisor& x, found_lints& found) {
  if (!can_be_reached(x.intensity))
    return;
  for (const auto& c : x.children)
    if (is_restarted(c) && check_waits(x, c, found))
      return;
  for (std::size_t i = 0; i < x.children.size(); ++i)
    if (is_restarted(x.children[i]) && check_stops_of_others(x, i, found))
      return;
}

void check_reaches(const linted_supervisor& x, found_lints& found) {
  check_reach_of_intensity(x, found);
  for (const auto& c : x.children) {
    check_reach_of_restart_limit(c, found);
    if (c.below)
      check_reaches(*c.below, found);
  }
}

// -- budgets that multiply ---------------------------------------------------------------------------------

constexpr double too_many_tries = 100;

std::string whole(double x) { return std::to_string(static_cast<std::int64_t>(std::min(x, 1e15))); }

std::string way_out(double above) {
  const auto enough = std::floor(too_many_tries / above) - 1;
  return enough < 0 ? "The levels above are too many by themselves"
                    : whole(enough) + " here would keep it at " + whole(above * (enough + 1));
}

/// A nested supervisor gives up at its n+1st crash, and is restarted m times by the one above. One
/// that never gives up is where it all begins anew.
void check_product(const linted_supervisor& x, double above, found_lints& found) {
  const auto never = x.intensity.restarts == unlimited;
  const auto product = never ? 1 : above * (x.intensity.restarts + 1.0);
  if (!never && above > 1 && product > too_many_tries) {
    found.push_back({"multiplied_budget",
                     {x.where + "/intensity/restarts",
                      "with the levels above, a child here may crash " + whole(product)
                        + " times before the topmost gives up. " + way_out(above)}});
    return; // further down it is the same story
  }
  for (const auto& c : x.children)
    if (c.below)
      check_product(*c.below, product, found);
}

// -- time to stop --------------------------------------------------------------------------------------------

/// What a level may take: everybody one after another, until the longest budget has passed; then
/// the rest together. Nothing if there is no bound.
std::optional<double> time_to_stop(const linted_supervisor& x) {
  double longest = 0, longest_abort = 0, one_by_one = 0;
  for (const auto& c : x.children) {
    const auto& stop = c.holds.shutdown.value;
    if (stop.is_unlimited() && !c.below)
      return std::nullopt;
    const auto graceful = stop.is_unlimited() ? time_to_stop(*c.below) : seconds(stop.graceful);
    if (!graceful)
      return std::nullopt;
    longest = std::max(longest, *graceful);
    longest_abort = std::max(longest_abort, seconds(stop.abort_wait));
    one_by_one += *graceful;
  }
  return std::min(one_by_one, 2 * longest) + longest_abort;
}

void check_stops(const linted_supervisor& x, found_lints& found) {
  for (const auto& c : x.children) {
    if (!c.below)
      continue;
    const auto& stop = c.holds.shutdown.value;
    const auto below = time_to_stop(*c.below);
    if (!stop.is_unlimited() && (!below || *below > seconds(stop.graceful)))
      found.push_back(
        {"short_stop",
         {c.where + "/shutdown", "is " + to_string(stop.graceful) + ", but those below may take "
                                   + (below ? rounded_up(*below) : "any time")
                                   + " to stop, and would be left behind. "
                                   + (below ? "\"" + rounded_up(*below) + "\" or " : std::string{})
                                   + "\"unlimited\" would do"}});
    check_stops(*c.below, found);
  }
}

// -- the rest --------------------------------------------------------------------------------------------------

void check_order(const linted_supervisor& x, found_lints& found) {
  if (x.strategy == strategy::rest_for_one)
    for (std::size_t i = 0; i < x.children.size(); ++i)
      for (const auto& need : x.children[i].dependencies)
        for (auto later = i + 1; later < x.children.size(); ++later)
          if (x.children[later].id == need)
            found.push_back({"order",
                             {x.children[i].where + "/dependencies",
                              "\"" + x.children[i].id + "\" is declared before \"" + need
                                + "\" and started after it: with rest_for_one it goes down with \""
                                + need + "\", not the other way round. Declare it at place "
                                + std::to_string(later) + " or later"}});
  for (const auto& c : x.children)
    if (c.below)
      check_order(*c.below, found);
}

void check_ends(const linted_supervisor& x, found_lints& found) {
  for (const auto& c : x.children) {
    if (!c.below)
      continue;
    if (c.below->auto_shutdown != auto_shutdown::never && !c.own_policy
        && c.holds.restart.value == restart::permanent)
      found.push_back({"auto_shutdown",
                       {c.where + "/supervisor/auto_shutdown",
                        "\"" + c.id
                          + "\" ends when its significant children have, and is a permanent child: "
                            "it is started again at once. As transient or temporary it would stay "
                            "down"}});
    check_ends(*c.below, found);
  }
}

void check_resources(const linted_supervisor& x, found_lints& found) {
  for (const auto& c : x.children) {
    if (c.unkept_limits)
      found.push_back({"resource_limits",
                       {c.where + "/resource_limits",
                        "nobody keeps these: \"" + c.id
                          + "\" shares the limits of its program. As a process it would have its "
                            "own"}});
    if (c.below)
      check_resources(*c.below, found);
  }
}

void check_roles(const linted_supervisor& x, found_lints& found) {
  for (const auto& c : x.children) {
    for (const auto& conflict : c.conflicts)
      found.push_back({"role", {c.where + "/" + conflict.conflicting_field, to_string(conflict)}});
    if (c.below)
      check_roles(*c.below, found);
  }
}

void check_defaults_of_root(const linted_supervisor& root, found_lints& found) {
  if (root.decides_something)
    return;
  found.push_back(
    {"default_root",
     {root.where + "/intensity", "the root decides nothing about restarts: at the "
                                   + std::to_string(root.intensity.restarts + 1) + "th within "
                                   + to_string(root.intensity.period)
                                   + " the whole tree ends. Say so with \"intensity\", or with "
                                     "\"limits\": \"guarded\""}});
}

} // namespace

bool decides_something(const supervisor_details& x) {
  const auto has_restart_limit = [](const auto& one) { return one.restart_limit.has_value(); };
  const auto has_limits = [](const group_config& one) { return one.limits.has_value(); };
  return x.limits || x.limit || x.restart_limit || x.supervisor_failure_limit
         || std::ranges::any_of(x.group_strategies, has_restart_limit)
         || std::ranges::any_of(x.child_strategy_overrides, has_restart_limit)
         || std::ranges::any_of(x.group_configs, has_limits);
}

std::vector<lint> find_lints(const linted_supervisor& root) {
  found_lints found;
  check_defaults_of_root(root, found);
  check_reaches(root, found);
  check_product(root, 1, found);
  check_stops(root, found);
  check_order(root, found);
  check_ends(root, found);
  check_resources(root, found);
  check_roles(root, found);
  check_brakes(root, found);
  return found;
}

} // namespace supervisor::detail

namespace supervisor {

template std::vector<lint> lints(const declared_spec&);

} // namespace supervisor
