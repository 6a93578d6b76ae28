// Children that may have two lives for a while, as their callers see them.

#include "governed.hpp"

#include <memory>

using namespace governed;

namespace {

/// Ready when it is sent a text; answers with the number of its life.
caf::behavior server(caf::event_based_actor*, const sup::child& me) {
  return {[me](const std::string&) { me.ready(); },
          [me](int) { return static_cast<int>(me.attempt()); },
          [me](double n) { me.served(static_cast<std::uint64_t>(n)); }};
}

/// Every life of it, so that a test can talk to one that does not count.
using lives = std::shared_ptr<std::vector<caf::actor>>;

caf::behavior known_server(caf::event_based_actor* self, const sup::child& me, const lives& all) {
  all->push_back(caf::actor{self});
  return server(self, me);
}

sup::child_spec web(const lives& all) {
  sup::child_spec made{.id = "web", .start = sup::worker(known_server, all)};
  made.readiness = sup::readiness::on_report;
  made.more.make().start_before_stop = true;
  return made;
}

/// One that is sent to whoever it finds.
void ask(sup::test::tree& it, const std::shared_ptr<int>& number) {
  it.system().spawn([whom = *it.ref("web"), number](caf::event_based_actor* self) {
    sup::compat::request(self, whom, caf::infinite, 1).then([number](int n) { *number = n; });
  });
  it.run();
}

int life_that_answers(sup::test::tree& it) {
  const auto number = std::make_shared<int>(0);
  ask(it, number);
  return *number;
}

void make_ready(sup::test::tree& it, const caf::actor& who) {
  sup::compat::anon_send(who, std::string{"ready"});
  it.run();
}

} // namespace

SCENARIO("the callers of a child that is restarted meet nobody that is not ready") {
  GIVEN("a server that is ready when it says so") {
    const auto all = std::make_shared<std::vector<caf::actor>>();
    sup::test::tree it{{.children = {web(all)}}};
    const auto known = it.ref("web");
    make_ready(it, all->at(0));
    CHECK(life_that_answers(it) == 1);
    CHECK(it.restart_child("web")->ok());
    THEN("the old life answers while the next one gets ready") {
      CHECK(all->size() == 2);
      CHECK(life_that_answers(it) == 1);
      CHECK(it.state_of("web").attempt == 1);
      make_ready(it, all->at(1));
      CHECK(life_that_answers(it) == 2);
      CHECK(known.life() == 2);
      CHECK(it.state_of("web").state == sup::lifecycle::ready);
      CHECK(it.state_of("web").generation == 1);
    }
    THEN("one that does not get ready is given up, and nobody notices") {
      it.advance(30s);
      CHECK(life_that_answers(it) == 1);
      CHECK(it.log() == "start web, kill web");
      CHECK(it.restart_child("web")->ok());
      make_ready(it, all->at(2));
      CHECK(life_that_answers(it) == 3);
    }
    THEN("one that crashes before is no harm, and its words are told") {
      sup::compat::anon_send_exit(all->at(1), sup::make_failure(sup::failure::panic, "no port"));
      it.run();
      CHECK(life_that_answers(it) == 1);
      CHECK(it.state_of("web").restart_count == 0);
    }
    THEN("one that is ready and gone in the same moment leaves nobody with a handle to nothing") {
      sup::compat::anon_send(all->at(1), std::string{"ready"});
      sup::compat::anon_send_exit(all->at(1), sup::make_failure(sup::failure::panic, "no port"));
      it.run();
      CHECK(*known != caf::actor{});
      CHECK(known.life() == 0);
      it.advance(1s);
      make_ready(it, all->back());
      CHECK(life_that_answers(it) == 3);
    }
    THEN("a crash of the old life is a crash as ever") {
      it.crash("web");
      it.advance(1s);
      make_ready(it, all->back());
      CHECK(life_that_answers(it) == 3);
    }
    THEN("both end with the tree") {
      const auto report = it.stop();
      CHECK(report.verified_clean());
      CHECK(report.outcomes.size() == 1);
    }
    all->clear();
  }
}

SCENARIO("a child is replaced when it has done enough") {
  sup::child_spec made{.id = "web", .start = sup::worker(server)};
  made.more.make().recycle = sup::recycle_policy{.max_count = 100, .spread = 0};
  sup::test::tree it{{.children = {made}}};
  const auto serve = [&](double n) {
    sup::compat::anon_send(*it.ref("web"), n);
    it.run();
    it.advance(1ms);
  };
  serve(99);
  CHECK(life_that_answers(it) == 1);
  serve(1);
  CHECK(life_that_answers(it) == 2);
  CHECK(it.state_of("web").last_exit->what == sup::exit_class::manual_stop);
  serve(250);
  CHECK(life_that_answers(it) == 3);
}
