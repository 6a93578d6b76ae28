#include "supervisor/cli/session/backstage.hpp"

#include "pipes.hpp"

#include <doctest/doctest.h>

#include <memory>

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

caf::behavior idle(caf::event_based_actor*) {
  return {[](int) {}};
}

/// What is left word at, and where it is written.
struct stage {
  pipe_of_test written{}, complaints{};
  std::shared_ptr<printer> out = std::make_shared<printer>(
    screen{{}}, printer_options{written.to_write(), complaints.to_write()});
  backstage behind{out};
};

} // namespace

// With a real clock, since the end of a tree is waited for by a thread of ours: a moment.
SCENARIO("a factory asks for the end before there is a tree") {
  caf::actor_system_config config;
  caf::actor_system system{config};
  stage on;
  auto& behind = on.behind;
  behind.shut_down("the factory", " ");

  const auto running = start(system, {.children = {{.id = "a", .start = worker(idle)}}});
  REQUIRE(running);
  behind.opened(*running);

  const auto report = running->wait_for(10s);
  REQUIRE(report);
  CHECK(report->requested_by == "the factory");
  CHECK(report->reason == "asked to");
  behind.closed();
}

SCENARIO("what happens in a tree becomes lines") {
  GIVEN("a restart, and what a program says") {
    stage on;
    const plan nothing{};
    const event restarted{.who = {0, 2}, .what = event_type::child_restarted};
    on.behind.note({.supervisor = "/s", .child = "a", .what = restarted, .by = nothing});
    on.behind.say({.path = "/s/a", .text = "\x1b[31mred\x1b[0m\tand\x1b[2J\x9b more"});

    THEN("they are there, and do nothing to a terminal") {
      on.out->end(10s);
      CHECK(on.written.read_now()
            == "[supervisor] /s/a restarted, attempt 2\n[/s/a] red\tand\\x1b[2J\\x9b more\n");
    }
  }
}

TEST_CASE("who was abandoned is forgotten when it has ended after all") {
  stage on;
  auto& behind = on.behind;
  const plan nothing{};
  const auto note = [&](std::string_view supervisor, std::string_view child, event_type what) {
    const event happened{.who = {0, 1}, .what = what};
    behind.note({.supervisor = supervisor, .child = child, .what = happened, .by = nothing});
  };
  note("/s", "x", event_type::child_abandoned);
  note("", "y", event_type::child_abandoned);
  CHECK(behind.abandoned() == std::set<std::string>{"/s/x", "/y"});
  note("", "s", event_type::child_shutdown_late_report); // all that was left below it
  CHECK(behind.abandoned() == std::set<std::string>{"/y"});
  note("", "y", event_type::child_shutdown_late_report);
  CHECK(behind.abandoned().empty());
}
