#include "supervisor/report/control.hpp"

#include "supervisor/text/printable.hpp"

namespace supervisor {

namespace {

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\n") == std::string_view::npos;
}

bool may_succeed_later(objection x) {
  return x == objection::restarting || x == objection::running || x == objection::still_running
         || x == objection::child_limit || x == objection::start_failed
         || x == objection::withdrawn;
}

std::string phase_of(objection x) {
  if (x == objection::start_failed || x == objection::withdrawn)
    return "start";
  return x == objection::still_running ? "wait_completion" : "admission";
}

bool conflicts(const control_outcome& x) {
  return x.order == command::restart_child
         && (x.no != objection::none || x.fence == fence_decision::already_pending);
}

} // namespace

faults check(const audit& by) {
  faults wrong;
  if (is_blank(by.requested_by))
    wrong.push_back({"requested_by", "must say who asks"});
  if (is_blank(by.reason))
    wrong.push_back({"reason", "must say why"});
  return wrong;
}

std::string_view control_result::result() const {
  return failure ? "failed" : idempotent ? "idempotent" : "accepted";
}

control_result record_of(const control_outcome& x, const child_state& now, std::string child_view) {
  control_result made{.command = x.order,
                      .path = now.path,
                      .status = now.status,
                      .operation_before = x.before,
                      .operation_after = x.after,
                      .cancel_delivered = x.cancel_delivered,
                      .idempotent = x.idempotent,
                      .stop_state = x.stop,
                      .restart_limit = now.restart_limit,
                      .health = now.health,
                      .readiness = now.readiness,
                      .last_heartbeat = now.last_heartbeat};
  if (now.status) {
    made.generation = now.generation;
    made.attempt = now.attempt;
  }
  if (x.no != objection::none) {
    auto reason = std::string{words(x.no)};
    if (x.no == objection::start_failed)
      reason = "could not start (" + child_view + "), and what was done for it was undone";
    made.failure = {phase_of(x.no), std::move(reason), may_succeed_later(x.no)};
  } else if (x.stop == stop_state::failed) {
    made.failure = {"wait_completion", "it did not stop in time", true};
  }
  if (x.order == command::restart_child) {
    auto& fence = made.generation_fence.emplace();
    fence.decision = x.fence;
    fence.target_generation = x.target_generation;
    fence.cancel_delivered = x.cancel_delivered;
    if (x.had_attempt) {
      fence.old_generation = x.generation;
      fence.old_attempt = x.attempt;
    }
  }
  if (conflicts(x)) {
    auto& conflict = made.admission_conflict.emplace();
    conflict.active_generation = made.generation;
    conflict.active_attempt = made.attempt;
  }
  return made;
}

namespace {

std::string shown(const std::string& said) {
  return showing::printable(said, showing::longest_line);
}

} // namespace

std::string to_string(const control_result& x) {
  auto text = std::string{label(x.command)} + " " + x.path + ": " + std::string{x.result()};
  if (x.operation_before != x.operation_after)
    text += ", " + std::string{label(x.operation_before)} + " -> "
            + std::string{label(x.operation_after)};
  if (x.generation_fence)
    text += ", " + std::string{label(x.generation_fence->decision)} + ", generation "
            + std::to_string(x.generation_fence->target_generation);
  const auto goes_down = x.operation_after != operation::active;
  if (x.cancel_delivered)
    text += ", told to stop";
  else if (goes_down && x.stop_state == stop_state::no_active_attempt)
    text += ", was down";
  else if (goes_down && x.stop_state == stop_state::completed)
    text += ", stop " + std::string{label(x.stop_state)};
  if (x.status)
    text += ", now " + std::string{label(*x.status)} + " (generation "
            + std::to_string(*x.generation) + ", attempt " + std::to_string(*x.attempt) + ")";
  text += " [" + x.command_id + " by " + shown(x.audit.requested_by) + ": " + shown(x.audit.reason)
          + "]";
  if (x.failure)
    text += "\n  " + x.failure->phase + ": " + shown(x.failure->reason)
            + (x.failure->recoverable ? "; may be tried again" : "");
  for (const auto& line : x.changed)
    text += "\n  " + shown(line);
  return text;
}

std::string_view label(control_plane_state x) noexcept {
  constexpr std::string_view words[]
    = {"starting", "alive", "shutting_down", "completed", "failed"};
  return words[static_cast<int>(x)];
}

} // namespace supervisor
