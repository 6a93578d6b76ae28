#include "server.hpp"

#include <doctest/doctest.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>

#include <fcntl.h>
#include <unistd.h>

using namespace supervisor;
using namespace std::chrono_literals;

// What becomes of a tree, and of a command, when nobody reads what is said.

namespace {

constexpr auto a_lot = "yes yes yes yes yes yes yes yes yes yes yes yes yes yes yes yes yes yes";

std::function<void()> with_stdout(const char* path) {
  return [path] { dup2(open(path, O_WRONLY), STDOUT_FILENO); };
}

std::function<void()> without(int descriptor) {
  return [descriptor] { close(descriptor); };
}

std::string target_of(pid_t who, int descriptor) {
  std::error_code ignored;
  return std::filesystem::read_symlink(
    "/proc/" + std::to_string(who) + "/fd/" + std::to_string(descriptor), ignored);
}

} // namespace

SCENARIO("nobody reads what programs say") {
  const server_file served{"sleep 0.02", a_lot};

  GIVEN("a pipe that is full") {
    supctl program{{"run", served.path()}};
    program.is_held_up();

    WHEN("the tree is told to stop") {
      program.send(SIGTERM);
      THEN("it is stopped in order, and what nobody took is counted") {
        const auto ran = program.end_unread();
        CHECK(ran.code == 0);
        CHECK(served.cleaned_up());
        CHECK(has(ran.err, "[supervisor] standard output: "));
        CHECK(has(ran.err, " lines were not written\n"));
      }
    }
  }

  GIVEN("a time after which the tree is to stop") {
    supctl program{{"run", served.path(), "--for", "300ms"}};
    THEN("it does") { CHECK(program.end_unread().code == 0); }
  }

  GIVEN("a terminal that does not move") {
    supctl program{{"run", served.path()}, {.terminal = true}};
    program.is_held_up();
    program.send(SIGTERM);
    THEN("the tree is stopped in order") {
      CHECK(program.end_unread().code == 0);
      CHECK(served.cleaned_up());
    }
  }
}

TEST_CASE("a second signal ends at once though nobody reads") {
  const text_file file{
    R"({"version": 1, "children": [{"id": "x", "shutdown": "40s", "process": )"
    R"({"argv": ["/bin/sh", "-c", "trap '' TERM; yes & while :; do sleep 1; done"]}}]})"};
  supctl program{{"run", file.path()}};
  REQUIRE(program.says("[/x] y"));
  program.send(SIGTERM);
  usleep(300'000); // two that come at once are one
  program.send(SIGTERM);
  const auto ran = program.end_unread();
  CHECK(ran.code == 143);
  CHECK(has(ran.err, "SIGTERM again: ending at once"));
}

SCENARIO("whoever read goes away") {
  GIVEN("a tree whose program goes on talking") {
    const server_file served{"echo tick; sleep 0.02"};
    supctl program{{"run", served.path()}};
    REQUIRE(program.says("tick", 3));
    program.hang_up();

    THEN("it is said once on standard error, and the tree goes on") {
      CHECK(program.says_to_err(
        "[supervisor] standard output: Broken pipe; nothing more is written there\n"));
      program.send(SIGUSR1);
      CHECK(program.says_to_err("  web  "));
      program.send(SIGTERM);
      const auto ran = program.end();
      CHECK(ran.code == 0);
      CHECK(served.cleaned_up());
      CHECK(ran.err.find("Broken pipe") == ran.err.rfind("Broken pipe"));
    }
  }
}

TEST_CASE("a disk that is full does not stop a tree") {
  const server_file served{"echo tick; sleep 0.02"};
  supctl program{{"run", served.path()}, {.before = with_stdout("/dev/full")}};
  CHECK(program.says_to_err("[supervisor] standard output: No space left on device; "));
  program.send(SIGTERM);
  const auto ran = program.end();
  CHECK(ran.code == 0);
  CHECK(served.cleaned_up());
}

TEST_CASE("a command that cannot say what it has to say has failed") {
  using words = std::vector<std::string>;
  const std::vector<words> commands{
    {"check", "examples/tree.json"},
    {"check", "examples/tree.json", "--effective"},
    {"schema"},
    {"simulate", "examples/shop.json", "--crash", "pricing", "--every", "1s", "--for", "1m"},
    {"break", "examples/tree.json", "--crashes", "1"},
    {"--version"},
    {"--help"},
    {"run", "--help"},
  };
  for (const auto& typed : commands) {
    CAPTURE(typed.front());
    const auto told = run_supctl(typed, {.before = with_stdout("/dev/full")});
    CHECK(told.code == 1);
    CHECK(has(told.err, "standard output: No space left on device: not all that was to be said "
                        "is written there\n"));
  }
}

TEST_CASE("a command waits for a reader of a pipe that does not block") {
  const auto plain = run_supctl({"schema"});
  const auto told = run_supctl({"schema"}, {.before = [] {
                                 fcntl(STDOUT_FILENO, F_SETPIPE_SZ, 4096);
                                 fcntl(STDOUT_FILENO, F_SETFL, O_NONBLOCK);
                               }});
  CHECK(told.code == 0);
  CHECK(told.out == plain.out);
}

SCENARIO("standard descriptors are closed") {
  GIVEN("a tree without standard output") {
    const server_file served{"echo tick; sleep 0.02"};
    supctl program{{"run", served.path()}, {.before = without(STDOUT_FILENO)}};
    REQUIRE(served.comes_up());

    THEN("nobody else has its number") {
      CHECK(target_of(program.pid(), STDOUT_FILENO) == "/dev/null");
      program.send(SIGTERM);
      CHECK(program.end().code == 0);
      CHECK(served.cleaned_up());
    }
  }

  GIVEN("a command without any of them") {
    const auto told = run_supctl({"check", "examples/tree.json"}, {.before = [] {
                                   for (const auto number : {0, 1, 2})
                                     close(number);
                                 }});
    THEN("what it says goes nowhere") {
      CHECK(told.code == 0);
      CHECK(told.out == "");
    }
  }
}
