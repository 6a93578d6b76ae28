#include "core_under_test.hpp"

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

declared_spec shop() { return {.children = {worker("db"), worker("web")}}; }

declared_child_spec needing(std::string id, std::vector<std::string> needs) {
  return {.id = std::move(id), .start = {"x"}, .dependencies = std::move(needs)};
}

declared_child_spec once(std::string id) {
  return {.id = std::move(id), .start = {"x"}, .restart = restart::temporary};
}

} // namespace

SCENARIO("a child that is added starts and its command is answered when it is ready") {
  GIVEN("a shop") {
    core_under_test it{shop()};
    it.start();
    WHEN("a child is added") {
      CHECK(it.add(worker("mail")) == "start mail");
      CHECK(it.said().no == objection::none);
      CHECK(it.said().order == command::start_child);
      CHECK(it.said().had_attempt);
      CHECK(it.state().members == 3);
      CHECK(it.told("mail")
            == "command_accepted, child_starting, child_running, child_ready, "
               "child_declaration_accepted, child_control_command_completed");
      THEN("it is the last in the order") {
        CHECK(it.stop() == "stop mail, stop web, stop db, finish");
      }
      THEN("it is restarted as ever") {
        CHECK(it.crash("mail") == "wait 10ms");
        CHECK(it.advance(10ms) == "start mail");
      }
    }
    WHEN("it takes its time to get ready") {
      it.add({.id = "mail", .start = {"x"}, .readiness = readiness::on_report});
      CHECK(it.unanswered() == 1);
      it.ready("mail");
      CHECK(it.unanswered() == 0);
    }
    WHEN("it has nothing to run") {
      it.ignoring = {"mail"};
      CHECK(it.add(worker("mail")) == "start mail");
      CHECK(it.said().no == objection::none);
      CHECK(it.row("mail").now == phase::down);
      CHECK(it.state().members == 3);
    }
    WHEN("it is temporary and has nothing to run") {
      it.ignoring = {"mail"};
      it.add(once("mail"));
      CHECK(it.said().no == objection::none);
      CHECK_FALSE(it.has("mail"));
    }
  }
  GIVEN("a supervisor that restarts those that were started later") {
    auto spec = shop();
    spec.strategy = strategy::rest_for_one;
    core_under_test it{spec};
    it.start();
    it.add(worker("mail"));
    CHECK(it.crash("web") == "stop mail, wait 10ms");
    CHECK(it.advance(10ms) == "start web, start mail");
  }
}

SCENARIO("a child that does not start is undone") {
  GIVEN("a shop") {
    core_under_test it{shop()};
    it.start();
    const auto before = it.state();
    it.failing = {"mail"};
    CHECK(it.add(worker("mail")) == "start mail");
    CHECK(it.said().no == objection::start_failed);
    CHECK(it.said().exit == no_start);
    CHECK_FALSE(it.has("mail"));
    CHECK(it.last(event_type::child_declaration_rejected).exit == no_start);
    CHECK(it.count(event_type::child_declaration_rejected, "db") == 0);
    THEN("nothing is left of it") {
      CHECK(it.state().members == before.members);
      CHECK(it.state().strikes.empty());
      CHECK(it.advance(1h) == "");
    }
    THEN("the next one may have its id and its seat") {
      it.failing = {};
      CHECK(it.add(worker("mail")) == "start mail");
      CHECK(it.slot_of("mail") == 2);
      CHECK(it.count(event_type::child_restarted, "mail") == 0);
    }
  }
  GIVEN("one that dies before it is ready") {
    core_under_test it{shop()};
    it.start();
    it.add({.id = "mail", .start = {"x"}, .readiness = readiness::on_report});
    it.crash("mail");
    CHECK(it.said().no == objection::start_failed);
    CHECK(it.said().exit == died);
    CHECK_FALSE(it.has("mail"));
  }
  GIVEN("one that is never ready") {
    core_under_test it{shop()};
    it.start();
    it.add({.id = "mail", .start = {"x"}, .readiness = readiness::on_report});
    CHECK(it.advance(30s) == "stop mail");
    CHECK(it.said().no == objection::start_failed);
    CHECK(it.said().exit.what == exit_class::timeout);
    CHECK_FALSE(it.has("mail"));
  }
}

SCENARIO("a child that is on its way in can be stopped") {
  GIVEN("one that is not ready so far") {
    core_under_test it{shop()};
    it.start();
    it.add({.id = "mail", .start = {"x"}, .readiness = readiness::on_report});
    WHEN("it is paused") {
      CHECK(it.command(command::pause_child, "mail") == "stop mail");
      CHECK(it.said_to(1)->no == objection::withdrawn);
      THEN("it is a child like any other") {
        CHECK(it.row("mail").now == phase::parked);
        CHECK(it.command(command::resume_child, "mail") == "start mail");
        it.crash("mail");
        CHECK(it.has("mail"));
        CHECK(it.outcomes.size() == 3);
      }
    }
    WHEN("it is removed") {
      it.command(command::remove_child, "mail");
      CHECK(it.said_to(1)->no == objection::withdrawn);
      CHECK_FALSE(it.has("mail"));
    }
  }
  GIVEN("one that is taken down with its siblings") {
    auto spec = shop();
    spec.strategy = strategy::one_for_all;
    core_under_test it{spec};
    it.start();
    it.add({.id = "mail", .start = {"x"}, .readiness = readiness::on_report});
    it.crash("db");
    it.advance(1s);
    CHECK(it.unanswered() == 1);
    it.ready("mail");
    CHECK(it.said().no == objection::none);
  }
}

SCENARIO("dependencies gate a child that is added") {
  GIVEN("a shop whose database is paused") {
    core_under_test it{shop()};
    it.start();
    it.command(command::pause_child, "db");
    CHECK(it.add(needing("mail", {"db"})) == "");
    CHECK(it.unanswered() == 1);
    WHEN("the database comes back") {
      CHECK(it.command(command::resume_child, "db") == "start db, start mail");
      CHECK(it.unanswered() == 0);
    }
    WHEN("the child is removed again") {
      it.command(command::remove_child, "mail");
      CHECK(it.said_to(2)->no == objection::withdrawn);
      CHECK_FALSE(it.has("mail"));
      CHECK(it.command(command::resume_child, "db") == "start db");
    }
  }
}

SCENARIO("a supervisor says who may be added") {
  GIVEN("one that takes no children at run time") {
    auto spec = shop();
    spec.more.make().dynamic_supervisor_policy.enabled = false;
    core_under_test it{spec};
    it.start();
    const auto before = it.state();
    CHECK(it.add(worker("mail")) == "");
    CHECK(it.said().no == objection::not_dynamic);
    CHECK(it.state() == before);
    CHECK_FALSE(it.has("mail"));
    CHECK(it.last(event_type::child_declaration_rejected).no == objection::not_dynamic);
  }
  GIVEN("one that has room for three") {
    auto spec = shop();
    spec.more.make().dynamic_supervisor_policy.child_limit = 3;
    core_under_test it{spec};
    it.start();
    CHECK(it.add(once("mail")) == "start mail");
    const auto before = it.state();
    CHECK(it.add(worker("news")) == "");
    CHECK(it.said().no == objection::child_limit);
    CHECK(it.state() == before);
    THEN("there is room again when one has left") {
      it.exits("mail", ended_well);
      CHECK(it.add(worker("news")) == "start news");
    }
  }
  GIVEN("one on its way out") {
    core_under_test it{shop()};
    it.start();
    it.slow_to_stop = {"web"};
    it.stop();
    const auto before = it.state();
    CHECK(it.add(worker("mail")) == "");
    CHECK(it.said().no == objection::shutting_down);
    CHECK(it.state() == before);
  }
  GIVEN("a command that nobody signs") {
    core_under_test it{shop()};
    it.start();
    const auto before = it.state();
    auto x = it.input_to_add(worker("mail"));
    x.audited = false;
    CHECK(it.feed(x) == "");
    CHECK(it.said().no == objection::unaudited);
    CHECK(it.state() == before);
    CHECK_FALSE(it.has("mail"));
  }
}

TEST_CASE("temporary children that were added leave no trace and their seat is used again") {
  for (const auto why : {ended_well, died, cancelled, killed}) {
    core_under_test it{shop()};
    it.start();
    const auto before = it.state().members;
    it.add(once("mail"));
    const auto old = it.life_of("mail");
    CHECK(it.exits("mail", why) == "");
    CHECK_FALSE(it.has("mail"));
    CHECK(it.state().members == before);
    CHECK(it.last(event_type::child_runtime_state_removed).who == old);
    CHECK(it.add(once("mail")) == "start mail"); // the same id, anew
    CHECK(it.slot_of("mail") == old.who);
    CHECK(it.row("mail").number == old.number + 1);
    it.feed({.what = news::exited, .who = old, .exit = died});
    it.feed({.what = news::ready, .who = old});
    CHECK(it.tally().stale == 2);
    CHECK(it.row("mail").now == phase::up);
    CHECK(it.count(event_type::child_restarted, "mail") == 0);
  }
}

SCENARIO("a temporary child that others wait for is remembered as long as they do") {
  GIVEN("a mailer that needs a temporary queue") {
    core_under_test it{shop()};
    it.start();
    it.add(once("queue"));
    it.add(needing("mail", {"queue"}));
    const auto seat = it.slot_of("queue");
    it.exits("queue", died);
    it.crash("mail");
    CHECK(it.advance(1h) == "");
    CHECK(it.row("queue").now == phase::forgotten);
    WHEN("a queue is added again") {
      THEN("the mailer waits for that one") {
        CHECK(it.add(once("queue")) == "start queue, start mail");
        CHECK(it.slot_of("queue") == seat);
      }
    }
    WHEN("the mailer leaves") {
      it.command(command::remove_child, "mail");
      THEN("so does the memory of the queue") {
        CHECK_FALSE(it.has("queue"));
        CHECK_FALSE(it.has("mail"));
      }
    }
  }
  GIVEN("a queue that came back after the mailer that needs it") {
    auto spec = shop();
    spec.strategy = strategy::one_for_all;
    core_under_test it{spec};
    it.start();
    it.add(once("queue"));
    it.add(needing("mail", {"queue"}));
    it.exits("queue", ended_well);
    auto again = worker("queue");
    it.add(again);
    it.crash("db");
    THEN("a restart of all keeps to the dependencies all the same") {
      CHECK(it.advance(10ms) == "start db, start web, start queue, start mail");
    }
  }
}

TEST_CASE("a child that is needed by one that was added meanwhile waits for it to leave") {
  core_under_test it{shop()};
  it.start();
  it.slow_to_stop = {"web"};
  it.command(command::remove_child, "web");
  it.add(needing("mail", {"web"}));
  it.exits("web", cancelled);
  CHECK(it.row("web").now == phase::forgotten);
  CHECK(it.state().members == 2);
  it.command(command::remove_child, "mail");
  CHECK(it.ids() == std::vector<std::string>{"db"});
}

TEST_CASE("a child may be added before all were started") {
  core_under_test it{shop()};
  it.slow_to_start = {"db"};
  it.start();
  CHECK(it.add(worker("mail")) == "start mail");
  CHECK(it.started("db") == "start web, begun");
}

TEST_CASE("several commands about seats may come together") {
  core_under_test it{shop()};
  it.start();
  it.add(once("a"));
  SUBCASE("a child ends and others come") {
    const auto gone = it.life_of("a");
    CHECK(it.feed({it.input_to_add(needing("b", {"db"})),
                   it.input_to_add(needing("c", {"b"})),
                   {.what = news::exited, .who = gone, .exit = died},
                   it.input_of(command::remove_child, "web")})
          == "start b, stop web, start c");
    CHECK(it.ids() == std::vector<std::string>{"db", "b", "c"});
  }
  SUBCASE("a child comes and leaves") {
    auto x = it.input_to_add(worker("b"));
    CHECK(it.feed({x, it.input_of(command::remove_child, "b")}) == "start b, stop b");
    CHECK_FALSE(it.has("b"));
    CHECK(it.unanswered() == 0);
  }
  SUBCASE("one is forgotten for good and comes again") {
    it.add(needing("b", {"a"}));
    it.exits("a", ended_well);
    const auto seat = it.slot_of("a");
    const auto leave = it.input_of(command::remove_child, "b");
    CHECK(it.feed({leave, it.input_to_add(once("a"))}) == "stop b, start a");
    CHECK(it.slot_of("a") == seat);
    CHECK_FALSE(it.has("b"));
  }
}

TEST_CASE("seats are used again") {
  core_under_test it{shop()};
  it.start();
  for (int i = 0; i < 100; ++i) {
    it.add(worker("mail"));
    it.crash("mail");
    it.advance(1min);
    it.command(command::remove_child, "mail");
  }
  CHECK(it.state().children.size() == 3);
  CHECK(it.state().troubles.size() == 1);
  CHECK(it.row("web").number == 1);
}

TEST_CASE("a new occupant inherits nothing") {
  core_under_test it{shop()};
  it.start();
  auto sick = worker("mail");
  sick.more.make().health_check = health_check{.max_retries = 1};
  it.add(sick);
  for (int i = 0; i < 5; ++i) {
    it.crash("mail");
    it.advance(1s);
  }
  it.command(command::quarantine_child, "mail");
  it.command(command::remove_child, "mail");
  it.checks.clear();
  CHECK(it.add(worker("mail")) == "start mail");
  CHECK(it.row("mail").op == operation::active);
  CHECK(it.tally().children[it.slot_of("mail")].generation == 0);
  CHECK(it.advance(1h) == "");
  CHECK(it.checks.empty());
  CHECK(it.crash("mail") == "wait 10ms");
}

TEST_CASE("ten thousand children come and go and leave no drift") {
  core_under_test it{shop()};
  it.start();
  it.is_large = true;
  const auto before = it.state();
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 10'000; ++i)
      it.add(worker("c" + std::to_string(i)));
    CHECK(it.state().members == 10'002);
    for (int i = 0; i < 10'000; ++i)
      it.command(command::remove_child, "c" + std::to_string(i));
  }
  it.advance(1h);
  auto after = it.state();
  CHECK(after.children.size() == 10'002);
  for (auto& r : after.children)
    r.number = r.born = 0;
  child_row vacant;
  vacant.now = phase::vacant;
  CHECK(std::all_of(after.children.begin() + 2, after.children.end(),
                    [&](const child_row& r) { return r == vacant; }));
  after.children.resize(2);
  after.next_rank = before.next_rank;
  auto then = before;
  for (auto& r : then.children)
    r.number = r.born = 0;
  for (auto* x : {&after, &then})
    x->armed = time_point::max();
  CHECK(after.children == then.children);
  CHECK(after.deadlines == then.deadlines);
  CHECK(after.promises == then.promises);
  CHECK(after.troubles == then.troubles);
  CHECK(after.members == then.members);
  after.regroups = then.regroups; // room for one, closed
  CHECK(after == then);
  CHECK(it.unanswered() == 0);
}
