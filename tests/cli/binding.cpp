#include "supervisor/cli/catalog.hpp"
#include "supervisor/config/json.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

caf::behavior idle(caf::event_based_actor*) {
  return {[](int) {}};
}

program no_program() {
  return {.shut_down = [](auto, auto) {}, .at_end = [](auto) {}, .folder = "."};
}

declared_spec declared(std::string_view json) {
  auto spec = read_spec(json);
  REQUIRE_MESSAGE(spec, to_string(spec ? faults{} : spec.error()));
  return *std::move(spec);
}

declared_spec with_children(const std::string& children) {
  return declared(R"({"version": 1, "children": [)" + children + "]}");
}

/// Knows "idle", "picky" and "broken", and notes the arguments of "idle".
catalog words(std::vector<std::string>* seen = nullptr) {
  catalog known;
  known.add("idle", "does nothing", [seen](std::string_view args, program&) {
    if (seen)
      seen->emplace_back(args);
    return worker(idle);
  });
  known.add("picky", "takes nothing", [](std::string_view, program&) -> expected<launcher> {
    return faults{{"/size", "is too large"}, {"", "is not what I want"}};
  });
  known.add("broken", "throws", [](std::string_view, program&) -> expected<launcher> {
    throw std::runtime_error{"out of luck"};
  });
  return known;
}

std::string said(const declared_spec& spec) {
  auto in = no_program();
  const auto bound = words().bind(spec, in);
  return bound ? "ok" : to_string(bound.error());
}

} // namespace

SCENARIO("a declared tree is bound to the factories of a program") {
  GIVEN("a tree that says all that can be said") {
    const auto spec = declared(R"({
      "version": 1, "id": "shop", "strategy": "rest_for_one",
      "intensity": {"restarts": 3, "period": "7s"},
      "defaults": {"restart": "transient", "shutdown": "9s"},
      "children": [
        {"id": "db", "factory": "idle", "args": {"x": 1}},
        {"id": "web", "name": "web front", "factory": "idle", "tags": ["public"],
         "dependencies": ["db"], "restart": "temporary", "criticality": "optional",
         "backoff": {"initial_delay": "20ms", "max_delay": "2s", "jitter": "full"},
         "shutdown": {"graceful_timeout": "3s", "abort_wait": "4s"},
         "readiness_policy": "explicit", "start_timeout": "11s"},
        {"id": "sub", "supervisor": {"strategy": "one_for_all", "children": [
          {"id": "leaf", "factory": "idle"}]}}]})");
    std::vector<std::string> seen;
    auto in = no_program();

    WHEN("it is bound") {
      const auto bound = words(&seen).bind(spec, in);
      REQUIRE(bound);

      THEN("the supervisor is what it was") {
        CHECK(bound->id == "shop");
        CHECK(bound->strategy == strategy::rest_for_one);
        CHECK(bound->intensity == intensity{3, 7s});
        CHECK(bound->defaults.restart == restart::transient);
        CHECK(bound->defaults.shutdown == spec.defaults.shutdown);
      }

      THEN("so is every child") {
        REQUIRE(bound->children.size() == 3);
        const auto& web = bound->children[1];
        const auto& was = spec.children[1];
        CHECK(web.id == "web");
        CHECK(web.restart == restart::temporary);
        CHECK(web.backoff == backoff{20ms, 2s, jitter::full()});
        CHECK(web.shutdown == was.shutdown);
        CHECK(web.readiness == readiness::on_report);
        CHECK(web.dependencies == std::vector<std::string>{"db"});
        CHECK(web.criticality == criticality::optional);
        CHECK(web.start_timeout == nanoseconds{11s});
        REQUIRE(web.more);
        CHECK(web.more->name == "web front");
        CHECK(web.more->tags == std::vector<std::string>{"public"});
      }

      THEN("nested ones, too") {
        const auto* below = bound->children[2].start.tree();
        REQUIRE(below);
        CHECK(below->strategy == strategy::one_for_all);
        CHECK(below->children.at(0).id == "leaf");
      }

      THEN("it can be started") { CHECK(to_string(validate(*bound)) == ""); }

      THEN("factories get their arguments as they stand, and an empty object otherwise") {
        CHECK(seen == std::vector<std::string>{R"({"x":1})", "{}", "{}"});
      }
    }
  }
}

SCENARIO("what a program does not know is told at once") {
  CHECK(said(with_children(R"({"id": "a", "factory": "idel"}, {"id": "b", "supervisor":
          {"children": [{"id": "c", "factory": "something else"}]}})"))
        == "/children/0/factory: unknown factory \"idel\", did you mean \"idle\"?\n"
           "/children/1/supervisor/children/0/factory: unknown factory \"something else\", known "
           "here: broken, idle, picky");
}

TEST_CASE("what a factory refuses has its place in the file") {
  CHECK(said(with_children(R"({"id": "a", "factory": "idle"}, {"id": "b", "factory": "picky"})"))
        == "/children/1/args/size: is too large\n/children/1/args: is not what I want");
}

TEST_CASE("a factory that throws is a fault and no crash") {
  CHECK(said(with_children(R"({"id": "a", "factory": "broken"})"))
        == "/children/0/args: the factory threw: out of luck");
}

TEST_CASE("what is bound from the same words again is the same start") {
  const auto with_size = [](const std::string& size) {
    auto in = no_program();
    return *words().bind(with_children(R"({"id": "a", "factory": "idle", "args": {"size": )" + size
                                       + R"(}}, {"id": "b", "factory": "idle"})"),
                         in);
  };
  CHECK(to_string(changes(with_size("1"), with_size("1"))) == "3 as they are\n");
  CHECK(to_string(changes(with_size("1"), with_size("2")))
        == "restart  /a  args: {\"size\":1} -> {\"size\":2}\n1 to restart, 2 as they are\n");
}

TEST_CASE("a child from JSON has all its faults at once") {
  auto in = no_program();
  const auto child
    = child_from_json(R"({"id": "a", "factory": "idel", "shutdown": 5})", words(), in);
  REQUIRE_FALSE(child);
  CHECK(to_string(child.error())
        == "/factory (line 1): unknown factory \"idel\", did you mean \"idle\"?\n"
           "/shutdown (line 1): is a bare number: write \"5s\", not 5");
}

TEST_CASE("what can be bound is bound, whatever else is wrong") {
  auto in = no_program();
  const auto known = words().bind_known(
    with_children(R"({"id": "a", "factory": "idel"}, {"id": "b", "factory": "idle"})"), in);
  CHECK(known.wrong.size() == 1);
  REQUIRE(known.spec.children.size() == 2);
  CHECK(known.spec.children[0].start.empty());
  CHECK_FALSE(known.spec.children[1].start.empty());
}

TEST_CASE("a catalog knows what it was told") {
  const auto known = words();
  CHECK(known.knows("idle"));
  CHECK_FALSE(known.knows("idel"));
  CHECK(known.names() == std::vector<std::string_view>{"broken", "idle", "picky"});
  CHECK(known.about("idle") == "does nothing");
  CHECK(known.about("idel") == "");
}
