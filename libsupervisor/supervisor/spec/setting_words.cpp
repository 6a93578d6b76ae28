#include "supervisor/spec/setting_words.hpp"

#include "supervisor/text/printable.hpp"

#include <algorithm>
#include <charconv>

namespace supervisor::detail {

namespace {

struct unit {
  nanoseconds size{};
  std::string_view name{};
};

constexpr unit units[] = {{std::chrono::hours{1}, "h"},
                          {std::chrono::minutes{1}, "min"},
                          {std::chrono::seconds{1}, "s"},
                          {std::chrono::milliseconds{1}, "ms"},
                          {std::chrono::microseconds{1}, "us"}};

/// "", ".5", ".125".
std::string after_point(std::int64_t thousandths) {
  if (thousandths == 0)
    return "";
  auto digits = std::to_string(1000 + thousandths).substr(1);
  digits.resize(digits.find_last_not_of('0') + 1);
  return "." + digits;
}

/// "a, b, c"
struct parts {
  std::string text{};

  void add(const std::string& part) { text += (text.empty() ? "" : ", ") + part; }
};

std::string words(const token_bucket& x) {
  return "a budget of " + std::to_string(x.max_burst) + " in " + detail::words(x.window) + ", "
         + number(x.recovery_rate_per_sec) + " back a second";
}

} // namespace

std::string words(std::string_view label) { return std::string{label}; }

std::string number(double x) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, x).ptr;
  return {text, end};
}

std::string octal(std::uint32_t mask) {
  std::string text;
  for (auto rest = mask; rest != 0; rest /= 8)
    text.insert(text.begin(), static_cast<char>('0' + rest % 8));
  return std::string(text.size() < 3 ? 3 - text.size() : 0, '0') + text;
}

std::string words(nanoseconds x) {
  for (const auto& [size, name] : units) {
    const auto rest = x % size * 1000;
    if (x >= size && rest % size == nanoseconds{0})
      return std::to_string(x / size) + after_point(rest / size) + std::string{name};
  }
  return std::to_string(x.count()) + "ns";
}

std::string words(const jitter& x) {
  switch (x.mode) {
    case jitter_mode::disabled:
      return "no jitter";
    case jitter_mode::ratio:
      return "jitter " + number(x.ratio);
    case jitter_mode::full:
      return "full jitter";
    case jitter_mode::decorrelated:
      return "decorrelated jitter";
  }
  return {};
}

std::string words(const backoff& x) {
  return words(x.first) + " to " + words(x.longest) + ", " + words(x.jitter);
}

std::string words(const stop_budget& x) {
  const auto killed = words(x.abort_wait) + " for a kill";
  if (x.is_unlimited())
    return x.abort_wait == stop_budget{}.abort_wait ? "unlimited" : "unlimited, " + killed;
  return x.is_brutal() ? killed : words(x.graceful) + ", then " + killed;
}

std::string words(std::vector<std::int32_t> codes) {
  std::ranges::sort(codes);
  std::string text;
  for (const auto code : codes)
    text += (text.empty() ? "" : ", ") + std::to_string(code);
  return text;
}

std::string words(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names)
    text += (text.empty() ? "" : ", ") + showing::printable(name);
  return text.empty() ? "none" : text;
}

std::string count(std::uint32_t n, const std::string& what) {
  return n == unlimited ? "unlimited " + what + "s"
                        : std::to_string(n) + " " + what + (n == 1 ? "" : "s");
}

std::string words(const restart_limit& x) {
  return count(x.max_restarts, "restart") + " in " + words(x.window);
}

std::string words(const failure_window& x) {
  return count(x.threshold, "failure")
         + (x.mode == failure_window_mode::time_sliding ? " in " + words(x.window)
                                                        : " of " + count(x.max_count, "end"));
}

std::string words(const cold_start& x) {
  return count(x.max_restarts, "restart") + " in the first " + words(x.window);
}

std::string words(const hot_loop& x) {
  return count(x.min_restarts, "end") + " in " + words(x.window);
}

std::string words(const meltdown_fuse& x) {
  return count(x.max_failures, "failure") + " in " + words(x.window) + ", rests for "
         + words(x.reset_after);
}

std::string words(const health_policy& x) {
  return "a beat each " + words(x.heartbeat_interval) + ", stale after " + words(x.stale_after);
}

std::string words(const readiness_probe& x) {
  return "asked each " + words(x.check_interval) + " for " + words(x.timeout);
}

std::string words(const health_check& x) {
  return "asked each " + words(x.check_interval) + " for " + words(x.timeout) + ", "
         + count(x.max_retries, "failure") + " in a row";
}

std::string words(const stall_watchdog& x) {
  return words(label(x.action)) + " after " + words(x.after);
}

std::string words(const resource_limits& x) {
  parts all;
  if (x.max_memory_mb)
    all.add(std::to_string(*x.max_memory_mb) + " MB");
  if (x.max_cpu_percent)
    all.add(std::to_string(*x.max_cpu_percent) + "% of a core");
  if (x.max_file_descriptors)
    all.add(std::to_string(*x.max_file_descriptors) + " open files");
  if (x.max_core_mb)
    all.add(*x.max_core_mb == 0 ? "no core dump" : std::to_string(*x.max_core_mb) + " MB of core");
  if (x.max_processes)
    all.add(std::to_string(*x.max_processes) + " processes");
  if (x.required && !all.text.empty())
    all.add("required");
  return all.text.empty() ? "none" : all.text;
}

std::string words(const command_permissions& x) {
  std::vector<int> signals;
  for (const auto& name : x.allowed_signals)
    signals.push_back(signal_number(name));
  std::ranges::sort(signals);
  parts all;
  if (x.allow_shutdown)
    all.add("shutdown");
  if (x.allow_restart)
    all.add("restart");
  for (const auto signal : signals)
    all.add(signal_name(signal));
  return all.text.empty() ? "nothing" : all.text;
}

/// A text is in quotation marks, so that it is no reference.
std::string words(const env_var& x) {
  return x.secret_ref ? *x.secret_ref : '"' + x.value.value_or("") + '"';
}

std::string words(const secret_ref& x) {
  return '"' + x.key + '"' + (x.required ? ", required" : "");
}

namespace {

std::string way_of(const precondition& x) {
  return !x.path.empty() ? "path " + x.path : !x.tcp.empty() ? "tcp " + x.tcp : "check " + x.check;
}

} // namespace

std::string words(const precondition& x) {
  return way_of(x) + " for " + words(x.timeout) + " each " + words(x.check_interval);
}

std::string words(const std::vector<precondition>& some) {
  parts all;
  for (const auto& x : some)
    all.add(words(x));
  return all.text.empty() ? "none" : all.text;
}

std::string words(const recycle_policy& x) {
  parts all;
  if (x.max_age)
    all.add("after " + words(*x.max_age));
  if (x.max_count)
    all.add("at a count of " + std::to_string(*x.max_count));
  all.add("spread " + number(x.spread));
  return all.text;
}

std::string words(const sidecar_config& x) {
  return "of " + x.primary_child_id + (x.linked_lifecycle ? ", linked" : "");
}

std::string words(const intensity& x) {
  return count(x.restarts, "restart") + " in " + words(x.period);
}

std::string words(const scope_limits& x) {
  std::string text;
  const auto add = [&](const std::string& part) { text += (text.empty() ? "" : "; ") + part; };
  if (x.restart_budget)
    add(words(*x.restart_budget));
  if (x.meltdown)
    add(words(*x.meltdown));
  if (x.concurrent_restarts)
    add(count(*x.concurrent_restarts, "restart") + " at a time");
  return text.empty() ? "none" : text;
}

std::string words(const dynamic_supervisor_policy& x) {
  if (!x.enabled)
    return "nobody is added";
  return x.child_limit ? "up to " + std::to_string(*x.child_limit) + " in all" : "no limit";
}

std::string words(supervisor::strategy x, const std::string& team) {
  return words(label(x)) + (team.empty() ? "" : " with tag " + showing::quoted(team));
}

} // namespace supervisor::detail
