#include "program.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <sstream>

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

std::string text_of(std::string_view file) {
  std::ostringstream text;
  text << std::ifstream{SUPERVISOR_SOURCE_DIR + ("/" + std::string{file})}.rdbuf();
  return std::move(text).str();
}

/// From one text to the next one.
std::string part(const std::string& text, std::string_view from, std::string_view to) {
  const auto begin = text.find(from);
  REQUIRE(begin != text.npos);
  return text.substr(begin, text.find(to, begin) - begin);
}

constexpr auto fragile = R"({"version": 1, "intensity": {"restarts": 3, "period": "10s"},
"children": [{"id": "db", "factory": "demo.steady"}, {"id": "web", "factory": "demo.steady"}]})";

} // namespace

SCENARIO("a tree is tried before it runs") {
  GIVEN("the shop, and a crash every two seconds") {
    const auto tried = run_supctl(
      {"simulate", "examples/shop.json", "--crash", "pricing", "--every", "2s", "--for", "10m"});

    THEN("ten minutes of it are told at once") {
      CHECK(tried.code == 0);
      CHECK(tried.err == "");
      CHECK(has(tried.out, "timeline\n"
                           "  0:00:00.000  every child was started\n"
                           "  0:00:02.000  /pricing panicked, restart in 103ms\n"));
      CHECK(has(tried.out, "  outcome      never gave up in 0:10:00.000; told to stop, it ended at"
                           " once\n"));
      CHECK(has(tried.out, "  8 children were never down\n"));
    }

    THEN("it is the same to the last byte when it is tried again") {
      CHECK(run_supctl({"simulate", "examples/shop.json", "--crash", "/pricing", "--every", "2.0s",
                        "--for", "600s", "--seed", "1"})
              .out
            == tried.out);
    }

    THEN("and another one with other luck") {
      CHECK(run_supctl({"simulate", "examples/shop.json", "--crash", "pricing", "--every", "2s",
                        "--for", "10m", "--seed", "2"})
              .out
            != tried.out);
    }
  }

  GIVEN("a tree that does not bear what its script says") {
    const text_file tree{fragile};
    const text_file script{"crash web every 2s from 10s # more than it bears\n"};

    THEN("the program says when and why, and ends with 1") {
      const auto tried
        = run_supctl({"simulate", tree.path(), "--script", script.path(), "--no-timeline"});
      CHECK(tried.out == R"(summary
  outcome      GAVE UP at 0:00:16.000
  restarts     3, at worst 3 in a minute, from 0:00:10.010 on
  refused      1 by intensity
  postponed    nothing
  seed         1

  child  restarts  missed crashes  longest outage
  /web          3               0            10ms  down
  1 child was never down

refused
  0:00:16.000  /web panicked: refused by intensity, its supervisor gives up

gave up
  0:00:16.000  the root gave up over /web: panicked, refused by intensity
)");
      CHECK(tried.err == "");
      CHECK(tried.code == 1);
    }

    THEN("a crash is added to a script") {
      const auto tried = run_supctl({"simulate", tree.path(), "--script", script.path(), "--crash",
                                     "db", "--every", "9s", "--timeline"});
      CHECK(has(tried.out, "GAVE UP at 0:00:14.000"));
    }

    THEN("the same comes as JSON") {
      const auto tried
        = run_supctl({"simulate", tree.path(), "--script", script.path(), "-o", "json"});
      const auto read = nlohmann::json::parse(tried.out, nullptr, false);
      REQUIRE(read.is_object());
      CHECK(read["outcome"].get<std::string>() == "gave_up");
      CHECK(read["gave_up_at_ns"].get<std::int64_t>() == 16'000'000'000);
      CHECK(read["timeline"]["moments"].get<int>() == 10);
      CHECK(tried.code == 1);
    }
  }

  GIVEN("a child that cannot be stopped") {
    const text_file tree{fragile};
    const text_file script{"stop web never\nkill web never\n"};

    THEN("it is named, and the program ends with 3") {
      const auto tried = run_supctl({"simulate", tree.path(), "--script", script.path()});
      CHECK(has(tried.out, "  left behind  /web\n"));
      CHECK(tried.code == 3);
    }
  }

  GIVEN("a tree for another program") {
    const text_file tree{R"({"version": 1, "children": [{"id": "a", "factory": "their.own"}]})"};

    THEN("its factories are not missed") {
      const auto tried = run_supctl({"simulate", tree.path(), "--crash", "a", "--every", "1h"});
      CHECK(has(tried.err, ": warning: /children/0/factory: unknown factory \"their.own\""));
      CHECK(tried.code == 0);
    }
  }
}

SCENARIO("a simulation that cannot be") {
  const auto said = [](std::vector<std::string> words) {
    words.insert(words.begin(), "simulate");
    const auto tried = run_supctl(std::move(words));
    CHECK(tried.code == 2);
    CHECK(tried.out == "");
    return tried.err;
  };

  GIVEN("a script with faults") {
    const text_file script{"crash pricng at 1s\n\ncrash pricing every 0s\ncrash orders at 1s\n"};

    THEN("all of them are told with their lines, and that of the command line as well") {
      CHECK(said({"examples/shop.json", "--script", script.path(), "--crash", "orders/worker-5",
                  "--every", "2s"})
            == script.path()
                 + ":1: crash pricng at 1s: no child is called \"pricng\", did you mean"
                   " \"pricing\"?\n"
                 + script.path() + ":3: crash pricing every 0s: a time must be longer than 0s\n"
                 + script.path()
                 + ":4: crash orders at 1s: \"orders\" is a supervisor: name one of its children,"
                   " or all of them as \"orders/*\"\n"
                   "--crash orders/worker-5: no child is called \"orders/worker-5\", did you mean"
                   " \"orders/worker-1\"?\n");
    }
  }

  GIVEN("a command line with faults") {
    THEN("each is said") {
      CHECK(said({"examples/shop.json"})
            == "nothing would happen: say --script FILE, or --crash CHILD --every DURATION\n");
      CHECK(said({"examples/bad.json", "--crash", "a", "--every", "1s"})
            == run_supctl({"check", "examples/bad.json"}).err);
      CHECK(said({"examples/shop.json", "--script", "no/such.script"})
            == "cannot read no/such.script: No such file or directory\n");
      CHECK(said({"examples/shop.json", "--script", "examples"})
            == "cannot read examples: Is a directory\n");
    }

    THEN("no time is taken that is none") {
      for (const std::string wrong : {"0s", "-1s", "5", "nan", "inf", "99999999999999h", ""}) {
        CAPTURE(wrong);
        CHECK(said({"examples/shop.json", "--crash", "pricing", "--every", wrong}) != "");
        CHECK(said({"examples/shop.json", "--crash", "pricing", "--every", "1s", "--for", wrong})
              != "");
      }
    }

    THEN("what belongs together must come together") {
      CHECK(has(said({"examples/shop.json", "--crash", "pricing"}), "--crash requires --every"));
      CHECK(has(said({"examples/shop.json", "--every", "1s"}), "--every requires --crash"));
      CHECK(said({"examples/shop.json", "--crash", "pricing", "--every", "1s", "-o", "xml"}) != "");
      CHECK(said({"examples/shop.json", "--crash", "pricing", "--every", "1s", "--timeline",
                  "--no-timeline"})
            != "");
    }
  }
}

TEST_CASE("the help of simulate has the language of scripts") {
  const auto help = run_supctl({"simulate", "--help"});
  CHECK(help.code == 0);
  CHECK(has(help.out, "crash CHILD every 2s [from 1min] [until 5min] [as END]"));
}

TEST_CASE("what the page on simulate shows is what is printed") {
  const auto page = text_of("docs/simulate.md");
  CHECK(has(page, "```text\n" + text_of("examples/tree.script") + "```\n"));

  const auto crash = run_supctl(
    {"simulate", "examples/tree.json", "--crash", "web", "--every", "3s", "--no-timeline"});
  CHECK(has(page, "--no-timeline\n" + crash.out + "```\n"));

  const auto played
    = run_supctl({"simulate", "examples/tree.json", "--script", "examples/tree.script"});
  CHECK(has(page, part(played.out, "timeline\n", "  0:01:05")));
  CHECK(has(page, part(played.out, "summary\n", "no end of it") + "```\n"));
}
