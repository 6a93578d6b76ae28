// Children that have to say that they live.

#include "governed.hpp"
#include "told.hpp"

#include <doctest/doctest.h>
#include <supervisor/test/tree.hpp>

#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <iostream>
#include <mutex>
#include <sys/mman.h>
#include <thread>
#include <unistd.h>

namespace sup = supervisor;
using namespace std::chrono_literals;
using governed::ask;

namespace {

/// Sends a beat for every text it gets.
caf::behavior beating(caf::event_based_actor*, sup::child me) {
  return {[me](const std::string&) { me.heartbeat(); },
          [me](int) { return static_cast<int>(me.heartbeat_interval() / 1ms); }};
}

/// Knows nothing of supervisors.
caf::behavior stranger(caf::event_based_actor*) {
  return {[](int n) { return n; }};
}

/// What a child says when it is asked how it is.
struct mood {
  enum class answer { yes, no, never } now = answer::yes;
  int asked = 0;
};

caf::behavior asked(caf::event_based_actor* self, std::shared_ptr<mood> mine) {
  const auto open = std::make_shared<std::vector<caf::response_promise>>();
  return {[=](sup::health_question) -> caf::result<bool> {
    ++mine->asked;
    if (mine->now != mood::answer::never)
      return mine->now == mood::answer::yes;
    auto promise = self->make_response_promise();
    open->push_back(promise);
    return promise;
  }};
}

sup::child_spec checked(std::shared_ptr<mood> mine) {
  sup::child_spec made{.id = "web", .start = sup::worker(asked, std::move(mine))};
  made.more.make().health_check = sup::health_check{10s, 5s, 3};
  return made;
}

sup::child_spec probed(std::shared_ptr<mood> mine) {
  sup::child_spec made{.id = "db", .start = sup::worker(asked, std::move(mine))};
  made.more.make().readiness_probe = sup::readiness_probe{5s, 3s};
  return made;
}

sup::child_spec with_beats(std::string id, sup::health_policy how) {
  sup::child_spec made{.id = std::move(id), .start = sup::worker(beating)};
  made.more.make().health_policy = how;
  return made;
}

/// What is printed while it lives.
class printed {
public:
  printed() {
    flush();
    for (const auto fd : {STDOUT_FILENO, STDERR_FILENO}) {
      before_.push_back(dup(fd));
      dup2(all_, fd);
    }
  }

  ~printed() {
    const auto all = text();
    for (const auto fd : {STDERR_FILENO, STDOUT_FILENO}) {
      dup2(before_.back(), fd);
      close(before_.back());
      before_.pop_back();
    }
    close(all_);
    std::cout << all; // perhaps of a check that failed
  }

  printed(const printed&) = delete;
  printed& operator=(const printed&) = delete;

  std::string text() const {
    flush();
    std::string all(static_cast<std::size_t>(lseek(all_, 0, SEEK_END)), '\0');
    all.resize(
      static_cast<std::size_t>(std::max<ssize_t>(0, pread(all_, all.data(), all.size(), 0))));
    return all;
  }

private:
  static void flush() {
    std::cout.flush();
    std::cerr.flush();
    std::fflush(nullptr);
  }

  const int all_ = memfd_create("printed", MFD_CLOEXEC);
  std::vector<int> before_;
};

} // namespace

SCENARIO("a child with a health_policy has to send beats") {
  GIVEN("one whose beats are too old after three seconds") {
    told events;
    sup::test::tree it{{.children = {with_beats("web", {1s, 3s})}}, events.options()};
    CHECK(it.state_of("web").health == sup::child_health::unknown);
    CHECK_FALSE(it.state_of("web").last_heartbeat);

    WHEN("it sends none in time") {
      it.advance(3s);
      CHECK(it.log() == "");
      it.advance(1ns);
      THEN("it is stopped as unhealthy and its policy starts it again") {
        CHECK(it.log() == "stop web, wait 10ms");
        CHECK(events.only({"child_heartbeat_stale web", "child_unhealthy web"})
              == "child_heartbeat_stale web, child_unhealthy web");
        CHECK(it.state_of("web").last_exit->cause == sup::failure_kind::unhealthy);
        it.advance(10ms);
        CHECK(it.log() == "start web");
        CHECK(it.state_of("web").restart_count == 1);
      }
    }
    WHEN("it beats every two seconds") {
      for (int i = 0; i < 5; ++i) {
        it.advance(2s);
        sup::compat::anon_send(*it.ref("web"), std::string{"beat"});
        it.run();
      }
      it.advance(2s);
      THEN("nothing happens and the state tells how long ago the last one was") {
        CHECK(it.log() == "");
        CHECK(it.state_of("web").health == sup::child_health::healthy);
        CHECK(it.state_of("web").last_heartbeat == 2s);
      }
    }
    THEN("it knows how often it is asked to beat") { CHECK(ask(it, "web", 0) == 1000); }
  }
}

TEST_CASE("a child takes its health_policy from the defaults of its supervisor") {
  sup::test::tree it{
    {.children = {{.id = "web", .start = sup::worker(beating)}, with_beats("own", {2s, 5s})},
     .defaults = {.health_policy = sup::health_policy{500ms, 4s}}}};
  CHECK(ask(it, "web", 0) == 500);
  CHECK(ask(it, "own", 0) == 2000);
  it.advance(4s + 1ns);
  CHECK(it.log() == "stop web, wait 10ms");
}

TEST_CASE("nobody asks a child for beats whose spec does not say so") {
  sup::test::tree it{{.children = {{.id = "web", .start = sup::worker(beating)}}}};
  CHECK(ask(it, "web", 0) == 0);
  it.advance(24h);
  CHECK(it.log() == "");
}

SCENARIO("a child with a health_check is asked how it is") {
  GIVEN("a child that answers yes") {
    const auto mine = std::make_shared<mood>();
    told events;
    sup::test::tree it{{.children = {checked(mine)}}, events.options()};
    WHEN("a minute passes") {
      it.advance(1min);
      THEN("it was asked every ten seconds") {
        CHECK(mine->asked == 6);
        CHECK(events.count("health_check_passed web") == 6);
        CHECK(it.state_of("web").health == sup::child_health::healthy);
        CHECK(it.log() == "");
      }
    }
    WHEN("it says no three times") {
      mine->now = mood::answer::no;
      it.advance(20s);
      CHECK(it.log() == "");
      it.advance(10s);
      THEN("it is unhealthy and started again") {
        CHECK(events.count("health_check_failed web") == 3);
        CHECK(events.count("child_unhealthy web") == 1);
        CHECK(it.log() == "stop web, wait 10ms");
        it.advance(10ms);
        CHECK(it.log() == "start web");
      }
    }
    WHEN("it does not answer") {
      mine->now = mood::answer::never;
      it.advance(44s);
      CHECK(events.count("health_check_failed web") == 2);
      it.advance(1s);
      THEN("each question counts as failed when its time is over") {
        CHECK(events.count("health_check_failed web") == 3);
        CHECK(it.log() == "stop web, wait 10ms");
      }
    }
    WHEN("it says no twice and then yes") {
      mine->now = mood::answer::no;
      it.advance(20s);
      mine->now = mood::answer::yes;
      it.advance(10s);
      mine->now = mood::answer::no;
      it.advance(20s);
      THEN("the yes counts for all that went before") { CHECK(it.log() == ""); }
    }
    WHEN("it is paused") {
      REQUIRE(it.pause_child("web"));
      CHECK(it.log() == "stop web");
      const auto before = mine->asked;
      it.advance(1h);
      THEN("nobody asks it until it runs again") {
        CHECK(mine->asked == before);
        CHECK(it.log() == "");
        REQUIRE(it.resume_child("web"));
        it.advance(10s);
        CHECK(mine->asked == before + 1);
      }
    }
  }
}

TEST_CASE("an unmodified actor that does not know the question is well and prints nothing") {
  for (const auto& start :
       {sup::worker(stranger), sup::worker([](caf::event_based_actor* self) -> caf::behavior {
          self->become([](const std::string&) {});
          return {[](double) {}};
        })}) {
    sup::child_spec child{.id = "web", .start = start};
    child.more.make().health_check = sup::health_check{10s, 5s, 3};
    const printed out;
    told events;
    sup::test::tree it{{.children = {child}}, events.options()};
    it.advance(1min);
    CHECK(it.log() == "");
    CHECK(events.count("health_check_passed web") == 6);
    CHECK(out.text() == "");
  }
}

TEST_CASE("an actor that is asked how it is still prints other messages that it does not know") {
  sup::child_spec child{.id = "web", .start = sup::worker(stranger)};
  child.more.make().health_check = sup::health_check{10s, 5s, 3};
  const printed out;
  sup::test::tree it{{.children = {child}}};
  sup::compat::anon_send(*it.ref("web"), std::string{"who is that?"});
  it.run();
  CHECK(out.text().find("who is that?") != std::string::npos);
}

namespace {

using desk = sup::typed_actor<caf::result<int>(int), caf::result<bool>(sup::health_question)>;
using mute = sup::typed_actor<caf::result<int>(int)>;

desk::behavior_type clerk(desk::pointer, std::shared_ptr<mood> mine) {
  return {[](int n) { return n; },
          [mine](sup::health_question) {
            ++mine->asked;
            return mine->now == mood::answer::yes;
          }};
}

mute::behavior_type silent(mute::pointer) {
  return {[](int n) { return n; }};
}

} // namespace

TEST_CASE("a typed actor answers the question if it is in its interface") {
  const auto mine = std::make_shared<mood>();
  sup::child_spec knows{.id = "desk", .start = sup::worker(clerk, mine)};
  knows.more.make().health_check = sup::health_check{10s, 5s, 2};
  sup::child_spec does_not{.id = "mute", .start = sup::worker(silent)};
  does_not.more.make().health_check = sup::health_check{10s, 5s, 2};
  const printed out;
  sup::test::tree it{{.children = {knows, does_not}}};
  it.advance(1min);
  CHECK(mine->asked == 6);
  CHECK(it.state_of("mute").health == sup::child_health::healthy);
  CHECK(it.log() == "");
  mine->now = mood::answer::no;
  it.advance(20s);
  CHECK(it.log() == "stop desk, wait 10ms");
  CHECK(out.text() == "");
}

SCENARIO("a child with a readiness_probe is ready when it says so") {
  GIVEN("a database that is not, and a web front that needs it") {
    const auto mine = std::make_shared<mood>(mood::answer::no);
    told events;
    sup::test::tree it{
      {.children
       = {probed(mine), {.id = "web", .start = sup::worker(stranger), .dependencies = {"db"}}}},
      events.options()};
    CHECK(it.state_of("db").readiness == sup::child_readiness::pending);
    CHECK(it.state_of("db").state == sup::lifecycle::running);
    CHECK(it.state_of("web").waits_for == std::vector<std::string>{"db"});
    WHEN("the answer is no for a while and then yes") {
      it.advance(20s);
      CHECK(it.log() == "");
      CHECK(events.count("child_ready db") == 0);
      mine->now = mood::answer::yes;
      it.advance(5s);
      THEN("it is ready, once, and who waited for it starts") {
        CHECK(it.log() == "start web");
        CHECK(it.state_of("db").readiness == sup::child_readiness::ready);
        const auto before = mine->asked;
        it.advance(1h);
        CHECK(events.count("child_ready db") == 1);
        CHECK(mine->asked == before);
      }
    }
    WHEN("no yes comes before its start_timeout") {
      it.advance(30s);
      THEN("the tree could not start") {
        REQUIRE(it.ended());
        CHECK(it.report()->why == sup::aim::roll_back);
        CHECK(it.report()->culprit == "/db");
      }
    }
  }
  GIVEN("one that had been ready and crashed") {
    const auto mine = std::make_shared<mood>();
    told events;
    sup::test::tree it{{.children = {probed(mine)}}, events.options()};
    CHECK(it.state_of("db").readiness == sup::child_readiness::ready);
    it.crash("db");
    mine->now = mood::answer::never;
    it.advance(10ms);
    CHECK(it.log() == "wait 10ms, start db");
    WHEN("it does not become ready again in time") {
      it.advance(30s);
      THEN("that is a failure, a timeout, and its policy decides") {
        CHECK(it.log() == "stop db, wait 20ms");
        CHECK(it.state_of("db").last_exit->what == sup::exit_class::timeout);
        CHECK(events.count("child_start_failed db") == 1);
      }
    }
  }
}

TEST_CASE("a child that does not know the probe is not ready") {
  sup::child_spec child{.id = "web",
                        .start = sup::worker(stranger),
                        .criticality = sup::criticality::optional,
                        .start_timeout = 20s};
  child.more.make().readiness_probe = sup::readiness_probe{5s, 3s};
  sup::test::tree it{{.children = {child}}};
  it.advance(19s);
  CHECK(it.state_of("web").readiness == sup::child_readiness::pending);
  it.advance(1s);
  CHECK(it.log() == "stop web, wait 10ms");
}

SCENARIO("a life that lasts longer than its run_timeout has timed out") {
  GIVEN("a job that may take a minute") {
    sup::child_spec job{.id = "job", .start = sup::worker(stranger)};
    job.more.make().run_timeout = 1min;
    sup::test::tree it{{.children = {job}}};
    WHEN("the minute is over") {
      it.advance(1min);
      THEN("it is stopped, and its policy decides about a timeout") {
        CHECK(it.log() == "stop job, wait 10ms");
        CHECK(it.state_of("job").last_exit->what == sup::exit_class::timeout);
        it.advance(10ms + 1min);
        CHECK(it.log() == "start job, stop job, wait 10ms");
      }
    }
  }
}

TEST_CASE("a blocking worker that stops beating is started again") {
  caf::actor_system_config config;
  caf::actor_system system{config};
  const auto work = [](sup::child me) {
    std::mutex mutex;
    std::condition_variable_any nothing;
    for (std::unique_lock lock{mutex}; !me.stopping();) {
      if (me.attempt() > 1)
        me.heartbeat();
      nothing.wait_for(lock, me.stop_token(), 5ms, [] { return false; });
    }
  };
  sup::child_spec child{.id = "w", .start = sup::blocking_worker(work)};
  child.more.make().health_policy = sup::health_policy{10ms, 300ms};
  told events;
  auto tree = sup::start(system, {.children = {child}}, events.options());
  REQUIRE(tree);
  CHECK(events.comes("child_restarted w"));
  CHECK(events.count("child_heartbeat_stale w") == 1);
  sup::child_state now;
  for (const auto end = std::chrono::steady_clock::now() + 5s;
       !now.last_heartbeat && std::chrono::steady_clock::now() < end; std::this_thread::yield())
    now = tree->current_state().children[0];
  CHECK(now.last_heartbeat);
  CHECK(now.health == sup::child_health::healthy);
  CHECK(now.restart_count == 1);
}
