// What the default observer says, and what a report says of those who are gone: nothing that counts
// happens in silence.

#include "governed.hpp"

#include <sstream>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

using namespace governed;

namespace {

/// A tree in virtual time, and the lines that it would write on standard error.
class heard {
public:
  explicit heard(sup::supervisor_spec what) : it(std::move(what), options(said_)) {}

  std::string lines() const { return said_.str(); }

private:
  static sup::start_options options(std::ostream& to) {
    auto made = sup::test::tree::quiet();
    made.observer = sup::crash_lines(to);
    return made;
  }

  std::ostringstream said_;

public:
  sup::test::tree it;
};

sup::child_spec named(std::string id, sup::launcher start) {
  return {.id = std::move(id), .start = std::move(start)};
}

caf::behavior ends_well(caf::event_based_actor* self) {
  self->quit();
  return {[](int n) { return n; }};
}

caf::behavior without_disk(caf::event_based_actor*) { throw std::runtime_error{"no disk"}; }

sup::launched custom_without_disk(caf::local_actor&, const sup::child&) {
  throw std::runtime_error{"no disk"};
}

sup::child_spec reporting(std::string id) {
  auto made = named(std::move(id), sup::worker(late));
  made.readiness = sup::readiness::on_report;
  return made;
}

} // namespace

TEST_CASE("a child that ends well until its supervisor gives up is told of each time") {
  heard told{{.intensity = {.restarts = 1, .period = 1min},
              .children = {named("job", sup::worker(ends_well))}}};
  told.it.advance(1s);
  REQUIRE(told.it.ended());
  CHECK(told.lines()
        == "[supervisor] /job ended, restart in 10ms (1 of 1 in 1min)\n"
           "[supervisor] /job ended, gave up: 1 restart in 1min allowed\n"
           "[supervisor] the root gave up over /job: ended\n");
}

TEST_CASE("a child that a stranger ends is told of, and one that ends well and may is not") {
  auto job = named("job", sup::worker(steady));
  job.restart = sup::restart::transient;
  heard told{{.children = {named("store", sup::worker(steady)), job}}};
  told.it.exits("store", caf::exit_reason::user_shutdown);
  leave(told.it, "job");
  CHECK(told.lines()
        == "[supervisor] /store shut down by a stranger, restart in 10ms (1 of 10 in 1min)\n");
}

TEST_CASE("a start that fails is told of once, with its reason apart from the time of the stop") {
  for (const auto& start : {sup::worker(without_disk), sup::custom(custom_without_disk)}) {
    heard told{{.children = {named("x", start)}}};
    REQUIRE(told.it.ended());
    const auto report = to_string(*told.it.report());
    CHECK(report.find("no disk; stopped in ") != std::string::npos);
    const auto first = report.find("could not start");
    CHECK(first == 0);
    CHECK(report.find("could not start", first + 1) == std::string::npos);
    CHECK(told.lines().starts_with("[supervisor] the root could not start /x: "));
    CHECK(told.lines().ends_with("no disk\n"));
  }
}

SCENARIO("who needed a child that is down for good is named") {
  auto job = named("job", sup::custom(custom_without_disk));
  job.criticality = sup::criticality::optional;
  job.restart = sup::restart::temporary;
  auto app = named("app", sup::worker(steady));
  app.dependencies = {"job"};
  GIVEN("one that the tree cannot do without") {
    heard told{{.children = {job, app}}};
    THEN("both are named, and what the other one died of") {
      REQUIRE(told.it.ended());
      CHECK(told.it.report()->culprit == "/job");
      CHECK(told.it.report()->needed_by == "/app");
      CHECK(to_string(*told.it.report())
              .starts_with("could not start /app, which needs /job: no disk; stopped in "));
      CHECK(told.lines()
            == "[supervisor] /job could not start: no disk, left down\n"
               "[supervisor] the root could not start /app, which needs /job: no disk\n");
    }
  }
  GIVEN("the same below another supervisor") {
    heard told{{.children = {named("shop", sup::nested({.children = {job, app}}))}}};
    THEN("the reason comes along") {
      REQUIRE(told.it.ended());
      INFO(to_string(*told.it.report()));
      CHECK(to_string(*told.it.report())
              .starts_with("could not start /shop: /shop/app needs /shop/job could not start: "
                           "no disk; stopped in "));
    }
  }
  GIVEN("one that is optional itself") {
    app.criticality = sup::criticality::optional;
    heard told{{.children = {job, app}}};
    THEN("a line says for whom it waits") {
      CHECK_FALSE(told.it.ended());
      CHECK(told.lines()
            == "[supervisor] /job could not start: no disk, left down\n"
               "[supervisor] /app waits for /job, which is down for good\n");
    }
  }
}

SCENARIO("a start that waits for more than a second is told of once") {
  GIVEN("two that are not ready, and one that needs both") {
    auto web = named("web", sup::worker(steady));
    web.dependencies = {"db", "cache"};
    heard told{{.children = {reporting("db"), reporting("cache"), web}}};
    told.it.advance(1s - 1ns);
    CHECK(told.lines() == "");
    told.it.advance(5s);
    THEN("both are named") {
      CHECK(told.lines() == "[supervisor] /web waits for db, cache, 1s so far\n");
      CHECK(told.it.state_of("web").waits_for == std::vector<std::string>{"db", "cache"});
    }
    THEN("what is asked about it says so, too") {
      std::string said;
      told.it.running().explain(
        "web", [&](const sup::expected<sup::explanation>& x) { said = to_string(x.error()); });
      told.it.run();
      CHECK(said
            == "/web: has not ended so far: nothing was decided about it; it waits for db, cache");
    }
  }
  GIVEN("a precondition that does not hold") {
    auto web = named("web", sup::worker(steady));
    web.more.make().preconditions
      = {{.check = "disk", .holds = [] { return false; }, .timeout = 1min, .check_interval = 10s}};
    heard told{{.children = {web}}};
    told.it.advance(1s - 1ns);
    CHECK(told.lines() == "");
    told.it.advance(30s);
    THEN("a line says which one") {
      CHECK(told.lines() == "[supervisor] /web waits for check disk, 1s so far\n");
    }
    THEN("it was never started, and did not end in order either") {
      const auto report = told.it.stop();
      REQUIRE(report.outcomes.size() == 1);
      CHECK(label(report.outcomes[0].status) == "never_started");
      CHECK(report.outcomes[0].exit.what == sup::exit_class::manual_stop);
      CHECK(report.outcomes[0].exit.detail == sup::exit_detail::never_started);
    }
  }
}

SCENARIO("what a child was stopped for is told, and not how it took that") {
  GIVEN("one that sends no heartbeat") {
    auto web = named("web", sup::worker(steady));
    web.more.make().health_policy = sup::health_policy{1s, 3s};
    heard told{{.children = {web}}};
    told.it.advance(3s + 1ns);
    THEN("it is called stale") {
      CHECK(told.lines()
            == "[supervisor] /web unhealthy: no heartbeat for 3s, restart in 10ms "
               "(1 of 10 in 1min)\n");
      CHECK(told.it.state_of("web").last_words == "no heartbeat for 3s");
    }
  }
  GIVEN("one that runs and never says that it is ready") {
    auto web = reporting("web");
    web.criticality = sup::criticality::optional;
    web.start_timeout = 5s;
    heard told{{.children = {web}}};
    told.it.advance(5s);
    THEN("that is what is missing") {
      CHECK(told.lines()
            == "[supervisor] /web took too long to start: it runs, but never called me.ready(), "
               "restart in 10ms (1 of 10 in 1min)\n");
    }
  }
  GIVEN("one that runs for too long") {
    auto web = named("web", sup::worker(steady));
    web.more.make().run_timeout = 1min;
    heard told{{.children = {web}}};
    told.it.advance(1min);
    THEN("its limit is named") {
      CHECK(told.lines()
            == "[supervisor] /web timed out: longer than its run_timeout allows, restart in 10ms "
               "(1 of 10 in 1min)\n");
    }
  }
}

namespace {

/// What is written on standard error, by whomever, while it lives.
class standard_error {
public:
  standard_error() { dup2(all_, STDERR_FILENO); }

  ~standard_error() {
    dup2(before_, STDERR_FILENO);
    close(before_);
    close(all_);
  }

  standard_error(const standard_error&) = delete;
  standard_error& operator=(const standard_error&) = delete;

  std::string text() const {
    std::string all(static_cast<std::size_t>(lseek(all_, 0, SEEK_END)), '\0');
    const auto size = pread(all_, all.data(), all.size(), 0);
    all.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
    return all;
  }

private:
  const int all_ = memfd_create("standard error", MFD_CLOEXEC);
  const int before_ = dup(STDERR_FILENO);
};

caf::behavior plain(caf::event_based_actor*) {
  return {[](int n) { return n; }};
}

} // namespace

TEST_CASE("a custom start that monitors or links prints nothing when its child ends") {
  const auto monitored = [](caf::local_actor& parent, const sup::child&) -> sup::launched {
    return parent.spawn<caf::monitored>(plain);
  };
  const auto linked = [](caf::local_actor& parent, const sup::child&) -> sup::launched {
    return parent.spawn<caf::linked>(plain);
  };
  const standard_error said;
  {
    sup::test::tree it{
      {.children = {named("m", sup::custom(monitored)), named("l", sup::custom(linked))}}};
    it.log();
    it.exits("m", caf::exit_reason::kill);
    it.exits("l", caf::exit_reason::out_of_workers);
    it.advance(1s);
    CHECK(it.log() == "wait 10ms, wait 10ms, start m, start l");
    CHECK(it.state_of("m").state == sup::lifecycle::ready);
    it.stop();
  }
  CHECK(said.text() == "");
}

TEST_CASE("what never ran has not exited") {
  sup::test::tree it{
    {.children = {named("a", sup::worker(steady)), named("b", sup::custom(custom_without_disk)),
                  named("c", sup::worker(steady))}}};
  REQUIRE(it.ended());
  const auto report = *it.report();
  std::string left;
  for (const auto& x : report.outcomes)
    left += x.path + " " + std::string{label(x.status)} + " " + words(x.exit) + "\n";
  CHECK(left
        == "/a graceful stopped\n/b never_started could not start\n"
           "/c never_started was never started\n");
}
