#include "supervisor/process/output.hpp"

#include "house.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <csignal>
#include <latch>
#include <stdexcept>

using namespace supervisor;

namespace {

/// A door that somebody opens.
class gate {
public:
  void open() {
    const std::scoped_lock lock{mutex_};
    open_ = true;
    changed_.notify_all();
  }

  void pass() {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return open_; });
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

std::size_t count_of(const house& here, std::string_view from) {
  std::size_t count = 0;
  for (const auto& line : here.lines())
    count += line.starts_with(from);
  return count;
}

} // namespace

TEST_CASE("what programs print is told by path, stream and order, and no line is lost") {
  house here{
    {.children = {resigned(puppet_child("a", {"say", "one", "say", "two", "mutter", "end"})),
                  resigned(puppet_child("b", {"cry", "oh"})),
                  resigned(puppet_child("c", {"flood", "3000"}))}},
    {.log = {}}};
  CHECK(here.comes("child_stopped a"));
  CHECK(here.comes("child_stopped b"));
  CHECK(here.comes("child_stopped c"));
  here.stop();
  std::vector<std::string> from_a;
  std::size_t next = 0;
  for (const auto& line : here.lines())
    if (line.starts_with("a"))
      from_a.push_back(line);
    else if (line.starts_with("c"))
      CHECK(line.starts_with("c: " + std::to_string(next++) + "."));
  CHECK(from_a == std::vector<std::string>{"a: one", "a: two", "a: end"});
  CHECK(count_of(here, "b! oh") == 1);
  CHECK(next == 3000);
}

TEST_CASE("a line that is too long comes in pieces") {
  house here{
    {.children = {resigned(
       {.id = "a",
        .start = process({.argv = {SUPERVISOR_PUPPET, "say", "abcdefgh"}, .max_line_bytes = 5})})}},
    {.log = {}}};
  CHECK(here.comes("child_stopped a"));
  here.stop();
  CHECK(here.lines() == std::vector<std::string>{"a: abcde~", "a: fgh"});
}

SCENARIO("whoever is told of output is slow") {
  GIVEN("one who does not come back, and a program that prints without end") {
    const auto door = std::make_shared<gate>();
    const auto told = std::make_shared<std::atomic<std::size_t>>(0);
    house here{
      {.children
       = {{.id = "a",
           .start = process({.argv = {SUPERVISOR_PUPPET, "flood", "20000", "say", "done", "wait"},
                             .max_lines_waiting = 20})},
          resigned(puppet_child("b", {"say", "later", "exit", "7"}))}},
      {.log = [door, told](const log_line&) {
        ++*told;
        door->pass();
      }}};
    const auto pid = here.pid("a");
    const auto sleeps_in_write = [&] {
      return content("/proc/" + std::to_string(pid) + "/wchan").find("pipe") != std::string::npos
             || content("/proc/" + std::to_string(pid) + "/stat").find(") S ") != std::string::npos;
    };
    REQUIRE(becomes_true([&] { return *told == 1; }));
    THEN("the program waits, and nobody else does") {
      CHECK(becomes_true(sleeps_in_write));
      CHECK(here.comes("b exit code 7: leave_down"));
      CHECK(*told == 1);
      AND_WHEN("that one comes back") {
        door->open();
        THEN("all lines come") {
          CHECK(here.says("a: done"));
          CHECK(count_of(here, "a: ") == 20001);
        }
      }
      AND_WHEN("the program is killed") {
        kill(pid, SIGKILL);
        THEN("it is restarted all the same") {
          CHECK(here.comes("child_restarted a"));
          door->open();
        }
      }
      door->open();
    }
  }
}

SCENARIO("somebody who is told of output throws") {
  std::atomic<int> told = 0, went_on = 0;
  const auto tell = [&](const detail::output::sink& to) {
    detail::output it{to};
    const auto from = std::make_shared<detail::output::source>(
      2, detail::output::control{.hold_on = [] {}, .go_on = [&] { ++went_on; }});
    for (int i = 0; i < 4; ++i)
      it.add(from, {.path = "/a", .text = std::to_string(i)});
    CHECK(becomes_true([&] { return went_on == 1; }));
  };

  GIVEN("one that throws an exception at once") {
    tell([&](const log_line&) {
      ++told;
      throw std::runtime_error{"thrown to be seen in the output of this test"};
    });
    THEN("it is told nothing more, and nobody waits for it") { CHECK(told == 1); }
  }

  GIVEN("one that throws something else later") {
    tell([&](const log_line&) {
      if (++told == 2)
        throw 42;
    });
    THEN("it is told nothing more, and nobody waits for it") { CHECK(told == 2); }
  }
}

// In real time, since it is a thread that does not come back: a moment.
TEST_CASE("nobody waits for ever for one who does not come back when told of output") {
  const auto door = std::make_shared<gate>();
  const auto came_back = std::make_shared<std::atomic<bool>>(false);
  {
    detail::output it{[door, came_back](const log_line&) {
                        door->pass();
                        *came_back = true;
                      },
                      std::chrono::milliseconds{20}};
    const auto from = std::make_shared<detail::output::source>(
      10, detail::output::control{.hold_on = [] {}, .go_on = [] {}});
    for (int i = 0; i < 3; ++i)
      it.add(from, {.path = "/a", .text = std::to_string(i)});
  }
  CHECK(!*came_back);
  door->open();
  CHECK(becomes_true([&] { return came_back->load(); }));
}

TEST_CASE("a source holds on when it is full and goes on when half of it is told") {
  const auto door = std::make_shared<gate>();
  std::atomic<int> held = 0, went_on = 0;
  {
    detail::output it{[door](const log_line&) { door->pass(); }};
    const auto from = std::make_shared<detail::output::source>(
      4, detail::output::control{.hold_on = [&] { ++held; }, .go_on = [&] { ++went_on; }});
    for (int i = 0; i < 3; ++i)
      it.add(from, {});
    CHECK(held == 0);
    CHECK(!it.is_full(*from));
    it.add(from, {});
    it.add(from, {});
    CHECK(held == 1);
    CHECK(it.is_full(*from));
    door->open();
    CHECK(becomes_true([&] { return went_on == 1; }));
    CHECK(!it.is_full(*from));
  }
  CHECK(held == 1);
}

TEST_CASE("a life leaves all it said unless those before have left too much") {
  const auto door = std::make_shared<gate>();
  std::vector<std::string> told;
  {
    detail::output it{[&, door](const log_line& x) {
      door->pass();
      told.push_back(std::to_string(x.attempt) + " " + x.text);
    }};
    for (std::uint32_t life = 1; life <= 3; ++life) {
      const auto from = std::make_shared<detail::output::source>(
        4, detail::output::control{.hold_on = [] {}, .go_on = [] {}});
      for (int i = 0; i < (life == 1 ? 10 : 50); ++i)
        it.add(from, {.path = "/a", .attempt = life, .text = std::to_string(i)});
    }
    door->open();
  }
  REQUIRE(told.size() == 61);
  CHECK(told[9] == "1 9");
  CHECK(told[10] == "2 0");
  CHECK(told[59] == "2 49");
  CHECK(told[60] == "2 50 lines were lost: more than can be told came at its end");
}
