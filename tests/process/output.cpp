#include "supervisor/os/process/lines.hpp"

#include "stage.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <fstream>

using namespace supervisor;

namespace {

std::string shown(const std::optional<lines::line>& line) {
  if (!line)
    return "-";
  return line->text + (line->cut ? "~" : "");
}

/// All the lines of a text that comes in pieces, with "~" where they are cut.
std::string split(std::size_t max, const std::vector<std::string>& pieces) {
  lines it{max};
  std::string all;
  for (const auto& piece : pieces) {
    it.feed(piece);
    while (const auto line = it.next())
      all += shown(line) + "|";
  }
  while (const auto line = it.rest())
    all += shown(line) + "|";
  return all;
}

} // namespace

TEST_CASE("lines are made of pieces") {
  CHECK(split(10, {}) == "");
  CHECK(split(10, {"a\nb\n"}) == "a|b|");
  CHECK(split(10, {"a", "b", "\n\n", "c"}) == "ab||c|");
  CHECK(split(3, {"abc\nabcd\nabcdefg"}) == "abc|abc~|d|abc~|def~|g|");
  CHECK(split(3, {"ab", "cd", "\n"}) == "abc~|d|");
  CHECK(split(0, {"ab\n"}) == "a~|b|");
}

TEST_CASE("a cut does not go through a character") {
  CHECK(split(4, {"aaa\u00e9b"}) == "aaa~|\u00e9b|");
  CHECK(split(4, {"\u20ac\u20ac"}) == "\u20ac~|\u20ac|");
  CHECK(split(2, {"\u20ac"}).size() == 3 + 3); // too narrow for it
  CHECK(split(3, {"\x80\x80\x80\x80"}) == "\x80\x80\x80~|\x80|");
}

TEST_CASE("a line ends with CR LF as well, and with CR alone") {
  CHECK(split(10, {"dos\r\nfile\r\n"}) == "dos|file|");
  CHECK(split(10, {"dos\r", "\n", "\r", "\nfile"}) == "dos||file|");
  CHECK(split(10, {"10%\r20%\r", "30%\n"}) == "10%|20%|30%|");
  CHECK(split(10, {"\r 10%\r 20%\r"}) == " 10%| 20%|");
  CHECK(split(10, {"a\r\r\n", "b\r\r", "\r\r\nc\r"}) == "a|b|c|");
  CHECK(split(10, {"\r\n\r\n\n\r"}) == "|||");
  CHECK(split(10, {"\r", "\r", "\r", "\n", "a"}) == "|a|");
  CHECK(split(3, {"abc\r\nabcd\r\n"}) == "abc|abc~|d|");
}

TEST_CASE("what a program prints comes line by line, from both streams") {
  const stage here;
  actor_on_stage it{here, puppet({"say", "one", "cry", "oh", "say", "two", "mutter", "three"})};
  CHECK(it.end() == "exit 0");
  CHECK(it.lines() == std::vector<std::string>{"one", "two", "three"});
  const auto all = it.all_lines();
  REQUIRE(all.size() == 4);
  CHECK(std::count(all.begin(), all.end(), process_line{output_stream::err, "oh"}) == 1);
}

TEST_CASE("a long line comes in several") {
  const stage here;
  auto order = puppet({"say", "abcdefgh"});
  order.spec.max_line_bytes = 5;
  actor_on_stage it{here, order};
  CHECK(it.end() == "exit 0");
  CHECK(it.all_lines()
        == std::vector<process_line>{{.text = "abcde", .cut = true}, {.text = "fgh"}});
}

TEST_CASE("a lot of output comes whole") {
  const stage here;
  actor_on_stage it{here, puppet({"flood", "20000"})};
  CHECK(it.end() == "exit 0");
  const auto all = it.lines();
  REQUIRE(all.size() == 20000);
  CHECK(all.back().starts_with("19999."));
}

SCENARIO("a program waits while nobody wants its output") {
  GIVEN("one that prints for ever, and an owner who has had enough after ten lines") {
    const stage here;
    std::atomic<int> told{0};
    std::atomic<int> wanted{10};
    const auto have_enough = [&](actor_on_stage& who, const process_line&) {
      const auto count = told + 1;
      if (count == wanted)
        who.process->pause_output();
      told = count;
    };
    actor_on_stage it{here, puppet({"say", "ready", "flood", "100000", "exit", "5"}), have_enough};
    REQUIRE(becomes_true([&] { return told == wanted; }));
    const auto pid = it.pid();
    const auto sleeps_in_write = [&] {
      const auto where = content("/proc/" + std::to_string(pid) + "/wchan");
      return where.find("pipe") != std::string::npos;
    };
    const auto sleeps = [&] {
      const auto text = content("/proc/" + std::to_string(pid) + "/stat");
      return text.find(") S ") != std::string::npos;
    };
    THEN("it blocks") {
      CHECK(becomes_true([&] { return sleeps_in_write() || sleeps(); }));
      CHECK(told == 10);
      AND_WHEN("ten more are wanted") {
        wanted = 20;
        it.process->resume_output();
        THEN("they come, and then no more") {
          CHECK(becomes_true([&] { return told == 20; }));
          CHECK(becomes_true(sleeps));
          CHECK(told == 20);
        }
      }
      AND_WHEN("all are wanted") {
        wanted = -1;
        it.process->resume_output();
        THEN("none is missing") {
          CHECK(it.end() == "exit 5");
          CHECK(it.lines().size() == 100001);
        }
      }
      AND_WHEN("it is killed") {
        it.process->kill();
        THEN("what it has written comes nevertheless, no more than a pipe and a read hold") {
          CHECK(it.end() == "signal 9");
          CHECK(told > 10);
          CHECK(told < 3000);
        }
      }
    }
  }
}

TEST_CASE("one who keeps the pipe does not delay the end") {
  const stage here;
  actor_on_stage it{here, puppet({"daemon", "mutter", "unfinished", "exit", "0"})};
  CHECK(it.end() == "exit 0");
  CHECK(it.lines().back() == "unfinished");
}
