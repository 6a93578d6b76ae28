#include "supervisor/cli/backstage.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <functional>
#include <thread>

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

caf::behavior idle(caf::event_based_actor*) {
  return {[](int) {}};
}

} // namespace

// With a real clock, since the end of a tree is waited for by a thread of ours: a moment.
SCENARIO("a factory asks for the end before there is a tree") {
  caf::actor_system_config config;
  caf::actor_system system{config};
  backstage behind{false};
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

TEST_CASE("lines that nobody reads are counted and dropped") {
  backstage behind{false};
  const plan nothing{};
  const event crash{.who = {0, 2}, .what = event_type::child_restarted};
  for (int i = 0; i < 1005; ++i)
    behind.note({.supervisor = "/s", .child = "a", .what = crash, .by = nothing});
  const auto lines = behind.take_lines();
  REQUIRE(lines.size() == 1001);
  CHECK(lines.front() == "[supervisor] /s/a restarted, attempt 2");
  CHECK(lines.back() == "[supervisor] 5 more lines left out");
  CHECK(behind.take_lines().empty());
}

SCENARIO("programs print faster than anybody reads") {
  GIVEN("one that prints a thousand lines, and somebody who does not read at first") {
    backstage behind{false};
    std::atomic<int> said = 0;
    std::atomic<bool> over = false;
    std::jthread printing{[&] {
      for (; said < 1000; ++said)
        behind.say({.path = "/a", .text = "line\t" + std::to_string(said)});
      over = true;
    }};
    const auto reads_until = [&](const std::function<bool()>& enough) {
      std::vector<std::string> all;
      while (!enough()) {
        behind.bell().wait(std::chrono::steady_clock::now() + 1s);
        for (auto& line : behind.take_lines())
          all.push_back(std::move(line));
      }
      return all;
    };

    THEN("it waits, and no line is lost") {
      behind.bell().wait(std::chrono::steady_clock::now() + 10s); // rings when there is no room
      CHECK(said < 1000);
      const auto all = reads_until([&] { return over.load(); });
      const auto rest = behind.take_lines();
      REQUIRE(all.size() + rest.size() == 1000);
      CHECK(all.front() == "[/a] line\t0");
    }

    THEN("it waits no more when nobody will read") {
      behind.closed();
      printing.join();
      CHECK(said == 1000);
    }
  }
}

TEST_CASE("who was abandoned is forgotten when it has ended after all") {
  backstage behind{false};
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
