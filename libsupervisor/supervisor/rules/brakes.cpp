// What there is between a child that ends at once, again and again, and a processor that does nothing
// else.

#include "supervisor/rules/find_lints.hpp"

#include <algorithm>

namespace supervisor::detail {

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

bool falls_at_once(const linted_supervisor&);

/// Whether it can end again and again without a wait.
bool ends_at_once(const linted_child& x) { return !x.below || falls_at_once(*x.below); }

bool is_made_to_wait(const linted_supervisor& above, const linted_child& x) {
  return above.braked || x.braked_by_group || are_made_to_wait(x.holds.limits.value);
}

/// Whether what is below it can bring it down without a wait.
bool falls_at_once(const linted_supervisor& x) {
  return std::ranges::any_of(x.children, [&](const linted_child& c) {
    const auto first_is_too_many = x.intensity.restarts == 0 && is_started_again(c);
    return ends_at_once(c)
           && (first_is_too_many || (is_started_at_once(c) && !is_made_to_wait(x, c)));
  });
}

bool is_without_brake(const linted_supervisor& above, const linted_child& x) {
  return !above.braked && !x.braked_by_group && !is_a_brake(above.intensity)
         && !are_a_brake(x.holds.limits.value) && is_started_at_once(x) && ends_at_once(x);
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
void check_brakes(const linted_supervisor& x, std::vector<lint>& found) {
  const auto first = std::ranges::find_if(
    x.children, [&](const linted_child& c) { return is_without_brake(x, c); });
  if (first != x.children.end())
    found.push_back(about(*first));
  for (const auto& c : x.children)
    if (c.below)
      check_brakes(*c.below, found);
}

} // namespace supervisor::detail
