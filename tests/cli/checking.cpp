#include "program.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <filesystem>

using namespace supervisor;

SCENARIO("a file is checked before anybody runs it") {
  GIVEN("a good file") {
    const auto checked = run_supctl({"check", "examples/tree.json"});

    THEN("it says so, and how large the tree is") {
      CHECK(checked.out == "examples/tree.json: ok, 5 children in 2 supervisors\n");
      CHECK(checked.err == "");
      CHECK(checked.code == 0);
    }
  }

  GIVEN("a file that was written in a hurry") {
    const auto checked = run_supctl({"check", "examples/bad.json"});

    THEN("all its faults are told, each with its line and its place") {
      CHECK(
        checked.err ==
        R"(examples/bad.json:6: /strategy: "rest_for_on" is none of one_for_one, one_for_all, rest_for_one, simple_one_for_one, did you mean "rest_for_one"?
examples/bad.json:8: /intensity/period: is a bare number: write "60s", not 60
examples/bad.json:16: /children/1/dependencies/0: no sibling is called "bd", did you mean "db"?
examples/bad.json:18: /children/1/backoff/initial_delay: must not be longer than max_delay
examples/bad.json:21: /children/2/dependencies: dependencies form a cycle, so none of these can start first: stock, till
examples/bad.json:24: /children/4/id: "db" is taken by child 0: ids are unique
examples/bad.json:26: /children/5/id: is missing. What the child is called, unique among its siblings.
examples/bad.json:32: /children/6/supervisor/children/0/restrat: unknown key "restrat", did you mean "restart"?
examples/bad.json:34: /children/6/supervisor/children/1/restart: "sometimes" is none of permanent, transient, temporary
examples/bad.json:36: /children/6/supervisor/children/2/backoff/jitter: 1.5 is out of range, must be a ratio from 0 to 1 or one of disabled, full, decorrelated
examples/bad.json:38: /children/6/supervisor/children/3/process/argv: must name a program, such as ["/bin/true"]
)");
      CHECK(checked.out == "");
      CHECK(checked.code == 2);
    }

    THEN("run says the same and starts nothing") {
      const auto ran = run_supctl({"run", "examples/bad.json"});
      CHECK(ran.err == checked.err);
      CHECK(ran.out == "");
      CHECK(ran.code == 2);
    }
  }

  GIVEN("a file with a factory that this program does not have") {
    const text_file file{"{\"version\": 1, \"limits\": \"guarded\", \"children\": [\n"
                         "{\"id\": \"a\", \"factory\": \"demo.stedy\"}]}"};
    const std::string fault
      = "/children/0/factory: unknown factory \"demo.stedy\", did you mean \"demo.steady\"?\n";

    THEN("check warns, since another program may have it") {
      const auto checked = run_supctl({"check", file.path()});
      CHECK(checked.err == file.path() + ":2: warning: " + fault);
      CHECK(checked.out == file.path() + ": ok, 1 child in 1 supervisor\n");
      CHECK(checked.code == 0);
    }

    THEN("run refuses") {
      const auto ran = run_supctl({"run", file.path()});
      CHECK(ran.err == file.path() + ":2: " + fault);
      CHECK(ran.out == "");
      CHECK(ran.code == 2);
    }
  }

  GIVEN("an argument that its factory does not take") {
    const text_file file{"{\"version\": 1, \"limits\": \"guarded\", \"children\": [\n"
                         "{\"id\": \"a\", \"factory\": \"demo.flaky\", \"args\": {\n"
                         "\"every\": \"soon\"}}]}"};

    THEN("the fault is on the line of the argument") {
      const auto checked = run_supctl({"check", file.path()});
      CHECK(checked.err.starts_with(file.path() + ":3: /children/0/args/every: "));
      CHECK(checked.code == 2);
    }
  }
}

TEST_CASE("a file that cannot be read") {
  CHECK(run_supctl({"check", "no/such.json"}).err
        == "cannot read no/such.json: No such file or directory\n");
  CHECK(run_supctl({"check", "no/such.json"}).code == 2);
  CHECK(run_supctl({"run", "examples"}).err == "cannot read examples: Is a directory\n");
  CHECK(run_supctl({"run", "examples"}).code == 2);
}

TEST_CASE("a file that its owner may not read") {
  const text_file file{"{}"};
  std::filesystem::permissions(file.path(), std::filesystem::perms::none);
  const auto checked = run_supctl({"check", file.path()});
  CHECK(checked.code == 2); // root reads it all the same, and it has no version
}

TEST_CASE("a text that is no JSON has its line, too") {
  const text_file file{"{\n\"version\": 1,\n}"};
  const auto checked = run_supctl({"check", file.path()});
  CHECK(checked.err.starts_with(file.path() + ":3: /: not JSON: "));
  CHECK(checked.code == 2);
}

TEST_CASE("the schema is JSON") {
  const auto printed = run_supctl({"schema"});
  CHECK(printed.code == 0);
  CHECK(printed.err == "");
  CHECK(nlohmann::json::parse(printed.out, nullptr, false).is_object());
}

TEST_CASE("help and version are no faults") {
  const auto help = run_supctl({"--help"});
  CHECK(help.code == 0);
  CHECK(help.out.find("demo.flaky") != std::string::npos);
  CHECK(run_supctl({"run", "--help"}).code == 0);
  const auto version = run_supctl({"--version"});
  CHECK(version.code == 0);
  CHECK(version.out.starts_with("supctl "));
}

TEST_CASE("whoever types something else is told what is wrong") {
  using words = std::vector<std::string>;
  const std::vector<words> wrong{
    {},
    {"run"},
    {"check"},
    {"--bogus"},
    {"schema", "x"},
    {"run", "examples/tree.json", "x"},
    {"run", "examples/tree.json", "--bogus"},
    {"run", "examples/tree.json", "--for", "5"},
    {"run", "examples/tree.json", "--for", "-5s"},
    {"run", "examples/tree.json", "--for"},
    {"run", "examples/tree.json", "--seed", "-1"},
    {"run", "examples/tree.json", "--seed", "99999999999999999999"},
  };
  for (const auto& typed : wrong) {
    const auto told = run_supctl(typed);
    CAPTURE(told.err);
    CHECK(told.code == 2);
    CHECK(told.out == "");
    CHECK(told.err != "");
  }
}

TEST_CASE("a verb that does not exist is compared with those that do") {
  const auto told = run_supctl({"rnu", "examples/tree.json"});
  CHECK(told.err
        == "supctl: there is no verb \"rnu\", did you mean \"run\"?\n"
           "Run with --help for more information.\n");
  CHECK(told.code == 2);
}

SCENARIO("check gives advice about what is allowed and unwise") {
  GIVEN("a file with one of each") {
    const auto checked = run_supctl({"check", "examples/unwise.json"});
    THEN("each is named with its line and with what would put it right") {
      for (const auto* advice :
           {"examples/unwise.json:5: advice: /intensity/period: \"db\" alone can never reach 5 in "
            "10s",
            "last 31s. A period of that or a shorter max_delay would do [unreachable_limit]",
            "\"web\" is declared before \"db\" and started after it",
            "Declare it at place 1 or later [order]",
            "a child here may crash 126 times before the topmost gives up. 15 here would keep it "
            "at 96 "
            "[multiplied_budget]",
            "is 2s, but those below may take 11s to stop, and would be left behind. \"11s\" or "
            "\"unlimited\" would do [short_stop]",
            "contradicts the role job"})
        CHECK_MESSAGE(checked.err.find(advice) != std::string::npos, std::string{advice});
      CHECK(checked.code == 0);
    }
  }
  GIVEN("a root that decides nothing") {
    const text_file file{R"({"version": 1, "children": [{"id": "a", "factory": "demo.steady"}]})"};
    THEN("it is told what that means") {
      CHECK(run_supctl({"check", file.path()}).err.find("[default_root]") != std::string::npos);
    }
  }
}

TEST_CASE("check shows what holds for each child and who says so") {
  const auto checked = run_supctl({"check", "--effective", "examples/tree.json"});
  CHECK(checked.out.find("reports/preview") != std::string::npos);
  CHECK(checked.out.find("transient") != std::string::npos);
  CHECK(checked.code == 0);
}
