#include "program.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <cstdlib>
#include <functional>
#include <utility>

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

constexpr auto escape = '\x1b';

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

std::size_t times(const std::string& text, std::string_view part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++count;
  return count;
}

/// A root with these children, on one line.
std::string root_with(std::string_view children, std::string_view members = "") {
  return R"({"version": 1, )" + std::string{members} + R"("children": [)" + std::string{children}
         + "]}";
}

constexpr auto steady = R"({"id": "a", "factory": "demo.steady"})";
constexpr auto flaky = R"({"id": "a", "factory": "demo.flaky", "args": {"every": "50ms"}})";
constexpr auto failing = R"({"id": "a", "factory": "demo.failing_start"})";
constexpr auto stubborn = R"({"id": "x", "factory": "demo.stubborn", )"
                          R"("shutdown": {"graceful_timeout": "200ms", "abort_wait": "200ms"}})";

} // namespace

SCENARIO("a tree runs until its time is over") {
  GIVEN("two children that do nothing") {
    const auto ran = run_supctl({"run", "examples/tree.json", "--for", "300ms"});

    THEN("it is stopped in order, and a report says so") {
      CHECK(ran.code == 0);
      CHECK(has(ran.out, "[supervisor] shutdown: request_stop\n"));
      CHECK(has(ran.out, "\nstopped in "));
      CHECK(has(ran.out, "5 children, 5 graceful\n"));
      CHECK(ran.err == "");
      CHECK(ran.took >= 300ms);
    }

    THEN("where no terminal is, there are plain lines") { CHECK(!has(ran.out, {&escape, 1})); }
  }
}

SCENARIO("a child crashes and is restarted") {
  GIVEN("one that crashes again and again") {
    const text_file file{root_with(flaky, R"("intensity": {"restarts": "unlimited"}, )")};
    const auto ran = run_supctl({"run", file.path(), "--for", "500ms"});

    THEN("every crash has a line with what was decided, and so has every restart") {
      CHECK(ran.code == 0);
      CHECK(has(ran.out, "[supervisor] /a panicked: "));
      CHECK(has(ran.out, ", restart in 10ms\n[supervisor] /a restarted, attempt 2\n"));
    }
  }
}

SCENARIO("a tree that gives up") {
  GIVEN("a child that crashes more often than its supervisor bears") {
    const text_file file{root_with(flaky, R"("intensity": {"restarts": 2, "period": "60s"}, )")};
    const auto ran = run_supctl({"run", file.path()});

    THEN("the program ends with 1 and says over whom") {
      CHECK(ran.code == 1);
      CHECK(times(ran.out, ", restart in ") == 2);
      CHECK(has(ran.out, "\ngave up over /a: "));
    }
  }

  GIVEN("a child that cannot be started") {
    const text_file file{root_with(failing)};
    const auto ran = run_supctl({"run", file.path()});

    THEN("the program ends with 1 and says who") {
      CHECK(ran.code == 1);
      CHECK(has(ran.out, "could not start /a: "));
    }
  }
}

SCENARIO("somebody stops the program") {
  GIVEN("a running tree") {
    const text_file file{root_with(flaky)};
    supctl program{{"run", file.path()}};
    REQUIRE(program.says("restarted"));

    const auto is_stopped_by = [&](int signal, std::string_view name) {
      program.send(signal);
      const auto ran = program.end();
      CHECK(ran.code == 0);
      CHECK(has(ran.out, "[supervisor] stopping: " + std::string{name}));
      CHECK(has(ran.out, "\nstopped in "));
    };

    THEN("SIGINT stops its children in order, and a report says so") {
      is_stopped_by(SIGINT, "SIGINT");
    }

    THEN("so does SIGTERM") { is_stopped_by(SIGTERM, "SIGTERM"); }
  }

  GIVEN("a child that takes its time to stop") {
    const text_file file{root_with(
      R"({"id": "x", "factory": "demo.slow_stop", "args": {"for": "30s"}, "shutdown": "40s"}, )"
      + std::string{flaky})};
    supctl program{{"run", file.path()}};
    REQUIRE(program.says("restarted"));
    program.send(SIGINT);
    REQUIRE(program.says("stopping: SIGINT"));

    THEN("a second signal ends at once") {
      program.send(SIGINT);
      const auto ran = program.end();
      CHECK(ran.code == 130);
      CHECK(has(ran.err, "SIGINT again"));
      CHECK(ran.took < 10s);
    }
  }
}

SCENARIO("a child that cannot be stopped is left behind") {
  GIVEN("one with a thread that never looks up") {
    const text_file file{root_with(steady + std::string{", "} + stubborn)};
    const auto ran = run_supctl({"run", file.path(), "--for", "200ms"});

    THEN("the program says who, and ends with 3 when its budgets are over") {
      CHECK(ran.code == 3);
      CHECK(has(ran.out, "abandoned: /x "));
      CHECK(has(ran.err, "/x was abandoned and may still run"));
      CHECK(ran.took >= 600ms);
      CHECK(ran.took < 4s);
    }
  }

  GIVEN("one below a supervisor that gave up long ago") {
    const text_file file{
      root_with(R"({"id": "s", "supervisor": {"intensity": {"restarts": 0}, "children": [)"
                + std::string{stubborn} + ", " + flaky + "]}}")};
    const auto ran = run_supctl({"run", file.path(), "--for", "1s"});

    THEN("it is not forgotten") {
      CHECK(ran.code == 3);
      CHECK(has(ran.err, "/s/x was abandoned and may still run"));
    }
  }
}

SCENARIO("on a terminal the tree is painted in place") {
  const text_file file{root_with(flaky, R"("id": "shop", "intensity": {"restarts": 1000}, )")};

  GIVEN("a terminal with colours") {
    const auto ran = run_supctl({"run", file.path(), "--for", "1s"}, {.terminal = true});

    THEN("there is a line for the child, painted several times") {
      CHECK(ran.code == 0);
      CHECK(has(ran.out, "shop  one_for_one"));
      CHECK(times(ran.out, "\x1b[2A") >= 2); // up, over the root and its child
      CHECK(has(ran.out, "\x1b[32m"));
      CHECK(has(ran.out, "stopped in "));
    }
  }

  GIVEN("somebody who wants no colours") {
    const auto ran = run_supctl({"run", file.path(), "--for", "1s"},
                                {.terminal = true, .environment = {"NO_COLOR=1"}});

    THEN("it is painted in place all the same") {
      CHECK(ran.code == 0);
      CHECK(times(ran.out, "\x1b[2A") >= 2);
      for (const auto* colour : {"\x1b[0m", "\x1b[2m", "\x1b[31m", "\x1b[32m", "\x1b[33m"})
        CHECK(!has(ran.out, colour));
    }
  }

  GIVEN("a terminal that can do nothing, or of which nothing is known") {
    for (const auto& unset : std::vector<std::function<void()>>{[] { setenv("TERM", "dumb", 1); },
                                                                [] { setenv("TERM", "", 1); },
                                                                [] { unsetenv("TERM"); }}) {
      const auto ran
        = run_supctl({"run", file.path(), "--for", "300ms"}, {.terminal = true, .before = unset});
      THEN("there are plain lines") {
        CHECK(has(ran.out, "restarted"));
        CHECK(!has(ran.out, {&escape, 1}));
      }
    }
  }

  GIVEN("a terminal that is too small, or whose size is not known") {
    using size = std::pair<unsigned short, unsigned short>;
    for (const auto& [rows, columns] : {size{1, 80}, size{2, 80}, size{24, 5}, size{0, 0}}) {
      const auto ran = run_supctl({"run", file.path(), "--for", "600ms"},
                                  {.terminal = true, .rows = rows, .columns = columns});
      THEN("nothing is painted") {
        CHECK(has(ran.out, "restarted"));
        CHECK(!has(ran.out, "one_for_one"));
      }
    }
  }
}
