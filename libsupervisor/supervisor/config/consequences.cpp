#include "supervisor/config/consequences.hpp"

#include <algorithm>
#include <optional>

namespace supervisor::config {

namespace {

/// Below one supervisor, child or process: a rule that finds a fault of `found` has looked at `known`,
/// too. A * stands for a number.
struct look {
  std::string_view known{};
  std::string_view found{};
};

constexpr look looks[] = {
  // of a child
  {"restart", "significant"},
  {"task_role", "significant"},
  {"task_role", "sidecar_config"},
  {"process", "resource_limits/required"},
  {"start_timeout", "readiness/timeout"},
  {"secrets", "environment/*/secret_ref"},
  {"secrets/*", "environment/*/secret_ref"},
  {"secrets/*/name", "environment/*/secret_ref"},

  // of a process
  {"inherit", "inherited"},

  // of a supervisor
  {"auto_shutdown", "children/*/significant"},
  {"defaults", "children/*/significant"},
  {"defaults/restart", "children/*/significant"},

  {"children", "children/*/dependencies/*"},
  {"children/*", "children/*/dependencies/*"},
  {"children/*/id", "children/*/dependencies/*"},
  {"children/*", "children/*/sidecar_config/primary_child_id"},
  {"children/*/id", "children/*/sidecar_config/primary_child_id"},
  {"children/*/task_role", "children/*/sidecar_config/primary_child_id"},
  {"children", "child_strategy_overrides/*/child_id"},
  {"children/*", "child_strategy_overrides/*/child_id"},
  {"children/*/id", "child_strategy_overrides/*/child_id"},
  {"children", "group_configs/*/children/*"},
  {"children/*", "group_configs/*/children/*"},
  {"children/*/id", "group_configs/*/children/*"},

  {"children", "group_strategies/*/group"},
  {"children/*", "group_strategies/*/group"},
  {"children/*/tags", "group_strategies/*/group"},
  {"children/*/tags/*", "group_strategies/*/group"},

  {"group_configs", "children/*/group"},
  {"group_configs/*", "children/*/group"},
  {"group_configs/*/name", "children/*/group"},
  {"group_configs", "group_dependencies/*/from_group"},
  {"group_configs/*", "group_dependencies/*/from_group"},
  {"group_configs/*/name", "group_dependencies/*/from_group"},
  {"group_configs", "group_dependencies/*/to_group"},
  {"group_configs/*", "group_dependencies/*/to_group"},
  {"group_configs/*/name", "group_dependencies/*/to_group"},
  {"group_dependencies/*/from_group", "group_dependencies/*"},
  {"group_dependencies/*/to_group", "group_dependencies/*"},
};

bool is_number(std::string_view step) {
  return !step.empty() && std::ranges::all_of(step, [](char c) { return c >= '0' && c <= '9'; });
}

/// Takes the last step off a path, with the slash before it.
std::string_view take_last(std::string_view& path) {
  const auto slash = path.rfind('/');
  const auto step = path.substr(slash + 1);
  path = path.substr(0, slash == std::string_view::npos ? 0 : slash);
  return step;
}

/// What is left of a pointer in front of a pattern, if it ends like that.
std::optional<std::string_view> in_front_of(std::string_view pattern, std::string_view pointer) {
  while (!pattern.empty()) {
    if (pointer.empty())
      return {};
    const auto wanted = take_last(pattern);
    const auto step = take_last(pointer);
    if (wanted == "*" ? !is_number(step) : wanted != step)
      return {};
  }
  return pointer;
}

/// With * for the last number in it; empty if there is none.
std::string with_star(std::string_view pointer) {
  std::string behind;
  while (!pointer.empty()) {
    const auto step = take_last(pointer);
    if (is_number(step))
      return std::string{pointer} + "/*" + behind;
    behind = "/" + std::string{step} + behind;
  }
  return {};
}

/// Whether children are not known if this is not.
bool is_about_children(std::string_view pointer) {
  const auto last = take_last(pointer);
  return last == "id" || last == "children" || last == "supervisor"
         || (is_number(last) && pointer.ends_with("/children"));
}

} // namespace

void unread_places::add(std::string_view pointer) {
  children_ = children_ || is_about_children(pointer);
  std::string place{pointer};
  for (int stars = 0; stars < 3 && !place.empty(); ++stars) {
    const auto next = with_star(place);
    places_.insert(std::move(place));
    place = next;
  }
}

bool unread_places::may_explain(const fault& found) const {
  if (places_.empty() || has_guess(found))
    return false;
  return std::ranges::any_of(looks, [&](const look& x) {
    const auto above = in_front_of(x.found, found.where);
    return above && are_beside(*above, x.known);
  });
}

} // namespace supervisor::config
