// Whether two declared starts are one and the same, and why not.

#include "core_under_test.hpp"

#include <supervisor/changes/changes.hpp>

#include <algorithm>

using namespace supervisor;

namespace {

declared_start below() {
  return {.nested
          = std::make_shared<const declared_spec>(declared_spec{.children = {worker("a")}})};
}

} // namespace

TEST_CASE("two nested supervisors start the same whatever their children") {
  CHECK(same_start(below(), {.nested = std::make_shared<const declared_spec>()}));
  CHECK(start_difference(below(), below()) == "");
}

TEST_CASE("a supervisor is no worker and a worker is no supervisor") {
  const declared_start worker{.factory = "f"};
  CHECK_FALSE(same_start(below(), worker));
  CHECK_FALSE(same_start(worker, below()));
  CHECK(start_difference(below(), worker) == "start: it is no supervisor any more");
  CHECK(start_difference(worker, below()).starts_with("start: it is a supervisor "));
}

TEST_CASE("a supervisor whose groups and tags get limits changes in place") {
  declared_spec before{.children = {worker("a"), worker("b")}};
  before.children[0].more.make().tags = {"t"};
  before.more.make().group_strategies = {{.group = "t", .strategy = strategy::one_for_all}};
  auto after = before;
  after.more.make().group_strategies[0].restart_limit = policies::restart_limit{3};
  const auto found = changes(before, after);
  const auto of_a = std::ranges::find(found, "/a", &change::path);
  REQUIRE(of_a != found.end());
  CHECK(of_a->what == change_kind::change_in_place);
  CHECK(of_a->why.size() == 1);
  const auto of_b = std::ranges::find(found, "/b", &change::path);
  REQUIRE(of_b != found.end());
  CHECK(of_b->what == change_kind::nothing);
}
