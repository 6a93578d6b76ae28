#include "program.hpp"

#include "supervisor/cli/cli.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <string>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace supervisor;

namespace {

/// Of this process, soft and hard.
void limit_open_files(rlim_t most) {
  const rlimit both{.rlim_cur = most, .rlim_max = most};
  setrlimit(RLIMIT_NOFILE, &both);
}

} // namespace

SCENARIO("a file is checked before anybody runs it") {
  GIVEN("a good file") {
    const auto checked = run_supctl({"check", "examples/tree.json"});

    THEN("it says so, and how large the tree is") {
      CHECK(checked.out
            == "examples/tree.json:33: note: /children/2/supervisor/children/1/criticality: more "
               "than 3 "
               "restarts within 1min quarantine \"preview\" alone, and the tree goes on\n"
               "examples/tree.json: ok, 5 children in 2 supervisors\n");
      CHECK(checked.err == "");
      CHECK(checked.code == 0);
    }
  }

  GIVEN("a tree of programs") {
    const text_file file{R"({"version": 1, "limits": "guarded", "children": [
      {"id": "a", "process": {"argv": ["/bin/true"]}},
      {"id": "b", "process": {"argv": ["/bin/true"]}}]})"};

    THEN("it says how many of them the limit of open files carries") {
      const auto checked
        = run_supctl({"check", file.path()}, {.before = [] { limit_open_files(140); }});
      CHECK(checked.out.ends_with(": 2 programs; the hard limit of open files carries 20\n"));
      CHECK(checked.code == 0);
    }

    THEN("it warns of too many") {
      const auto checked
        = run_supctl({"check", file.path()}, {.before = [] { limit_open_files(49); }});
      CHECK(checked.err.ends_with(": warning: 2 programs, but the hard limit of open files "
                                  "(ulimit -Hn) carries only 1\n"));
      CHECK(checked.code == 0);
    }
  }

  GIVEN("a file that was written in a hurry") {
    const auto checked = run_supctl({"check", "examples/bad.json"});

    THEN("all its faults are told, each with its line and its place") {
      CHECK(
        checked.err ==
        R"(examples/bad.json:6: /strategy: "rest_for_on" is none of one_for_one, one_for_all, rest_for_one, one_for_dependents, simple_one_for_one, did you mean "rest_for_one"?
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

    THEN("check and run refuse it") {
      for (const auto* verb : {"check", "run"}) {
        const auto refused = run_supctl({verb, file.path()});
        CHECK(refused.err == file.path() + ":2: " + fault);
        CHECK(refused.out == "");
        CHECK(refused.code == 2);
      }
    }

    THEN("who only tries it is warned: nothing of it is started") {
      const auto tried = run_supctl({"break", file.path(), "--crashes", "1"});
      CHECK(tried.err == file.path() + ":2: warning: " + fault);
      CHECK(tried.code == 0);
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

SCENARIO("all that is wrong with a file is told at once, whoever finds it") {
  GIVEN("a form, a rule, a factory and an argument that are wrong") {
    const text_file file{
      "{\"version\": 1, \"children\": [\n"
      "{\"id\": \"a\", \"factory\": \"demo.staedy\"},\n"
      "{\"id\": \"b\", \"factory\": \"demo.steady\", \"shutdown\": \"5\"},\n"
      "{\"id\": \"c\", \"factory\": \"demo.flaky\", \"args\": {\"every\": \"soon\"}},\n"
      "{\"id\": \"d\", \"factory\": \"demo.steady\", \"dependencies\": [\"e\"]}]}"};
    const auto at = [&](int line) { return file.path() + ":" + std::to_string(line) + ": "; };
    const auto checked = run_supctl({"check", file.path()});
    THEN("they come in the order of their lines, each once") {
      CHECK(
        checked.err
        == at(2)
             + "/children/0/factory: unknown factory \"demo.staedy\", did you mean "
               "\"demo.steady\"?\n"
             + at(3)
             + "/children/1/shutdown: \"5\" is no duration such as \"10ms\", \"1.5s\", \"2min\" or "
               "\"1m30s\"\n"
             + at(4)
             + "/children/2/args/every: \"soon\" is no duration such as \"10ms\", \"1.5s\", "
               "\"2min\" or \"1m30s\"\n"
             + at(5)
             + "/children/3/dependencies/0: no sibling is called \"e\", did you mean \"a\"?\n");
      CHECK(checked.code == 2);
    }
    THEN("run says the same") { CHECK(run_supctl({"run", file.path()}).err == checked.err); }
  }
  GIVEN("a start that cannot be read") {
    const text_file file{R"({"version": 1, "children": [{"id": "a", "factory": 5},
{"id": "b", "factory": "demo.flaky", "args": 5}, 7]})"};
    THEN("nobody says more of it than that") {
      const auto told = run_supctl({"check", file.path()}).err;
      CHECK(std::ranges::count(told, '\n') == 3);
      CHECK(told.find("/children/0/factory: is a number, must be a string") != std::string::npos);
      CHECK(told.find("/children/1/args: is a number, must be an object") != std::string::npos);
      CHECK(told.find("/children/2: is a number, must be an object with") != std::string::npos);
    }
  }
}

TEST_CASE("of very much advice the first thousand lines are told, and how much more there is") {
  std::string text = R"({"version": 1, "intensity": {"restarts": 3}, "children": [)";
  for (int i = 0; i < 1500; ++i)
    text += "\n{\"id\": \"c" + std::to_string(i)
            + R"(", "factory": "demo.steady", "resource_limits": {"max_processes": 5}},)";
  const text_file file{text + "\n{\"id\": \"last\", \"factory\": \"demo.steady\"}]}"};
  const auto checked = run_supctl({"check", file.path()});
  CHECK(std::ranges::count(checked.err, '\n') == 1001);
  CHECK(checked.err.starts_with(file.path() + ":2: advice: /children/0/resource_limits: "));
  CHECK(checked.err.ends_with("advice: and 500 more\n"));
  CHECK(checked.code == 0);
}

TEST_CASE("of very many warnings the first thousand lines are told, too") {
  std::string text = R"({"version": 1, "children": [)";
  for (int i = 0; i < 1500; ++i)
    text += "\n{\"id\": \"c" + std::to_string(i) + R"(", "factory": "none"},)";
  const text_file file{text + "\n{\"id\": \"last\", \"factory\": \"demo.steady\"}]}"};
  const auto tried = run_supctl({"simulate", file.path(), "--crash", "last", "--every", "1h"});
  CHECK(std::ranges::count(tried.err, '\n') == 1001);
  CHECK(tried.err.ends_with("warning: and 500 more\n"));
  const auto checked = run_supctl({"check", file.path()});
  CHECK(std::ranges::count(checked.err, '\n') == 1001);
  CHECK(checked.err.ends_with("\nand 500 more faults\n"));
}

TEST_CASE("a file that cannot be read") {
  CHECK(run_supctl({"check", "no/such.json"}).err
        == "cannot read no/such.json: No such file or directory\n");
  CHECK(run_supctl({"check", "no/such.json"}).code == 2);
  CHECK(run_supctl({"run", "examples"}).err == "cannot read examples: Is a directory\n");
  CHECK(run_supctl({"run", "examples"}).code == 2);
}

TEST_CASE("a file without an end is not read without end") {
  const auto checked = run_supctl({"check", "/dev/zero"});
  CHECK(checked.err == "/dev/zero:1: /: not JSON: line 1, column 1: a zero byte\n");
  CHECK(checked.code == 2);
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
  CHECK(version.out.find(" (supervisor ") != std::string::npos);
}

namespace {

/// What a program with a catalog of its own says to `--version`.
std::string version_of(const catalog& known) {
  std::array<int, 2> pipe_ends{-1, -1};
  REQUIRE(pipe(pipe_ends.data()) == 0);
  const auto child = fork();
  if (child == 0) {
    dup2(pipe_ends[1], STDOUT_FILENO);
    std::string name = "kvd", flag = "--version";
    std::array<char*, 3> words{name.data(), flag.data(), nullptr};
    _exit(cli(2, words.data(), known));
  }
  close(pipe_ends[1]);
  std::array<char, 200> said{};
  const auto size = read(pipe_ends[0], said.data(), said.size());
  close(pipe_ends[0]);
  waitpid(child, nullptr, 0);
  return {said.data(), size < 0 ? 0 : static_cast<std::size_t>(size)};
}

} // namespace

TEST_CASE("a program with a catalog of its own has its own version or none") {
  CHECK(version_of({}).starts_with("kvd (supervisor "));
  catalog known;
  known.is_version("2.1");
  CHECK(version_of(known).starts_with("kvd 2.1 (supervisor "));
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

SCENARIO("a strict check refuses what there is advice about") {
  GIVEN("a file that can be run, and should not be") {
    CHECK(run_supctl({"check", "examples/unwise.json"}).code == 0);
    const auto checked = run_supctl({"check", "--strict", "examples/unwise.json"});
    THEN("the advice is the same, and the exit code is that of a bad file") {
      CHECK(checked.err.find(": advice: ") != std::string::npos);
      CHECK(checked.out.starts_with("examples/unwise.json: refused by --strict, "));
      CHECK(checked.code == 2);
    }
  }
  GIVEN("a good one") {
    const auto checked = run_supctl({"check", "--strict", "examples/tree.json"});
    THEN("it is good") {
      CHECK(checked.out.ends_with("examples/tree.json: ok, 5 children in 2 supervisors\n"));
      CHECK(checked.code == 0);
    }
  }
  GIVEN("more programs than there can be open files for") {
    const text_file file{R"({"version": 1, "limits": "guarded", "children": [
      {"id": "a", "process": {"argv": ["/bin/true"]}},
      {"id": "b", "process": {"argv": ["/bin/true"]}}]})"};
    const auto checked
      = run_supctl({"check", "--strict", file.path()}, {.before = [] { limit_open_files(49); }});
    THEN("the warning is enough") { CHECK(checked.code == 2); }
  }
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
  GIVEN("a root that says what it would get anyway") {
    const text_file whole{
      R"({"version": 1, "intensity": {"restarts": 10, "period": "60s"}, "children": [{"id": "a", "factory": "demo.steady"}]})"};
    const text_file half{
      R"({"version": 1, "intensity": {"restarts": 10}, "children": [{"id": "a", "factory": "demo.steady"}]})"};
    THEN("it has said so") {
      CHECK(run_supctl({"check", whole.path()}).err == "");
      CHECK(run_supctl({"check", half.path()}).err == "");
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
