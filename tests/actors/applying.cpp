// A tree that becomes another one.

#include "governed.hpp"
#include "told.hpp"

#include <doctest/doctest.h>
#include <supervisor/test/tree.hpp>

#include <stdexcept>

namespace sup = supervisor;
using namespace std::chrono_literals;
using governed::ask;

namespace {

caf::behavior steady(caf::event_based_actor*) {
  return {[](int n) { return n; }};
}

caf::behavior other(caf::event_based_actor*) {
  return {[](int n) { return -n; }};
}

caf::behavior broken(caf::event_based_actor*) { throw std::runtime_error{"no paper"}; }

caf::behavior never_ready(caf::event_based_actor*, const sup::child&) {
  return {[](int) {}};
}

/// Does not stop before it is killed.
caf::behavior stubborn(caf::event_based_actor* self) {
  sup::compat::on_exit_msg(self, [](const caf::exit_msg&) {});
  return {[](int) {}};
}

sup::child_spec child(std::string id, std::vector<std::string> needs = {}) {
  return {.id = std::move(id), .start = sup::worker(steady), .dependencies = std::move(needs)};
}

sup::supervisor_spec shop() { return {.children = {child("db"), child("web", {"db"})}}; }

std::string ids_of(const sup::supervisor_state& x) {
  std::string text;
  for (const auto& one : x.children) {
    text += (text.empty() ? "" : " ") + one.id;
    if (one.state != sup::lifecycle::ready)
      text += "(" + std::string{label(one.state)} + ")";
    if (one.below)
      text += "[" + ids_of(*one.below) + "]";
  }
  return text;
}

std::string in_short(const sup::change_plan& x) {
  std::string text;
  for (const auto& one : x.changes)
    text += (text.empty() ? "" : ", ") + std::string{label(one.what)} + " " + one.path;
  return text;
}

/// What comes of it: "ok", or what the record or the fault says.
std::string apply(sup::test::tree& it, const sup::change_plan& plan) {
  const auto came = it.apply(plan);
  if (!came)
    return to_string(came.error());
  return came->ok() ? "ok" : came->failure->phase + ": " + came->failure->reason;
}

std::string become(sup::test::tree& it, sup::supervisor_spec wanted) {
  const auto plan = it.plan_for(std::move(wanted));
  return plan ? apply(it, *plan) : to_string(plan.error());
}

} // namespace

SCENARIO("a plan says what it would take and changes nothing") {
  GIVEN("a shop, and another one that is wanted") {
    sup::test::tree it{{.children = {child("db"), child("web", {"db"}), child("old", {"db"})}}};
    sup::supervisor_spec wanted{
      .children = {child("db"), child("cache", {"db"}), child("web", {"db", "cache"})}};
    wanted.children[0].start = sup::worker(other);
    wanted.children[2].backoff = {.first = 1s, .longest = 1min};
    WHEN("somebody asks for the plan") {
      const auto plan = it.plan_for(wanted);
      REQUIRE(plan);
      THEN("it lists the changes, stops first") {
        CHECK(in_short(*plan)
              == "stop /old, nothing /, restart /db, start /cache, change_in_place /web");
        CHECK_FALSE(plan->is_empty());
        CHECK(it.log() == "");
        CHECK(ids_of(it.state()) == "db web old");
      }
      AND_WHEN("it is applied") {
        CHECK(apply(it, *plan) == "ok");
        THEN("who leaves goes before anybody comes, dependencies first") {
          CHECK(it.log() == "stop old, stop db, start db, start cache");
          CHECK(ids_of(it.state()) == "db cache web");
          CHECK(it.state_of("web").attempt == 1);
          CHECK(ask(it, "db", 3) == -3);
        }
      }
    }
    WHEN("the plan is applied") {
      const auto done = it.apply(*it.plan_for(wanted), {"operator", "upgrade"});
      REQUIRE(done);
      THEN("the record says what was done and for whom") {
        CHECK(done->ok());
        CHECK(done->command == sup::command::apply);
        CHECK(done->path == "/");
        CHECK(done->audit.requested_by == "operator");
        CHECK(done->command_id == "#1");
        REQUIRE(done->changed.size() == 4);
        CHECK(done->changed[0] == "stop /old: not in the new spec");
        CHECK(done->changed[2] == "start /cache: not there so far");
        CHECK(done->changed[3].starts_with("change_in_place /web: "));
      }
    }
  }
}

TEST_CASE("what is wrong with a spec is said before there is a plan") {
  sup::test::tree it{shop()};
  CHECK(become(it, {.children = {child("web", {"db"})}}).find("db") != std::string::npos);
  CHECK(it.log() == "");
}

TEST_CASE("an empty plan does nothing and says so") {
  sup::test::tree it{shop()};
  const auto plan = it.plan_for(shop());
  REQUIRE(plan);
  CHECK(plan->is_empty());
  const auto done = it.apply(*plan);
  REQUIRE(done);
  CHECK(done->ok());
  CHECK(done->idempotent);
  CHECK(done->result() == "idempotent");
  CHECK(it.log() == "");
}

TEST_CASE("applying is refused to those who do not say who they are and why") {
  sup::test::tree it{shop()};
  const auto plan = it.plan_for({.children = {child("db")}});
  REQUIRE(plan);
  CHECK_FALSE(it.apply(*plan, {"", "why"}));
  CHECK_FALSE(it.apply(*plan, {"me", " "}));
  CHECK(it.log() == "");
}

TEST_CASE("a plan for a tree that has changed since is refused") {
  sup::test::tree it{shop()};
  const auto plan = it.plan_for({.children = {child("db")}});
  REQUIRE(plan);
  CHECK(become(it, {.children = {child("db"), child("web", {"db"}), child("mail")}}) == "ok");
  CHECK(it.log() == "start mail");
  CHECK(apply(it, *plan) == "/: the tree was changed since this was planned: plan anew");
  CHECK(ids_of(it.state()) == "db web mail");
  CHECK(it.log() == "");
}

SCENARIO("a nested supervisor becomes another one without going down") {
  const auto mall = [](sup::supervisor_spec left, sup::supervisor_spec right) {
    return sup::supervisor_spec{.children
                                = {{.id = "left", .start = sup::nested(std::move(left))},
                                   {.id = "right", .start = sup::nested(std::move(right))},
                                   child("door")}};
  };
  GIVEN("two of them") {
    sup::test::tree it{mall(shop(), shop())};
    WHEN("one gets a child and another limit") {
      auto more = shop();
      more.intensity = {.restarts = 1, .period = 1min};
      more.children.push_back(child("mail"));
      CHECK(become(it, mall(shop(), more)) == "ok");
      THEN("nobody else was touched") {
        CHECK(it.log() == "start right/mail");
        CHECK(ids_of(it.state()) == "left[db web] right[db web mail] door");
        CHECK(it.state_of("right").attempt == 1);
        CHECK(it.state_of("right/db").attempt == 1);
        AND_WHEN("its children crash more often than that") {
          it.crash("right/mail");
          it.advance(10ms);
          CHECK(it.log() == "wait 10ms, start right/mail");
          it.crash("right/web");
          THEN("the new limit counts, and it comes back as the new spec") {
            CHECK(it.log() == "stop right/mail, stop right/db, give up over right/web, wait 10ms");
            it.advance(10ms);
            CHECK(it.log() == "start right, start right/db, start right/web, start right/mail");
          }
        }
      }
    }
    WHEN("the whole tree is restarted from above after it") {
      auto more = shop();
      more.children.push_back(child("mail"));
      CHECK(become(it, mall(more, shop())) == "ok");
      it.log();
      it.exits("left", {});
      it.advance(10ms);
      THEN("it starts as the new spec") {
        CHECK(it.log() == "wait 10ms, start left, start left/db, start left/web, start left/mail");
      }
    }
    WHEN("the second cannot become what is wanted") {
      auto more = shop();
      more.children.push_back(child("mail"));
      auto bad = shop();
      bad.children.push_back({.id = "printer", .start = sup::worker(broken)});
      const auto came = become(it, mall(more, bad));
      THEN("the first is taken back as well") {
        CHECK(came.find("/right/printer") != std::string::npos);
        CHECK(came.find("no paper") != std::string::npos);
        CHECK(ids_of(it.state()) == "left[db web] right[db web] door");
        CHECK(it.log() == "start left/mail, start right/printer, stop left/mail");
      }
    }
  }
  GIVEN("one that is not there yet") {
    sup::test::tree it{{.children = {child("door")}}};
    WHEN("it is wanted") {
      CHECK(become(it, {.children = {child("door"), {.id = "in", .start = sup::nested(shop())}}})
            == "ok");
      THEN("it starts with all its children") {
        CHECK(it.log() == "start in, start in/db, start in/web");
        AND_WHEN("it is wanted no more") {
          CHECK(become(it, {.children = {child("door")}}) == "ok");
          THEN("all of it leaves") {
            CHECK(it.log() == "stop in, stop in/web, stop in/db, finish");
            CHECK(ids_of(it.state()) == "door");
          }
        }
      }
    }
  }
}

SCENARIO("what cannot come up is taken back") {
  GIVEN("a shop") {
    told events;
    sup::test::tree it{{.children = {child("db"), child("web", {"db"}), child("old")}},
                       events.options()};
    auto wanted = shop();
    WHEN("a new child does not start") {
      wanted.children.push_back({.id = "mail", .start = sup::worker(broken)});
      const auto came = it.apply(*it.plan_for(wanted));
      REQUIRE(came);
      THEN("the record says which and why, and everybody is as before") {
        REQUIRE(came->failure);
        CHECK(came->failure->phase == "start");
        CHECK(came->failure->reason.find("/mail") != std::string::npos);
        CHECK(came->failure->reason.find("no paper") != std::string::npos);
        CHECK(came->failure->recoverable);
        CHECK(came->changed.empty());
        CHECK(it.log() == "stop old, start mail, start old");
        CHECK(ids_of(it.state()) == "db web old");
        CHECK(it.state_of("db").attempt == 1);
      }
      AND_WHEN("it is wanted again and comes up") {
        wanted.children.back().start = sup::worker(steady);
        it.log();
        CHECK(become(it, wanted) == "ok");
        THEN("the tree is what was wanted") {
          CHECK(it.log() == "stop old, start mail");
          CHECK(ids_of(it.state()) == "db web mail");
        }
      }
    }
    WHEN("a new child does not become ready in time") {
      wanted.children.push_back({.id = "mail",
                                 .start = sup::worker(never_ready),
                                 .readiness = sup::readiness::on_report,
                                 .start_timeout = 2s});
      CHECK(become(it, wanted).find("/mail: took too long to start") != std::string::npos);
      THEN("it is stopped and the others are as before") {
        CHECK(it.log() == "stop old, start mail, stop mail, start old");
        CHECK(ids_of(it.state()) == "db web old");
      }
    }
    WHEN("one that is to be another does not start") {
      wanted.children[0].start = sup::worker(broken);
      CHECK(become(it, wanted).find("/db") != std::string::npos);
      THEN("it runs again as it was") {
        CHECK(ids_of(it.state()) == "db web old");
        CHECK(ask(it, "db", 3) == 3);
      }
    }
  }
}

SCENARIO("a tree that is busy is not changed") {
  GIVEN("a shop whose db waits for its restart") {
    auto spec = shop();
    spec.strategy = sup::strategy::one_for_all;
    sup::test::tree it{spec};
    auto more = spec;
    more.children.push_back(child("mail"));
    const auto plan = it.plan_for(more);
    REQUIRE(plan);
    it.crash("db");
    WHEN("somebody wants it changed") {
      const auto came = apply(it, *plan);
      THEN("that is refused, clearly, and works later") {
        CHECK(came.find("try again") != std::string::npos);
        it.advance(10ms);
        CHECK(it.log() == "stop web, wait 10ms, start db, start web");
        CHECK(apply(it, *plan) == "ok");
        CHECK(it.log() == "start mail");
      }
    }
    WHEN("the tree is stopping") {
      it.running().request_shutdown("operator", "enough");
      const auto came = apply(it, *plan);
      THEN("that is refused, too") {
        CHECK(came != "ok");
        CHECK(ids_of(it.state()) == "");
      }
    }
  }
}

TEST_CASE("children that were added at run time stay unless they are declared") {
  sup::test::tree it{shop()};
  REQUIRE(it.start_child(child("guest")));
  REQUIRE(it.start_child(child("friend")));
  it.log();
  auto wanted = shop();
  wanted.children.push_back(child("friend"));
  wanted.children.push_back(child("mail"));
  CHECK(become(it, wanted) == "ok");
  CHECK(it.log() == "start mail");
  CHECK(it.state_of("guest").dynamic);
  CHECK_FALSE(it.state_of("friend").dynamic);
  CHECK(become(it, shop()) == "ok");
  CHECK(it.log() == "stop mail, stop friend");
  CHECK(it.state_of("guest").state == sup::lifecycle::ready);
}

TEST_CASE("the new backoff and the new limit count at the next crash") {
  sup::test::tree it{{.children = {child("web")}}};
  sup::supervisor_spec wanted{.intensity = {.restarts = 1, .period = 1min},
                              .children = {child("web")}};
  wanted.children[0].backoff = {.first = 3s, .longest = 1min};
  CHECK(become(it, wanted) == "ok");
  CHECK(it.log() == "");
  it.crash("web");
  CHECK(it.log() == "wait 3s");
  it.advance(3s);
  CHECK(it.log() == "start web");
  it.crash("web");
  CHECK(it.log() == "give up over web");
  CHECK(it.ended());
}

TEST_CASE("the new template of a pool is for children that come later") {
  const auto pool_of = [](auto body) {
    return sup::supervisor_spec{
      .children = {{.id = "pool", .start = sup::pool({.id = "one", .start = sup::worker(body)})}}};
  };
  sup::test::tree it{pool_of(steady)};
  REQUIRE(it.start_member("pool"));
  CHECK(become(it, pool_of(other)) == "ok");
  REQUIRE(it.start_member("pool"));
  CHECK(it.log() == "start pool/one-1, start pool/one-2");
  CHECK(ask(it, "pool/one-1", 3) == 3);
  CHECK(ask(it, "pool/one-2", 3) == -3);
  it.crash("pool/one-1");
  it.advance(10ms);
  CHECK(ask(it, "pool/one-1", 3) == 3);
}

TEST_CASE("an operator's pause outlives a change") {
  sup::test::tree it{shop()};
  REQUIRE(it.pause_child("web"));
  it.log();
  auto wanted = shop();
  wanted.children[1].start = sup::worker(other);
  CHECK(become(it, wanted) == "ok");
  CHECK(it.log() == "");
  CHECK(it.state_of("web").state == sup::lifecycle::paused);
  REQUIRE(it.resume_child("web"));
  CHECK(ask(it, "web", 3) == -3);
}

TEST_CASE("a child that does not stop in time does not stop the change") {
  sup::test::tree it{{.children = {{.id = "old", .start = sup::worker(stubborn)}, child("db")}}};
  CHECK(become(it, {.children = {child("db"), child("web")}}) == "ok");
  CHECK(it.log() == "stop old, kill old, start web");
}

TEST_CASE("callers of a child that was taken out are told and a new one gets a new ref") {
  sup::test::tree it{shop()};
  const auto ref = it.ref("web");
  it.run();
  CHECK(become(it, {.children = {child("db")}}) == "ok");
  caf::scoped_actor self{it.system()};
  auto answer = sup::compat::request(self, *ref, caf::infinite, 1);
  it.run();
  std::string got;
  std::move(answer).receive([](int) {}, [&](const caf::error& why) { got = sup::words(why); });
  CHECK(got == "/web was removed");
  CHECK(become(it, shop()) == "ok");
  CHECK(ask(it, "web", 3) == 3);
}
