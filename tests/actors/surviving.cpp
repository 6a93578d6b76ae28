#include <doctest/doctest.h>
#include <supervisor/test/survives.hpp>

#include <sstream>

using namespace supervisor;
using namespace std::chrono_literals;
using supervisor::test::crashes;
using supervisor::test::survives;

namespace {

caf::behavior till(caf::event_based_actor*) {
  return {[](int pieces) { return pieces; }};
}

supervisor_spec root(intensity above, intensity below) {
  return {.intensity = above,
          .children = {{.id = "shop",
                        .start = nested({.intensity = below,
                                         .children = {{.id = "till",
                                                       .start = worker(till),
                                                       .backoff = {.first = 1s, .longest = 30s}}}}),
                        .backoff = {.first = 0s}}}};
}

} // namespace

TEST_CASE("a test asks whether a tree survives") {
  CHECK(survives(root({1, 1s}, {3, 5s}), crashes{40}));
  CHECK_FALSE(survives(root({1, 1min}, {1, 5s}), crashes{12}));
}

TEST_CASE("what does not survive says how it falls") {
  std::ostringstream said;
  said << survives(root({0, 1s}, {1, 5s}), crashes{12});
  const auto text = said.str();
  CHECK(text.find("2 crashes bring it down, and no fewer (") == 0);
  CHECK(text.substr(text.find('\n') + 1)
        == "  1   0s         /shop/till  restart after 1s\n"
           "  2   1s         /shop/till  escalate (intensity); /shop: escalate (intensity)\n");
}

TEST_CASE("members of pools are not tried") {
  CHECK(
    survives({.children = {{.id = "tills", .start = pool({.id = "till", .start = worker(till)})}}},
             crashes{12}));
}

TEST_CASE("a tree with faults is not tried") {
  CHECK_THROWS_AS(survives({.children = {{.id = "", .start = worker(till)}}}, crashes{1}),
                  std::invalid_argument);
}
