#include "supervisor/rules/find_lints.hpp"
#include "supervisor/text/duration.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>
#include <string_view>
#include <unordered_map>

namespace supervisor::detail {

namespace {

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
void check_product(const linted_supervisor& x, double above, lints_found& found) {
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

/// Those below have been looked at: what each of them may take, by child, or nothing if there is no
/// bound.
using times_to_stop = std::vector<std::optional<double>>;

/// What a level may take: everybody one after another, until the longest budget has passed; then
/// the rest together.
std::optional<double> time_to_stop(const linted_supervisor& x, const times_to_stop& below) {
  double longest = 0, longest_abort = 0, one_by_one = 0;
  for (std::size_t i = 0; i < x.children.size(); ++i) {
    const auto& stop = x.children[i].holds.shutdown.value;
    const auto graceful = stop.is_unlimited() ? below[i] : seconds(stop.graceful);
    if (!graceful)
      return std::nullopt;
    longest = std::max(longest, *graceful);
    longest_abort = std::max(longest_abort, seconds(stop.abort_wait));
    one_by_one += *graceful;
  }
  return std::min(one_by_one, 2 * longest) + longest_abort;
}

void check_stop(const linted_child& c, std::optional<double> below, lints_found& found) {
  const auto& stop = c.holds.shutdown.value;
  if (stop.is_unlimited() || (below && *below <= seconds(stop.graceful)))
    return;
  found.push_back(
    {"short_stop",
     {c.where + "/shutdown", "is " + to_string(stop.graceful) + ", but those below may take "
                               + (below ? rounded_up(*below) : "any time")
                               + " to stop, and would be left behind. "
                               + (below ? "\"" + rounded_up(*below) + "\" or " : std::string{})
                               + "\"unlimited\" would do"}});
}

/// What it may take; each level is gone through once.
std::optional<double> check_stops(const linted_supervisor& x, lints_found& found) {
  times_to_stop below(x.children.size());
  for (std::size_t i = 0; i < x.children.size(); ++i) {
    const auto& c = x.children[i];
    if (!c.below)
      continue;
    lints_found deeper;
    below[i] = check_stops(*c.below, deeper);
    check_stop(c, below[i], found);
    std::ranges::move(deeper, std::back_inserter(found));
  }
  return time_to_stop(x, below);
}

// -- the rest --------------------------------------------------------------------------------------------------

void check_order(const linted_child& c, std::size_t place,
                 const std::unordered_map<std::string_view, std::size_t>& places,
                 lints_found& found) {
  for (const auto& need : c.dependencies)
    if (const auto at = places.find(need); at != places.end() && at->second > place)
      found.push_back({"order",
                       {c.where + "/dependencies",
                        "\"" + c.id + "\" is declared before \"" + need
                          + "\" and started after it: with rest_for_one it goes down with \"" + need
                          + "\", not the other way round. Declare it at place "
                          + std::to_string(at->second) + " or later"}});
}

void check_order(const linted_supervisor& x, lints_found& found) {
  std::unordered_map<std::string_view, std::size_t> places;
  if (x.strategy == strategy::rest_for_one)
    for (std::size_t i = 0; i < x.children.size(); ++i)
      places.emplace(x.children[i].id, i);
  for (std::size_t i = 0; i < x.children.size(); ++i) {
    check_order(x.children[i], i, places, found);
    if (x.children[i].below)
      check_order(*x.children[i].below, found);
  }
}

void check_ends(const linted_supervisor& x, lints_found& found) {
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

void check_resources(const linted_supervisor& x, lints_found& found) {
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

void check_roles(const linted_supervisor& x, lints_found& found) {
  for (const auto& c : x.children) {
    for (const auto& conflict : c.conflicts)
      found.push_back({"role", {c.where + "/" + conflict.conflicting_field, to_string(conflict)}});
    if (c.below)
      check_roles(*c.below, found);
  }
}

void check_defaults_of_root(const linted_supervisor& root, lints_found& found) {
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

lints_found find_lints(const linted_supervisor& root) {
  lints_found found;
  check_defaults_of_root(root, found);
  check_reaches(root, found);
  check_product(root, 1, found);
  check_stops(root, found);
  check_order(root, found);
  check_dependents(root, found);
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
