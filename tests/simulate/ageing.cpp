#include "trial.hpp"

using namespace supervisor;
using namespace std::chrono_literals;

TEST_CASE("simulated children do not age") {
  declared_spec tree{.children = {worker("web")}};
  tree.children[0].more.make().recycle = recycle_policy{.max_age = 1s};
  tree.children[0].more.make().start_before_stop = true;
  const auto x = trial(tree, "crash web at 5s", {.how_long = 1min});
  CHECK(x.restarts == 1);
  CHECK(story_of(x, "/web").restarts == 1);
}
