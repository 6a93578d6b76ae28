#include "supervisor/effective/make_effective.hpp"
#include "supervisor/spec/setting_words.hpp"
#include "supervisor/text/printable.hpp"

namespace supervisor {

namespace {

using detail::words;

std::string words(policy_source x) {
  switch (x) {
    case policy_source::role_default:
      return "by its role";
    case policy_source::user_override:
      return "as said";
    case policy_source::fallback_default:
      return "by default";
  }
  return {};
}

// -- lines -------------------------------------------------------------------------------------------

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(text.size() + 1, width), ' ');
  return text;
}

std::string line(std::string_view name, std::string value, policy_source from) {
  return "  " + padded(std::string{name}, 21) + padded(std::move(value), 36) + words(from) + '\n';
}

template <class T>
std::string line(std::string_view name, const sourced<T>& x) {
  if constexpr (std::is_enum_v<T>)
    return line(name, words(label(x.value)), x.from);
  else
    return line(name, words(x.value), x.from);
}

template <class Limit>
std::string line_if_on(std::string_view name, const std::optional<Limit>& x, policy_source from) {
  return x ? line(name, words(*x), from) : "";
}

std::string lines_of(const child_limits& x, policy_source from) {
  constexpr auto said = policy_source::user_override;
  return line_if_on("failure_window", x.failure_window, said)
         + line_if_on("restart_limit", x.restart_limit, from)
         + line_if_on("cold_start", x.cold_start, said) + line_if_on("hot_loop", x.hot_loop, said)
         + line_if_on("meltdown", x.meltdown, said);
}

std::string lines_of_ends(const effective_policy& x) {
  if (x.restart.value == restart::temporary)
    return line("restart", x.restart); // whatever happens
  return line("restart", x.restart) + line("on_success_exit", x.on_success_exit)
         + line("on_failure_exit", x.on_failure_exit) + line("on_timeout", x.on_timeout)
         + line("backoff", x.backoff);
}

std::string lines_of(const effective_policy& x, bool has_own_policy) {
  return (has_own_policy ? line("policy", "its own", policy_source::user_override)
                         : lines_of_ends(x))
         + lines_of(x.limits.value, x.limits.from)
         + line("on_budget_exhausted", x.on_budget_exhausted)
         + line("on_manual_stop", x.on_manual_stop)
         + line("success_exit_codes", x.success_exit_codes) + line("shutdown", x.shutdown)
         + line_if_on("health_policy", x.health.value, x.health.from) + line("severity", x.severity)
         + line("strategy", words(x.strategy.value, x.team), x.strategy.from)
         + line("escalation_policy", x.escalation);
}

std::string named(const env_var& x) { return x.name + " = " + words(x); }
std::string named(const secret_ref& x) { return x.name + " = " + words(x); }
std::string named(const precondition& x) { return words(x); }

template <class T>
std::string lines_of_each(std::string_view name, const std::vector<T>& all) {
  std::string text;
  for (const auto& x : all)
    text += line(name, showing::printable(named(x)), policy_source::user_override);
  return text;
}

/// What nobody but the child says.
std::string lines_of(const child_details& x) {
  constexpr auto said = policy_source::user_override;
  return line_if_on("resource_limits", x.resource_limits, said)
         + line_if_on("command_permissions", x.command_permissions, said)
         + lines_of_each("environment", x.environment) + lines_of_each("secrets", x.secrets)
         + lines_of_each("preconditions", x.preconditions) + line_if_on("recycle", x.recycle, said)
         + (x.start_before_stop ? line("start_before_stop", "yes", said) : "");
}

std::string heading(const std::string& path, const effective_policy& x) {
  return path + (x.role ? ", role " + words(label(*x.role)) : "")
         + (x.group.empty() ? "" : ", group " + showing::quoted(x.group)) + '\n';
}

} // namespace

std::string show_effective(const declared_spec& spec) {
  std::string text;
  const auto add = [&](const auto& child, const effective_policy& x, const std::string& path) {
    text += (text.empty() ? "" : "\n") + heading(path, x) + lines_of(x, child.policy.has_value())
            + lines_of(detail::said_in(child.more));
  };
  detail::each_effective(spec, "", add);
  return text;
}

} // namespace supervisor
