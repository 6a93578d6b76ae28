// The record of a command: what the core says came of it, in words for whoever gave it.

#include <doctest/doctest.h>
#include <supervisor/report/control.hpp>

#include <set>

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

child_state till() {
  child_state x{.path = "/shop/till", .generation = 2, .attempt = 3};
  x.status = attempt_status::ready;
  return x;
}

std::string told(control_outcome x, const child_state& now = till()) {
  auto record = record_of(x, now, "no disk");
  record.command_id = "/shop#1";
  record.audit = {"ann", "inventory"};
  return to_string(record);
}

constexpr std::string_view by = " [/shop#1 by ann: inventory]";

std::string with_audit(const std::string& text) { return text + std::string{by}; }

} // namespace

TEST_CASE("a command says who wants it and why") {
  CHECK(check(audit{"ann", "inventory"}).empty());
  CHECK(to_string(check(audit{" \t", "\n"}))
        == "requested_by: must say who asks\nreason: must say why");
  CHECK(to_string(check(audit{"ann", ""})) == "reason: must say why");
}

TEST_CASE("a record tells what changed") {
  CHECK(told({.order = command::resume_child, .idempotent = true})
        == with_audit("resume_child /shop/till: idempotent, now ready (generation 2, attempt 3)"));
  CHECK(told({.order = command::pause_child,
              .before = operation::active,
              .after = operation::paused,
              .cancel_delivered = true})
        == with_audit("pause_child /shop/till: accepted, active -> paused, told to stop, now ready "
                      "(generation 2, attempt 3)"));
}

TEST_CASE("a record tells how a stop went") {
  const child_state down{.path = "/shop/till"};
  control_outcome x{.order = command::pause_child, .after = operation::paused};
  x.before = operation::paused;
  x.stop = stop_state::no_active_attempt;
  CHECK(told(x, down) == with_audit("pause_child /shop/till: accepted, was down"));
  x.stop = stop_state::completed;
  CHECK(told(x, down) == with_audit("pause_child /shop/till: accepted, stop completed"));
  x.stop = stop_state::failed;
  CHECK(told(x, down)
        == with_audit("pause_child /shop/till: failed")
             + "\n  wait_completion: it did not stop in time; may be tried again");
}

TEST_CASE("a restart tells which life it waits for") {
  control_outcome x{.order = command::restart_child,
                    .had_attempt = true,
                    .fence = fence_decision::queued_after_stop,
                    .generation = 2,
                    .attempt = 3,
                    .target_generation = 3};
  const auto record = record_of(x, till(), "");
  REQUIRE(record.generation_fence);
  CHECK(record.generation_fence->old_generation == 2u);
  CHECK(record.generation_fence->old_attempt == 3u);
  CHECK_FALSE(record.admission_conflict);
  CHECK(record.ok());
  CHECK(told(x)
        == with_audit("restart_child /shop/till: accepted, queued_after_stop, generation 3, now "
                      "ready (generation 2, attempt 3)"));
  x.had_attempt = false;
  CHECK_FALSE(record_of(x, till(), "").generation_fence->old_generation);
}

TEST_CASE("a restart that is pending already is a conflict with the life that is active") {
  const control_outcome x{.order = command::restart_child,
                          .fence = fence_decision::already_pending};
  const auto conflict = record_of(x, till(), "").admission_conflict;
  REQUIRE(conflict);
  CHECK(conflict->active_generation == 2u);
  CHECK(conflict->active_attempt == 3u);
  const auto down = record_of(x, {.path = "/shop/till"}, "").admission_conflict;
  REQUIRE(down);
  CHECK_FALSE(down->active_generation);
}

TEST_CASE("a refusal says in which phase it came and whether to try again") {
  const auto refused = [](objection no) {
    const auto x = record_of({.order = command::pause_child, .no = no}, till(), "no disk").failure;
    return x ? x->phase + (x->recoverable ? ", again: " : ": ") + x->reason : "";
  };
  CHECK(refused(objection::none) == "");
  CHECK(refused(objection::shutting_down) == "admission: its supervisor is shutting down");
  CHECK(refused(objection::running) == "admission, again: the child runs: terminate it first");
  CHECK(refused(objection::child_limit)
        == "admission, again: the supervisor has as many children as its child_limit allows");
  CHECK(refused(objection::start_failed)
        == "start, again: could not start (no disk), and what was done for it was undone");
  CHECK(refused(objection::still_running).starts_with("wait_completion, again: "));
  CHECK(refused(objection::withdrawn).starts_with("start, again: "));
  CHECK(refused(objection::restarting).starts_with("admission, again: "));
}

TEST_CASE("a record of other trees has a line for each change") {
  control_result x{.command_id = "#1", .command = command::apply, .path = "/"};
  x.audit = {"ann", "more"};
  x.changed = {"start /a", "stop /b"};
  CHECK(to_string(x) == "apply /: accepted [#1 by ann: more]\n  start /a\n  stop /b");
}

TEST_CASE("every objection has a sentence of its own and a label of its own") {
  std::set<std::string_view> sentences, labels;
  constexpr auto last = static_cast<int>(objection::withdrawn);
  for (int i = 0; i <= last; ++i) {
    sentences.insert(words(static_cast<objection>(i)));
    labels.insert(label(static_cast<objection>(i)));
  }
  CHECK(sentences.size() == last + 1);
  CHECK(labels.size() == last + 1);
  CHECK_FALSE(sentences.contains(""));
}

TEST_CASE("words of commands are what users write and read") {
  CHECK(label(command::signal_child) == "signal_child");
  CHECK(label(operation::removed) == "removed");
  CHECK(label(fence_decision::rejected) == "rejected");
  CHECK(label(fence_phase::closed) == "closed");
  CHECK(label(stop_state::failed) == "failed");
  CHECK(label(attempt_status::stopped) == "stopped");
  CHECK(label(child_health::unhealthy) == "unhealthy");
  CHECK(label(control_plane_state::failed) == "failed");
}
