#include "core_under_test.hpp"

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

declared_child_spec child(std::string id, std::string runs = "x",
                          std::vector<std::string> needs = {}) {
  return {.id = std::move(id), .start = {std::move(runs)}, .dependencies = std::move(needs)};
}

declared_spec shop() {
  return {.children = {child("db"), child("cache", "x", {"db"}), child("web", "x", {"cache"})}};
}

std::string order(const core_under_test& it) {
  std::string text;
  for (auto who = it.state().oldest; who != nobody; who = it.state().children[who].younger)
    text += (text.empty() ? "" : " ") + it.name_of(who);
  return text;
}

} // namespace

SCENARIO("a supervisor becomes what another spec says") {
  GIVEN("a shop") {
    core_under_test it{shop()};
    it.start();
    WHEN("nothing changes") {
      const auto before = it.state().children;
      CHECK(it.revise(shop()) == "");
      CHECK(it.said().order == command::apply);
      CHECK(it.said().no == objection::none);
      CHECK(it.state().children == before);
      CHECK(it.state().revising == revising{});
    }
    WHEN("a child is added") {
      auto wanted = shop();
      wanted.children.insert(wanted.children.begin() + 1, child("mail"));
      CHECK(it.revise(wanted) == "");
      CHECK(it.unanswered() == 1);
      CHECK(it.advance(0s) == "start mail");
      CHECK(it.said().no == objection::none);
      CHECK(order(it) == "db mail cache web");
      CHECK(it.stop() == "stop web, stop cache, stop mail, stop db, finish");
    }
    WHEN("a child is dropped") {
      auto wanted = shop();
      wanted.children.pop_back();
      CHECK(it.revise(wanted) == "stop web");
      CHECK_FALSE(it.has("web"));
      CHECK(it.said().no == objection::none);
      CHECK(order(it) == "db cache");
    }
    WHEN("a child runs another thing") {
      auto wanted = shop();
      wanted.children[1].start = {"y"};
      CHECK(it.revise(wanted) == "stop cache");
      CHECK(it.unanswered() == 1);
      CHECK(it.advance(0s) == "start cache");
      CHECK(it.unanswered() == 0);
      CHECK(it.row("web").number == 1);
      CHECK(it.state().strikes.empty());
    }
    WHEN("only a policy changes") {
      it.crash("web");
      it.advance(10ms);
      auto wanted = shop();
      wanted.children[2].backoff = {3s, 10s};
      CHECK(it.revise(wanted) == "");
      CHECK(it.row("web").number == 2);
      it.advance(1min);
      CHECK(it.crash("web") == "wait 3s");
    }
    WHEN("the order changes") {
      const declared_spec wanted{.children = {child("web"), child("cache"), child("db")}};
      CHECK(it.revise(wanted) == "");
      CHECK(order(it) == "web cache db");
      CHECK(it.stop() == "stop db, stop cache, stop web, finish");
    }
    WHEN("the strategy changes") {
      auto wanted = shop();
      wanted.strategy = strategy::rest_for_one;
      it.revise(wanted);
      CHECK(it.crash("cache") == "stop web, wait 10ms");
    }
    WHEN("all of it changes at once") {
      const declared_spec wanted{.children
                                 = {child("web", "y", {"mail"}), child("mail"), child("db", "y")}};
      it.slow_to_stop = {"db", "cache", "web"};
      CHECK(it.revise(wanted) == "stop cache");
      THEN("it is one regroup that goes down in reverse and comes up with dependencies first") {
        CHECK(it.exits("cache", cancelled) == "stop db");
        CHECK(it.exits("db", cancelled) == "stop web");
        CHECK(it.unanswered() == 1);
        CHECK(it.exits("web", cancelled) == "");
        CHECK(it.advance(0s) == "start mail, start web, start db");
        CHECK(it.said().no == objection::none);
        CHECK(order(it) == "mail web db");
        CHECK_FALSE(it.has("cache"));
      }
    }
  }
}

SCENARIO("a revision that must hold is given up with the first child that does not start") {
  GIVEN("a shop that is to get two more") {
    core_under_test it{shop()};
    it.start();
    auto wanted = shop();
    wanted.children[0].start = {"y"};
    wanted.children.push_back(child("mail"));
    wanted.children.push_back(child("news"));
    it.failing = {"mail"};
    CHECK(it.revise(wanted) == "stop db");
    CHECK(it.advance(0s) == "start db, start mail");
    THEN("it is answered and those who did not come up stay down") {
      CHECK(it.said().no == objection::start_failed);
      CHECK(it.said().exit == no_start);
      CHECK(it.row("mail").now == phase::down);
      CHECK(it.row("news").now == phase::down);
      CHECK(it.row("db").now == phase::up);
      CHECK(it.advance(1h) == "");
    }
    THEN("it can become again what it was") {
      CHECK(objection_to_revision(it.state()) == objection::none);
      CHECK(it.revise(shop(), false) == "stop db");
      CHECK(it.advance(0s) == "start db");
      CHECK(order(it) == "db cache web");
      CHECK_FALSE(it.has("mail"));
      CHECK_FALSE(it.has("news"));
      CHECK(it.state().strikes.empty());
    }
  }
  GIVEN("a temporary child that is renewed and fails") {
    auto spec = shop();
    spec.children.push_back({.id = "once", .start = {"x"}, .restart = restart::temporary});
    core_under_test it{spec};
    it.start();
    auto wanted = spec;
    wanted.children[3].start = {"y"};
    it.failing = {"once"};
    it.revise(wanted);
    it.advance(0s);
    CHECK(it.said().no == objection::start_failed);
    it.failing = {};
    it.revise(spec, false);
    CHECK(it.advance(0s) == "start once");
  }
  GIVEN("one that outlives its kill") {
    core_under_test it{shop()};
    it.start();
    auto wanted = shop();
    wanted.children[2].start = {"y"};
    it.slow_to_stop = it.immortal = {"web"};
    it.revise(wanted);
    it.advance(6s);
    CHECK(it.said().no == objection::start_failed);
    CHECK_FALSE(it.finished);
    THEN("it starts when its late end comes") {
      it.revise(shop(), false);
      CHECK(it.exits("web", killed) == "start web");
    }
  }
  GIVEN("a revision that need not hold") {
    core_under_test it{shop()};
    it.start();
    auto wanted = shop();
    wanted.children.push_back(child("mail"));
    it.failing = {"mail"};
    it.revise(wanted, false);
    THEN("whoever fails is restarted as ever") {
      CHECK(it.advance(0s) == "start mail, wait 10ms");
      CHECK(it.said().no == objection::none);
    }
  }
}

SCENARIO("a revision has to wait") {
  const auto refused = [](core_under_test& it, const std::string& why) {
    const auto before = it.state();
    auto wanted = shop();
    wanted.children.pop_back();
    CHECK(it.revise(wanted) == why);
    CHECK(it.state() == before);
    CHECK(it.has("web"));
  };
  GIVEN("a shop that has not begun") {
    core_under_test it{shop()};
    it.slow_to_start = {"cache"};
    it.start();
    refused(it, "restarting");
  }
  GIVEN("one in the middle of a regroup") {
    auto spec = shop();
    spec.strategy = strategy::one_for_all;
    core_under_test it{spec};
    it.start();
    it.crash("cache");
    refused(it, "restarting");
  }
  GIVEN("one in the middle of a revision") {
    core_under_test it{shop()};
    it.start();
    auto wanted = shop();
    wanted.children[2].start = {"y"};
    it.slow_to_start = {"web"};
    it.revise(wanted);
    it.advance(0s);
    refused(it, "restarting");
  }
  GIVEN("one that is on its way out") {
    core_under_test it{shop()};
    it.start();
    it.slow_to_stop = {"web"};
    it.stop();
    refused(it, "supervisor_shutting_down");
  }
  GIVEN("one with a child that was to leave and was abandoned") {
    core_under_test it{shop()};
    it.start();
    it.slow_to_stop = it.immortal = {"web"};
    it.command(command::remove_child, "web");
    it.advance(6s);
    refused(it, "still_running");
    it.exits("web", killed);
    auto wanted = shop();
    CHECK(it.revise(wanted) == "");
    CHECK(it.advance(0s) == "start web");
  }
}

SCENARIO("a child that backs off takes part in a revision") {
  core_under_test it{shop()};
  it.start();
  it.crash("web");
  auto wanted = shop();
  wanted.children[2].start = {"y"};
  CHECK(it.revise(wanted) == "");
  CHECK(it.advance(0s) == "start web");
  CHECK(it.advance(1h) == "");
}

SCENARIO("who is held is left alone by a revision") {
  GIVEN("a paused web front") {
    core_under_test it{shop()};
    it.start();
    it.command(command::pause_child, "web");
    auto wanted = shop();
    wanted.children[2].start = {"y"};
    CHECK(it.revise(wanted) == "");
    CHECK(it.said().no == objection::none);
    CHECK(it.row("web").now == phase::parked);
    CHECK(it.command(command::resume_child, "web") == "start web");
  }
  GIVEN("a new child that is paused on its way up") {
    core_under_test it{shop()};
    it.start();
    auto wanted = shop();
    wanted.children.push_back(child("mail"));
    it.slow_to_start = {"mail"};
    it.revise(wanted);
    it.advance(0s);
    CHECK(it.unanswered() == 1);
    it.command(command::pause_child, "mail");
    THEN("the revision holds without it") {
      CHECK(it.unanswered() == 0);
      CHECK(it.outcomes.front().no == objection::none);
      it.slow_to_start = {};
      CHECK(it.command(command::resume_child, "mail") == "start mail");
    }
  }
  GIVEN("a new child that needs a paused one") {
    core_under_test it{shop()};
    it.start();
    it.command(command::pause_child, "web");
    auto wanted = shop();
    wanted.children.push_back(child("mail", "x", {"web"}));
    it.revise(wanted);
    CHECK(it.advance(0s) == "");
    CHECK(it.said().no == objection::none);
    CHECK(it.command(command::resume_child, "web") == "start web, start mail");
  }
}

SCENARIO("a child that waits for a dependency it has no more starts") {
  core_under_test it{shop()};
  it.start();
  it.command(command::pause_child, "cache");
  it.crash("web");
  it.advance(1s);
  REQUIRE(it.row("web").awaits_dependency);
  WHEN("it needs another one now") {
    auto wanted = shop();
    wanted.children[2].dependencies = {"db"};
    CHECK(it.revise(wanted) == "start web");
  }
  WHEN("the one it needed is dropped") {
    const declared_spec wanted{.children = {child("db"), child("web")}};
    CHECK(it.revise(wanted) == "start web");
    CHECK_FALSE(it.has("cache"));
  }
}

SCENARIO("children that were added at run time stay") {
  GIVEN("a shop with a mailer of its own") {
    core_under_test it{shop()};
    it.start();
    it.add(child("mail"));
    WHEN("the spec does not know it") {
      auto wanted = shop();
      wanted.children.push_back(child("news"));
      it.revise(wanted);
      it.advance(0s);
      CHECK(order(it) == "db cache web news mail");
      CHECK(it.row("mail").number == 1);
    }
    WHEN("the spec declares it") {
      auto wanted = shop();
      wanted.children.insert(wanted.children.begin(), child("mail"));
      CHECK(it.revise(wanted) == "");
      CHECK(order(it) == "mail db cache web");
      THEN("it is dropped as any other") {
        CHECK(it.revise(shop()) == "stop mail");
        CHECK_FALSE(it.has("mail"));
      }
    }
  }
  GIVEN("a mailer whose defaults change") {
    core_under_test it{shop()};
    it.start();
    it.add(child("mail"));
    it.crash("mail");
    it.advance(10ms);
    auto wanted = shop();
    wanted.defaults.limits = child_limits{.restart_limit = policies::restart_limit{5, 60s},
                                          .hot_loop = hot_loop{.window = 10s, .min_restarts = 9}};
    it.revise(wanted);
    CHECK(it.crash("mail") == "wait 20ms");
    CHECK(it.advance(20ms) == "start mail");
  }
}

SCENARIO("a temporary child that ended is not started by a revision") {
  auto spec = shop();
  spec.children.push_back({.id = "once", .start = {"x"}, .restart = restart::temporary});
  core_under_test it{spec};
  it.start();
  it.exits("once", ended_well);
  it.revise(spec);
  CHECK(it.advance(1h) == "");
  it.revise(shop());
  CHECK_FALSE(it.has("once"));
  it.revise(spec);
  CHECK(it.advance(0s) == "start once");
}

SCENARIO("a group that goes on is paused as long as before") {
  const auto with_group = [](std::vector<std::string> names) {
    const scope_limits fused{
      .meltdown = meltdown_fuse{.max_failures = 1, .window = 30s, .reset_after = 120s}};
    auto spec = shop();
    spec.intensity.restarts = unlimited;
    for (auto& name : names)
      spec.more.make().group_configs.push_back({.name = std::move(name), .limits = fused});
    spec.children[2].more.make().group = "g";
    return spec;
  };
  core_under_test it{with_group({"g"})};
  it.start();
  CHECK(it.crash("web") == "wait 2min");
  it.revise(with_group({"other", "g"}));
  CHECK(it.state().groups[1].paused_until > it.now);
  CHECK(it.state().groups[0].paused_until < it.now);
  CHECK(it.advance(119s) == "");
  CHECK(it.advance(2s) != "");
}

SCENARIO("a crash in the middle of a revision") {
  GIVEN("a shop that restarts all and gets two more") {
    auto spec = shop();
    spec.strategy = strategy::one_for_all;
    core_under_test it{spec};
    it.start();
    auto wanted = spec;
    wanted.children.push_back(child("mail"));
    wanted.children.push_back(child("news"));
    it.slow_to_start = {"mail"};
    it.revise(wanted);
    CHECK(it.advance(0s) == "start mail");
    WHEN("another child dies") {
      it.crash("db");
      it.slow_to_start = {};
      it.exits("mail", cancelled);
      it.advance(1s);
      THEN("all come up and the revision holds") {
        CHECK(it.said().no == objection::none);
        CHECK(it.row("news").now == phase::up);
      }
    }
    WHEN("another child dies and then the new one does not start") {
      it.crash("db");
      it.exits("mail", cancelled);
      it.slow_to_start = {};
      it.failing = {"mail"};
      it.advance(1s);
      THEN("the revision is given up and the others are up") {
        CHECK(it.said().no == objection::start_failed);
        CHECK(it.row("web").now == phase::up);
        CHECK(it.row("news").now == phase::down);
        CHECK(objection_to_revision(it.state()) == objection::none);
      }
    }
    WHEN("the supervisor is stopped") {
      it.stop();
      CHECK(it.unanswered() == 0);
      CHECK(it.said().no == objection::shutting_down);
    }
  }
}
