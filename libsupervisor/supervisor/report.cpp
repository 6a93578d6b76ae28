#include "supervisor/report.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace supervisor {

std::string_view label(lifecycle x) noexcept {
  constexpr std::string_view words[]
    = {"declared",    "starting",      "running", "ready",  "restarting",
       "quarantined", "shutting_down", "stopped", "failed", "abandoned"};
  return words[static_cast<int>(x)];
}

std::string_view label(wait_reason x) noexcept {
  constexpr std::string_view words[]
    = {"time", "dependencies", "turn", "pause", "new_decision", "answer"};
  return words[static_cast<int>(x)];
}

bool comes_back(const state& s, slot who) {
  const auto& r = s.children[who];
  return r.now == phase::waiting || r.now == phase::starting
         || (r.now == phase::down && r.regroup != in_none && r.fate == fate::rise);
}

namespace {

lifecycle lifecycle_of(const child_row& r, const child_tally& counted) {
  switch (r.now) {
    case phase::down:
      if (r.regroup != in_none && r.number > 0)
        return lifecycle::restarting;
      if (r.number == 0)
        return lifecycle::declared;
      return counted.exited && is_failure(counted.last_exit.what) ? lifecycle::failed
                                                                  : lifecycle::stopped;
    case phase::waiting:
      return lifecycle::restarting;
    case phase::starting:
      return lifecycle::starting;
    case phase::up:
      return r.ready ? lifecycle::ready : lifecycle::running;
    case phase::stopping:
    case phase::killing:
      return lifecycle::shutting_down;
    case phase::abandoned:
      return lifecycle::abandoned;
    case phase::parked:
      return lifecycle::quarantined;
    case phase::forgotten:
      return counted.exited && is_failure(counted.last_exit.what) ? lifecycle::failed
                                                                  : lifecycle::stopped;
  }
  return lifecycle::declared;
}

std::optional<nanoseconds> next_start(const state& s, const child_row& r, time_point now) {
  auto at = time_point::min();
  const auto timed = r.waits_for == wait_reason::time || r.waits_for == wait_reason::pause
                     || r.waits_for == wait_reason::new_decision;
  if (r.now == phase::waiting && timed)
    at = r.since;
  else if (r.now == phase::down && r.regroup != in_none && !finishes(s.regroups[r.regroup].then))
    at = s.regroups[r.regroup].resume;
  if (at == time_point::min())
    return std::nullopt;
  return std::max(nanoseconds{0}, nanoseconds{at - now});
}

} // namespace

child_state describe(const state& s, const tally& t, slot who, time_point now) {
  const auto& r = s.children[who];
  const auto counted = who < t.children.size() ? t.children[who] : child_tally{};
  child_state x;
  x.state = lifecycle_of(r, counted);
  x.generation = counted.generation;
  x.attempt = r.number;
  x.restart_count = counted.restarts;
  if (counted.exited)
    x.last_exit = counted.last_exit;
  if (x.state == lifecycle::restarting)
    x.next_start = next_start(s, r, now);
  if (r.now == phase::waiting && r.waits_for != wait_reason::time)
    x.held_by = r.waits_for;
  return x;
}

std::vector<std::string> shutdown_report::abandoned() const {
  std::vector<std::string> paths;
  for (const auto& x : outcomes)
    if (x.status == shutdown_status::abort_failed)
      paths.push_back(x.path);
  return paths;
}

namespace {

std::string headline(const shutdown_report& x) {
  switch (x.why) {
    case aim::stop:
      return "stopped";
    case aim::give_up:
      return "gave up over " + x.culprit + ": " + x.reason;
    case aim::end_tree:
      return "shut down by " + x.culprit + ": " + x.reason;
    case aim::roll_back:
      return "could not start " + x.culprit + ": " + x.reason;
    case aim::begin:
    case aim::restart:
      break;
  }
  return "";
}

} // namespace

std::string to_string(const shutdown_report& x) {
  std::array<std::size_t, 5> counts{};
  for (const auto& child : x.outcomes)
    ++counts[static_cast<std::size_t>(child.status)];
  auto text = headline(x) + " in " + to_string(x.took) + ": " + std::to_string(x.outcomes.size())
              + (x.outcomes.size() == 1 ? " child" : " children");
  for (std::size_t i = 0; i < counts.size(); ++i)
    if (counts[i] > 0)
      text += ", " + std::to_string(counts[i]) + " "
              + std::string{label(static_cast<shutdown_status>(i))};
  for (const auto& child : x.outcomes)
    if (child.status == shutdown_status::aborted)
      text += "\n  aborted: " + child.path + " was killed";
    else if (child.status == shutdown_status::abort_failed)
      text += "\n  abandoned: " + child.path + " did not react to its kill and may still run";
  return text;
}

std::string to_string(nanoseconds x) {
  constexpr std::array<std::pair<double, const char*>, 5> units{
    {{3600e9, "h"}, {60e9, "min"}, {1e9, "s"}, {1e6, "ms"}, {1e3, "us"}}};
  const auto count = static_cast<double>(x.count());
  for (const auto& [size, unit] : units)
    if (count >= size) {
      char text[32];
      std::snprintf(text, sizeof text, "%.3g%s", count / size, unit);
      return text;
    }
  return std::to_string(x.count()) + "ns";
}

std::string words(const child_exit& x) {
  switch (x.detail) {
    case exit_detail::code:
      return "exit code " + std::to_string(x.code);
    case exit_detail::signal:
      return "signal " + std::to_string(x.code);
    case exit_detail::killed:
      return "killed";
    case exit_detail::lost:
      return "connection lost";
    case exit_detail::escalated:
      return "gave up";
    case exit_detail::shutdown_tree:
      return "shuts the tree down";
    case exit_detail::start_failed:
      return x.what == exit_class::timeout ? "took too long to start" : "could not start";
    case exit_detail::none:
      break;
  }
  constexpr std::string_view said[]
    = {"ended", "stopped", "shut down by a stranger", "failed", "panicked", "timed out"};
  return std::string{said[static_cast<int>(x.what)]};
}

} // namespace supervisor
