#include "walk.hpp"

#include <algorithm>

using namespace supervisor;

namespace {

constexpr std::uint64_t seeds = 1500;

/// All commands are answered, but for children that were added and wait for one that is held.
void check_answers(const core_under_test& it) {
  CHECK_FALSE(it.state().revising.on);
  for (const auto& x : it.state().promises) {
    CHECK(x.order == command::start_child);
    CHECK(it.state().children[x.who].waits_for == wait_reason::dependencies);
  }
  CHECK(it.unanswered() == it.state().promises.size());
}

} // namespace

TEST_CASE("whatever happens the core keeps its promises and ends when told") {
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    INFO("seed " << seed);
    std::mt19937_64 d{seed};
    walk w{d, true};
    auto& it = w.it;
    live(w, d);
    end(w);
    REQUIRE(it.finished);
    CHECK(it.unanswered() == 0);
  }
}

TEST_CASE("once all is well nobody is left waiting for what will not come") {
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    INFO("seed " << seed);
    std::mt19937_64 d{seed};
    walk w{d, false};
    auto& it = w.it;
    live(w, d);
    get_well(it);
    if (it.finished)
      continue;
    for (const auto& id : it.ids())
      CHECK_MESSAGE(is_settled(it, id), id);
    CHECK(std::ranges::none_of(it.state().regroups, &regroup::open));
    CHECK(it.begun);
    CHECK(it.state().starting == 0);
    CHECK((it.state().line.empty() && it.state().lined_up == 0));
    check_answers(it);
  }
}
