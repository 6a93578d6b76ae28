#include "supervisor/report/report.hpp"

#include "supervisor/text/printable.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace supervisor {

std::string_view label(lifecycle x) noexcept {
  constexpr std::string_view words[]
    = {"declared",    "starting",      "running", "ready",  "restarting", "paused",
       "quarantined", "shutting_down", "stopped", "failed", "abandoned"};
  return words[static_cast<int>(x)];
}

std::string_view label(child_readiness x) noexcept {
  constexpr std::string_view words[] = {"not_required", "pending", "ready"};
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

bool is_starting(const state& s, life who) {
  const auto& r = s.children[who.who];
  return (r.number == who.number && r.now == phase::starting)
         || std::ranges::any_of(s.asides, [who](const aside& x) {
              return x.who == who.who && x.number == who.number && x.now == phase::starting;
            });
}

namespace {

lifecycle lifecycle_of(const child_row& r, const child_tally& counted, bool ending) {
  switch (r.now) {
    case phase::down:
      if (r.regroup != in_none && r.number > r.born && !ending)
        return lifecycle::restarting;
      if (r.number == r.born)
        return lifecycle::declared;
      return !r.done && counted.exited && is_failure(counted.last_exit.what) ? lifecycle::failed
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
      return r.op == operation::paused       ? lifecycle::paused
             : r.op == operation::terminated ? lifecycle::stopped
                                             : lifecycle::quarantined;
    case phase::vacant:
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

namespace {

std::optional<attempt_status> status_of(const child_row& r) {
  switch (r.now) {
    case phase::starting:
      return attempt_status::starting;
    case phase::up:
      return r.ready ? attempt_status::ready : attempt_status::running;
    case phase::stopping:
    case phase::killing:
    case phase::abandoned:
      return attempt_status::cancelling;
    default:
      return std::nullopt;
  }
}

/// Its restart was commanded, and the life before is not over.
bool awaits_old_life(const child_row& r) {
  return r.pending && (r.now != phase::starting || r.regroup != in_none);
}

stop_state stop_of(const child_row& r, const child_tally& counted) {
  if (r.op == operation::active && !awaits_old_life(r))
    return stop_state::idle;
  switch (r.now) {
    case phase::stopping:
    case phase::up:
    case phase::starting:
      return stop_state::cancel_delivered;
    case phase::killing:
    case phase::abandoned:
      return stop_state::failed;
    default:
      return counted.exited ? stop_state::completed : stop_state::no_active_attempt;
  }
}

fence_phase fence_of(const state& s, const child_row& r) {
  if (s.ending != in_none || s.finished)
    return fence_phase::closed;
  if (!awaits_old_life(r))
    return fence_phase::open;
  switch (r.now) {
    case phase::up:
    case phase::starting:
    case phase::stopping:
      return fence_phase::waiting_for_old_stop;
    case phase::killing:
    case phase::abandoned:
      return fence_phase::aborting_old;
    default:
      return fence_phase::ready_to_start;
  }
}

const memory_slot* memory_of(const state& s, const child_row& r, scope at) {
  if (r.trouble == nobody)
    return nullptr;
  const auto& mine = s.troubles[r.trouble];
  return at == scope::child ? &mine.limits : &mine.memory;
}

/// Of the limit that goes by that name, among the child's own.
restart_limit_state limit_of(const plan& p, const state& s, slot who, time_point now) {
  restart_limit_state x;
  const auto* policy = policy_at(p, who, scope::child);
  if (!policy)
    return x;
  static const memory_slot nothing{};
  const auto* past = memory_of(s, s.children[who], scope::child);
  policy->each_part({.now = now}, past ? *past : nothing, [&x](const part_said& part) {
    if (part.name != policies::restart_limit::name || !part.stands)
      return;
    x = {part.stands->within, static_cast<std::uint32_t>(part.stands->most),
         static_cast<std::uint32_t>(part.stands->have)};
  });
  return x;
}

void describe_liveness(child_state& x, const plan& p, const state& s, slot who, time_point now) {
  const auto& r = s.children[who];
  x.readiness = !p.of(who).awaits_ready ? child_readiness::not_required
                : r.ready               ? child_readiness::ready
                                        : child_readiness::pending;
  if (r.vital == nobody || !p.of(who).is_watched())
    return;
  const auto& mine = s.vitals[r.vital];
  x.health = mine.health;
  if (mine.last_beat != time_point::min())
    x.last_heartbeat = now - mine.last_beat;
}

} // namespace

child_state describe(const plan& p, const state& s, const tally& t, slot who, time_point now) {
  const auto& r = s.children[who];
  const auto counted = who < t.children.size() ? t.children[who] : child_tally{};
  child_state x;
  x.operation = r.op;
  x.status = status_of(r);
  x.stop_state = stop_of(r, counted);
  x.fence = fence_of(s, r);
  x.last_event = counted.last_event;
  x.dynamic = r.added;
  x.forgotten = r.now == phase::forgotten;
  if (r.now != phase::vacant) {
    describe_liveness(x, p, s, who, now);
    x.restart_limit = limit_of(p, s, who, now);
    x.significant = p.of(who).significant;
  }
  if (awaits_old_life(r))
    x.pending_restart
      = {counted.generation, r.number - r.born, counted.generation + 1, counted.merged};
  x.state = lifecycle_of(r, counted, s.ending != in_none);
  x.generation = counted.generation;
  x.attempt = r.number - r.born;
  x.restart_count = counted.restarts;
  x.refused_requests = counted.refused;
  if (counted.exited)
    x.last_exit = counted.last_exit;
  if (x.state == lifecycle::restarting)
    x.next_start = next_start(s, r, now);
  if (r.now == phase::waiting && r.waits_for != wait_reason::time)
    x.held_by = r.waits_for;
  return x;
}

std::optional<nanoseconds> stop_bound(const plan& p, const state& s) {
  nanoseconds graceful{0}, killed{0};
  for (auto x = s.youngest; x != nobody; x = s.children[x].older) {
    const auto now = s.children[x].now;
    if (now != phase::starting && now != phase::up && now != phase::stopping
        && now != phase::killing)
      continue;
    const auto& stop = p.of(x).stop;
    if (stop.is_unlimited())
      return std::nullopt;
    graceful = std::max(graceful, stop.graceful);
    killed = std::max(killed, stop.abort_wait);
  }
  for (const auto& x : s.asides) {
    if (x.who == nobody || x.now == phase::down || x.now == phase::abandoned)
      continue;
    const auto& stop = p.of(x.who).stop;
    if (stop.is_unlimited())
      return std::nullopt;
    graceful = std::max(graceful, stop.graceful);
    killed = std::max(killed, stop.abort_wait);
  }
  return 2 * graceful + killed;
}

std::vector<std::string> shutdown_report::abandoned() const {
  std::vector<std::string> paths;
  for (const auto& x : outcomes)
    if (x.status == shutdown_status::abort_failed)
      paths.push_back(x.path);
  return paths;
}

namespace {

constexpr std::string_view no_start = "could not start";

std::string behind_colon(const std::string& reason) { return reason.empty() ? "" : ": " + reason; }

/// Behind words that say already that the child could not start.
std::string reason_of_no_start(const std::string& reason) {
  if (reason == no_start)
    return "";
  const auto begin = std::string{no_start} + ": ";
  return behind_colon(reason.starts_with(begin) ? reason.substr(begin.size()) : reason);
}

/// Whose doing it was. The time that the stop took is said apart from the reason.
std::string headline(const shutdown_report& x) {
  const auto reason
    = showing::printable(behind_colon(x.reason), showing::longest_line) + "; stopped";
  switch (x.why) {
    case aim::stop:
      return "stopped";
    case aim::give_up:
      return (x.culprit.empty() ? "gave up" : "gave up over " + x.culprit) + reason;
    case aim::end_tree:
      return "shut down by " + x.culprit + reason;
    case aim::roll_back:
      return "could not start "
             + (x.needed_by.empty() ? x.culprit : x.needed_by + ", which needs " + x.culprit)
             + showing::printable(reason_of_no_start(x.reason), showing::longest_line)
             + "; stopped";
    case aim::auto_shutdown:
      return "shut down by itself, after " + x.culprit + " had ended,";
    case aim::completed:
      return "completed, after " + x.culprit + " had ended well,";
    case aim::begin:
    case aim::restart:
      break;
  }
  return "";
}

/// Nothing, of one that left gracefully. Whatever its text is, that is one line.
std::string line_of(const child_report& x) {
  const auto said = showing::printable(x.text, showing::longest_line);
  if (x.status == shutdown_status::aborted)
    return "\n  aborted: " + x.path + (said.empty() ? " was killed" : ": " + said);
  if (x.status == shutdown_status::abort_failed)
    return "\n  abandoned: " + x.path + " did not react to its kill and may still run"
           + (said.empty() ? "" : ": " + said);
  return "";
}

} // namespace

std::string to_string(const shutdown_report& x) {
  std::array<std::size_t, 6> counts{};
  for (const auto& child : x.outcomes)
    ++counts[static_cast<std::size_t>(child.status)];
  auto text = headline(x) + " in " + to_string(x.took) + ": " + std::to_string(x.outcomes.size())
              + (x.outcomes.size() == 1 ? " child" : " children");
  for (std::size_t i = 0; i < counts.size(); ++i)
    if (counts[i] > 0)
      text += ", " + std::to_string(counts[i]) + " "
              + std::string{label(static_cast<shutdown_status>(i))};
  for (const auto& child : x.outcomes)
    text += line_of(child);
  return text;
}

std::string words(const child_exit& x) {
  switch (x.detail) {
    case exit_detail::code:
      return "exit code " + std::to_string(x.code);
    case exit_detail::signal:
      return signal_name(x.code);
    case exit_detail::core_dump:
      return signal_name(x.code) + ", core dumped";
    case exit_detail::out_of_memory:
      return "out of memory";
    case exit_detail::killed:
      return "killed";
    case exit_detail::lost:
      return "connection lost";
    case exit_detail::escalated:
      return "gave up";
    case exit_detail::shutdown_tree:
      return "shuts the tree down";
    case exit_detail::start_failed:
      return x.what == exit_class::timeout ? "took too long to start" : std::string{no_start};
    case exit_detail::still_running:
      return "has not ended";
    case exit_detail::never_started:
      return "was never started";
    case exit_detail::none:
      break;
  }
  if (x.cause == failure_kind::unhealthy)
    return "unhealthy";
  constexpr std::string_view said[]
    = {"ended", "stopped", "shut down by a stranger", "failed", "panicked", "timed out"};
  return std::string{said[static_cast<int>(x.what)]};
}

std::string words(const child_exit& x, std::string_view text) {
  const auto said = words(x);
  return text.empty() || text == said ? said : said + ": " + std::string{text};
}

std::string reason_of_no_start(const child_exit& x, std::string_view text) {
  return reason_of_no_start(words(x, text));
}

} // namespace supervisor
