#include "one_child.hpp"

#include <doctest/doctest.h>

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

/// The parts of a set by number and name, with what each says to a crash after an hour.
std::string parts_of(const restart_policy& p, const memory_slot& m, nanoseconds at) {
  std::string text;
  const situation s{.exit = {exit_class::panic}, .uptime = 1h, .now = time_point{at}};
  p.each_part(s, m, [&](const part_said& x) {
    text += (text.empty() ? "" : ", ") + std::to_string(x.number) + " " + std::string{x.name} + ": "
            + show(x.says);
  });
  return text;
}

/// Crashes of one child in front of a policy of any kind.
struct crashing {
  restart_policy policy;
  memory_slot memory{};

  decision at(nanoseconds moment) {
    const situation s{.exit = {exit_class::panic}, .uptime = 1h, .now = time_point{moment}};
    const auto d = policy.decide(s, memory);
    policy.remember(memory, s, d);
    return d;
  }
};

} // namespace

TEST_CASE("whoever names no limit is not asked at all") {
  CHECK_FALSE(as_policy(child_limits{}));
  CHECK_FALSE(as_policy(scope_limits{}));
  CHECK_FALSE(as_policy(scope_limits{.concurrent_restarts = 5}));
}

TEST_CASE("guarded means these numbers") {
  const auto child = guarded_child();
  CHECK(child.failure_window->threshold == 5);
  CHECK(child.failure_window->window == 60s);
  CHECK(child.restart_limit->max_restarts == 10);
  CHECK(child.restart_limit->window == 60s);
  CHECK(child.cold_start->max_restarts == 5);
  CHECK(child.cold_start->window == 60s);
  CHECK(child.hot_loop->min_restarts == 3);
  CHECK(child.hot_loop->window == 10s);
  CHECK(child.meltdown == meltdown_fuse{3, 10s, 120s, meltdown_scope::child});

  const auto group = guarded_group();
  CHECK(group.restart_budget == token_bucket{60s, 10, 0.5});
  CHECK(group.meltdown == meltdown_fuse{5, 30s, 120s, meltdown_scope::group});
  CHECK_FALSE(group.concurrent_restarts);

  const auto all = guarded_supervisor();
  CHECK(all.restart_budget == token_bucket{60s, 10, 0.5});
  CHECK(all.meltdown == meltdown_fuse{10, 60s, 120s, meltdown_scope::supervisor});
  CHECK(all.concurrent_restarts == 5);
}

SCENARIO("a set of limits is one limit") {
  GIVEN("a guarded child that crashes every three seconds") {
    crashing child{*as_policy(guarded_child())};
    CHECK(show(child.at(0s)) == "restart");
    CHECK(show(child.at(3s)) == "restart");
    THEN("the longest wait counts and its part is named") {
      const auto d = child.at(6s);
      CHECK(show(d) == "restart after 120s");
      CHECK(d.because == 5);
    }
    THEN("every part says what it thinks") {
      CHECK(parts_of(child.policy, child.memory, 6s)
            == "1 failure_window: restart, 2 restart_limit: restart, 3 cold_start: restart, "
               "4 hot_loop: restart after 4s, 5 meltdown: restart after 120s");
    }
  }
  GIVEN("only two of the five") {
    crashing child{*as_policy(child_limits{.restart_limit = restart_limit{.max_restarts = 1},
                                           .hot_loop = hot_loop{.min_restarts = 2}})};
    child.at(0s);
    THEN("they keep their numbers and the others are silent") {
      CHECK(parts_of(child.policy, child.memory, 1s)
            == "2 restart_limit: escalate, 4 hot_loop: restart after 9s");
      CHECK(child.at(1s).because == 2);
    }
    THEN("what one refuses is not charged by the other") {
      CHECK(show(child.at(1s)) == "escalate");
      CHECK(parts_of(child.policy, child.memory, 10s)
            == "2 restart_limit: escalate, 4 hot_loop: restart");
    }
  }
  GIVEN("a guarded group") {
    crashing group{*as_policy(guarded_group())};
    THEN("its fifth failure pauses it") {
      for (auto at = 0s; at < 4s; at += 1s)
        CHECK(show(group.at(at)) == "restart");
      CHECK(show(group.at(4s)) == "pause_group for 120s");
    }
  }
}

TEST_CASE("a set makes room for the largest count it names") {
  for (const std::uint32_t most : {16u, 17u, 128u, 129u, 1024u}) {
    crashing child{*as_policy(child_limits{.restart_limit = restart_limit{.max_restarts = most}})};
    for (std::uint32_t i = 0; i < most; ++i)
      REQUIRE(show(child.at(0s)) == "restart");
    CHECK(show(child.at(0s)) == "escalate");
  }
}

TEST_CASE("a count larger than can be counted trips at what can be") {
  crashing child{*as_policy(child_limits{.restart_limit = restart_limit{.max_restarts = 5000}})};
  for (std::uint32_t i = 0; i < most_countable; ++i)
    REQUIRE(show(child.at(0s)) == "restart");
  CHECK(show(child.at(0s)) == "escalate");
}

TEST_CASE("unlimited needs no room and never trips") {
  const auto unlimited_child = child_limits{.restart_limit = restart_limit{unlimited},
                                            .hot_loop = hot_loop{.min_restarts = unlimited}};
  CHECK(largest_count(unlimited_child) == 0);
  crashing child{*as_policy(unlimited_child)};
  for (int i = 0; i < 5000; ++i)
    REQUIRE(show(child.at(0s)) == "restart");
}

TEST_CASE("sets are compared by their limits") {
  CHECK(guarded_child() == guarded_child());
  CHECK_FALSE(guarded_child() == child_limits{});
  CHECK_FALSE(guarded_group() == guarded_supervisor());
}

TEST_CASE("memories have no padding that could tell equal ones apart") {
  CHECK(std::has_unique_object_representations_v<memory_of<failure_window>>);
  CHECK(std::has_unique_object_representations_v<memory_of<restart_limit>>);
  CHECK(std::has_unique_object_representations_v<memory_of<token_bucket>>);
  CHECK(std::has_unique_object_representations_v<memory_of<cold_start>>);
  CHECK(std::has_unique_object_representations_v<memory_of<hot_loop>>);
  CHECK(std::has_unique_object_representations_v<memory_of<meltdown_fuse>>);
  CHECK(std::has_unique_object_representations_v<memory_of<circuit_breaker>>);
  CHECK(sizeof(memory_of<decaying_score>) == 3 * 8);
  CHECK(sizeof(memory_of<limit_set<child_limits, 16>>)
        == sizeof(failures_seen<16>) + 3 * sizeof(sliding<16>) + sizeof(cold_start::memory));
  CHECK(sizeof(memory_of<limit_set<scope_limits, 16>>)
        == sizeof(token_bucket::memory) + sizeof(sliding<16>));
}
