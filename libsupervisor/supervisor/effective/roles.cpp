#include "supervisor/effective/make_effective.hpp"

namespace supervisor {

// -- what a role brings ------------------------------------------------------------------------------

namespace {

constexpr policies::backoff role_backoff{std::chrono::milliseconds{50}, std::chrono::seconds{5},
                                         jitter::by(0.2)};

constexpr role_pack pack(on_success_action on_success, std::uint32_t most_restarts,
                         severity_class severity) {
  return {
    .on_success_exit = on_success,
    .on_failure_exit = on_failure_action::restart_with_backoff,
    .on_manual_stop = on_manual_stop_action::stop_forever,
    .on_timeout = on_timeout_action::restart_with_backoff,
    .on_budget_exhausted = on_budget_exhausted_action::stop_and_escalate,
    .restart_limit = {.max_restarts = most_restarts, .window = std::chrono::seconds{60}},
    .escalation = escalation_policy::escalate_to_parent,
    .backoff = role_backoff,
    .severity = severity,
  };
}

/// One that takes too long is not tried again: it would take as long.
constexpr role_pack pack_of_job() {
  auto job = pack(on_success_action::stop, 1, severity_class::optional);
  job.on_timeout = on_timeout_action::stop_and_escalate;
  return job;
}

} // namespace

role_pack defaults_of(task_role role) {
  switch (role) {
    case task_role::service:
      return pack(on_success_action::restart, 10, severity_class::critical);
    case task_role::worker:
      return pack(on_success_action::stop, 3, severity_class::standard);
    case task_role::job:
      return pack_of_job();
    case task_role::sidecar:
      return pack(on_success_action::restart, 5, severity_class::standard);
    case task_role::supervisor:
      return pack(on_success_action::restart, 3, severity_class::critical);
  }
  return {};
}

// -- what contradicts a role -------------------------------------------------------------------------

namespace detail {

namespace {

/// Collects what contradicts one child's role.
struct objections {
  std::string path{};
  task_role role{};
  std::vector<role_conflict> found{};

  void add(std::string_view field, std::string_view value, std::string expected,
           std::string reason) {
    found.push_back(
      {path, role, std::string{field}, std::string{value}, std::move(expected), std::move(reason)});
  }
};

bool is_meant_to_end(task_role x) { return x == task_role::worker || x == task_role::job; }

void object_to_repeating(const child_view& child, const effective_policy& x, objections& to) {
  const auto& [action, from] = x.on_success_exit;
  if (to.role != task_role::job || from != policy_source::user_override
      || action != on_success_action::restart)
    return;
  const auto expected = "is done when it has ended well";
  const auto reason = "it would be done again after every success, until a limit stops it";
  if (child.more.reactions.on_success_exit)
    to.add("on_success_exit", label(action), expected, reason);
  else
    to.add("restart", label(x.restart.value), expected, reason);
}

void object_to_never_restarting(const effective_policy& x, objections& to) {
  if (!is_meant_to_end(to.role) && x.restart.value == restart::temporary)
    to.add("restart", label(x.restart.value), "is there as long as its supervisor is",
           "after its first end nobody would start it again");
}

void object_to_kind(const child_view& child, objections& to) {
  const auto is_supervisor = child.kind == task_kind::supervisor;
  if (to.role == task_role::supervisor && !is_supervisor)
    to.add("task_role", label(to.role), "has children of its own",
           "what this child starts has none");
  if (is_meant_to_end(to.role) && is_supervisor)
    to.add("task_role", label(to.role), "does its work and ends",
           "a nested supervisor does not end by itself as long as its children are well");
}

} // namespace

std::vector<role_conflict> conflicts_of(const child_view& child, const effective_policy& x,
                                        const std::string& path) {
  if (!x.role)
    return {};
  objections to{path, *x.role};
  object_to_kind(child, to);
  if (!child.has_own_policy) {
    object_to_repeating(child, x, to);
    object_to_never_restarting(x, to);
  }
  return std::move(to.found);
}

} // namespace detail

std::string to_string(const role_conflict& x) {
  return "\"" + x.child_id + "\": " + x.conflicting_field + " \"" + x.user_value
         + "\" contradicts the role " + std::string{label(x.role)} + ", which "
         + x.expected_semantic + ": " + x.reason;
}

} // namespace supervisor
