#include "governed.hpp"

#include <doctest/doctest.h>
#include <supervisor/test/tree.hpp>

#include <sstream>
#include <stdexcept>

namespace sup = supervisor;
using namespace std::chrono_literals;
using governed::ask;

namespace {

caf::behavior steady(caf::event_based_actor*) {
  return {[](int n) -> int {
    if (n < 0)
      throw std::domain_error{"negative"};
    return n + 1;
  }};
}

sup::child_spec child(std::string id) {
  return {.id = std::move(id), .start = sup::worker(steady)};
}

void nobody(sup::child) {}

sup::supervisor_spec shop() {
  return {
    .strategy = sup::strategy::rest_for_one,
    .children
    = {child("stock"), {.id = "importer", .start = sup::blocking_worker(nobody)}, child("till")}};
}

} // namespace

SCENARIO("a tree of actors heals itself in virtual time") {
  GIVEN("a shop whose till follows its stock") {
    sup::test::tree it{shop()};
    WHEN("the stock crashes") {
      it.crash("stock");
      THEN("who came after it goes down and comes back with it") {
        CHECK(it.log() == "stop till, stop importer, wait 10ms");
        it.advance(10ms);
        CHECK(it.log() == "start stock, start importer, start till");
        CHECK(it.state_of("stock").restart_count == 1);
        CHECK(it.state_of("stock").last_words == "crashed by the test");
      }
    }
    WHEN("it is stopped") {
      const auto report = it.stop();
      THEN("the last started goes first and the report says how each went") {
        CHECK(it.log() == "stop till, stop importer, stop stock, finish");
        REQUIRE(report.outcomes.size() == 3);
        CHECK(report.outcomes[0].path == "/till");
        CHECK(report.outcomes[0].status == sup::shutdown_status::graceful);
        CHECK(report.asked_for());
        CHECK(report.abandoned().empty());
      }
    }
  }
}

SCENARIO("actors that depend on one that crashes go down and come back with it") {
  GIVEN("a stock, a till that needs it, a receipt printer that needs the till, and a radio") {
    auto till = child("till");
    till.dependencies = {"stock"};
    auto printer = child("printer");
    printer.dependencies = {"till"};
    sup::test::tree it{{.strategy = sup::strategy::one_for_dependents,
                        .children = {child("stock"), till, printer, child("radio")}}};
    WHEN("the stock crashes") {
      it.crash("stock");
      CHECK(it.log() == "stop printer, stop till, wait 10ms");
      it.advance(10ms);
      THEN("the radio has played on") {
        CHECK(it.log() == "start stock, start till, start printer");
        CHECK(it.state_of("radio").restart_count == 0);
        CHECK(it.state_of("printer").restart_count == 1);
      }
    }
    WHEN("the till crashes") {
      it.crash("till");
      CHECK(it.log() == "stop printer, wait 10ms");
      it.advance(10ms);
      CHECK(it.log() == "start till, start printer");
    }
    WHEN("the radio crashes") {
      it.crash("radio");
      CHECK(it.log() == "wait 10ms");
    }
  }
}

SCENARIO("supervisors nest") {
  GIVEN("a shop below a root that bears one restart") {
    sup::test::tree it{{.intensity = {.restarts = 1, .period = 1min},
                        .children = {{.id = "shop",
                                      .start = sup::nested({.intensity = {.restarts = 0},
                                                            .children = {child("a"), child("b")}})},
                                     child("c")}}};
    WHEN("a child of the shop crashes") {
      it.crash("shop/a");
      THEN("the shop gives up and its parent restarts it") {
        CHECK(it.log() == "stop shop/b, give up over shop/a, wait 10ms");
        it.advance(10ms);
        CHECK(it.log() == "start shop, start shop/a, start shop/b");
        AND_WHEN("that happens again") {
          it.crash("shop/b");
          THEN("the whole tree ends, with the reason") {
            CHECK(it.log() == "stop shop/a, give up over shop/b, stop c, give up over shop");
            REQUIRE(it.ended());
            CHECK(it.report()->why == sup::aim::give_up);
            CHECK(it.report()->culprit == "/shop");
          }
        }
      }
    }
    WHEN("a child asks for the end of the whole tree") {
      it.exits("shop/a", sup::make_failure(sup::failure::fatal_config, "no such printer"));
      THEN("it ends from the root") {
        CHECK(it.log() == "stop shop/b, end the tree over shop/a, stop c, end the tree over shop");
      }
    }
    WHEN("the shop itself is killed") {
      it.exits("shop", {});
      THEN("its children die with it, and come back with it") {
        it.advance(10ms);
        CHECK(it.log() == "wait 10ms, start shop, start shop/a, start shop/b");
      }
    }
    WHEN("the tree stops") {
      const auto report = it.stop();
      THEN("children below the shop leave before it") {
        CHECK(it.log() == "stop c, stop shop, stop shop/b, stop shop/a, finish, finish");
        REQUIRE(report.outcomes.size() == 4);
        CHECK(report.outcomes[1].path == "/shop/b");
        CHECK(report.outcomes[3].path == "/shop");
      }
    }
  }
}

TEST_CASE("a stranger's exit message does not stop a nested supervisor") {
  sup::test::tree it{
    {.children = {{.id = "shop", .start = sup::nested({.children = {child("a")}})}}}};
  sup::compat::anon_send_exit(*it.ref("shop"), caf::exit_reason::user_shutdown);
  CHECK(it.log() == "");
  CHECK(it.state_of("shop/a").state == sup::lifecycle::ready);
}

SCENARIO("the first start is all or nothing") {
  const auto broken
    = [](caf::event_based_actor*) -> caf::behavior { throw std::runtime_error{"no disk"}; };
  GIVEN("a second child that cannot start") {
    sup::test::tree it{
      {.children = {child("a"), {.id = "b", .start = sup::worker(broken)}, child("c")}}};
    THEN("the first is stopped again and the tree says why") {
      REQUIRE(it.ended());
      CHECK(it.report()->why == sup::aim::roll_back);
      CHECK(it.report()->culprit == "/b");
      CHECK(it.report()->reason.find("no disk") != std::string::npos);
    }
  }
  GIVEN("one that is optional") {
    sup::test::tree it{
      {.children
       = {child("a"),
          {.id = "b", .start = sup::worker(broken), .criticality = sup::criticality::optional},
          child("c")}}};
    THEN("it is tried again while the others run") {
      CHECK(it.state_of("c").state == sup::lifecycle::ready);
      it.advance(10ms);
      CHECK(it.log() == "start b, wait 20ms");
    }
  }
}

namespace {

class thrower : public caf::event_based_actor {
public:
  explicit thrower(caf::actor_config& config) : caf::event_based_actor(config) {
    throw std::runtime_error{"constructor"};
  }
};

class counter : public caf::event_based_actor {
public:
  counter(caf::actor_config& config, int from) : caf::event_based_actor(config), now_(from) {}
  caf::behavior make_behavior() override {
    return {[this](int n) { return now_ += n; }};
  }

private:
  int now_;
};

} // namespace

TEST_CASE("an actor whose constructor throws is a failed start") {
  sup::test::tree it{{.children = {{.id = "a", .start = sup::worker<thrower>()}}}};
  REQUIRE(it.ended());
  CHECK(it.report()->reason.find("constructor") != std::string::npos);
}

TEST_CASE("a class based actor starts again with its first arguments") {
  sup::test::tree it{{.children = {{.id = "a", .start = sup::worker<counter>(10)}}}};
  CHECK(ask(it, "a", 5) == 15);
  it.crash("a");
  it.advance(10ms);
  CHECK(ask(it, "a", 1) == 11);
}

TEST_CASE("the text of an exception arrives in the event and the answer") {
  std::string told;
  auto options = sup::test::tree::quiet();
  options.observer = [&told](const sup::tree_event& x) {
    if (x.what.decided)
      told = std::string{x.supervisor} + "/" + std::string{x.child} + " " + std::string{x.text};
  };
  sup::test::tree it{{.children = {child("a")}}, options};
  caf::scoped_actor self{it.system()};
  auto answer = sup::compat::request(self, *it.ref("a"), caf::infinite, -1);
  it.run();
  std::string got;
  std::move(answer).receive([](int) {}, [&](const caf::error& why) { got = sup::words(why); });
  CHECK(got == "negative");
  CHECK(told == "/a negative");
}

TEST_CASE("a launcher may say that there is nothing to run") {
  sup::test::tree it{
    {.children = {{.id = "a", .start = sup::custom([](caf::local_actor&, const sup::child&) {
                                return sup::launched::ignore();
                              })},
                  {.id = "b", .start = sup::worker(steady), .dependencies = {"a"}}}}};
  CHECK(it.state_of("a").state == sup::lifecycle::stopped);
  CHECK(it.state_of("b").state == sup::lifecycle::ready);
}

TEST_CASE("a dependent starts when its dependency says that it is ready") {
  const auto slow = [](caf::event_based_actor*, sup::child me) -> caf::behavior {
    return {[me](const std::string&) { me.ready(); }};
  };
  sup::test::tree it{
    {.children
     = {{.id = "web", .start = sup::worker(steady), .dependencies = {"db"}},
        {.id = "db", .start = sup::worker(slow), .readiness = sup::readiness::on_report}}}};
  CHECK(it.state_of("web").state == sup::lifecycle::declared);
  CHECK(it.state_of("web").waits_for == std::vector<std::string>{"db"});
  CHECK(it.state_of("db").state == sup::lifecycle::running);
  sup::compat::anon_send(*it.ref("db"), std::string{"go"});
  CHECK(it.log() == "start web");
  CHECK(it.state_of("db").state == sup::lifecycle::ready);
}

SCENARIO("a ref stays good over restarts") {
  GIVEN("a child and a ref to it") {
    sup::test::tree it{{.children = {child("a")}}};
    const auto ref = it.ref("a");
    caf::scoped_actor self{it.system()};
    WHEN("it is asked while it is down") {
      it.crash("a");
      auto answer = sup::compat::request(self, *ref, caf::infinite, 1);
      it.run();
      THEN("the question waits for the next life") {
        it.advance(10ms);
        int got = 0;
        std::move(answer).receive([&](int x) { got = x; }, [](const caf::error&) {});
        CHECK(got == 2);
      }
    }
    WHEN("the path names nobody") {
      auto answer = sup::compat::request(self, *it.ref("b"), caf::infinite, 1);
      it.run();
      std::string got;
      std::move(answer).receive([](int) {}, [&](const caf::error& why) { got = sup::words(why); });
      CHECK(got.find("names no child") != std::string::npos);
    }
    WHEN("the tree has ended") {
      it.stop();
      auto answer = sup::compat::request(self, *ref, caf::infinite, 1);
      it.run();
      bool failed = false;
      std::move(answer).receive([](int) {}, [&](const caf::error&) { failed = true; });
      CHECK(failed);
    }
  }
}

TEST_CASE("a ref among the arguments is checked before anything starts") {
  const auto asker
    = [](caf::event_based_actor*, sup::supervised_ref<>) -> caf::behavior { return {[](int) {}}; };
  using typed = sup::typed_actor<caf::result<int>(int)>;
  const auto typed_asker = [](caf::event_based_actor*,
                              sup::supervised_ref<typed>) -> caf::behavior { return {[](int) {}}; };
  sup::test::virtual_system world;
  const auto made = sup::start(
    world.system,
    {.children = {child("stock"),
                  {.id = "x", .start = sup::worker(asker, sup::ref("stok"))},
                  {.id = "y", .start = sup::worker(typed_asker, sup::ref<typed>("stock"))}}});
  REQUIRE(!made);
  REQUIRE(made.error().size() == 2);
  CHECK(to_string(made.error()[0])
        == "/children/1/start: a ref names no child of this tree: /stok, did you mean \"/stock\"?");
  CHECK(made.error()[1].where == "/children/2/start");
}

TEST_CASE("one child gets a ref to another and keeps it over restarts") {
  const auto doubler
    = [](caf::event_based_actor* self, sup::supervised_ref<> other) -> caf::behavior {
    return {[=](int n) { return sup::compat::delegate(self, *other, 2 * n); }};
  };
  sup::test::tree it{
    {.children = {{.id = "twice", .start = sup::worker(doubler, sup::ref("sub/plus"))},
                  {.id = "sub", .start = sup::nested({.children = {child("plus")}})}}}};
  CHECK(ask(it, "twice", 4) == 9);
  it.crash("sub/plus");
  it.advance(10ms);
  CHECK(ask(it, "twice", 5) == 11);
}

SCENARIO("callers of a child whose supervisor is down wait for both") {
  GIVEN("a child below a nested supervisor") {
    const auto nest = [](sup::restart when) {
      return sup::supervisor_spec{
        .children
        = {{.id = "shop", .start = sup::nested({.children = {child("a")}}), .restart = when}}};
    };
    WHEN("the supervisor is killed and will come back") {
      sup::test::tree it{nest(sup::restart::permanent)};
      const auto ref = it.ref("shop/a");
      it.run();
      CHECK(ref.life() == 1);
      it.exits("shop", {});
      CHECK(ref.life() == 0);
      caf::scoped_actor self{it.system()};
      auto answer = sup::compat::request(self, *ref, caf::infinite, 1);
      it.advance(10ms);
      int got = 0;
      std::move(answer).receive([&](int x) { got = x; }, [](const caf::error&) {});
      CHECK(got == 2);
    }
    WHEN("it will not") {
      sup::test::tree it{nest(sup::restart::temporary)};
      const auto ref = it.ref("shop/a");
      it.exits("shop", {});
      caf::scoped_actor self{it.system()};
      auto answer = sup::compat::request(self, *ref, caf::infinite, 1);
      it.run();
      std::string got;
      std::move(answer).receive([](int) {}, [&](const caf::error& why) { got = sup::words(why); });
      CHECK(got == "/shop/a is down: killed");
    }
  }
}

namespace {

using stock = sup::typed_actor<caf::result<int>(int)>;

struct shelf {
  int pieces = 0;
};

stock::behavior_type warehouse(stock::stateful_pointer<shelf> self, int first) {
  sup::compat::state_of(self).pieces = first;
  return {[self](int n) { return sup::compat::state_of(self).pieces += n; }};
}

} // namespace

TEST_CASE("a stateful typed actor begins every life with a fresh state") {
  sup::test::tree it{{.children = {{.id = "stock", .start = sup::worker(warehouse, 5)}}}};
  CHECK(ask(it, "stock", 1) == 6);
  CHECK(ask(it, "stock", 1) == 7);
  it.crash("stock");
  it.advance(10ms);
  CHECK(ask(it, "stock", 1) == 6);
}

TEST_CASE("a ref below a child that is no supervisor fails by name") {
  sup::test::tree it{{.children = {child("a")}}};
  caf::scoped_actor self{it.system()};
  auto answer = sup::compat::request(self, *it.ref("a/b"), caf::infinite, 1);
  it.run();
  std::string got;
  std::move(answer).receive([](int) {}, [&](const caf::error& why) { got = sup::words(why); });
  CHECK(got.find("names no child") != std::string::npos);
}

TEST_CASE("a missing start and a ref to it are two faults and no crash") {
  const auto asker
    = [](caf::event_based_actor*, sup::supervised_ref<>) -> caf::behavior { return {[](int) {}}; };
  sup::test::virtual_system world;
  const auto made = sup::start(
    world.system,
    {.children = {{.id = "a"}, {.id = "b", .start = sup::worker(asker, sup::ref("a"))}}});
  REQUIRE(!made);
  CHECK(to_string(made.error()) == "/children/0/start: a child needs something to start");
}

TEST_CASE("an observer that throws does not end the tree and is told nothing more") {
  const auto told_until_it_throws = [](const std::function<void()>& throw_it) {
    int told = 0;
    auto options = sup::test::tree::quiet();
    options.observer = [&](const sup::tree_event&) {
      if (++told == 3)
        throw_it();
    };
    sup::test::tree it{{.children = {child("a")}}, options};
    it.log();
    it.crash("a");
    it.advance(10ms);
    CHECK(it.log() == "wait 10ms, start a");
    return told;
  };
  CHECK(told_until_it_throws([] { throw std::runtime_error{"disk full"}; }) == 3);
  CHECK(told_until_it_throws([] { throw 42; }) == 3);
}

TEST_CASE("a crash is one line that does nothing to a terminal") {
  std::ostringstream out;
  auto options = sup::test::tree::quiet();
  options.observer = sup::crash_lines(out);
  sup::test::tree it{{.children = {child("a")}}, options};
  it.crash("a", "one\n[supervisor] /b panicked: \x1b[2Jforged\u009b\r");
  CHECK(out.str()
        == "[supervisor] /a panicked: one\\n[supervisor] /b panicked: \\x1b[2Jforged\\u009b\\r, "
           "restart in 10ms (1 of 10 in 1min)\n");

  out.str("");
  it.advance(10ms);
  it.crash("a", std::string(5000, 'x'));
  CHECK(out.str().size() == 1001);
  CHECK(out.str().ends_with("xxx..., restart in 20ms (2 of 10 in 1min)\n"));
  CHECK(it.state_of("a").last_words == std::string(5000, 'x'));
}

TEST_CASE("what a report says of a crash is one line") {
  auto options = sup::test::tree::quiet();
  sup::test::tree it{{.intensity = {.restarts = 0}, .children = {child("a")}}, options};
  it.crash("a", "one\ntwo\x1b[2J" + std::string(5000, 'x'));
  REQUIRE(it.ended());
  const auto text = to_string(*it.report());
  CHECK(text.starts_with("gave up over /a: panicked: one\\ntwo\\x1b[2Jxxx"));
  CHECK(text.find('\n') == text.npos);
  CHECK(text.size() < 1100);
}

TEST_CASE("a blocking worker that has to report its readiness is ready as a fake") {
  sup::test::tree it{
    {.children
     = {{.id = "a", .start = sup::blocking_worker(nobody), .readiness = sup::readiness::on_report},
        {.id = "b", .start = sup::worker(steady), .dependencies = {"a"}}}}};
  CHECK(it.state_of("b").state == sup::lifecycle::ready);
}
