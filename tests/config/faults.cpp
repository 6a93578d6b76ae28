#include "said.hpp"

#include <filesystem>

using namespace supervisor;

namespace {

/// What is wrong with `a`, the only child; without the part that every place begins with.
std::string said_of_child(std::string_view members) {
  const auto spec = read_spec(child_with(members));
  if (spec)
    return "ok";
  std::string text;
  for (const auto& x : spec.error()) {
    constexpr std::string_view child = "/children/0/";
    const auto where = x.where.starts_with(child) ? x.where.substr(child.size()) : x.where;
    text += (text.empty() ? "" : "\n") + where + ": " + x.what;
  }
  return text;
}

} // namespace

SCENARIO("a file written in a hurry gets all its faults back at once") {
  GIVEN("the bad example") {
    const auto spec = load_spec(SUPERVISOR_SOURCE_DIR "/examples/bad.json");
    REQUIRE_FALSE(spec);

    THEN("each fault says where it is and on which line, and what would be right") {
      CHECK(
        to_string(spec.error()) ==
        R"(/strategy (line 6): "rest_for_on" is none of one_for_one, one_for_all, rest_for_one, one_for_dependents, simple_one_for_one, did you mean "rest_for_one"?
/intensity/period (line 8): is a bare number: write "60s", not 60
/children/1/dependencies/0 (line 16): no sibling is called "bd", did you mean "db"?
/children/1/backoff/initial_delay (line 18): must not be longer than max_delay
/children/2/dependencies (line 21): dependencies form a cycle, so none of these can start first: stock, till
/children/4/id (line 24): "db" is taken by child 0: ids are unique
/children/5/id (line 26): is missing. What the child is called, unique among its siblings.
/children/6/supervisor/children/0/restrat (line 32): unknown key "restrat", did you mean "restart"?
/children/6/supervisor/children/1/restart (line 34): "sometimes" is none of permanent, transient, temporary
/children/6/supervisor/children/2/backoff/jitter (line 36): 1.5 is out of range, must be a ratio from 0 to 1 or one of disabled, full, decorrelated
/children/6/supervisor/children/3/process/argv (line 38): must name a program, such as ["/bin/true"])");
    }
  }
}

TEST_CASE("the good examples have no fault") {
  for (const auto* name : {"tree.json", "dependents.json"}) {
    const auto spec = load_spec(SUPERVISOR_SOURCE_DIR "/examples/" + std::string{name});
    CHECK((spec ? "ok" : to_string(spec.error())) == "ok");
  }
}

TEST_CASE("a file that cannot be read says which and why") {
  const auto said_of = [](const std::filesystem::path& path) {
    const auto spec = load_spec(path);
    return spec ? "ok" : to_string(spec.error());
  };
  CHECK(said_of("/no/such.json") == "/: cannot read /no/such.json: No such file or directory");
  CHECK(said_of("/") == "/: cannot read /: Is a directory");
}

TEST_CASE("a syntax error has a line and a column") {
  CHECK(said("")
        == "/ (line 1): not JSON: line 1, column 0: syntax error while parsing value - "
           "unexpected end of input; expected '[', '{', or a literal");
  CHECK(said("{\n  \"version\": 1,\n  \"children\": [oops]\n}")
        == "/children (line 3): not JSON: line 3, column 16: syntax error while parsing value - "
           "invalid literal; last read: '\"children\": [o'");
  CHECK(said("{\"version\": 1,\n}")
        == "/ (line 2): not JSON: line 2, column 1: syntax error while parsing object key - "
           "unexpected '}'; expected string literal");
  CHECK(said("{\"version\": 1e999\n}").starts_with("/ (line 1): not JSON: line 1, column 17: "));
  CHECK(said("{\"version\": \"1\n\"}").starts_with("/ (line 1): not JSON: line 1, column 14: "));
  CHECK(said("{\"version\": 1} {}").starts_with("/ (line 1): not JSON: line 1, column 16: "));
  CHECK(said("{\"version\": 1 /* no end").starts_with("/ (line 1): not JSON: "));
}

TEST_CASE("a file does not end at a zero byte") {
  using namespace std::string_literals;
  const auto good = R"({"version": 1})"s;
  CHECK(said(good + "\0"s) == "/ (line 1): not JSON: line 1, column 15: a zero byte");
  CHECK(said(good + "\n\0\n"s + good) == said(good + "\n\0x"s));
  CHECK(said(good + "\n\0"s) == "/ (line 2): not JSON: line 2, column 1: a zero byte");
  CHECK(said("\0"s + good) == "/ (line 1): not JSON: line 1, column 1: a zero byte");
  CHECK(said(good + " // a comment \0\n"s).ends_with(": a zero byte"));
  CHECK(said(good + " /* a comment \0 */"s).ends_with(": a zero byte"));
  CHECK(said("{\"version\": 1, \"id\": \"a\0b\"}"s).ends_with("column 24: a zero byte"));
  CHECK(
    said("{\"version\": \0 1}"s).starts_with("/ (line 1): not JSON: line 1, column 13: a zero"));
  CHECK(said("{\"version\": x, \0}"s).find("invalid literal") != std::string::npos);
  CHECK(said("{\"version\": 1, \"id\": \"a\\u0000\"}"s).find("is no id") != std::string::npos);
}

TEST_CASE("the line of a number is its own and not that of what follows") {
  CHECK(said("{\"version\":\n2\n\n}")
        == "/version (line 2): 2 is no version that can be read here, must be 1");
  CHECK(said("{\"version\": 1, \"intensity\": {\"period\": 5\n}}")
        == "/intensity/period (line 1): is a bare number: write \"5s\", not 5");
}

TEST_CASE("a file must say its version") {
  CHECK(said("{}") == "/version (line 1): is missing. The version of this format, 1.");
  CHECK(said(R"({"version": "1"})") == "/version (line 1): is a string, must be 1");
}

TEST_CASE("a file must be an object") {
  CHECK(said("[]").starts_with("/ (line 1): is an array, must be an object with version, id, "));
  CHECK(said("5").starts_with("/ (line 1): is a number, must be an object with version, id, "));
}

TEST_CASE("a value of the wrong type says what it must be") {
  CHECK(said_of_child(R"("restart": 5)")
        == "restart: is a number, must be one of permanent, transient, temporary");
  CHECK(said_of_child(R"("restart": null)")
        == "restart: is null, must be one of permanent, transient, temporary");
  CHECK(said_of_child(R"("name": [])") == "name: is an array, must be a string");
  CHECK(said_of_child(R"("tags": "x")") == "tags: is a string, must be an array of strings");
  CHECK(said_of_child(R"("tags": ["x", true])") == "tags/1: is a boolean, must be a string");
  CHECK(said_of_child(R"("args": [])") == "args: is an array, must be an object");
  CHECK(said_of_child(R"("backoff": "1s")")
        == "backoff: is a string, must be an object with initial_delay, max_delay, jitter");
  CHECK(said_of_child(R"("start_timeout": {})")
        == "start_timeout: is an object, must be a duration such as \"5s\"");
  CHECK(said_of_child(R"("shutdown": true)")
        == "shutdown: is a boolean, must be a duration such as \"5s\" or one of brutal_kill, "
           "unlimited");
  CHECK(said(file_with(R"("children": {})"))
        == "/children (line 1): is an object, must be an array of children");
  CHECK(said(file_with(R"("children": [5])"))
          .starts_with("/children/0 (line 1): is a number, must be an object with id, factory, "));
}

TEST_CASE("a word that does not exist is compared with those that do") {
  CHECK(said_of_child(R"("criticality": "sometimes")")
        == "criticality: \"sometimes\" is none of critical, optional");
  CHECK(said_of_child(R"("restart": "temprary")")
        == "restart: \"temprary\" is none of permanent, transient, temporary, did you mean "
           "\"temporary\"?");
  CHECK(said_of_child(R"("shutdown": "brutal_kil")").ends_with("did you mean \"brutal_kill\"?"));
  CHECK(said_of_child(R"("readiness_policy": "Immediate")").ends_with("\"immediate\"?"));
}

TEST_CASE("a duration needs its unit") {
  CHECK(said_of_child(R"("start_timeout": 5)")
        == "start_timeout: is a bare number: write \"5s\", not 5");
  CHECK(said_of_child(R"("start_timeout": 0.5)")
        == "start_timeout: is a bare number: write \"0.5s\", not 0.5");
  CHECK(said_of_child(R"("start_timeout": -5)")
        == "start_timeout: is a negative number, must be a duration such as \"5s\"");
  CHECK(said_of_child(R"("start_timeout": "-5s")") == "start_timeout: \"-5s\" is negative");
  CHECK(said_of_child(R"("start_timeout": "NaN")").starts_with("start_timeout: \"NaN\" is no dur"));
  CHECK(said_of_child(R"("start_timeout": "9999999h")").ends_with("is about 292 years"));
}

TEST_CASE("an unknown key is compared with those that are known") {
  CHECK(said(file_with(R"("stratgy": 5)"))
        == "/stratgy (line 1): unknown key \"stratgy\", did you mean \"strategy\"?");
  CHECK(said_of_child(R"("backoff": {"colour": "red"})")
        == "backoff/colour: unknown key \"colour\", known here: initial_delay, max_delay, jitter");
  CHECK(said_of_child(R"("a/b~c": 1)").starts_with("a~1b~0c: unknown key \"a/b~c\", "));
}

TEST_CASE("a file may say which schema it keeps to") {
  CHECK(said(R"({"$schema": "./tree.schema.json", "version": 1})") == "ok");
  CHECK(said(file_with(R"("$schema": "")")) == "ok");
  CHECK(said(file_with(R"("$schema": 7)"))
        == "/$schema (line 1): is a number, must be a string: where the schema is that the file "
           "keeps to");
  CHECK(said(file_with(R"("children": [{"id": "s", "supervisor": {"$schema": "x"}}])"))
          .find("unknown key \"$schema\"")
        != std::string::npos);
}

TEST_CASE("only a file has a version and a name and a limit of commands of its own") {
  const auto nested = [](std::string_view members) {
    return said(
      file_with(R"("children": [{"id": "s", "supervisor": {)" + std::string{members} + "}}]"));
  };
  CHECK(nested(R"("version": 1)")
          .starts_with("/children/0/supervisor/version (line 1): unknown key \"version\", known "
                       "here: strategy, intensity, "));
  CHECK(nested(R"("id": "x")")
          .starts_with("/children/0/supervisor/id (line 1): unknown key \"id\", known here: "));
  CHECK(nested(R"("control_channel_capacity": 5)")
          .starts_with("/children/0/supervisor/control_channel_capacity (line 1): unknown key "));
}

TEST_CASE("what the library cannot do yet is a fault and not ignored") {
  CHECK(said_of_child(R"("policy": 1)") == "policy: not supported yet");
  for (const std::string key : {"event_channel_capacity", "policy"})
    CHECK(said(file_with('"' + key + "\": 1")) == "/" + key + " (line 1): not supported yet");
  for (const std::string key : {"policy", "severity"})
    CHECK(said(file_with("\"defaults\": {\"" + key + "\": 1}"))
          == "/defaults/" + key + " (line 1): not supported yet");
}

TEST_CASE("what is said elsewhere says where") {
  CHECK(said(file_with(R"("default_health_policy": {})"))
        == "/default_health_policy (line 1): is said here with health_policy in defaults");
}

TEST_CASE("a key that comes twice is a fault at its second place") {
  CHECK(said("{\"version\": 1,\n\"id\": \"a\",\n\"id\": \"b\"}")
        == "/id (line 3): this key has been there before");
  CHECK(said_of_child(R"("args": {"x": {"y": 1, "z": 2, "y": 3}})")
        == "args/x/y: this key has been there before");
}

TEST_CASE("a child starts exactly one thing") {
  CHECK(said(file_with(R"("children": [{"id": "a"}])"))
        == "/children/0/factory (line 1): is missing: a child has a factory, a supervisor or a "
           "process");
  CHECK(said_of_child(R"("supervisor": {})")
        == "supervisor: one too many: this child has a factory already");
  CHECK(said_of_child(R"("process": {"argv": ["x"]})")
        == "process: one too many: this child has a factory already");
  for (const std::string other : {R"("supervisor": {})", R"("process": {"argv": ["x"]})"})
    CHECK(said(file_with(R"("children": [{"id": "a", )" + other + R"(, "args": {}}])"))
          == "/children/0/args (line 1): goes only with a factory");
}

TEST_CASE("nothing is left empty") {
  CHECK(said_of_child(R"("name": "", "tags": [""])") == "name: is empty\ntags/0: is empty");
  CHECK(said(file_with(R"("children": [{"id": "", "factory": ""}])"))
        == "/children/0/id (line 1): is empty\n/children/0/factory (line 1): is empty");
}

TEST_CASE("numbers have bounds") {
  CHECK(said_of_child(R"("backoff": {"jitter": -0.1})")
        == "backoff/jitter: -0.1 is out of range, must be a ratio from 0 to 1 or one of disabled, "
           "full, decorrelated");
  for (const std::string number : {"-1", "1.5", "4294967295", "18446744073709551616"})
    CHECK(said(file_with("\"intensity\": {\"restarts\": " + number + "}"))
          == "/intensity/restarts (line 1): " + number
               + " is out of range, must be a whole number or \"unlimited\"");
}

TEST_CASE("a fault that only the whole tree shows has the line of what it is about") {
  CHECK(said("{\"version\": 1, \"children\": [\n"
             "{\"id\": \"a\", \"factory\": \"f\"},\n"
             "{\"id\": \"b\", \"factory\": \"f\", \"dependencies\": [\n"
             "  \"a\",\n"
             "  \"b\"]},\n"
             "{\"id\": \"9\", \"factory\": \"f\"}]}")
        == "/children/1/dependencies/1 (line 5): \"b\" depends on itself\n"
           "/children/2/id (line 6): \"9\" is no id: a letter or _, then letters, digits, _ and -");
}

TEST_CASE("what is wrong is said once") {
  CHECK(said_of_child(R"("backoff": {"initial_delay": "5s", "max_delay": 10})")
        == "backoff/max_delay: is a bare number: write \"10s\", not 10");
  CHECK(said(file_with(R"("children": [5, 6])")).find("unique") == std::string::npos);
}

TEST_CASE("nesting has a bound") {
  const auto nested = [](int levels) {
    std::string open = R"({"version": 1, "children": [{"id": "a", "factory": "f", "args": {"x": )";
    for (int i = 0; i < levels; ++i)
      open += '[';
    return open + std::string(static_cast<std::size_t>(levels), ']') + "}}]}";
  };
  CHECK(said(nested(196)) == "ok");
  CHECK(said(nested(197)).find("nested deeper than 200 levels") != std::string::npos);
  CHECK(said(nested(1'000'000)).find("nested deeper than 200 levels") != std::string::npos);
}

TEST_CASE("of very many faults the first thousand are told and the others counted") {
  std::string text = file_with(R"("tags": 1)");
  text.pop_back();
  for (int i = 0; i < 2000; ++i)
    text += ", \"unknown" + std::to_string(i) + "\": 1";
  const auto spec = read_spec(text + "}");
  REQUIRE_FALSE(spec);
  CHECK(spec.error().size() == 1001);
  CHECK(spec.error().back().what == "and 1001 more faults");
}

TEST_CASE("what is quoted is short and fit for a terminal") {
  CHECK(said_of_child(R"("restart": "\u001b[2J")")
        == "restart: \"\\x1b[2J\" is none of permanent, transient, temporary");
  CHECK(said(file_with(R"("strategy": ")" + std::string(1'000'000, 'x') + '"')).size() < 300);
  CHECK(said(file_with('"' + std::string(1'000'000, 'x') + "\": 1")).size() < 600);
  CHECK(said_of_child(R"("group": "\u001b[2J")").find('\x1b') == std::string::npos);
  CHECK(said_of_child(R"("group": ")" + std::string(1'000'000, 'x') + '"').size() < 300);
  CHECK(said('"' + std::string(1'000'000, 'x')).size() < 500);
}
