#include "supervisor/cli/catalog.hpp"

#include <doctest/doctest.h>
#include <supervisor/test/tree.hpp>

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

caf::behavior idle(caf::event_based_actor*) {
  return {[](int) {}};
}

catalog words() {
  catalog known;
  known.add("idle", "does nothing", [](std::string_view, program&) { return worker(idle); });
  known.add("picky", "takes nothing", [](std::string_view, program&) -> expected<launcher> {
    return fault{"/size", "is too large"};
  });
  return known;
}

expected<child_spec> child_of(std::string_view text) {
  program in{.shut_down = [](auto, auto) {}, .at_end = [](auto) {}, .folder = "."};
  return child_from_json(text, words(), in);
}

std::string said(std::string_view text) {
  const auto child = child_of(text);
  return child ? "ok" : to_string(child.error());
}

} // namespace

SCENARIO("a child that is declared as text joins a running tree") {
  GIVEN("a tree with one child") {
    test::tree it{{.children = {{.id = "a", .start = worker(idle)}}}};
    WHEN("another is read and added") {
      auto child = child_of(R"({"id": "b", "factory": "idle", "dependencies": ["a"],
                                "restart": "transient", "shutdown": "2s"})");
      REQUIRE(child);
      const auto came = it.start_child(*std::move(child));
      REQUIRE(came);
      THEN("it runs and is what the text says") {
        CHECK(came->ok());
        CHECK(it.state_of("b").state == lifecycle::ready);
        CHECK(it.get_childspec("b")->restart == restart::transient);
        CHECK(it.get_childspec("b")->shutdown == stop_budget{2s});
      }
    }
    WHEN("a whole supervisor is") {
      auto child = child_of(R"({"id": "shop", "supervisor": {"children": [
                                 {"id": "till", "factory": "idle"}]}})");
      REQUIRE(child);
      REQUIRE(it.start_child(*std::move(child)));
      THEN("its children run") { CHECK(it.state_of("shop/till").state == lifecycle::ready); }
    }
    WHEN("one is added whose dependency is not there") {
      auto child = child_of(R"({"id": "b", "factory": "idle", "dependencies": ["nobody"]})");
      REQUIRE(child);
      THEN("the fault says where in the declaration") {
        CHECK(to_string(it.start_child(*std::move(child)).error())
              == "/dependencies/0: no sibling is called \"nobody\"");
      }
    }
  }
}

TEST_CASE("a text that declares no child says where and why") {
  CHECK(said(R"({"id": "b", "factory": "idel"})")
        == "/factory (line 1): unknown factory \"idel\", did you mean \"idle\"?");
  CHECK(said(R"({"id": "b", "factory": "picky"})") == "/args/size (line 1): is too large");
  CHECK(said(R"({"id": "b", "supervisor": {"children": [{"id": "c", "factory": "picky"}]}})")
        == "/supervisor/children/0/args/size (line 1): is too large");
  CHECK(said("{").find("line") != std::string::npos);
}
