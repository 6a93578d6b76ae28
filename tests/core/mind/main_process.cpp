#include "core_under_test.hpp"

using namespace supervisor;
using namespace std::chrono_literals;

// A program may be more than one process. When the first of them ends, the child is down when the others
// have ended, too.

namespace {

constexpr child_exit code_3{exit_class::nonzero_exit, exit_detail::code, failure_kind::recoverable,
                            3};

input main_ends(const core_under_test& it, const std::string& id, child_exit how = code_3) {
  return {news::main_exited, it.life_of(id), how};
}

declared_child_spec server(std::string id) { return worker(std::move(id), stop_budget{2s, 1s}); }

} // namespace

SCENARIO("what a main process leaves behind is asked to end before the child is down") {
  GIVEN("a child whose main process ends while others of it run") {
    core_under_test it{{.children = {server("a"), server("b")}}};
    it.start();
    it.slow_to_stop = {"a"};
    it.advance(500ms);
    REQUIRE(it.feed(main_ends(it, "a")) == "stop a");
    CHECK_FALSE(it.row("a").ready);
    WHEN("they end in time") {
      it.advance(1500ms);
      const auto then = it.exits("a", ended_well);
      THEN("it is restarted, because of how its main process ended") {
        CHECK(then == "wait 10ms");
        CHECK(it.last(event_type::child_failed).exit == code_3);
        CHECK(it.advance(10ms) == "start a");
      }
      THEN("it has run as long as its main process did") {
        CHECK(it.last(event_type::child_failed).given.uptime == 500ms);
      }
    }
    WHEN("they do not") {
      THEN("they are killed, and then it is restarted") {
        CHECK(it.advance(2s) == "kill a, wait 10ms");
        CHECK(it.last(event_type::child_failed).exit == code_3);
      }
    }
    WHEN("they cannot even be killed") {
      it.immortal = {"a"};
      THEN("the child is abandoned, and nobody is started beside them") {
        CHECK(it.advance(2s) == "kill a");
        CHECK(it.advance(1s) == "abandon a, stop b, give up over a");
        CHECK(it.report() == "b graceful, a abort_failed");
      }
    }
    WHEN("everybody is told to stop meanwhile") {
      CHECK(it.stop() == "stop b");
      THEN("the end waits for them") { CHECK(it.exits("a", ended_well) == "finish"); }
    }
  }
}

TEST_CASE("a main process that ends well leaves a child that has ended well") {
  auto a = server("a");
  a.restart = restart::transient;
  a.more.make().success_exit_codes = {{3}};
  core_under_test it{{.children = {a}}};
  it.start();
  CHECK(it.feed(main_ends(it, "a")) == "stop a");
  CHECK(it.row("a").done);
}

TEST_CASE("one that ends because it was told to is no news") {
  core_under_test it{{.children = {server("a")}}};
  it.start();
  it.slow_to_stop = {"a"};
  CHECK(it.stop() == "stop a");
  CHECK(it.feed(main_ends(it, "a")) == "");
  CHECK(it.advance(2s) == "kill a, finish");
  CHECK(it.report() == "a aborted");
}

TEST_CASE("one that goes down with others waits for its turn") {
  core_under_test it{{.strategy = strategy::one_for_all, .children = {server("a"), server("b")}}};
  it.start();
  it.slow_to_stop = {"b"};
  CHECK(it.crash("a") == "stop b");
  CHECK(it.feed(main_ends(it, "b")) == "");
  CHECK(it.exits("b", cancelled) == "wait 10ms");
}

TEST_CASE("one that is told to go on its way up has its turn, too") {
  core_under_test it{
    {.strategy = strategy::one_for_all, .children = {server("a"), server("b"), server("c")}}};
  it.start();
  it.slow_to_stop = {"c"};
  CHECK(it.crash("b") == "stop c");
  CHECK(it.feed(main_ends(it, "a")) == "");
  CHECK_FALSE(it.row("a").ready);
  CHECK(it.exits("c", cancelled) == "stop a, wait 10ms");
}

TEST_CASE("news of the main process of an old life are stale") {
  core_under_test it{{.children = {server("a")}}};
  it.start();
  const auto old = main_ends(it, "a");
  it.crash("a");
  it.advance(10ms);
  CHECK(it.feed(old) == "");
  CHECK(it.row("a").now == phase::up);
}

TEST_CASE("a first start whose main process ends before it is ready has failed") {
  auto a = server("a");
  a.readiness = readiness::on_report;
  core_under_test it{{.children = {a, server("b")}}};
  it.slow_to_start = {"a"};
  it.start();
  CHECK(it.feed(main_ends(it, "a")) == "stop a, fail to start over a");
}

TEST_CASE("a next life without its main process does not take over") {
  auto a = server("a");
  a.readiness = readiness::on_report;
  a.more.make().start_before_stop = true;
  core_under_test it{{.children = {a}}};
  it.start();
  it.ready("a");
  it.slow_to_stop = {"a"};
  CHECK(it.command(command::restart_child, "a") == "start a");
  const life next{it.slot_of("a"), it.life_of("a").number + 1};
  CHECK(it.feed({news::main_exited, next, code_3}) == "stop a");
  CHECK(it.row("a").ready);
  CHECK(it.advance(2s) == "kill a");
}

TEST_CASE("a child of which something had to be killed has not left gracefully") {
  core_under_test it{{.children = {server("a")}}};
  it.start();
  it.slow_to_stop = {"a"};
  it.stop();
  auto rest_killed = cancelled;
  rest_killed.detail = exit_detail::killed;
  CHECK(it.exits("a", rest_killed) == "finish");
  CHECK(it.report() == "a aborted");
}
