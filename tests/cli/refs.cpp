// Refs among the arguments of factories, in a program with a catalog of its own.

#include "program.hpp"

#include "supervisor/cli/catalog.hpp"
#include "supervisor/cli/commands/loading.hpp"

#include <doctest/doctest.h>

using namespace supervisor;

namespace {

caf::behavior idle(caf::event_based_actor*) {
  return {[](int) {}};
}

struct counter : caf::event_based_actor {
  using caf::event_based_actor::event_based_actor;
};

caf::behavior asking(caf::event_based_actor*, const supervised_ref<>&) {
  return {[](int) {}};
}

catalog known() {
  catalog all;
  all.add("store", "keeps", [](std::string_view, program&) { return worker(idle); });
  all.add("web", "asks the store",
          [](std::string_view, program&) { return worker(asking, ref<>("store")); });
  all.add("lock", "needs a size", [](std::string_view args, program&) -> expected<launcher> {
    if (args == "{}")
      return fault{"/size", "is missing"};
    return worker(idle);
  });
  return all;
}

std::string said(const std::string& children) {
  const text_file file{R"({"version": 1, "children": [)" + children + "]}"};
  program in{.shut_down = [](auto, auto) {}, .at_end = [](auto) {}, .folder = "."};
  const auto loaded = load_tree(file.path(), known(), in);
  return to_string(loaded.file.wrong());
}

} // namespace

TEST_CASE("a ref to nobody is found before anything runs, with the other faults") {
  CHECK(said(R"({"id": "store", "factory": "store"}, {"id": "web", "factory": "web"})") == "");
  CHECK(
    said("{\"id\": \"stores\", \"factory\": \"store\"},\n{\"id\": \"web\", \"factory\": \"web\"}")
    == "/children/1/start (line 2): a ref names no child of this tree: /store, did you mean "
       "\"/stores\"?");
  CHECK(said("{\"id\": \"x\", \"factory\": \"shop\"},\n{\"id\": \"web\", \"factory\": \"web\"}")
        == "/children/0/factory (line 1): unknown factory \"shop\", known here: lock, store, web\n"
           "/children/1/start (line 2): a ref names no child of this tree: /store");
}

TEST_CASE("arguments that may have been meant are not missed") {
  CHECK(said(R"({"id": "a", "factory": "lock"})") == "/children/0/args/size (line 1): is missing");
  CHECK(said(R"({"id": "a", "factory": "lock", "arg": {"size": 5}})")
        == "/children/0/arg (line 1): unknown key \"arg\", did you mean \"args\"?");
}

TEST_CASE("a ref may name one that could not be read") {
  CHECK(said("{\"factory\": \"store\"},\n{\"id\": \"web\", \"factory\": \"web\"}")
        == "/children/0/id (line 1): is missing. What the child is called, unique among its "
           "siblings.");
  CHECK(said("{\"id\": \"store\", \"factory\": \"shop\"},\n{\"id\": \"web\", \"factory\": \"web\"}")
        == "/children/0/factory (line 1): unknown factory \"shop\", known here: lock, store, web");
}
