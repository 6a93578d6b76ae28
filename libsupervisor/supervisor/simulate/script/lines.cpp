#include "supervisor/simulate/script/lines.hpp"

#include <cstdio>

namespace supervisor::simulating {

std::string clock(nanoseconds x) {
  const long long ms = x.count() / 1'000'000;
  char text[40];
  std::snprintf(text, sizeof text, "%lld:%02lld:%02lld.%03lld", ms / 3'600'000, ms / 60'000 % 60,
                ms / 1'000 % 60, ms % 1'000);
  return text;
}

namespace {

std::string name_of(const simulation& all, std::uint32_t who) {
  return who == nobody ? "the root" : std::string{all.path_of(who)};
}

std::string what_then(verdict x) {
  switch (x) {
    case verdict::restart:
      return "restart";
    case verdict::leave_down:
      return "left down";
    case verdict::quarantine:
      return "quarantined";
    case verdict::pause_group:
      return "paused";
    case verdict::escalate:
      return "its supervisor gives up";
    case verdict::shutdown_tree:
      return "the whole tree ends";
  }
  return "";
}

std::string what_then(const decision& x) {
  if (x.what == verdict::restart)
    return x.wait > nanoseconds{0} ? "restart in " + to_string(x.wait) : "restart at once";
  if (x.what == verdict::pause_group)
    return "paused for " + to_string(x.wait);
  return what_then(x.what);
}

/// A moment, or a give-up.
template <class Told>
std::string gave_up(const simulation& all, const Told& x) {
  const auto what = x.why == simulation_outcome::did_not_start ? " could not start "
                    : x.why == simulation_outcome::ended_tree
                      ? " asks for the end of the tree over "
                      : " gave up over ";
  const auto needed_by = x.needed_by == nobody ? "" : name_of(all, x.needed_by) + ", which needs ";
  return name_of(all, x.who) + what + needed_by + name_of(all, x.culprit);
}

/// Whom a child waits for.
std::string awaited(const simulation& all, const moment& x) {
  return x.culprit == nobody ? "what was abandoned below it" : name_of(all, x.culprit);
}

} // namespace

std::string line_of(const simulation& all, const moment& x) {
  const auto who = name_of(all, x.who);
  switch (x.what) {
    case moment_kind::began:
      return "every child was started";
    case moment_kind::ended:
      return who + " " + words(x.exit) + ", " + what_then(x.then);
    case moment_kind::stopped:
      return who + " " + words(x.exit);
    case moment_kind::restarted:
      return who + " restarted, attempt " + std::to_string(x.attempt);
    case moment_kind::decided_anew:
      return "decided anew about " + who + ": " + what_then(x.then);
    case moment_kind::quarantined:
      return who + " quarantined with it";
    case moment_kind::paused:
      return who + " waits until its group is no longer paused";
    case moment_kind::waiting:
      return who + " waits for " + awaited(all, x);
    case moment_kind::blocked:
      return who + " waits for " + awaited(all, x) + ", which is down for good";
    case moment_kind::ignored:
      return who + " has nothing to run, left down";
    case moment_kind::abandoned:
      return who + " abandoned: it did not react to its kill";
    case moment_kind::late_end:
      return who + " ended after all";
    case moment_kind::missed:
      return who + " should crash, but does not run";
    case moment_kind::gave_up:
      return gave_up(all, x);
    case moment_kind::told_to_stop:
      return "told to stop";
    case moment_kind::over:
      return "everybody is down";
  }
  return "";
}

std::string line_of(const simulation& all, const refusal& x) {
  return name_of(all, x.who) + " " + words(x.exit) + ": refused by " + x.rule + ", "
         + what_then(x.instead);
}

std::string line_of(const simulation& all, const give_up& x) {
  const auto reason = x.abandoned ? "abandoned" : words(x.exit);
  return gave_up(all, x) + ": " + reason + (x.rule.empty() ? "" : ", refused by " + x.rule);
}

std::string line_of(const simulation& x) {
  const auto at = clock(x.at);
  switch (x.how) {
    case simulation_outcome::held_out:
      return "never gave up in " + at + "; told to stop, it ended "
             + (x.stop > nanoseconds{0} ? "in " + to_string(x.stop) : "at once");
    case simulation_outcome::gave_up:
      return "GAVE UP at " + at;
    case simulation_outcome::ended_tree:
      return "ENDED at " + at + ", as a child asked for";
    case simulation_outcome::did_not_start:
      return "DID NOT START, gave up at " + at;
    case simulation_outcome::ended_by_itself:
      return "ENDED by itself at " + at + ": significant children have ended, not all of them well";
    case simulation_outcome::completed:
      return "completed at " + at + ": significant children have ended well";
    case simulation_outcome::never_stopped:
      return "never gave up in " + at + "; told to stop, it NEVER ENDED";
    case simulation_outcome::never_rested:
      return "NEVER RESTED: at " + at + " it restarts without end and without a wait";
    case simulation_outcome::too_much_to_tell:
      return "broken off at " + at + ": too much has happened";
  }
  return "";
}

} // namespace supervisor::simulating
