#include <doctest/doctest.h>
#include <supervisor/expected.hpp>

#include <stdexcept>
#include <string>

using namespace supervisor;

TEST_CASE("whoever takes a fault for a value is told which fault it is") {
  const expected<std::string> none = fault{"/till", "names no child of this tree"};
  const auto* const said = "there is no value, because of /till: names no child of this tree";
  CHECK_THROWS_WITH_AS(static_cast<void>(*none), said, std::logic_error);
  CHECK_THROWS_WITH_AS(static_cast<void>(none->size()), said, std::logic_error);
  CHECK_THROWS_WITH_AS(static_cast<void>(*expected<int>{faults{{"a", "b"}, {"c", "d"}}}),
                       "there is no value, because of a: b\nc: d", std::logic_error);
}

TEST_CASE("whoever takes a value for a fault is told so") {
  expected<std::string> some{"x"};
  *some += "y";
  CHECK(some->size() == 2);
  CHECK_THROWS_WITH_AS(static_cast<void>(some.error()), "there is no fault, but a value",
                       std::logic_error);
}
