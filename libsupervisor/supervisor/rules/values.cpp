#include "supervisor/spec/spec.hpp"

#include "supervisor/rules/validate.hpp"
#include "supervisor/text/printable.hpp"

#include <algorithm>

namespace supervisor {

namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

bool is_id_char(char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '-'; }

} // namespace

bool is_id(std::string_view id) {
  return !id.empty() && is_letter(id.front()) && std::ranges::all_of(id, is_id_char);
}

namespace detail {

using showing::quoted;

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\n") == std::string_view::npos;
}

void check_id(std::string_view id, const place& where, faults& found) {
  if (!is_id(id))
    found.push_back(
      {where, quoted(id) + " is no id: a letter or _, then letters, digits, _ and -"});
}

void check_need(const std::string& need, names& siblings, const std::string& where, faults& found) {
  if (!siblings.has(need))
    found.push_back({where, "no sibling is called " + quoted(need) + siblings.closest(need)});
}

bool says_when_to_restart(const child_view& child) {
  const auto& said = child.more.reactions;
  return child.restart || child.backoff != inherited_backoff || said.on_success_exit
         || said.on_failure_exit || said.on_timeout;
}

void check_backoff(const backoff& x, const place& where, faults& found) {
  if (x == inherited_backoff)
    return;
  if (x.first < nanoseconds::zero())
    found.push_back({where / "initial_delay", "must not be negative"});
  if (x.first > x.longest)
    found.push_back({where / "initial_delay", "must not be longer than max_delay"});
  if (!(x.jitter.ratio >= 0 && x.jitter.ratio <= 1))
    found.push_back({where / "jitter", "the ratio must be from 0 to 1"});
}

void check_shutdown(const stop_budget& x, const place& where, faults& found) {
  if (x.graceful < nanoseconds::zero())
    found.push_back({where / "graceful_timeout", "must not be negative"});
  if (x.abort_wait <= nanoseconds::zero())
    found.push_back(
      {where / "abort_wait", "must be longer than zero: a kill takes time to arrive"});
}

void check_intensity(const intensity& x, const std::string& where, faults& found) {
  if (x.period <= nanoseconds::zero())
    found.push_back({where + "/period", "must be longer than zero"});
}

void check_defaults(const child_defaults& x, const std::string& where, faults& found) {
  check_backoff(x.backoff, place{where} / "backoff", found);
  if (x.shutdown)
    check_shutdown(*x.shutdown, place{where} / "shutdown", found);
  if (x.limits)
    check_limits(*x.limits, where + "/limits", found);
  check_health_policy(x.health_policy, where, found);
}

namespace {

void check_exit_codes(const std::vector<std::int32_t>& codes, const std::string& where,
                      faults& found) {
  if (codes.empty())
    found.push_back({where, "must name at least one code, such as 0"});
  for (std::size_t i = 0; i < codes.size(); ++i)
    if (codes[i] < 0 || codes[i] > most_exit_code)
      found.push_back({where + "/" + std::to_string(i), std::to_string(codes[i])
                                                          + " is no exit code, must be from 0 to "
                                                          + std::to_string(most_exit_code)});
}

} // namespace

void check_details(const child_view& child, nanoseconds start_timeout, const std::string& where,
                   faults& found) {
  const auto& x = child.more;
  if (!x.name.empty() && is_blank(x.name))
    found.push_back({where + "/name", "must not be blank"});
  for (std::size_t i = 0; i < x.tags.size(); ++i)
    if (is_blank(x.tags[i]))
      found.push_back({where + "/tags/" + std::to_string(i), "must not be blank"});
  if (x.success_exit_codes)
    check_exit_codes(*x.success_exit_codes, where + "/success_exit_codes", found);
  if (x.limits)
    check_limits(*x.limits, where + "/limits", found);
  if (x.run_timeout)
    check_time(*x.run_timeout, where + "/run_timeout", found);
  check_sidecar(child, where, found);
  check_provisions(child, where, found);
  check_replacement(x, where, found);
  check_signs_of_life(child, start_timeout, where, found);
}

void check_details(const supervisor_details& x, const std::string& where, faults& found) {
  if (x.limit && x.limit->outside())
    found.push_back({where + "/limit", "a policy outside is for a child, not for a limit"});
  if (is_blank(x.config_version))
    found.push_back({where + "/config_version", "must not be blank"});
  if (x.limits)
    check_limits(*x.limits, where + "/limits", found);
  check_restart_limit(x.restart_limit, where, found);
  if (x.supervisor_failure_limit)
    check_failure_limit(*x.supervisor_failure_limit, where + "/supervisor_failure_limit", found);
  if (x.dynamic_supervisor_policy.child_limit == 0u)
    found.push_back({where + "/dynamic_supervisor_policy/child_limit",
                     "must be at least 1: whoever wants no children added says enabled, false"});
  if (x.control_channel_capacity == 0u)
    found.push_back(
      {where + "/control_channel_capacity", "must be at least 1, or no command gets through"});
  if (x.event_channel_capacity)
    found.push_back({where + "/event_channel_capacity", "not supported yet"});
}

} // namespace detail

template faults validate(const declared_spec&);
template faults validate(const declared_child_spec&);
template faults validate_child(const declared_child_spec&, const declared_spec&);

} // namespace supervisor
