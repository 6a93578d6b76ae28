#include "core_under_test.hpp"

#include <doctest/doctest.h>

// Commands that come while children that go down together wait until they may come up again.

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

declared_child_spec patient(std::string id) {
  return {.id = std::move(id), .start = {"x"}, .backoff = {.first = 60s, .longest = 60s}};
}

declared_spec house(strategy how) {
  return {.strategy = how, .children = {patient("a"), patient("f"), patient("c"), patient("d")}};
}

} // namespace

SCENARIO("a child that a command starts while its group waits is restarted with the group") {
  GIVEN("one that is added") {
    core_under_test it{house(strategy::rest_for_one)};
    it.start();
    CHECK(it.crash("f") == "stop d, stop c, wait 1min");
    CHECK(it.add(patient("z")) == "start z");
    THEN("it stops with the next try, and comes up in its place") {
      CHECK(it.advance(60s) == "stop z, start f, start c, start d, start z");
      CHECK(it.row("z").now == phase::up);
      CHECK(it.state().strikes.size() == 1);
    }
    THEN("nobody comes up before it is down") {
      it.slow_to_stop = {"z"};
      CHECK(it.advance(60s) == "stop z");
      CHECK(it.exits("z", cancelled) == "");
      CHECK(it.advance(0s) == "start f, start c, start d, start z");
    }
    THEN("it is not touched by a group that it does not belong to") {
      CHECK(it.row("a").now == phase::up);
    }
  }
  GIVEN("one that an operator had held") {
    core_under_test it{house(strategy::one_for_all)};
    it.start();
    it.command(command::pause_child, "c");
    it.crash("f");
    CHECK(it.command(command::resume_child, "c") == "start c");
    CHECK(it.advance(60s) == "stop c, start a, start f, start c, start d");
  }
  GIVEN("one of the group that is restarted by command") {
    core_under_test it{house(strategy::rest_for_one)};
    it.start();
    it.crash("f");
    CHECK(it.command(command::restart_child, "d") == "start d");
    CHECK(it.said().fence == fence_decision::started_immediately);
    CHECK(it.advance(60s) == "stop d, start f, start c, start d");
  }
  GIVEN("one that is started by command, and fails before the group comes up") {
    for (const auto how : {strategy::rest_for_one, strategy::one_for_all}) {
      core_under_test it{house(how)};
      it.start();
      it.crash("f");
      it.advance(20s);
      CHECK(it.command(command::restart_child, "d") == "start d");
      CHECK(it.command(command::restart_child, "c") == "start c");
      CHECK(it.crash("c") == "stop d, wait 1min");
      CHECK(it.advance(59s) == "");
      const std::string first = how == strategy::one_for_all ? "start a, " : "";
      CHECK(it.advance(1s) == first + "start f, start c, start d");
      CHECK(it.state().strikes.size() == 2);
      CHECK(it.advance(1h) == "");
    }
  }
  GIVEN("one that is started by command, and has nothing to do") {
    for (const auto how : {strategy::rest_for_one, strategy::one_for_all}) {
      core_under_test it{house(how)};
      it.start();
      it.crash("f");
      it.slow_to_start = {"d"};
      CHECK(it.command(command::restart_child, "d") == "start d");
      CHECK(it.feed({.what = news::ignored, .who = it.life_of("d")}) == "");
      CHECK(it.row("d").now == phase::down);
      const std::string first = how == strategy::one_for_all ? "start a, " : "";
      CHECK(it.advance(60s) == first + "start f, start c, start d");
    }
  }
  GIVEN("one that is added, and ends well before the group comes up") {
    core_under_test it{house(strategy::rest_for_one)};
    it.start();
    it.crash("f");
    auto brief = patient("z");
    brief.restart = restart::transient;
    CHECK(it.add(brief) == "start z");
    it.exits("z", ended_well);
    CHECK(it.advance(60s) == "start f, start c, start d, start z");
  }
  GIVEN("nobody is started meanwhile") {
    core_under_test it{house(strategy::rest_for_one)};
    it.start();
    it.crash("f");
    CHECK(it.advance(60s) == "start f, start c, start d");
  }
}

SCENARIO("a restart of the child that a group waits for starts the group at once") {
  for (const auto how : {strategy::rest_for_one, strategy::one_for_all}) {
    core_under_test it{house(how)};
    it.start();
    it.crash("f");
    const std::string first = how == strategy::one_for_all ? "start a, " : "";
    CHECK(it.command(command::restart_child, "f") == first + "start f, start c, start d");
    CHECK(it.said().fence == fence_decision::started_immediately);
    CHECK(it.advance(1h) == "");
  }
}

TEST_CASE("the others of a group come up if the one that failed is terminated while it waits") {
  core_under_test it{house(strategy::rest_for_one)};
  it.start();
  it.crash("f");
  CHECK(it.command(command::terminate_child, "f") == "");
  CHECK(it.advance(60s) == "start c, start d");
}
