#include "core_under_test.hpp"

#include <algorithm>

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

declared_spec pool(declared_child_spec made_of) {
  return {.strategy = strategy::simple_one_for_one,
          .intensity = {2, 1h},
          .children = {std::move(made_of)}};
}

void fill(core_under_test& it, int count) {
  for (int i = 0; i < count; ++i) {
    auto child = it.spec.children[0];
    child.id = "c" + std::to_string(i);
    CHECK(it.add(child) == "start " + child.id);
  }
}

} // namespace

SCENARIO("a pool begins empty and its children are made of a template") {
  core_under_test it{pool(worker("template"))};
  CHECK(it.start() == "begun");
  CHECK(it.state().members == 0);
  fill(it, 3);
  CHECK(it.state().members == 3);
  CHECK(it.plan().kinds.size() == 1);
  CHECK(it.stop() == "stop c2, stop c1, stop c0, finish");
}

SCENARIO("a restart in a pool touches nobody else") {
  GIVEN("a pool of two with two restarts") {
    core_under_test it{pool(worker("template"))};
    it.start();
    fill(it, 2);
    CHECK(it.crash("c0") == "wait 10ms");
    CHECK(it.advance(10ms) == "start c0");
    CHECK(it.row("c1").number == 1);
    it.crash("c0");
    it.advance(1s);
    CHECK(it.crash("c1") == "stop c0, give up over c1");
  }
}

SCENARIO("a pool is told to stop all at once") {
  GIVEN("a pool of slow children with five seconds each") {
    core_under_test it{pool(worker("template"))};
    it.start();
    fill(it, 3);
    it.slow_to_stop = {"c0", "c1", "c2"};
    CHECK(it.stop() == "stop c2, stop c1, stop c0");
    CHECK(it.advance(5s) == "kill c0, kill c1, kill c2, finish");
    CHECK(it.report() == "c0 aborted, c1 aborted, c2 aborted");
  }
  GIVEN("a pool of ten that are to be killed") {
    core_under_test it{pool(worker("template", brutal_kill))};
    it.start();
    fill(it, 10);
    it.stop();
    CHECK(it.finished);
    CHECK(it.over == aim::stop);
    CHECK(std::ranges::count(it.tally().outcomes, shutdown_status::aborted, &child_outcome::status)
          == 10);
  }
  for (const auto when : {restart::permanent, restart::transient, restart::temporary})
    for (const auto why : {ended_well, cancelled, died, killed}) {
      core_under_test it{pool({.id = "template", .start = {"x"}, .restart = when})};
      it.start();
      fill(it, 4);
      it.slow_to_stop = {"c0", "c1", "c2", "c3"};
      it.stop();
      it.together({{"c0", why}, {"c1", why}, {"c2", why}, {"c3", why}});
      CHECK(it.finished);
      CHECK(it.over == aim::stop);
      for (const auto& x : it.tally().outcomes)
        CHECK(x.exit.detail == why.detail);
    }
}

SCENARIO("who has nothing to run leaves the pool") {
  for (const auto when : {restart::permanent, restart::transient, restart::temporary}) {
    core_under_test it{pool({.id = "template", .start = {"x"}, .restart = when})};
    it.start();
    it.ignoring = {"c0"};
    fill(it, 1);
    CHECK(it.said().no == objection::none);
    CHECK_FALSE(it.has("c0"));
    CHECK(it.stop() == "finish");
  }
  for (const auto when : {restart::permanent, restart::transient}) {
    core_under_test it{pool({.id = "template", .start = {"x"}, .restart = when})};
    it.start();
    fill(it, 1);
    it.crash("c0");
    CHECK(it.advance(10ms) == "start c0");
    it.crash("c0");
    it.ignoring = {"c0"};
    it.advance(1s);
    CHECK_FALSE(it.has("c0"));
    CHECK(it.state().members == 0);
    CHECK(it.stop() == "finish");
  }
}

SCENARIO("a hanging restart loop in a pool ends when the child is terminated") {
  core_under_test it{pool(worker("template"))};
  it.start();
  fill(it, 1);
  it.slow_to_start = {"c0"};
  it.crash("c0");
  it.advance(10ms);
  CHECK(it.command(command::terminate_child, "c0") == "stop c0");
  CHECK(it.said().stop == stop_state::completed);
  CHECK(it.advance(1h) == "");
  CHECK_FALSE(it.has("c0"));
}

TEST_CASE("a member that is down for good is no member any more") {
  core_under_test it{pool({.id = "template", .start = {"x"}, .restart = restart::transient})};
  it.start();
  fill(it, 3);
  it.exits("c0", ended_well);
  CHECK(it.command(command::terminate_child, "c1") == "stop c1");
  CHECK(it.state().members == 1);
  CHECK(it.ids() == std::vector<std::string>{"c2"});
  it.command(command::pause_child, "c2");
  CHECK(it.state().members == 1); // it comes back when somebody says so
}

TEST_CASE("a pool of a thousand is counted and forgets them when they die") {
  core_under_test it{pool({.id = "template", .start = {"x"}, .restart = restart::temporary})};
  it.is_large = true;
  it.start();
  fill(it, 2'000);
  CHECK(it.state().members == 2'000);
  for (int i = 0; i < 2'000; ++i)
    it.crash("c" + std::to_string(i));
  CHECK(it.state().members == 0);
  CHECK(it.ids().empty());
  CHECK_FALSE(it.finished);
}

TEST_CASE("a pool forgets ten thousand as fast for each as a thousand") {
  for (const auto count : {1'000, 10'000}) {
    core_under_test it{pool({.id = "template", .start = {"x"}, .restart = restart::temporary})};
    it.is_large = true;
    it.start();
    fill(it, count);
    std::vector<input> all;
    for (int i = 0; i < count; ++i)
      all.push_back(
        {.what = news::exited, .who = it.life_of("c" + std::to_string(i)), .exit = ended_well});
    it.feed(all);
    CHECK(it.state().members == 0);
    CHECK(it.state().oldest == nobody);
  }
}
