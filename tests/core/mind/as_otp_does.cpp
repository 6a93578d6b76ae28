#include "core_under_test.hpp"

#include <algorithm>

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

constexpr strategy strategies[]
  = {strategy::one_for_one, strategy::one_for_all, strategy::rest_for_one};

declared_child_spec child(std::string id, restart when) {
  return {.id = std::move(id), .start = {"x"}, .restart = when};
}

std::size_t active(const core_under_test& it) {
  return static_cast<std::size_t>(
    std::ranges::count(it.state().children, phase::up, &child_row::now));
}

} // namespace

TEST_CASE("a temporary child is gone after any end and its id is free again") {
  for (const auto with : strategies)
    for (const auto why : {killed, ended_well, died, cancelled}) {
      core_under_test it{{.strategy = with, .children = {worker("other")}}};
      it.start();
      it.add(child("once", restart::temporary));
      it.exits("once", why);
      CHECK_FALSE(it.has("once"));
      CHECK(it.add(child("once", restart::temporary)) == "start once");
      it.command(command::terminate_child, "once");
      CHECK_FALSE(it.has("once"));
      CHECK(it.add(child("once", restart::temporary)) == "start once");
      CHECK(it.row("other").number == 1);
      CHECK(it.state().strikes.empty());
    }
}

TEST_CASE("a temporary child that is gone cannot be deleted") {
  for (const auto how : {command::terminate_child, command::delete_child}) {
    core_under_test it{{.children = {child("once", restart::temporary), worker("other")}}};
    it.start();
    if (how == command::terminate_child)
      it.command(how, "once");
    else
      it.exits("once", ended_well);
    it.command(command::delete_child, "once");
    CHECK(it.said().no == objection::not_found);
  }
}

TEST_CASE("a declared temporary child may be added anew once it is forgotten") {
  for (const auto with : strategies) {
    core_under_test it{
      {.strategy = with, .children = {child("once", restart::temporary), worker("other")}}};
    it.start();
    const auto old = it.life_of("once");
    it.exits("once", ended_well);
    CHECK(it.state().members == 1);
    CHECK(it.add(child("once", restart::permanent)) == "start once");
    CHECK(it.life_of("once") == life{old.who, old.number + 1});
    CHECK(it.state().members == 2);
    it.crash("once");
    CHECK(it.advance(10ms).find("start once") != std::string::npos);
    CHECK(it.stop().find("stop once") == 0);
  }
}

TEST_CASE("a transient child is kept after a good end and restarted after any other") {
  for (const auto with : strategies)
    for (const auto why : {ended_well, cancelled, died, killed}) {
      core_under_test it{
        {.strategy = with, .children = {worker("other"), child("now", restart::transient)}}};
      it.start();
      it.exits("now", why);
      it.advance(1s);
      const auto stays = why == ended_well || why == cancelled;
      CHECK(it.row("now").now == (stays ? phase::down : phase::up));
      CHECK(it.state().members == 2);
      if (stays)
        CHECK(it.command(command::restart_child, "now") == "start now");
      it.command(command::terminate_child, "now");
      CHECK(it.row("now").now == phase::parked);
      CHECK(it.state().members == 2);
    }
}

TEST_CASE("a permanent child is restarted after any end and kept when it is terminated") {
  for (const auto with : strategies)
    for (const auto why : {ended_well, cancelled, died, killed}) {
      core_under_test it{
        {.strategy = with, .children = {worker("other"), child("now", restart::permanent)}}};
      it.start();
      it.exits("now", why);
      CHECK(it.advance(1s).find("start now") != std::string::npos);
      it.command(command::terminate_child, "now");
      CHECK(it.row("now").now == phase::parked);
      CHECK(it.state().members == 2);
    }
}

TEST_CASE("a restart by command whose start fails leaves the child listed and counts as a crash") {
  core_under_test it{{.children = {worker("a")}}};
  it.start();
  it.command(command::terminate_child, "a");
  it.failing = {"a"};
  CHECK(it.command(command::restart_child, "a") == "start a, wait 10ms");
  CHECK(it.state().members == 1);
  CHECK(it.state().strikes.size() == 1);
  CHECK(it.count(event_type::child_start_failed, "a") == 1);
}

TEST_CASE("children that are being restarted are counted and are not active") {
  core_under_test it{
    {.intensity = {.restarts = unlimited}, .children = {worker("a"), worker("b"), worker("c")}}};
  it.start();
  it.crash("a");
  it.advance(10ms);
  CHECK(active(it) == 3);
  it.failing = {"a", "b"};
  it.together({{"a", died}, {"b", died}});
  it.advance(5s);
  CHECK(active(it) == 1);
  CHECK(it.state().members == 3);
  it.failing = {};
  it.advance(5s);
  CHECK(active(it) == 3);
  for (const auto* id : {"a", "b", "c"})
    it.command(command::terminate_child, id);
  CHECK(active(it) == 0);
  CHECK(it.state().members == 3);
}

TEST_CASE("commands never count as restarts") {
  core_under_test it{{.intensity = {0, 1h}, .children = {worker("a")}}};
  it.start();
  for (int i = 0; i < 20; ++i) {
    it.command(command::restart_child, "a");
    it.advance(1s);
    it.command(command::terminate_child, "a");
    it.command(command::restart_child, "a");
    it.command(command::pause_child, "a");
    it.command(command::resume_child, "a");
  }
  CHECK(it.row("a").now == phase::up);
  CHECK(it.state().strikes.empty());
  CHECK_FALSE(it.finished);
}

TEST_CASE("rest for one takes along those who were added later") {
  core_under_test it{{.strategy = strategy::rest_for_one,
                      .intensity = {2, 1h},
                      .children = {worker("a"), worker("b"), worker("c")}}};
  it.start();
  it.add(worker("d"));
  CHECK(it.crash("b") == "stop d, stop c, wait 10ms");
  CHECK(it.advance(10ms) == "start b, start c, start d");
  CHECK(it.row("a").number == 1);
  it.crash("c");
  it.advance(1s);
  CHECK(it.crash("b") == "stop d, stop c, stop a, give up over b");
}

TEST_CASE("an operator who stopped a transient child keeps it stopped when its siblings restart") {
  core_under_test it{{.strategy = strategy::one_for_all,
                      .children = {worker("a"), child("done", restart::transient),
                                   child("held", restart::transient)}}};
  it.start();
  it.exits("done", ended_well);
  it.command(command::terminate_child, "held");
  it.crash("a");
  CHECK(it.advance(10ms) == "start a, start done");
  CHECK(it.row("held").now == phase::parked);
}
