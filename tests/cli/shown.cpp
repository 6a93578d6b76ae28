#include "server.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include <unistd.h>

using namespace supervisor;

// What comes from outside must not reach a terminal as a command, wherever it comes from.

namespace {

constexpr auto evil = "a\x1b[2J\xc2\x9b"
                      "b\xe2\x80\xae\x07"
                      "c";
constexpr auto shown = "a\\x1b[2J\\u009bb\\u202e\\x07c";

bool is_harmless(const ended& x) {
  for (const auto& text : {x.out, x.err})
    for (const auto* part : {"\x1b", "\xc2\x9b", "\xe2\x80\xae", "\x07", "\r"})
      if (has(text, part))
        return false;
  return true;
}

/// As one member of a JSON text.
std::string in_json(const std::string& member) {
  return "{\"version\": 1, " + member
         + ", \"children\": [{\"id\": \"a\", \"factory\": \"demo.steady\"}]}";
}

} // namespace

TEST_CASE("the name of a file is shown as a text") {
  const auto name = std::filesystem::temp_directory_path()
                    / ("supctl-" + std::to_string(getpid()) + evil + ".json");
  std::ofstream{name} << "{";
  for (const auto* verb : {"check", "run", "break"}) {
    const auto told = run_supctl({verb, name.string()});
    CHECK(told.code == 2);
    CHECK(has(told.err, shown));
    CHECK(is_harmless(told));
  }
  std::ofstream{name} << in_json("\"id\": \"x\"");
  const auto checked = run_supctl({"check", name.string()});
  CHECK(checked.code == 0);
  CHECK(has(checked.out, std::string{shown} + ".json: ok, 1 child"));
  CHECK(is_harmless(checked));
  std::filesystem::remove(name);
  const auto missing = run_supctl({"run", name.string()});
  CHECK(has(missing.err, std::string{"cannot read "}));
  CHECK(is_harmless(missing));
}

TEST_CASE("what was typed is shown as a text") {
  using words = std::vector<std::string>;
  const std::string odd = evil;
  const std::vector<words> typed{
    {odd},
    {"run"},
    {"--" + odd},
    {"run", "examples/tree.json", odd},
    {"run", "examples/tree.json", "--" + odd},
    {"run", "examples/tree.json", "--for", "1" + odd},
    {"run", "examples/tree.json", "--seed", odd},
    {"run", "examples/tree.json", "--secrets-from", odd},
    {"run", "examples/tree.json", "--cgroup", odd},
    {"run", "examples/tree.json", "--for", "1s\nforged: line"},
    {"simulate", "examples/tree.json", "--crash", odd, "--every", "1s"},
    {"simulate", "examples/tree.json", "--crash", "web", "--every", odd},
    {"simulate", "examples/tree.json", "--script", odd},
    {"simulate", "examples/tree.json", "-o", odd},
    {"break", "examples/tree.json", "--crashes", odd},
  };
  for (const auto& words_of : typed) {
    const auto told = run_supctl(words_of);
    CAPTURE(told.err);
    CHECK(told.code == 2);
    CHECK(is_harmless(told));
    CHECK(!has(told.err, "\nforged"));
  }
}

TEST_CASE("what stands in a file is shown as a text") {
  for (const auto* member :
       {R"("id": "a\u001b[2J\u009bb\u202e\u0007c")", R"("a\u001b[2J\u009b\u202e": 1)",
        R"("strategy": "a\u001b[2J\u009b\u202e")", "\"strategy\": \"\xc2\x9b\xe2\x80\xae\"",
        "\"strategy\": \"\x9b\"", "\"strategy\": \x1b"}) {
    const text_file file{in_json(member)};
    for (const auto* verb : {"check", "run"}) {
      const auto told = run_supctl({verb, file.path()});
      CAPTURE(told.err);
      CHECK(told.code == 2);
      CHECK(is_harmless(told));
    }
  }
}

TEST_CASE("what holds for a child is shown as a text") {
  const text_file file{
    R"({"version": 1, "children": [{"id": "a", "environment": [{"name": "A", "value": "\u001b[2J\u009b\u202e"}], )"
    R"("process": {"argv": ["/bin/true"]}}]})"};
  const auto told = run_supctl({"check", "--effective", file.path()});
  CHECK(told.code == 0);
  CHECK(is_harmless(told));
}

SCENARIO("what a program says is shown as a text") {
  const text_file file{
    R"({"version": 1, "auto_shutdown": "any_significant", "children": [{"id": "a", "restart": "temporary", )"
    R"("significant": true, "process": {"argv": ["/usr/bin/printf", )"
    R"("dos\\r\\n10%%\\r20%%\\r\\033[1;31mred\\033[0m \\tand \\033]0;title\\007 \\302\\233 \\233 \\342\\200\\256\\n"]}}]})"};

  GIVEN("no terminal") {
    const auto ran = run_supctl({"run", file.path()});
    THEN("its colours go, and its tabs stay") {
      CHECK(has(ran.out, "[/a] dos\n[/a] 10%\n[/a] 20%\n"
                         "[/a] red \tand \\x1b]0;title\\x07 \\u009b \\x9b \\u202e\n"));
      CHECK(is_harmless(ran));
    }
  }

  GIVEN("a terminal") {
    const auto ran = run_supctl({"run", file.path()}, {.terminal = true});
    THEN("its colours pass, and end with the line") {
      CHECK(has(ran.out, "[/a] \x1b[1;31mred\x1b[0m \tand \\x1b]0;title\\x07"));
      CHECK(has(ran.out, "\\u202e\x1b[0m\r\n"));
    }
  }

  GIVEN("somebody who wants no colours") {
    const auto ran
      = run_supctl({"run", file.path()}, {.terminal = true, .environment = {"NO_COLOR=1"}});
    THEN("they go") { CHECK(has(ran.out, "[/a] red \tand")); }
  }
}
