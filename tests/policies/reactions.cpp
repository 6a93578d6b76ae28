#include "one_child.hpp"

#include <doctest/doctest.h>

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

/// After success, a failure, a time-out, a stranger's cancel and a stop that was asked for.
std::string answers(const role_policy& p) {
  std::string text;
  for (const auto how : {exit_class::success, exit_class::panic, exit_class::timeout,
                         exit_class::external_cancel, exit_class::manual_stop})
    text += (text.empty() ? "" : ", ") + show(p.decide({.exit = {how}}));
  return text;
}

constexpr role_policy service{.on_success = on_success_action::restart};
constexpr role_policy worker{.on_success = on_success_action::stop};
constexpr role_policy job{.on_success = on_success_action::stop,
                          .on_timeout = on_timeout_action::stop_and_escalate};

role_policy with_type(role_policy p, restart when) {
  p.when = when;
  return p;
}

} // namespace

TEST_CASE("a role says what an end means") {
  CHECK(answers(service)
        == "restart after 10ms, restart after 10ms, restart after 10ms, restart after 10ms, "
           "leave_down");
  CHECK(answers(worker)
        == "leave_down, restart after 10ms, restart after 10ms, leave_down, leave_down");
  CHECK(answers(job) == "leave_down, restart after 10ms, escalate, leave_down, leave_down");
}

TEST_CASE("a restart type of its own replaces what the role says") {
  for (const auto& role : {service, worker, job}) {
    CHECK(answers(with_type(role, restart::permanent))
          == "restart after 10ms, restart after 10ms, restart after 10ms, restart after 10ms, "
             "leave_down");
    CHECK(answers(with_type(role, restart::transient))
          == "leave_down, restart after 10ms, restart after 10ms, leave_down, leave_down");
    CHECK(answers(with_type(role, restart::temporary))
          == "leave_down, leave_down, leave_down, leave_down, leave_down");
  }
}

TEST_CASE("a failure may restart at once or escalate") {
  const auto after_failure = [](on_failure_action what) {
    return show(role_policy{.on_failure = what}.decide({.exit = {exit_class::nonzero_exit}}));
  };
  CHECK(after_failure(on_failure_action::restart_with_backoff) == "restart after 10ms");
  CHECK(after_failure(on_failure_action::restart_permanent) == "restart");
  CHECK(after_failure(on_failure_action::stop_and_escalate) == "escalate");
}

TEST_CASE("what a child says it died of outweighs its role") {
  for (const auto& role : {service, job, with_type(worker, restart::temporary)}) {
    CHECK(show(role.decide({.exit = {.cause = failure_kind::fatal_config}})) == "shutdown_tree");
    CHECK(show(role.decide({.exit = {.cause = failure_kind::fatal_bug}})) == "escalate");
  }
}

TEST_CASE("a service that returns again and again waits longer every time") {
  CHECK(show(service.decide({.streak = 0})) == "restart after 10ms");
  CHECK(show(service.decide({.streak = 3})) == "restart after 80ms");
  CHECK(show(service.decide({.streak = 30})) == "restart after 1s");
}

TEST_CASE("every reaction has a word") {
  CHECK(std::string{label(on_success_action::no_op)} == "no_op");
  CHECK(std::string{label(on_failure_action::restart_permanent)} == "restart_permanent");
  CHECK(std::string{label(on_manual_stop_action::stop_until_explicit_restart)}
        == "stop_until_explicit_restart");
  CHECK(std::string{label(on_timeout_action::stop_and_escalate)} == "stop_and_escalate");
  CHECK(std::string{label(on_budget_exhausted_action::quarantine)} == "quarantine");
}
