#include <doctest/doctest.h>
#include <supervisor/policies.hpp>

#include <string>

using namespace supervisor;

namespace {

std::string answers(const child_exit& why) {
  std::string text;
  for (const auto when : {restart::permanent, restart::transient, restart::temporary}) {
    const auto d = standard_policy{.when = when}.decide({.exit = why});
    text += (text.empty() ? "" : ", ") + std::string{label(d.what)};
  }
  return text;
}

child_exit failed(exit_detail how) { return {exit_class::nonzero_exit, how}; }

} // namespace

TEST_CASE("how a child ended and its restart type decide whether it comes back") {
  struct row {
    std::string_view end;
    child_exit exit;
    std::string_view permanent_transient_temporary;
  };
  const row table[] = {
    {"returned normally", {}, "restart, leave_down, leave_down"},
    {"was told to stop", {exit_class::manual_stop}, "leave_down, leave_down, leave_down"},
    {"shut down by a stranger", {exit_class::external_cancel}, "restart, leave_down, leave_down"},
    {"threw", {exit_class::panic}, "restart, restart, leave_down"},
    {"an error", failed(exit_detail::none), "restart, restart, leave_down"},
    {"an exit code", failed(exit_detail::code), "restart, restart, leave_down"},
    {"a signal", failed(exit_detail::signal), "restart, restart, leave_down"},
    {"a foreign kill", failed(exit_detail::killed), "restart, restart, leave_down"},
    {"a start that failed", failed(exit_detail::start_failed), "restart, restart, leave_down"},
    {"too slow", {exit_class::timeout}, "restart, restart, leave_down"},
    {"its node was lost", failed(exit_detail::lost), "restart, restart, leave_down"},
    {"a supervisor gave up", failed(exit_detail::escalated), "restart, restart, leave_down"},
  };
  for (const auto& x : table) {
    INFO(std::string{x.end});
    CHECK(answers(x.exit) == std::string{x.permanent_transient_temporary});
  }
}

TEST_CASE("what a child says it died of outweighs its restart type") {
  const auto saying = [](failure_kind cause) {
    return answers({.what = exit_class::nonzero_exit, .cause = cause});
  };
  CHECK(saying(failure_kind::fatal_config) == "shutdown_tree, shutdown_tree, shutdown_tree");
  CHECK(saying(failure_kind::fatal_bug) == "escalate, escalate, escalate");
  for (const auto cause :
       {failure_kind::none, failure_kind::recoverable, failure_kind::timeout,
        failure_kind::external_dependency, failure_kind::panic, failure_kind::unhealthy}) {
    INFO(std::string{label(cause)});
    CHECK(saying(cause) == "restart, restart, leave_down");
  }
}

TEST_CASE("every ending has a word") {
  CHECK(label(exit_class::success) == "success");
  CHECK(label(exit_class::timeout) == "timeout");
  CHECK(label(exit_detail::start_failed) == "start_failed");
  CHECK(label(failure_kind::unhealthy) == "unhealthy");
  CHECK(label(restart::temporary) == "temporary");
  CHECK(label(verdict::shutdown_tree) == "shutdown_tree");
  CHECK(label(strategy::rest_for_one) == "rest_for_one");
  CHECK(label(strategy::one_for_dependents) == "one_for_dependents");
  CHECK(label(strategy::simple_one_for_one) == "simple_one_for_one");
}

TEST_CASE("only failures are failures") {
  std::string text;
  for (const auto x : {exit_class::success, exit_class::manual_stop, exit_class::external_cancel,
                       exit_class::nonzero_exit, exit_class::panic, exit_class::timeout})
    if (is_failure(x))
      text += (text.empty() ? "" : ", ") + std::string{label(x)};
  CHECK(text == "nonzero_exit, panic, timeout");
}
