// Places in a file, and values that are none of what may stand there.

#include "said.hpp"

#include <supervisor/config/document.hpp>
#include <supervisor/config/finder.hpp>

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

/// The place that is nearest to this one.
std::string nearest(const config::document& all, std::string_view place) {
  return all.pointer(config::finder{all}.nearest(place));
}

} // namespace

TEST_CASE("a place with a stroke or a tilde in its name is found again") {
  const auto all = config::document::parse(R"({"a/b": {"c~d": [1, 2]}, "e": null})");
  REQUIRE(all);
  CHECK(nearest(*all, "/a~1b/c~0d/1") == "/a~1b/c~0d/1");
  CHECK(config::finder{*all}.nearest("/a~1b/c~0d/1").number == 2);
}

TEST_CASE("where a place is not there its neighbourhood is") {
  const auto all = config::document::parse(R"({"a": {"b": [1, 2]}, "c": "d"})");
  REQUIRE(all);
  CHECK(nearest(*all, "/a/none/of/these") == "/a");
  CHECK(nearest(*all, "/a/b/2") == "/a/b");
  CHECK(nearest(*all, "/a/b/x") == "/a/b");
  CHECK(nearest(*all, "/c/d") == "/c");
  CHECK(nearest(*all, "/a~") == "");
  CHECK(nearest(*all, "") == "");
}

TEST_CASE("a name that is there twice is found wherever it is") {
  const auto all = config::document::parse(R"({"a": 1, "b": [{"c": 1, "d": 2, "c": 3}], "a": 2})");
  REQUIRE(all);
  std::string places;
  for (const auto* x : all->repeated())
    places += all->pointer(*x) + " ";
  CHECK(places == "/a /b/0/c ");
}

TEST_CASE("kinds of values have names") {
  using config::value;
  CHECK(config::name_of(value::kind::null) == "null");
  CHECK(config::name_of(value::kind::boolean) == "a boolean");
  CHECK(config::name_of(value::kind::number) == "a number");
  CHECK(config::name_of(value::kind::text) == "a string");
  CHECK(config::name_of(value::kind::array) == "an array");
  CHECK(config::name_of(value::kind::object) == "an object");
}
