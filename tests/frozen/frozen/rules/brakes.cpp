// What there is between a child that ends at once, again and again, and a processor that does nothing
// else.

#include "frozen/rules/find_lints.hpp"

#include <algorithm>
#include <iterator>

namespace frozen::detail {

namespace {

/// So many a second nobody restarts: a limit above that is never reached.
constexpr double most_restarts_per_second = 100'000;

bool is_a_brake(const intensity& x) {
  if (x.restarts == unlimited)
    return false;
  const auto seconds = std::chrono::duration<double>(x.period).count();
  return x.restarts == 0 || x.restarts < most_restarts_per_second * seconds;
}

/// Cold starts are over at some time.
bool are_a_brake(const child_limits& x) {
  return (x.failure_window && x.failure_window->threshold != unlimited)
         || (x.restart_limit && x.restart_limit->max_restarts != unlimited)
         || (x.hot_loop && x.hot_loop->min_restarts != unlimited)
         || (x.meltdown && x.meltdown->max_failures != unlimited);
}

/// Those limits that make it wait, and not only end.
bool are_made_to_wait(const child_limits& x) {
  return x.failure_window || x.hot_loop || x.meltdown;
}

bool is_started_again(const linted_child& x) {
  return !x.own_policy && x.holds.restart.value != restart::temporary;
}

/// After a failure, or after a clean end.
bool is_started_at_once(const linted_child& x) {
  const auto after_failure = x.holds.on_failure_exit.value;
  const auto no_wait = x.holds.backoff.value.first <= nanoseconds{0};
  return is_started_again(x)
         && (after_failure == on_failure_action::restart_permanent
             || (no_wait && after_failure == on_failure_action::restart_with_backoff)
             || (no_wait && x.holds.on_success_exit.value == on_success_action::restart));
}

bool is_made_to_wait(const linted_supervisor& above, const linted_child& x) {
  return above.braked || x.braked_by_group || are_made_to_wait(x.holds.limits.value);
}

/// Of one that can end again and again without a wait: whether it takes its supervisor along.
bool brings_down(const linted_supervisor& above, const linted_child& x) {
  return (above.intensity.restarts == 0 && is_started_again(x))
         || (is_started_at_once(x) && !is_made_to_wait(above, x));
}

/// Likewise: whether nothing stops it from doing so.
bool is_without_brake(const linted_supervisor& above, const linted_child& x) {
  return !above.braked && !x.braked_by_group && !is_a_brake(above.intensity)
         && !are_a_brake(x.holds.limits.value) && is_started_at_once(x);
}

lint about(const linted_child& x) {
  return {
    "no_brake",
    {x.where + "/backoff",
     "\"" + x.id
       + "\" is started again without a wait, and nothing limits how often: if it fails at "
         "once, that uses up a processor. A \"backoff\" with an initial_delay would do, or an "
         "\"intensity\" that can be reached"}};
}

} // namespace

bool are_a_brake(const scope_limits& x) {
  return x.restart_budget || (x.meltdown && x.meltdown->max_failures != unlimited);
}

/// Nobody knows what a limit of one's own does.
bool are_a_brake(const supervisor_details& x) {
  return x.limit || x.supervisor_failure_limit || (x.limits && are_a_brake(*x.limits));
}

std::unordered_set<std::string_view> braked_groups(const supervisor_details& x) {
  std::unordered_set<std::string_view> names;
  for (const auto& group : x.group_configs)
    if (group.limits && are_a_brake(*group.limits))
      names.insert(group.name);
  return names;
}

/// One child is enough to say it: a hundred equal ones would say the same.
bool check_brakes(const linted_supervisor& x, lints_found& found) {
  lints_found deeper;
  auto falls = false, told = false;
  for (const auto& c : x.children) {
    if (c.below && !check_brakes(*c.below, deeper))
      continue; // it does not end without a wait
    falls = falls || brings_down(x, c);
    if (!told && is_without_brake(x, c)) {
      found.push_back(about(c));
      told = true;
    }
  }
  std::ranges::move(deeper, std::back_inserter(found));
  return falls;
}

} // namespace frozen::detail
