#include "said.hpp"

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

/// All that is said about one child: "ok", or its faults, one a line.
std::string said_of(std::string_view text) {
  const auto child = read_child(text);
  return child ? "ok" : to_string(child.error());
}

/// What is wrong with adding "a" with these members to a supervisor with those.
std::string adding(std::string_view members, std::string_view to) {
  const auto child = read_child(R"({"id": "a", "factory": "f")"
                                + (members.empty() ? "" : ", " + std::string{members}) + "}");
  REQUIRE(child);
  return to_string(validate_child(*child, spec_of(file_with(to))));
}

} // namespace

SCENARIO("a child is read by itself") {
  GIVEN("one that says a lot") {
    const auto child = read_child(R"({"id": "web", "factory": "demo.flaky", "args": {"every": "3s"},
      // comments are allowed
      "dependencies": ["db"], "shutdown": "2s", "group": "front", "tags": ["public"],
      "restart": "transient", "significant": true})");
    REQUIRE(child);
    THEN("all of it arrives, whether or not there is a db") {
      CHECK(child->id == "web");
      CHECK(child->start.factory == "demo.flaky");
      CHECK(child->start.args == R"({"every":"3s"})");
      CHECK(child->dependencies == std::vector<std::string>{"db"});
      CHECK(child->shutdown == stop_budget{2s});
      CHECK(child->more->group == "front");
      CHECK(child->more->significant);
    }
  }
  GIVEN("a supervisor") {
    const auto child
      = read_child(R"({"id": "sub", "supervisor": {"children": [{"id": "a", "factory": "f"}]}})");
    REQUIRE(child);
    THEN("its children are there") { CHECK(child->start.tree()->children.at(0).id == "a"); }
  }
  GIVEN("one with nothing but a name") {
    THEN("it has the defaults of a child in a file") {
      const auto alone = read_child(R"({"id": "a", "factory": "f"})");
      REQUIRE(alone);
      CHECK(alone->start.args == child_of("").start.args);
      CHECK_FALSE(alone->restart);
      CHECK_FALSE(alone->more);
    }
  }
}

TEST_CASE("a child that is read by itself gets all its faults back with their lines") {
  CHECK(said_of("{\"id\": \"9\", \"factory\": \"f\",\n"
                "\"restrat\": 1,\n"
                "\"dependencies\": [\"b\", \"9\"],\n"
                "\"run_timeout\": 5, \"health_policy\": {\n"
                "  \"stale_after\": \"1s\"},\n"
                "\"factory\": \"g\"}")
        == "/id (line 1): \"9\" is no id: a letter or _, then letters, digits, _ and -\n"
           "/restrat (line 2): unknown key \"restrat\", did you mean \"restart\"?\n"
           "/dependencies/1 (line 3): \"9\" depends on itself\n"
           "/run_timeout (line 4): is a bare number: write \"5s\", not 5\n"
           "/health_policy/stale_after (line 5): must be longer than heartbeat_interval, 1s: a "
           "beat may be that old\n"
           "/factory (line 6): this key has been there before");
  CHECK(said_of("{\"id\": \"a\"}")
        == "/factory (line 1): is missing: a child has a factory, a supervisor or a process");
  CHECK(said_of("[]").starts_with("/ (line 1): is an array, must be an object with id, factory, "));
  CHECK(said_of("").starts_with("/ (line 1): not JSON: "));
  CHECK(said_of(R"({"version": 1, "id": "a", "factory": "f"})")
          .starts_with("/version (line 1): unknown key \"version\", "));
  CHECK(said_of(R"({"id": "a", "factory": "f", "process": {}})")
        == "/process/argv (line 1): is missing. The program and what it is told: a path, or a name "
           "that PATH is searched for, first.\n"
           "/process (line 1): one too many: this child has a factory already");
}

TEST_CASE("rules about the child alone hold without a supervisor") {
  CHECK(said_of(R"({"id": "a", "factory": "f", "task_role": "sidecar"})")
        == "/sidecar_config (line 1): is missing: a sidecar has a primary_child_id, the sibling it "
           "helps");
  CHECK(said_of(R"({"id": "a", "factory": "f", "task_role": "sidecar",
                    "sidecar_config": {"primary_child_id": "a"}})")
        == "/sidecar_config/primary_child_id (line 2): \"a\" is its own primary: name the sibling "
           "it helps");
  CHECK(said_of(R"({"id": "a", "supervisor": {"strategy": "simple_one_for_one"}})")
        == "/supervisor/children (line 1): simple_one_for_one has one child, the template that all "
           "others are made of, and here are 0");
}

SCENARIO("a child that is added must fit its supervisor") {
  GIVEN("a supervisor that says nothing") {
    THEN("it takes a child, and does not look for its dependencies") {
      CHECK(adding("", "") == "");
      CHECK(adding(R"("dependencies": ["b"])", "") == "");
      CHECK(adding(R"("task_role": "sidecar", "sidecar_config": {"primary_child_id": "b"})", "")
            == "");
    }
    THEN("it has no groups and minds no significant child") {
      CHECK(adding(R"("group": "front")", "")
            == "/group: \"front\" is no group: there are no group_configs here");
      CHECK(adding(R"("restart": "transient", "significant": true)", "")
            == "/significant: means nothing to a supervisor whose auto_shutdown is never: say "
               "any_significant or all_significant there");
    }
  }
  GIVEN("one with groups") {
    const auto* const groups = R"("group_configs": [{"name": "front"}, {"name": "back"}])";
    THEN("the child is in one of them") {
      CHECK(adding(R"("group": "back")", groups) == "");
      CHECK(adding(R"("group": "bakc")", groups)
            == "/group: \"bakc\" is none of the groups front, back, did you mean \"back\"?");
    }
  }
  GIVEN("one with strategies for tags") {
    const auto* const tags = R"("children": [{"id": "x", "factory": "f", "tags": ["fast"]},
      {"id": "y", "factory": "f", "tags": ["slow"]}],
      "group_strategies": [{"group": "fast"}, {"group": "slow"}])";
    THEN("the child follows no more than one") {
      CHECK(adding(R"("tags": ["slow", "big"])", tags) == "");
      CHECK(adding(R"("tags": ["slow", "big", "fast"])", tags)
            == "/tags: two group_strategies are for \"a\", by \"slow\" and by \"fast\": one child "
               "follows one");
    }
  }
  GIVEN("one that ends with its significant children") {
    THEN("what is restarted for ever is not significant") {
      const std::string any = R"("auto_shutdown": "any_significant")";
      const std::string why = "/significant: does not go with a permanent child, which never stays "
                              "down: make it transient or temporary";
      CHECK(adding(R"("significant": true)", any) == why);
      CHECK(adding(R"("significant": true)", any + R"(, "defaults": {"restart": "transient"})")
            == "");
      CHECK(adding(R"("significant": true, "restart": "permanent")",
                   any + R"(, "defaults": {"restart": "transient"})")
            == why);
    }
  }
  GIVEN("a pool") {
    THEN("it takes nobody else") {
      CHECK(adding("", R"("strategy": "simple_one_for_one",
                          "children": [{"id": "x", "factory": "f"}])")
            == "/: its supervisor is simple_one_for_one: all children there are made of the "
               "template");
    }
  }
  GIVEN("a child that is wrong in itself and here") {
    THEN("both are said") {
      CHECK(to_string(
              validate_child({.id = "a b", .more = child_details{.group = "g"}}, declared_spec{}))
            == "/id: \"a b\" is no id: a letter or _, then letters, digits, _ and -\n"
               "/start: a child needs something to start\n"
               "/group: \"g\" is no group: there are no group_configs here");
    }
  }
}
