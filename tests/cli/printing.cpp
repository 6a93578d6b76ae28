#include "supervisor/cli/output/printer.hpp"

#include "pipes.hpp"
#include "program.hpp"

#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <csignal>
#include <memory>
#include <thread>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace supervisor;
using namespace std::chrono_literals;

// With real descriptors and threads, since that is what it is about. Nothing here waits for longer than
// it takes, but for the time that a reader is given who takes nothing: a second.

namespace {

/// Of a write to where nobody reads, as a program that runs a tree has it.
class ignored_pipe_signal {
public:
  ignored_pipe_signal() : before_(std::signal(SIGPIPE, SIG_IGN)) {}
  ~ignored_pipe_signal() { std::signal(SIGPIPE, before_); }

private:
  void (*before_)(int);
};

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1))
    ++found;
  return found;
}

/// What the lines about it say in sum.
std::size_t left_out(const std::string& text) {
  const std::string before = "[supervisor] ", after = " more lines left out\n";
  std::size_t sum = 0;
  for (auto at = text.find(before); at != text.npos; at = text.find(before, at + 1))
    if (const auto end = text.find('\n', at); text.substr(0, end + 1).ends_with(after))
      sum += std::stoul(text.substr(at + before.size()));
  return sum;
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

/// How long files may become, until it is lifted.
class limit_of_files {
public:
  explicit limit_of_files(rlim_t bytes) : signal_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit now{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &now);
  }

  ~limit_of_files() {
    lift();
    std::signal(SIGXFSZ, signal_);
  }

  void lift() const { setrlimit(RLIMIT_FSIZE, &before_); }

private:
  rlimit before_{};
  void (*signal_)(int);
};

screen plain() { return screen{{}}; }

/// A descriptor that is closed in the end.
struct file {
  explicit file(const char* path) : number(open(path, O_WRONLY | O_CLOEXEC)) {}
  ~file() { close(number); }

  const int number;
};

} // namespace

TEST_CASE("what is said is written in order, line by line") {
  for (const auto own_thread : {true, false}) {
    pipe_of_test out, err;
    printer it{plain(), {out.to_write(), err.to_write(), own_thread}};
    it.say("one");
    it.complain("oh");
    it.say("two\nthree");
    CHECK(it.end(10s));
    CHECK(out.read_now() == "one\ntwo\nthree\n");
    CHECK(err.read_now() == "oh\n");
  }
}

SCENARIO("nobody reads") {
  GIVEN("a pipe that is full") {
    pipe_of_test out, err;
    out.fill();

    const auto say_much = [&](bool own_thread) {
      auto it = std::make_unique<printer>(
        plain(), printer_options{out.to_write(), err.to_write(), own_thread});
      for (int i = 0; i < 5000; ++i)
        it->say("line " + std::to_string(i));
      it->write({});
      return it;
    };
    const std::string counted = "[supervisor] standard output: 5000 lines were not written\n";

    WHEN("a lot is said") {
      const auto it = say_much(true);

      THEN("nobody waits, and what was not written is counted where somebody reads") {
        CHECK(!it->end(10s)); // after a second
        CHECK(err.read_now() == counted);
        CHECK(!has(out.read_now(), "line"));
      }

      THEN("what there is room for is written when somebody reads, and the rest is counted") {
        auto all = out.read_until("more lines left out");
        CHECK(it->end(10s));
        all += out.read_now();
        CHECK(has(all, "line 0\nline 1\n"));
        CHECK(count(all, "line ") >= 1000);
        CHECK(count(all, "line ") + left_out(all) == 5000);
      }
    }

    WHEN("a lot is said, and there is no thread") {
      const auto it = say_much(false);

      THEN("nobody waits, and what was not written is counted where somebody reads") {
        CHECK(!it->end(10s));
        CHECK(err.read_now() == counted);
      }
    }

    WHEN("both of the two are full") {
      err.fill();
      printer it{plain(), {out.to_write(), err.to_write()}};
      it.say("a");
      it.complain("b");
      THEN("it ends all the same") { CHECK(!it.end(10s)); }
    }
  }

  GIVEN("a pipe that nobody can read any more") {
    const ignored_pipe_signal ignored;
    pipe_of_test out, err;
    out.stop_reading();
    printer it{plain(), {out.to_write(), err.to_write()}};

    THEN("that is said once on the other one, and programs do not wait") {
      for (int i = 0; i < 3000; ++i)
        it.pass_on("line");
      err.read_until("\n");
      for (int i = 0; i < 3000; ++i)
        it.pass_on("line");
      CHECK(it.end(10s));
      CHECK(err.read_until("\n")
            == "[supervisor] standard output: Broken pipe; nothing more is written there\n");
      CHECK(err.read_now() == "");
    }
  }
}

SCENARIO("there is no room") {
  GIVEN("a file system that is full") {
    const file full{"/dev/full"};
    pipe_of_test err;
    printer it{plain(), {full.number, err.to_write()}};

    THEN("that is said once, programs do not wait, and what is lost is counted in the end") {
      for (int i = 0; i < 2000; ++i)
        it.pass_on("line " + std::to_string(i));
      err.read_until("\n");
      for (int i = 0; i < 2000; ++i)
        it.pass_on("line " + std::to_string(i));
      CHECK(!it.end(10s));
      const auto all = err.read_until("not written\n");
      CHECK(count(all, "No space left on device") == 1);
      CHECK(has(all, "[supervisor] standard output: 4000 lines were not written\n"));
    }
  }

  GIVEN("a file that may not become longer, and then may") {
    const limit_of_files limited{500};
    const text_file log{""};
    const file to{log.path().c_str()};
    pipe_of_test err;
    printer it{plain(), {to.number, err.to_write()}};
    for (int i = 0; i < 100; ++i)
      it.say("line " + std::to_string(i) + ".");
    CHECK(has(err.read_until("\n"), "[supervisor] standard output: File too large; "));
    limited.lift();

    THEN("all that waited is written, nothing in the middle of a line") {
      it.say("at last");
      for (int i = 0; i < 2000 && !has(log.text(), "at last\n"); ++i)
        std::this_thread::sleep_for(5ms); // nobody tells us that a file has become longer
      const auto all = log.text();
      for (int i = 0; i < 100; ++i)
        CHECK(has(all, "line " + std::to_string(i) + ".\n"));
      CHECK(all.ends_with("line 99.\nat last\n"));
      CHECK(it.end(10s));
    }
  }
}

SCENARIO("programs print faster than anybody reads") {
  GIVEN("one that prints three thousand lines, into a pipe that is full at first") {
    pipe_of_test out, err;
    out.fill();
    printer it{plain(), {out.to_write(), err.to_write()}};
    std::atomic<int> said = 0;
    std::jthread printing{[&] {
      for (; said < 3000; ++said)
        it.pass_on("line " + std::to_string(said) + ".");
    }};

    THEN("it waits, and no line is lost") {
      const auto all = out.read_until("line 2999.\n");
      printing.join();
      CHECK(count(all, "line ") == 3000);
      CHECK(!has(all, "left out"));
      CHECK(it.end(10s));
    }

    THEN("it waits a second at most when there is reason to hurry") {
      it.hurry();
      printing.join();
      CHECK(said == 3000);
    }

    THEN("it waits no more in the end") {
      it.end(0s);
      printing.join();
      CHECK(said == 3000);
    }
  }
}

TEST_CASE("a slow reader gets all of it, hurry or not") {
  pipe_of_test out, err;
  printer it{plain(), {out.to_write(), err.to_write()}};
  it.hurry();
  std::jthread printing{[&] {
    for (int i = 0; i < 20'000; ++i)
      it.pass_on("line " + std::to_string(i) + ".");
  }};
  const auto all = out.read_until("line 19999.\n");
  CHECK(count(all, "line ") == 20'000);
}

TEST_CASE("a pipe that somebody has made non-blocking is waited for") {
  pipe_of_test out, err;
  fcntl(out.to_write(), F_SETFL, O_NONBLOCK);
  out.fill();
  printer it{plain(), {out.to_write(), err.to_write()}};
  it.say("at last");
  CHECK(has(out.read_until("at last\n"), "at last\n"));
  CHECK(it.end(10s));
  CHECK(err.read_now() == "");
}

TEST_CASE("a socket is written to without waiting") {
  const ignored_pipe_signal ignored;
  std::array<int, 2> ends{-1, -1};
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
  pipe_of_test err;
  {
    printer it{plain(), {ends[0], err.to_write()}};
    for (int i = 0; i < 100; ++i)
      it.say(std::string(10'000, 'x')); // more than it holds
    CHECK(!it.end(10s));
  }
  CHECK(has(err.read_now(), " not written\n"));
  close(ends[0]);
  close(ends[1]);
}

TEST_CASE("without a thread it says what to wait for") {
  pipe_of_test out, err;
  printer it{plain(), {out.to_write(), err.to_write(), false}};
  CHECK(!it.has_thread());
  const auto waits_for_room = [&] {
    int wishes = 0;
    for (const auto& x : it.wants())
      wishes += x.fd >= 0 && x.events == POLLOUT;
    return wishes == 1;
  };
  CHECK(!waits_for_room());
  out.fill();
  it.say("one");
  it.write({});
  CHECK(waits_for_room());
  out.read_now();
  auto ready = it.wants();
  REQUIRE(poll(ready.data(), ready.size(), 10'000) > 0);
  it.write(ready);
  CHECK(out.read_now() == "one\n");
  CHECK(!waits_for_room());
}
