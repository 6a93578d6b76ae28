#include "commanded.hpp"

using namespace supervisor;
using namespace std::chrono_literals;

SCENARIO("a child that is held is stopped and stays down") {
  for (const auto order : holding) {
    CAPTURE(label(order));
    core_under_test it{shop()};
    it.start();
    CHECK(it.command(order, "cache") == "stop cache");
    CHECK(it.row("cache").now == phase::parked);
    CHECK(it.said().no == objection::none);
    CHECK(it.said().before == operation::active);
    CHECK(it.said().after == it.row("cache").op);
    CHECK(it.said().had_attempt);
    CHECK(it.said().cancel_delivered);
    CHECK_FALSE(it.said().idempotent);
    CHECK(it.advance(1h) == "");
    CHECK(it.row("db").now == phase::up);
    CHECK(it.row("web").now == phase::up);
    CHECK(it.state().strikes.empty());
    CHECK(it.count(event_type::child_control_cancel_delivered, "cache") == 1);
    CHECK(it.count(event_type::child_control_operation_changed, "cache") == 1);
    CHECK(it.count(event_type::child_control_stop_completed, "cache") == 1);
    CHECK(it.count(event_type::child_control_command_completed, "cache") == 1);
  }
}

TEST_CASE("a hold that is repeated ten times changes nothing and cancels once") {
  for (const auto order : {command::pause_child, command::quarantine_child}) {
    core_under_test it{shop()};
    it.start();
    it.slow_to_stop = {"cache"};
    CHECK(it.command(order, "cache") == "stop cache");
    CHECK(it.said().stop == stop_state::cancel_delivered);
    for (int i = 0; i < 10; ++i) {
      CHECK(it.command(order, "cache") == "");
      CHECK(it.said().idempotent);
      CHECK_FALSE(it.said().cancel_delivered);
      CHECK(it.said().stop == stop_state::cancel_delivered);
    }
    it.exits("cache", cancelled);
    CHECK(it.command(order, "cache") == "");
    CHECK(it.said().idempotent);
    CHECK(it.said().stop == stop_state::completed);
    CHECK(it.said().had_attempt == false);
    CHECK(cancels(it) == 1);
    CHECK(it.count(event_type::child_control_operation_changed, "cache") == 1);
  }
}

TEST_CASE("terminate is answered when the child is down and every time") {
  core_under_test it{shop()};
  it.start();
  it.slow_to_stop = {"cache"};
  it.command(command::terminate_child, "cache");
  it.command(command::terminate_child, "cache");
  CHECK(it.unanswered() == 2);
  it.exits("cache", cancelled);
  CHECK(it.unanswered() == 0);
  CHECK(it.said_to(1)->stop == stop_state::completed);
  CHECK(it.said_to(1)->cancel_delivered);
  CHECK(it.said_to(2)->stop == stop_state::completed);
  CHECK_FALSE(it.said_to(2)->cancel_delivered);
  it.command(command::terminate_child, "cache");
  CHECK(it.unanswered() == 0);
  CHECK(it.said().no == objection::none);
}

SCENARIO("a child that does not stop in its time is killed and the stop has failed") {
  GIVEN("a slow child that is paused") {
    core_under_test it{shop()};
    it.start();
    it.slow_to_stop = {"cache"};
    it.command(command::pause_child, "cache");
    CHECK(it.advance(5s - 1ns) == "");
    WHEN("its time is over and nobody says anything") {
      CHECK(it.advance(1ns) == "kill cache");
      CHECK(it.count(event_type::child_control_stop_failed, "cache") == 1);
      CHECK(it.row("cache").now == phase::parked);
    }
    WHEN("it does not even die when killed") {
      it.immortal = {"cache"};
      CHECK(it.advance(1s + 1ns) == "kill cache, abandon cache");
      THEN("the supervisor goes on without it") {
        CHECK_FALSE(it.finished);
        CHECK(it.command(command::pause_child, "cache") == "");
        CHECK(it.said().idempotent);
        CHECK(it.said().stop == stop_state::failed);
        CHECK(it.command(command::delete_child, "cache") == "");
        CHECK(it.said().no == objection::still_running);
        CHECK(it.command(command::restart_child, "cache") == "");
        CHECK(it.said().no == objection::still_running);
        CHECK(it.said().fence == fence_decision::rejected);
      }
      THEN("its late end leaves it paused") {
        CHECK(it.exits("cache", killed) == "");
        CHECK(it.row("cache").now == phase::parked);
        CHECK(it.command(command::resume_child, "cache") == "start cache");
      }
      THEN("resumed meanwhile it starts when it has ended after all") {
        CHECK(it.command(command::resume_child, "cache") == "");
        CHECK(it.exits("cache", killed) == "start cache");
      }
    }
  }
  GIVEN("a slow child that is terminated and outlives its kill") {
    core_under_test it{shop()};
    it.start();
    it.slow_to_stop = it.immortal = {"cache"};
    it.command(command::terminate_child, "cache");
    it.advance(6s);
    CHECK(it.said().no == objection::still_running);
    CHECK(it.said().stop == stop_state::failed);
    CHECK_FALSE(it.finished);
  }
  GIVEN("a child whose stop is to be killed") {
    core_under_test it{{.children = {worker("a", brutal_kill)}}};
    it.start();
    CHECK(it.command(command::pause_child, "a") == "kill a");
    CHECK(it.said().stop == stop_state::cancel_delivered);
    CHECK(it.count(event_type::child_control_stop_failed, "a") == 0);
  }
}

SCENARIO("resume brings a paused child back") {
  GIVEN("a paused child") {
    core_under_test it{shop()};
    it.start();
    it.command(command::pause_child, "cache");
    WHEN("it is resumed") {
      CHECK(it.command(command::resume_child, "cache") == "start cache");
      CHECK(it.said().before == operation::paused);
      CHECK(it.said().after == operation::active);
      CHECK(it.row("cache").now == phase::up);
      CHECK(it.state().strikes.empty());
      THEN("once more changes nothing") {
        CHECK(it.command(command::resume_child, "cache") == "");
        CHECK(it.said().idempotent);
      }
    }
    WHEN("it is released instead") {
      CHECK(it.command(command::release_child, "cache") == "");
      CHECK(it.said().no == objection::not_quarantined);
      CHECK(it.row("cache").now == phase::parked);
    }
  }
  GIVEN("one that is resumed before it is down") {
    core_under_test it{shop()};
    it.start();
    it.slow_to_stop = {"cache"};
    it.command(command::pause_child, "cache");
    CHECK(it.command(command::resume_child, "cache") == "");
    CHECK(it.exits("cache", cancelled) == "");
    CHECK(it.advance(0s) == "start cache");
    CHECK(cancels(it) == 1);
  }
  GIVEN("one that had ended well before it was paused") {
    core_under_test it{
      {.children = {{.id = "once", .start = {"x"}, .restart = restart::transient}}}};
    it.start();
    it.exits("once", ended_well);
    it.command(command::pause_child, "once");
    CHECK(it.said().stop == stop_state::no_active_attempt);
    CHECK(it.command(command::resume_child, "once") == "");
    CHECK(it.row("once").now == phase::down);
    CHECK(it.row("once").done);
  }
}

SCENARIO("release brings a quarantined child back and forgets its failures") {
  GIVEN("a child that crashed and was quarantined") {
    core_under_test it{shop()};
    it.start();
    for (int i = 0; i < 3; ++i) {
      it.crash("cache");
      it.advance(1s);
    }
    it.command(command::quarantine_child, "cache");
    CHECK(it.count(event_type::child_quarantined, "cache") == 1);
    WHEN("it is resumed") {
      it.command(command::resume_child, "cache");
      CHECK(it.said().no == objection::not_paused);
    }
    WHEN("it is released") {
      CHECK(it.command(command::release_child, "cache") == "start cache");
      CHECK(it.crash("cache") == "wait 10ms");
    }
    WHEN("it is restarted") {
      CHECK(it.command(command::restart_child, "cache") == "start cache");
      CHECK(it.row("cache").op == operation::active);
      CHECK(it.said().before == operation::quarantined);
    }
  }
  GIVEN("a child that its policy quarantined") {
    auto spec = shop();
    spec.children[1].more.make().limits
      = child_limits{.restart_limit = policies::restart_limit{0, 60s}};
    spec.children[1].criticality = criticality::optional;
    core_under_test it{spec};
    it.start();
    it.crash("cache");
    CHECK(it.row("cache").now == phase::parked);
    CHECK(it.row("cache").op == operation::quarantined);
    CHECK(it.command(command::quarantine_child, "cache") == "");
    CHECK(it.said().idempotent);
    CHECK(it.command(command::release_child, "cache") == "start cache");
  }
}

SCENARIO("one hold may take the place of another") {
  GIVEN("a paused child") {
    core_under_test it{shop()};
    it.start();
    it.command(command::pause_child, "cache");
    CHECK(it.command(command::quarantine_child, "cache") == "");
    CHECK(it.said().before == operation::paused);
    CHECK(it.said().after == operation::quarantined);
    CHECK(it.said().stop == stop_state::no_active_attempt);
    CHECK(it.command(command::resume_child, "cache") == "");
    CHECK(it.said().no == objection::not_paused);
    CHECK(it.command(command::terminate_child, "cache") == "");
    CHECK(it.said().no == objection::none);
    CHECK(it.command(command::release_child, "cache") == "");
    CHECK(it.said().no == objection::not_quarantined);
    CHECK(it.command(command::restart_child, "cache") == "start cache");
  }
}

SCENARIO("a child that is removed is forgotten when it is down") {
  GIVEN("a child that takes its time") {
    core_under_test it{shop()};
    it.start();
    it.slow_to_stop = {"cache"};
    CHECK(it.command(command::remove_child, "cache") == "stop cache");
    CHECK(it.said().after == operation::removed);
    CHECK(it.state().members == 3);
    THEN("a repetition finds it on its way") {
      CHECK(it.command(command::remove_child, "cache") == "");
      CHECK(it.said().idempotent);
    }
    THEN("nothing brings it back") {
      for (const auto order : {command::restart_child, command::resume_child, command::pause_child,
                               command::release_child}) {
        CHECK(it.command(order, "cache") == "");
        CHECK(it.said().no == objection::not_found);
      }
    }
    WHEN("it dies during its removal") {
      const auto old = it.life_of("cache");
      it.crash("cache");
      THEN("it is gone and its crash was no crash") {
        CHECK_FALSE(it.has("cache"));
        CHECK(it.state().members == 2);
        CHECK(it.state().strikes.empty());
        CHECK(it.advance(1h) == "");
        CHECK(it.row("web").now == phase::up);
      }
      THEN("more news of it are stale") {
        it.feed({.what = news::exited, .who = old, .exit = died});
        CHECK(it.tally().stale == 1);
      }
      THEN("commands do not find it") {
        it.feed({.what = news::command, .who = old, .count = 77, .audited = true});
        CHECK(it.said().no == objection::not_found);
      }
    }
    WHEN("it outlives its kill") {
      it.immortal = {"cache"};
      it.advance(6s);
      CHECK(it.has("cache"));
      CHECK(it.exits("cache", killed) == "");
      CHECK_FALSE(it.has("cache"));
      CHECK_FALSE(it.finished);
    }
  }
  GIVEN("one that waits for its restart") {
    core_under_test it{shop()};
    it.start();
    it.crash("cache");
    CHECK(it.command(command::remove_child, "cache") == "");
    CHECK_FALSE(it.has("cache"));
    CHECK(it.advance(1h) == "");
  }
}

SCENARIO("who is needed by siblings is not removed") {
  GIVEN("a web front that needs a cache and a sidecar of the web front") {
    auto spec = shop();
    spec.children[2].dependencies = {"cache"};
    spec.children.push_back(sidecar("logger", "web"));
    core_under_test it{spec};
    it.start();
    for (const auto* id : {"cache", "web"}) {
      const auto before = it.state();
      CHECK(it.command(command::remove_child, id) == "");
      CHECK(it.said().no == objection::needed);
      CHECK(it.state() == before);
    }
    it.command(command::terminate_child, "cache");
    it.command(command::delete_child, "cache");
    CHECK(it.said().no == objection::needed);
    CHECK(it.command(command::remove_child, "logger") == "stop logger");
    CHECK(it.command(command::remove_child, "web") == "stop web");
    it.command(command::delete_child, "cache");
    CHECK(it.said().no == objection::none);
    CHECK(it.ids() == std::vector<std::string>{"db"});
  }
}

SCENARIO("delete is for children that are down for good") {
  GIVEN("a shop") {
    core_under_test it{shop()};
    it.start();
    WHEN("the child runs") {
      CHECK(it.command(command::delete_child, "cache") == "");
      CHECK(it.said().no == objection::running);
    }
    WHEN("it is on its way to be restarted") {
      it.crash("cache");
      CHECK(it.command(command::delete_child, "cache") == "");
      CHECK(it.said().no == objection::restarting);
    }
    WHEN("it was terminated") {
      it.command(command::terminate_child, "cache");
      CHECK(it.command(command::delete_child, "cache") == "");
      CHECK(it.said().no == objection::none);
      CHECK_FALSE(it.has("cache"));
      CHECK(it.state().members == 2);
    }
  }
}

SCENARIO("a child is administered as OTP does it") {
  GIVEN("a static child") {
    core_under_test it{{.children = {worker("a")}}};
    it.start();
    it.command(command::terminate_child, "a");
    CHECK(it.said().no == objection::none);
    it.command(command::terminate_child, "a");
    CHECK(it.said().no == objection::none);
    CHECK(it.command(command::restart_child, "a") == "start a");
    it.command(command::delete_child, "a");
    CHECK(it.said().no == objection::running);
    it.command(command::terminate_child, "a");
    const auto old = it.life_of("a");
    it.command(command::delete_child, "a");
    it.feed({.what = news::command,
             .who = old,
             .count = 1000,
             .order = command::restart_child,
             .audited = true});
    CHECK(it.said().no == objection::not_found);
    CHECK(it.said().fence == fence_decision::rejected);
    CHECK(it.state().members == 0);
    CHECK(it.add(worker("a")) == "start a");
  }
}

SCENARIO("a terminated child comes back by a restart unless its stop is for ever") {
  auto spec = shop();
  spec.children[1].more.make().reactions.on_manual_stop = on_manual_stop_action::stop_forever;
  core_under_test it{spec};
  it.start();
  it.command(command::terminate_child, "cache");
  CHECK(it.command(command::restart_child, "cache") == "");
  CHECK(it.said().no == objection::stopped_forever);
  CHECK(it.row("cache").op == operation::terminated);
  it.command(command::pause_child, "cache");
  CHECK(it.command(command::resume_child, "cache") == "start cache");
}

SCENARIO("commands that are refused change nothing at all") {
  GIVEN("a shop in the middle of something") {
    auto spec = shop();
    spec.children[1].dependencies = {"db"};
    core_under_test it{spec};
    it.start();
    it.crash("web");
    it.command(command::pause_child, "cache");
    const auto before = it.state();
    WHEN("a command does not say who wants it") {
      for (const auto order : holding) {
        auto x = it.input_of(order, "db");
        x.audited = false;
        CHECK(it.feed(x) == "");
        CHECK(it.said().no == objection::unaudited);
        CHECK(it.state() == before);
      }
    }
    WHEN("it cannot be") {
      const std::pair<command, const char*> all[]
        = {{command::delete_child, "db"}, {command::delete_child, "web"},
           {command::remove_child, "db"}, {command::release_child, "cache"},
           {command::none, "db"},         {command::apply, "db"}};
      for (const auto& [what, id] : all) {
        const auto order = what; // clang 14 takes no structured bindings into a lambda
        CAPTURE(label(order));
        CHECK(it.command(order, id) == "");
        CHECK(it.said().no != objection::none);
        CHECK(it.state() == before);
      }
    }
    WHEN("nobody has that seat") {
      it.feed({.what = news::command,
               .who = {99, 0},
               .count = 99,
               .order = command::pause_child,
               .audited = true});
      CHECK(it.said().no == objection::not_found);
      CHECK(it.state() == before);
    }
  }
  GIVEN("a supervisor on its way out") {
    core_under_test it{shop()};
    it.start();
    it.slow_to_stop = {"web"};
    it.stop();
    const auto before = it.state();
    for (const auto order : holding) {
      CHECK(it.command(order, "web") == "");
      CHECK(it.said().no == objection::shutting_down);
      CHECK(it.state() == before);
    }
  }
}

TEST_CASE("every command is told of from its acceptance to its completion") {
  core_under_test it{shop()};
  it.start();
  it.facts.clear();
  it.command(command::pause_child, "web");
  CHECK(it.told("web")
        == "command_accepted, child_control_operation_changed, child_control_cancel_delivered, "
           "child_control_command_completed, child_stopped, child_control_stop_completed");
  for (const auto& x : it.facts)
    if (x.what == event_type::command_accepted
        || x.what == event_type::child_control_command_completed)
      CHECK((x.key == 1 && x.order == command::pause_child));
}

TEST_CASE("whoever is owed an answer gets it when the supervisor ends") {
  core_under_test it{shop()};
  it.start();
  it.slow_to_stop = {"web"};
  it.slow_to_start = {"new"};
  it.command(command::terminate_child, "web");
  it.add(worker("new"));
  CHECK(it.unanswered() == 2);
  it.stop();
  CHECK(it.unanswered() == 0);
  for (const auto& x : it.outcomes)
    CHECK(x.no == objection::shutting_down);
}

TEST_CASE("a pause before all were started lets the others start") {
  core_under_test it{shop()};
  it.slow_to_start = {"db"};
  it.start();
  it.command(command::pause_child, "db");
  CHECK(it.row("web").now == phase::up);
  CHECK(it.begun);
  CHECK_FALSE(it.finished);
}

TEST_CASE("a temporary child that is terminated has no second time") {
  core_under_test it{
    {.children = {{.id = "once", .start = {"x"}, .restart = restart::temporary}, worker("a")}}};
  it.start();
  SUBCASE("terminated") {
    it.command(command::terminate_child, "once");
    CHECK(it.said().no == objection::none);
    CHECK(it.said().stop == stop_state::completed);
    CHECK(it.row("once").now == phase::forgotten);
    it.command(command::restart_child, "once");
    CHECK(it.said().no == objection::not_found);
  }
  SUBCASE("paused it waits") {
    it.command(command::pause_child, "once");
    CHECK(it.row("once").now == phase::parked);
    CHECK(it.command(command::resume_child, "once") == "start once");
  }
  SUBCASE("paused and then terminated") {
    it.command(command::pause_child, "once");
    it.command(command::terminate_child, "once");
    CHECK(it.row("once").now == phase::forgotten);
  }
}
