// What is said of a child, and of an end, to whoever asks.

#include "core_under_test.hpp"

#include <supervisor/report/report.hpp>

#include <algorithm>

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

child_state now_of(const core_under_test& it, const std::string& id) {
  return describe(it.plan(), it.state(), it.tally(), it.slot_of(id), it.now);
}

/// "restarting, generation 0, attempt 1, in 200ms"
std::string shown(const core_under_test& it, const std::string& id) {
  const auto x = now_of(it, id);
  auto text = std::string{label(x.state)} + ", generation " + std::to_string(x.generation)
              + ", attempt " + std::to_string(x.attempt);
  if (x.status)
    text += ", " + std::string{label(*x.status)};
  if (x.next_start)
    text += ", in " + to_string(*x.next_start);
  if (x.held_by)
    text += ", waits for " + std::string{label(*x.held_by)};
  return text;
}

/// What an operator wants of it, and how far that is.
std::string held(const core_under_test& it, const std::string& id) {
  const auto x = now_of(it, id);
  return std::string{label(x.operation)} + ", stop " + std::string{label(x.stop_state)} + ", fence "
         + std::string{label(x.fence)};
}

declared_child_spec patient(std::string id) {
  auto child = worker(std::move(id), stop_budget{1s, 1s});
  child.backoff = {200ms, 1s};
  return child;
}

} // namespace

SCENARIO("a child is described in each phase of its life") {
  GIVEN("one that takes its time with everything") {
    core_under_test it{{.children = {patient("a")}}};
    CHECK(shown(it, "a") == "declared, generation 0, attempt 0");
    it.slow_to_start = it.slow_to_stop = it.immortal = {"a"};
    it.start();
    CHECK(shown(it, "a") == "starting, generation 0, attempt 1, starting");
    CHECK(is_starting(it.state(), it.life_of("a")));
    CHECK(comes_back(it.state(), it.slot_of("a")));
    it.started("a");
    CHECK(shown(it, "a") == "ready, generation 0, attempt 1, ready");
    CHECK_FALSE(is_starting(it.state(), it.life_of("a")));
    CHECK_FALSE(comes_back(it.state(), it.slot_of("a")));
    CHECK(held(it, "a") == "active, stop idle, fence open");

    WHEN("it crashes") {
      it.crash("a");
      THEN("it says when it is started again, and how it ended") {
        CHECK(shown(it, "a") == "restarting, generation 0, attempt 1, in 200ms");
        it.advance(150ms);
        CHECK(now_of(it, "a").next_start == 50ms);
        CHECK(now_of(it, "a").last_exit == died);
        it.advance(50ms);
        CHECK(shown(it, "a") == "starting, generation 1, attempt 2, starting");
        it.started("a");
        CHECK(now_of(it, "a").restart_count == 1);
      }
    }
    WHEN("it is paused and heeds nobody") {
      it.command(command::pause_child, "a");
      CHECK(shown(it, "a") == "shutting_down, generation 0, attempt 1, cancelling");
      CHECK(held(it, "a") == "paused, stop cancel_delivered, fence open");
      it.advance(1s);
      CHECK(held(it, "a") == "paused, stop failed, fence open");
      it.advance(1s);
      THEN("it is abandoned") {
        CHECK(shown(it, "a") == "abandoned, generation 0, attempt 1, cancelling");
        it.exits("a", killed);
        CHECK(shown(it, "a") == "paused, generation 0, attempt 1");
        CHECK(held(it, "a") == "paused, stop completed, fence open");
      }
    }
    WHEN("it is to be restarted, and twice") {
      it.command(command::restart_child, "a");
      it.command(command::restart_child, "a");
      CHECK(held(it, "a") == "active, stop cancel_delivered, fence waiting_for_old_stop");
      const auto pending = now_of(it, "a").pending_restart;
      REQUIRE(pending);
      CHECK((*pending == pending_restart{0, 1, 1, 1}));
      THEN("the fence follows the end of its life") {
        it.advance(1s);
        CHECK(held(it, "a") == "active, stop failed, fence aborting_old");
        it.exits("a", killed);
        CHECK(held(it, "a") == "active, stop completed, fence ready_to_start");
        it.advance(0ns);
        CHECK(shown(it, "a") == "starting, generation 1, attempt 2, starting");
        it.started("a");
        CHECK(held(it, "a") == "active, stop idle, fence open");
      }
    }
    WHEN("its supervisor stops") {
      it.stop();
      THEN("no restart gets through") {
        CHECK(held(it, "a") == "active, stop idle, fence closed");
        CHECK(shown(it, "a") == "shutting_down, generation 0, attempt 1, cancelling");
      }
    }
  }
}

TEST_CASE("what holds a child down is its state") {
  core_under_test it{{.children = {worker("a"), worker("b"), worker("c"), worker("d")}}};
  it.start();
  it.command(command::quarantine_child, "a");
  it.command(command::terminate_child, "b");
  it.command(command::pause_child, "c");
  CHECK(shown(it, "a") == "quarantined, generation 0, attempt 1");
  CHECK(shown(it, "b") == "stopped, generation 0, attempt 1");
  CHECK(shown(it, "c") == "paused, generation 0, attempt 1");
  CHECK(held(it, "d") == "active, stop idle, fence open");
}

TEST_CASE("a child that ended for good says whether it failed") {
  const auto brief = [](std::string id, restart when) {
    auto child = worker(std::move(id));
    child.restart = when;
    return child;
  };
  core_under_test it{{.children = {brief("a", restart::temporary), brief("b", restart::temporary),
                                   brief("c", restart::transient)}}};
  it.start();
  it.crash("a");
  it.exits("b", ended_well);
  it.exits("c", ended_well);
  CHECK(now_of(it, "a").state == lifecycle::failed);
  CHECK(now_of(it, "a").forgotten);
  CHECK(now_of(it, "b").state == lifecycle::stopped);
  CHECK(shown(it, "c") == "stopped, generation 0, attempt 1");
  CHECK_FALSE(now_of(it, "c").forgotten);
}

TEST_CASE("children that are restarted together say when all of them are") {
  core_under_test it{{.strategy = strategy::one_for_all, .children = {patient("a"), patient("b")}}};
  it.start();
  it.crash("a");
  CHECK(shown(it, "a") == "restarting, generation 0, attempt 1, in 200ms");
  CHECK(shown(it, "b") == "restarting, generation 0, attempt 1, in 200ms");
  CHECK(comes_back(it.state(), it.slot_of("b")));
}

TEST_CASE("a child that waits for another says so") {
  auto needy = worker("b");
  needy.dependencies = {"a"};
  auto explicitly = worker("a");
  explicitly.readiness = readiness::on_report;
  explicitly.criticality = criticality::optional;
  core_under_test it{{.children = {explicitly, needy}}};
  it.start();
  CHECK(shown(it, "a") == "running, generation 0, attempt 1, running");
  CHECK(now_of(it, "a").readiness == child_readiness::pending);
  it.ready("a");
  CHECK(now_of(it, "a").readiness == child_readiness::ready);
  CHECK(now_of(it, "b").readiness == child_readiness::not_required);
  it.command(command::pause_child, "a");
  it.crash("b");
  it.advance(10ms);
  CHECK(shown(it, "b") == "restarting, generation 0, attempt 1, waits for dependencies");
}

TEST_CASE("a restart limit says how far it is used up") {
  auto child = patient("a");
  child.more.make().limits.emplace().restart_limit = policies::restart_limit{3, 10s};
  core_under_test it{{.children = {child, worker("b")}}};
  it.start();
  it.crash("a");
  it.advance(200ms);
  const auto x = now_of(it, "a").restart_limit;
  CHECK(x.window == 10s);
  CHECK(x.limit == 3);
  CHECK(x.used == 2); // the next one included
  CHECK(x.remaining() == 1);
  CHECK_FALSE(x.exhausted());
  CHECK(restart_limit_state{1s, 3, 4}.remaining() == 0);
  CHECK((now_of(it, "b").restart_limit == restart_limit_state{}));
}

TEST_CASE("beats are told with their age") {
  auto child = worker("a");
  child.more.make().health_policy = health_policy{1s, 3s};
  core_under_test it{{.children = {child}}};
  it.start();
  CHECK(now_of(it, "a").health == child_health::unknown);
  CHECK_FALSE(now_of(it, "a").last_heartbeat);
  it.feed({news::heartbeat, it.life_of("a")});
  it.advance(2s);
  CHECK(now_of(it, "a").health == child_health::healthy);
  CHECK(now_of(it, "a").last_heartbeat == 2s);
}

TEST_CASE("a shutdown is bounded by the slowest of those that run") {
  core_under_test it{{.children = {worker("a", stop_budget{3s, 1s}),
                                   worker("b", stop_budget{1s, 2s}), worker("c", 9s)}}};
  CHECK(stop_bound(it.plan(), it.state()) == 0ns);
  it.start();
  it.command(command::pause_child, "c");
  CHECK(stop_bound(it.plan(), it.state()) == 8s);
  core_under_test endless{{.children = {worker("a", unlimited_stop)}}};
  endless.start();
  CHECK_FALSE(stop_bound(endless.plan(), endless.state()));
}

TEST_CASE("a report of an end has a line for each child that did not leave gracefully") {
  shutdown_report x{.took = 1500ms,
                    .outcomes = {{.path = "/a", .status = shutdown_status::graceful},
                                 {.path = "/b", .status = shutdown_status::aborted},
                                 {.path = "/c", .status = shutdown_status::abort_failed}}};
  CHECK(to_string(x)
        == "stopped in 1.5s: 3 children, 1 graceful, 1 aborted, 1 abort_failed\n"
           "  aborted: /b was killed\n"
           "  abandoned: /c did not react to its kill and may still run");
  CHECK(x.abandoned() == std::vector<std::string>{"/c"});
  CHECK_FALSE(x.verified_clean());
  x.outcomes.pop_back();
  CHECK(x.verified_clean());
  x.broke = true;
  CHECK_FALSE(x.verified_clean());
}

TEST_CASE("a report of an end says whose doing it was") {
  const auto told = [](aim why, std::string reason = "no disk", std::string needed_by = "") {
    return to_string(shutdown_report{.why = why,
                                     .reason = std::move(reason),
                                     .culprit = "/a",
                                     .needed_by = std::move(needed_by),
                                     .outcomes = {{.path = "/a"}}});
  };
  const std::string rest = " in 0ns: 1 child, 1 already_exited";
  const std::string stopped = "; stopped" + rest;
  CHECK(told(aim::stop) == "stopped" + rest);
  CHECK(told(aim::give_up) == "gave up over /a: no disk" + stopped);
  CHECK(told(aim::end_tree) == "shut down by /a: no disk" + stopped);
  CHECK(told(aim::roll_back) == "could not start /a: no disk" + stopped);
  CHECK(told(aim::roll_back, "could not start: no disk")
        == "could not start /a: no disk" + stopped);
  CHECK(told(aim::roll_back, "could not start") == "could not start /a" + stopped);
  CHECK(told(aim::roll_back, "took too long to start")
        == "could not start /a: took too long to start" + stopped);
  CHECK(told(aim::roll_back, "exit code 1", "/b")
        == "could not start /b, which needs /a: exit code 1" + stopped);
  CHECK(told(aim::auto_shutdown) == "shut down by itself, after /a had ended," + rest);
}

TEST_CASE("the text of a child is one line of a report") {
  const shutdown_report x{
    .outcomes = {{.path = "/a",
                  .status = shutdown_status::aborted,
                  .text = "one\n  aborted: /b was killed\x1b[2J" + std::string(2000, 'x')}}};
  const auto text = to_string(x);
  CHECK(std::ranges::count(text, '\n') == 1);
  CHECK(text.find("\n  aborted: /a: one\\n  aborted: /b was killed\\x1b[2Jxxx") != text.npos);
  CHECK(text.size() < 1200);
}

TEST_CASE("a text that says what the end says already is not told twice") {
  const child_exit crashed{exit_class::panic};
  CHECK(words(crashed, "no disk") == "panicked: no disk");
  CHECK(words(crashed, "panicked") == "panicked");
  CHECK(words(crashed, "") == "panicked");
  const child_exit not_started{exit_class::nonzero_exit, exit_detail::start_failed};
  CHECK(reason_of_no_start(not_started, "no disk") == ": no disk");
  CHECK(reason_of_no_start(not_started, "could not start") == "");
  CHECK(reason_of_no_start(crashed, "no disk") == ": panicked: no disk");
}

TEST_CASE("times are told in three digits") {
  CHECK(to_string(0ns) == "0ns");
  CHECK(to_string(999ns) == "999ns");
  CHECK(to_string(12us) == "12us");
  CHECK(to_string(200ms) == "200ms");
  CHECK(to_string(1500ms) == "1.5s");
  CHECK(to_string(90s) == "1.5min");
  CHECK(to_string(std::chrono::hours{36}) == "36h");
}

TEST_CASE("ends are told in words") {
  const auto with = [](exit_detail x, std::int32_t code = 0) {
    return words(child_exit{exit_class::nonzero_exit, x, failure_kind::recoverable, code});
  };
  CHECK(with(exit_detail::code, 3) == "exit code 3");
  CHECK(with(exit_detail::signal, 15) == "SIGTERM");
  CHECK(with(exit_detail::core_dump, 11) == "SIGSEGV, core dumped");
  CHECK(with(exit_detail::out_of_memory) == "out of memory");
  CHECK(with(exit_detail::killed) == "killed");
  CHECK(with(exit_detail::lost) == "connection lost");
  CHECK(with(exit_detail::escalated) == "gave up");
  CHECK(with(exit_detail::shutdown_tree) == "shuts the tree down");
  CHECK(with(exit_detail::start_failed) == "could not start");
  CHECK(words({exit_class::timeout, exit_detail::start_failed, {}, 0}) == "took too long to start");
  CHECK(with(exit_detail::none) == "failed");
  CHECK(words({exit_class::nonzero_exit, exit_detail::none, failure_kind::unhealthy, 0})
        == "unhealthy");
  CHECK(words(no_end_so_far) == "has not ended");
  CHECK(words(no_life_at_all) == "was never started");
  CHECK(words(child_exit{}) == "ended");
  CHECK(words({exit_class::manual_stop}) == "stopped");
  CHECK(words({exit_class::external_cancel}) == "shut down by a stranger");
  CHECK(words({exit_class::panic}) == "panicked");
  CHECK(words({exit_class::timeout}) == "timed out");
}

TEST_CASE("a second life counts for the bound of a shutdown") {
  auto child = worker("a", stop_budget{3s, 1s});
  child.more.make().start_before_stop = true;
  core_under_test it{{.children = {child}}};
  it.start();
  it.slow_to_start = {"a"};
  it.command(command::restart_child, "a");
  const auto second = std::ranges::find(it.state().asides, it.slot_of("a"), &aside::who);
  REQUIRE(second != it.state().asides.end());
  CHECK(is_starting(it.state(), {it.slot_of("a"), second->number}));
  CHECK(stop_bound(it.plan(), it.state()) == 7s);
}

TEST_CASE("words of states are what users read") {
  CHECK(label(child_readiness::not_required) == "not_required");
  CHECK(label(child_readiness::ready) == "ready");
  CHECK(label(lifecycle::abandoned) == "abandoned");
  CHECK(label(wait_reason::answer) == "answer");
}
