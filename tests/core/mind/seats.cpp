#include "core_under_test.hpp"

using namespace supervisor;
using namespace std::chrono_literals;

// A seat that is free, and what is still on its way to whoever had it.

TEST_CASE("nobody is told of a child that was removed while its regroup went down") {
  declared_spec shop{.strategy = strategy::one_for_all, .children = {worker("a"), worker("b")}};
  shop.children[0].backoff = {5s, 5s};
  core_under_test it{shop};
  it.start();
  it.slow_to_stop = {"b"};
  it.crash("a");
  it.command(command::remove_child, "a");
  CHECK_FALSE(it.has("a"));
  CHECK(it.exits("b", cancelled) == "wait 5s");
  CHECK(it.last(event_type::backoff_scheduled).who == life{});
  CHECK(it.advance(5s) == "start b");
}

TEST_CASE("a word of a life before the last one of a removed child is a word of nobody") {
  core_under_test it{{.children = {worker("a"), worker("b")}}};
  it.start();
  const auto first = it.life_of("a");
  it.crash("a");
  it.advance(1s);
  it.command(command::remove_child, "a");
  it.feed({.what = news::heartbeat, .who = first});
  CHECK(it.last(event_type::child_attempt_stale_report).who == life{});
}

TEST_CASE("a child with abandoned actors below it keeps its place until they have ended") {
  core_under_test it{{.children = {worker("sub"), worker("b")}}};
  it.start();
  it.slow_to_stop = {"sub"};
  it.command(command::pause_child, "sub");
  const auto life = it.life_of("sub");
  it.feed({.what = news::lingering, .who = life, .count = 1});
  it.exits("sub", cancelled);
  it.command(command::remove_child, "sub");
  CHECK(it.said().no == objection::still_running);
  CHECK(it.has("sub"));
  it.feed({.what = news::late_end, .who = life});
  it.command(command::remove_child, "sub");
  CHECK(it.said().no == objection::none);
  CHECK_FALSE(it.has("sub"));
}

TEST_CASE("an added child that can neither start nor stop takes nobody with it") {
  core_under_test it{{.children = {worker("a")}}};
  it.start();
  it.slow_to_start = it.slow_to_stop = it.immortal = {"x"};
  auto x = worker("x");
  x.start_timeout = 1s;
  it.add(x);
  CHECK(it.advance(60s) == "stop x, kill x, abandon x");
  CHECK(it.said().no == objection::still_running);
  CHECK_FALSE(it.finished);
  CHECK(it.row("a").now == phase::up);
  it.exits("x", killed);
  CHECK_FALSE(it.has("x"));
}
