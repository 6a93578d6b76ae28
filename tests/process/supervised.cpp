#include "house.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <semaphore>
#include <stop_token>

#include <unistd.h>

// Programs as children of a tree. Real time and real processes: everything has a bound.

using namespace supervisor;

namespace {

/// How a program that does these things ends, and what is decided about it.
std::string fate_of(const std::function<void(child_details&)>& change,
                    std::vector<std::string> words) {
  auto it = with(puppet_child("a", std::move(words)), change);
  it.policy = leaves_it{};
  const house here{std::vector{std::move(it)}};
  std::string found;
  here.shows("a", [&](const child_state& x) {
    if (x.last_exit)
      found = supervisor::words(*x.last_exit) + ", " + std::string{label(x.state)};
    return x.last_exit.has_value();
  });
  return found;
}

std::string fate_of(std::vector<std::string> words) {
  return fate_of([](child_details&) {}, std::move(words));
}

} // namespace

SCENARIO("a program that is killed from outside is started again") {
  GIVEN("one that waits to be killed, with a family") {
    const house here{{puppet_child("a", {"child", "daemon", "wait"})}};
    const auto first = here.pid("a");
    WHEN("somebody kills it with SIGKILL") {
      kill(first, SIGKILL);
      THEN("another one runs") {
        CHECK(here.comes("a SIGKILL: restart"));
        CHECK(here.comes("child_restarted a"));
        const auto second = here.pid("a");
        CHECK(second != 0);
        CHECK(second != first);
        CHECK(is_gone(first));
      }
    }
  }
}

TEST_CASE("the end of a program is typed and its policy decides") {
  CHECK(fate_of({"exit", "3"}) == "exit code 3, failed");
  CHECK(fate_of({"exit", "0"}) == "exit code 0, stopped");
  CHECK(fate_of([](auto& it) { it.success_exit_codes = {{3}}; }, {"exit", "3"})
        == "exit code 3, stopped");
  CHECK(fate_of([](auto& it) { it.success_exit_codes = {{3}}; }, {"exit", "0"})
        == "exit code 0, failed");
  CHECK(fate_of({"die", std::to_string(SIGTERM)}) == "SIGTERM, failed");
  CHECK(fate_of([](auto& it) { it.resource_limits = {{.max_core_mb = 0}}; }, {"crash"})
        == "SIGSEGV, failed");
}

TEST_CASE("a program that leaves a core says so") {
  if (content("/proc/sys/kernel/core_pattern") != "core\n") {
    MESSAGE("skipped: core dumps go elsewhere here");
    return;
  }
  const temporary_folder folder;
  auto it = resigned(
    {.id = "a", .start = process({.argv = {SUPERVISOR_PUPPET, "crash"}, .cwd = folder.path()})});
  it.more.make().resource_limits = {{.max_core_mb = 100}};
  const house here{std::vector{it}};
  CHECK(here.comes("a SIGSEGV, core dumped: leave_down"));
}

SCENARIO("a program is asked to end and killed if it does not") {
  const auto stops = [](std::vector<std::string> words) {
    auto it = puppet_child("a", std::move(words));
    it.shutdown = stop_budget{200ms, 10s};
    house here{std::vector{it}};
    CHECK(here.says("a: up"));
    const auto report = here.stop();
    REQUIRE(report.outcomes.size() == 1);
    CHECK(report.verified_clean());
    const auto& x = report.outcomes.front();
    return std::string{label(x.status)} + ", " + supervisor::words(x.exit);
  };
  GIVEN("one that heeds SIGTERM") {
    THEN("it leaves gracefully") { CHECK(stops({"say", "up", "wait"}) == "graceful, stopped"); }
  }
  GIVEN("one that does not, and has a child that does not either") {
    THEN("it is killed") {
      CHECK(stops({"ignore", "15", "child", "say", "up", "wait"}) == "aborted, killed");
    }
  }
}

SCENARIO("dependents wait until a program says READY=1") {
  const auto says = [](std::vector<std::string> words) {
    auto db = puppet_child("db", std::move(words));
    db.readiness = readiness::on_report;
    auto web = puppet_child("web", {"wait"});
    web.dependencies = {"db"};
    return std::vector{db, web};
  };
  const std::vector<std::string> wanted{"child_running db", "child_ready db", "child_starting web"};
  GIVEN("one that says so") {
    const house here{says({"notify", "READY=1", "wait"})};
    THEN("they start then") {
      CHECK(here.running().started(patience).empty());
      CHECK(here.only(wanted) == "child_running db, child_ready db, child_starting web");
    }
  }
  GIVEN("one that only runs") {
    auto children = says({"say", "up", "wait"});
    children.front().start_timeout = 200ms;
    const house here{std::move(children)};
    THEN("nobody starts, and its start has failed in time") {
      CHECK(here.says("db: up"));
      CHECK(here.running().started(patience).size() == 1);
      CHECK(here.only(wanted) == "child_running db");
    }
  }
  GIVEN("one that is stopped while everybody waits for it") {
    house here{says({"say", "up", "wait"})};
    REQUIRE(here.says("db: up"));
    THEN("it goes at once") {
      CHECK(here.stop().verified_clean());
      CHECK(here.only(wanted) == "child_running db");
    }
  }
}

SCENARIO("a program has to send WATCHDOG=1") {
  const auto beats = [](std::vector<std::string> words, nanoseconds stale_after) {
    return with(puppet_child("a", std::move(words)), [&](auto& it) {
      it.health_policy = {{stale_after / 3, stale_after}};
    });
  };
  GIVEN("one that stops to do so") {
    const house here{{beats({"notify", "WATCHDOG=1", "wait"}, 300ms)}};
    THEN("it is started again as unhealthy") {
      CHECK(here.comes("child_heartbeat_stale a"));
      CHECK(here.comes("child_unhealthy a"));
      CHECK(here.comes("child_restarted a"));
    }
  }
  GIVEN("one that is told how often") {
    const house here{{beats({"variable", "WATCHDOG_USEC", "wait"}, 20s)}};
    THEN("it hears when it would be too late") { CHECK(here.says("a: 20000000")); }
  }
  GIVEN("one that says itself that it is not well") {
    const house here{{beats({"notify", "WATCHDOG=trigger", "wait"}, 20s)}};
    THEN("it is started again at once") { CHECK(here.comes("child_restarted a")); }
  }
}

TEST_CASE("what a program says of itself is in its state") {
  const house here{
    {with(puppet_child("a", {"notify", "STATUS=warm\tand dry", "wait"}), [](auto& it) {
      it.health_policy = {{1s, 20s}};
    })}};
  CHECK(here.shows("a", [](const auto& x) { return x.status_text == "warm\tand dry"; }));
  CHECK(here.state("a").kind == task_kind::process);
  CHECK(!is_gone(here.pid("a")));
}

TEST_CASE("a limit that nobody keeps is told in the state and, once, as a line") {
  auto limited = puppet_child("a", {"exit", "1"});
  limited.more.make().resource_limits = {{.max_cpu_percent = 50}};
  const house here{std::vector{limited}};
  const std::string told
    = "/resource_limits/max_cpu_percent: is not enforced, since the process has no "
      "cgroup of its own";
  CHECK(here.comes("child_restarted a", 2));
  CHECK(here.says("a! supervisor: " + told));
  CHECK(std::ranges::count(here.lines(), "a! supervisor: " + told) == 1);
}

TEST_CASE("what has ended has no pid and nothing to say") {
  const house here{
    {with(resigned(puppet_child("a", {"notify", "STATUS=here", "read"})), [](auto& it) {
      it.health_policy = {{1s, 20s}};
    })}};
  CHECK(here.comes("child_stopped a"));
  CHECK(here.state("a").pid == 0);
  CHECK(here.state("a").status_text == "");
}

SCENARIO("operators send signals to programs") {
  GIVEN("one that answers to two, and an actor") {
    const house here{
      {puppet_child("a", {"answer", std::to_string(SIGHUP), "answer", std::to_string(SIGUSR1),
                          "say", "up", "wait"}),
       {.id = "b", .start = blocking_worker([](const child& me) {
                     std::binary_semaphore told{0};
                     const std::stop_callback stop{me.stop_token(), [&] { told.release(); }};
                     told.acquire();
                   })},
       resigned(puppet_child("c", {"exit", "0"}))}};
    REQUIRE(here.says("a: up"));
    WHEN("it is told to read its configuration again") {
      const auto came = here.running().reload_child("a", anna);
      THEN("it gets its reload_signal") {
        REQUIRE(came);
        CHECK(came->ok());
        CHECK(here.says("a: got 01"));
      }
    }
    WHEN("it is sent another one") {
      const auto came = here.running().signal_child("a", "USR1", anna);
      THEN("it gets that") {
        REQUIRE(came);
        CHECK(came->ok());
        CHECK(here.says("a: got 10"));
      }
    }
    WHEN("there is no such signal, or nobody who could get it") {
      REQUIRE(here.comes("child_stopped c"));
      THEN("it is refused") {
        CHECK(!here.running().signal_child("a", "SIGNAL", anna));
        CHECK(!here.running().signal_child("a", "KILL", anna));
        CHECK(!here.running().signal_child("a", "HUP", {"", "why"}));
        CHECK(!here.running().reload_child("b", anna)->ok());
        CHECK(!here.running().reload_child("c", anna)->ok());
      }
    }
  }
}

// -- ends at awkward times -----------------------------------------------------------------------------

SCENARIO("a program is taken away while it starts") {
  GIVEN("one that never gets ready") {
    auto it = puppet_child("a", {"child", "say", "up", "wait"});
    it.readiness = readiness::on_report;
    it.criticality = criticality::optional;
    const house here{std::vector{it}};
    WHEN("it is removed") {
      REQUIRE(here.says("a: up"));
      const auto came = here.running().remove_child("a", anna);
      THEN("nobody is left") {
        REQUIRE(came);
        CHECK(becomes_true([] { return all_of_ours().empty(); }));
      }
    }
    WHEN("somebody kills it with SIGKILL") {
      REQUIRE(here.says("a: up"));
      kill(here.pid("a"), SIGKILL);
      THEN("it is tried again") { CHECK(here.says("a: up", 2)); }
    }
  }
  GIVEN("trees that are stopped at once") {
    THEN("nobody is left, however far they got") {
      for (int i = 0; i < 20; ++i) {
        house here{{puppet_child("a", {"child", "wait"}), puppet_child("b", {"daemon", "wait"})}};
        CHECK(here.stop().verified_clean());
      }
    }
  }
}

TEST_CASE("the actor of a program may be killed by a stranger") {
  const house here{{puppet_child("a", {"child", "wait"})}};
  const auto first = here.pid("a");
  const auto who = here.running().whereis("a");
  REQUIRE(who);
  caf::anon_send_exit(*who, caf::exit_reason::kill);
  CHECK(here.comes("child_restarted a"));
  CHECK(becomes_true([&] { return is_gone(first); }));
  CHECK(becomes_true([&] { return all_of_ours().size() == 3; })); // with its helper and its child
}

TEST_CASE("a program that is paused, resumed, added and removed") {
  const house here{std::vector{puppet_child("a", {"wait"})}};
  REQUIRE(here.pid("a") != 0);
  CHECK(here.running().pause_child("a", anna)->ok());
  CHECK(becomes_true([] { return all_of_ours().empty(); }));
  CHECK(here.running().resume_child("a", anna)->ok());
  CHECK(here.pid("a") != 0);
  const auto added = here.running().start_child(puppet_child("b", {"say", "up", "wait"}), anna);
  REQUIRE(added);
  CHECK(added->ok());
  CHECK(here.says("b: up"));
  const auto missing
    = here.running().start_child({.id = "c", .start = process({.argv = {"/no/such"}})}, anna);
  REQUIRE(missing);
  REQUIRE(missing->failure);
  CHECK(missing->failure->reason.find("/process/argv/0") != std::string::npos);
  CHECK(here.running().remove_child("b", anna)->ok());
  CHECK(becomes_true([] { return all_of_ours().size() == 2; }));
}

TEST_CASE("fifty programs start and stop in order") {
  std::vector<child_spec> children;
  for (int i = 0; i < 50; ++i)
    children.push_back(puppet_child("p" + std::to_string(i), {"say", "up", "wait"}));
  house here{std::move(children)};
  REQUIRE(here.running().started(patience).empty());
  for (int i = 0; i < 50; ++i)
    CHECK(here.says("p" + std::to_string(i) + ": up"));
  const auto report = here.stop();
  CHECK(report.outcomes.size() == 50);
  CHECK(report.verified_clean());
  CHECK(to_string(report).ends_with("50 children, 50 graceful"));
  CHECK(report.took < 20s);
}
