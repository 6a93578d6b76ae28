// Lines of a script that stop making sense at each of their words.

#include "trial.hpp"

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

declared_spec shop() {
  auto till = worker("till");
  till.readiness = readiness::on_report;
  return {.children = {worker("db"), till}};
}

/// What is wrong with the only line; "" if nothing is.
std::string wrong(std::string_view line) {
  const auto read = read_script(line, shop());
  return read ? "" : read.error().front().what;
}

constexpr auto no_time = "ends where a time such as 10s should be";

} // namespace

TEST_CASE("a line that names nobody says so whatever it is about") {
  for (const auto* verb : {"crash", "start", "stop", "kill", "ready"})
    CHECK(wrong(verb) == "ends where a child should be");
}

TEST_CASE("no line has a zero byte in it and no comment either") {
  using namespace std::string_literals;
  constexpr auto no_text = "has a zero byte in it: a script is text";
  CHECK(wrong("crash db at 5s\0"s) == no_text);
  CHECK(wrong("crash d\0b at 5s"s) == no_text);
  CHECK(wrong("# what \0 comes here"s) == no_text);
  const auto read = read_script("crash db at 5s # once\n\0"s, shop());
  REQUIRE_FALSE(read);
  CHECK(read.error().front().line == 2);
}

TEST_CASE("a line that goes on says where it should have ended") {
  CHECK(wrong("crash db after 1s please") == "goes on with \"please\" where it should end");
  CHECK(wrong("start db takes 1s 2s") == "goes on with \"2s\" where it should end");
  CHECK(wrong("stop db never again") == "goes on with \"again\" where it should end");
  CHECK(wrong("kill db takes 1s now") == "goes on with \"now\" where it should end");
  CHECK(wrong("ready till after 1s maybe") == "goes on with \"maybe\" where it should end");
}

TEST_CASE("a line without a time says that it lacks one") {
  for (const auto* line : {"crash db at", "crash db after", "crash db every",
                           "crash db every 1s from", "crash db every 1s until", "start db takes",
                           "stop db takes", "kill db takes", "ready till after"})
    CHECK_MESSAGE(wrong(line) == no_time, line);
}

TEST_CASE("both times of a span have to be times") {
  const auto none = [](const std::string& word) {
    return "\"" + word + "\" is no duration such as \"10ms\", \"1.5s\", \"2min\" or \"1m30s\"";
  };
  CHECK(wrong("crash db every soon..2s") == none("soon"));
  CHECK(wrong("crash db every 1s..later") == none("later"));
  CHECK(wrong("crash db after soon") == none("soon"));
  CHECK(wrong("crash db every 1s until then") == none("then"));
  CHECK(wrong("crash db every 1s..2s") == "");
}

TEST_CASE("a word that does not belong there is named beside the one that does") {
  CHECK(wrong("crash db soon") == "has \"soon\" where \"at\", \"every\" or \"after\" should be");
  CHECK(wrong("start db never") == "has \"never\" where \"takes\" or \"fails\" should be");
  CHECK(wrong("start db fails 3 often") == "has \"often\" where \"times\" should be");
  CHECK(wrong("stop db after 1s") == "has \"after\" where \"takes\" or \"never\" should be");
  CHECK(wrong("ready till takes 1s") == "has \"takes\" where \"after\" or \"never\" should be");
  CHECK(wrong("crash db at 1s as normal way") == "has \"way\" where \"end\" should be");
  CHECK(wrong("crash db at 1s as exit 3") == "has \"3\" where \"code\" should be");
}

TEST_CASE("an end that is none is refused wherever it may stand") {
  for (const auto* when : {"at 1s", "after 1s", "every 1s", "every 1s from 2s until 5s"})
    CHECK(wrong("crash db " + std::string{when} + " as crash").starts_with("\"crash\" is no end"));
}

TEST_CASE("a number is whole and within its bounds") {
  const auto code = [](const std::string& x) { return wrong("crash db at 1s as exit code " + x); };
  CHECK(code("1") == "");
  CHECK(code("255") == "");
  for (const auto* x : {"0", "256", "3x", "-1", "99999999999999999999"})
    CHECK(code(x) == "\"" + std::string{x} + "\" is no number from 1 to 255");
  CHECK(wrong("start db fails 4294967295 times")
        == "\"4294967295\" is no number from 1 to 4294967294");
}

TEST_CASE("a row of crashes ends after it begins") {
  CHECK(wrong("crash db every 2s from 5s until 3s")
        == "\"until\" must not come before the first crash, at 5s");
  CHECK(wrong("crash db every 2s from 3s until 3s") == "");
}
