#include "trial.hpp"

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

declared_spec tree_of(std::size_t children) {
  declared_spec tree{.intensity = {.restarts = unlimited}};
  for (std::size_t i = 0; i < children; ++i)
    tree.children.push_back(worker("c" + std::to_string(i)));
  return tree;
}

} // namespace

TEST_CASE("the worst minute is the one with the most restarts") {
  const auto x = trial(tree_of(2), "crash c0 every 30s\n"
                                   "crash c1 every 2s from 10min until 10min30s\n"
                                   "crash c1 at 10min40s");
  CHECK(x.restarts == 119 + 17);
  CHECK(x.worst.restarts == 20); // a minute with both its ends
  CHECK(x.worst.from == 10min + 10ms);
}

TEST_CASE("an outage is as long as the longest one and ends with the simulation") {
  auto tree = tree_of(2);
  tree.children[1].restart = restart::temporary;
  const auto x = trial(tree, "crash c0 after 100ms\ncrash c1 at 400ms", {.how_long = 1s});
  CHECK(story_of(x, "/c0").restarts == 5);
  CHECK(story_of(x, "/c0").longest_outage == 160ms);
  CHECK(story_of(x, "/c1").longest_outage == 600ms);
  CHECK(story_of(x, "/c1").is_down);
}

SCENARIO("luck") {
  GIVEN("a script that leaves times to it") {
    const auto with_seed = [](std::uint64_t seed) {
      return to_json(trial(tree_of(10), "crash * every 500ms..2s\nstart * takes 1ms..9ms",
                           {.how_long = 1min, .seed = seed}));
    };

    THEN("the same seed gives the same simulation to the last byte") {
      CHECK((with_seed(7) == with_seed(7)));
    }

    THEN("another seed gives another one") { CHECK((with_seed(7) != with_seed(8))); }
  }

  GIVEN("a crash every so often, by luck") {
    const auto x = trial(tree_of(1), "crash c0 every 500ms..1500ms", {.how_long = 1000s});
    const auto all = x.restarts + story_of(x, "/c0").missed;

    THEN("it is as often as the middle of the two says") {
      CHECK(all > 950);
      CHECK(all < 1050);
    }
  }

  GIVEN("two lines about the same") {
    THEN("the later one counts") {
      const auto x = trial(tree_of(2), "start * takes 1s\nstart c1 takes 3s", {.how_long = 10s});
      CHECK(told(x)
            == "  0:00:04.000  every child was started\n"
               "  0:00:10.000  told to stop\n"
               "  0:00:10.000  everybody is down\n");
    }
  }
}

TEST_CASE("the timeline keeps as many moments as it is told") {
  const auto kept = [](std::size_t n) {
    return trial(tree_of(1), "crash c0 every 2s", {.how_long = 21s, .kept = n}).timeline;
  };
  CHECK(kept(0).count == 23); // started, 10 ends, 10 restarts, told to stop, over
  CHECK(kept(0).first.empty());
  CHECK(kept(0).last.empty());
  CHECK(kept(3).first.size() == 3);
  CHECK(kept(3).last.size() == 3);
  CHECK(kept(3).left_out() == 17);
  CHECK(kept(3).last.back().what == moment_kind::over);
  CHECK(kept(20).first.size() == 20);
  CHECK(kept(20).last.size() == 3);
  CHECK(kept(all_moments).first.size() == 23);
  CHECK(kept(all_moments).left_out() == 0);
}

TEST_CASE("an hour of a hundred children that crash all the time") {
  const auto x = trial(tree_of(100), "crash * every 500ms..2s");
  CHECK(x.how == simulation_outcome::held_out);
  CHECK(x.restarts > 250'000);
  CHECK(x.timeline.count > 500'000);
}

TEST_CASE("a hundred thousand children of which one crashes") {
  const auto x = trial(tree_of(100'000), "crash c7 every 500ms..2s");
  CHECK(x.restarts > 2'500);
}

namespace {

/// Whoever crashes waits five seconds, and nobody crashes twice.
struct patience {
  static constexpr std::string_view name = "patience";

  decision decide(const situation& s) const {
    return s.streak == 0 ? restart_after(5s) : quarantine();
  }
};

} // namespace

SCENARIO("rules that postpone and rules that refuse") {
  GIVEN("a child with a limit of its own beside its restart policy") {
    auto tree = tree_of(1);
    tree.children[0].policy = with(standard_policy{}, patience{});
    const auto x = trial(tree, "crash c0 after 100ms");

    THEN("it is counted how often it had the last word, and for what") {
      REQUIRE(x.rules.size() == 1);
      CHECK(x.rules.front().rule == "patience");
      CHECK(x.rules.front().postponed == 1);
      CHECK(x.rules.front().refused == 1);
      REQUIRE(x.refusals.size() == 1);
      CHECK(x.refusals.front().at == 5200ms);
      CHECK(x.refusals.front().instead == verdict::quarantine);
      CHECK(told(x)
            == "  0:00:00.100  /c0 panicked, restart in 5s\n"
               "  0:00:05.100  /c0 restarted, attempt 2\n"
               "  0:00:05.200  /c0 panicked, quarantined\n");
    }
  }
}
