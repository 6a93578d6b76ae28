#include "house.hpp"

#include <doctest/doctest.h>

#include <csignal>

#include <unistd.h>

// Who of a program is asked to stop, who has time to do so, and what is said of the others.

using namespace supervisor;

namespace {

process_order shell(const std::string& script, stop_target whom = stop_target::group) {
  return {.spec = {.argv = {"/bin/sh", "-c", script}, .stop_to = whom},
          .environment = our_environment()};
}

const std::string puppet_that_says_bye = std::string{SUPERVISOR_PUPPET} + " bye 15 say up wait";

bool says(actor_on_stage& it, const std::string& line) {
  return becomes_true([&] { return std::ranges::count(it.lines(), line) > 0; });
}

child_spec of(process_spec what, stop_budget shutdown = {2s, 10s}) {
  return {.id = "a", .start = process(std::move(what)), .shutdown = shutdown};
}

child_spec shell_child_of(std::string script, stop_target whom, stop_budget shutdown = {2s, 10s}) {
  return of({.argv = {"/bin/sh", "-c", std::move(script)}, .stop_to = whom}, shutdown);
}

std::string how_it_left(house& here) {
  const auto report = here.stop();
  REQUIRE(report.outcomes.size() == 1);
  const auto& x = report.outcomes.front();
  return std::string{label(x.status)} + (x.text.empty() ? "" : ": " + x.text);
}

/// "killed what was left of it: puppet (pid 12)" without the number.
std::string without_pids(std::string text) {
  for (auto at = text.find(" (pid "); at != text.npos; at = text.find(" (pid "))
    text.erase(at, text.find(')', at) + 1 - at);
  return text;
}

} // namespace

SCENARIO("a stop reaches all who belong to a program") {
  const stage here;
  GIVEN("a server behind a shell") {
    WHEN("the group is told, as it is if nobody says otherwise") {
      actor_on_stage it{here, shell(puppet_that_says_bye + "; echo after")};
      REQUIRE(says(it, "up"));
      it.process->stop(SIGTERM);
      THEN("the server has its time, though the shell ends at once") {
        CHECK(it.left() == "signal 15, puppet");
        CHECK(it.end() == "signal 15");
        CHECK(says(it, "bye"));
        CHECK(it.how()->swept.count == 0);
      }
    }
    WHEN("the main process alone is told") {
      actor_on_stage it{here, shell(puppet_that_says_bye + "; echo after", stop_target::main)};
      REQUIRE(says(it, "up"));
      it.process->stop(SIGTERM);
      THEN("the server is killed when that has ended") {
        CHECK(it.end() == "signal 15");
        CHECK(names_of(it.how()->swept) == "puppet");
        CHECK(std::ranges::count(it.lines(), "bye") == 0);
      }
    }
  }
  GIVEN("a server in a session of its own") {
    const auto script = "setsid " + puppet_that_says_bye + " & wait";
    WHEN("all are told") {
      actor_on_stage it{here, shell(script, stop_target::all)};
      REQUIRE(says(it, "up"));
      it.process->stop(SIGTERM);
      THEN("it has its time") {
        CHECK(it.end() == "signal 15");
        CHECK(says(it, "bye"));
        CHECK(it.how()->swept.count == 0);
      }
    }
    WHEN("the group is told") {
      actor_on_stage it{here, shell(script)};
      REQUIRE(says(it, "up"));
      it.process->stop(SIGTERM);
      THEN("it is killed when the others have ended") {
        CHECK(it.end() == "signal 15");
        CHECK(names_of(it.how()->swept) == "puppet");
      }
    }
  }
  GIVEN("a program that was stopped") {
    actor_on_stage it{here, puppet({"bye", "15", "say", "up", "stop_itself", "wait"})};
    REQUIRE(says(it, "up"));
    it.process->stop(SIGTERM);
    THEN("it goes on, and hears that it is to end") {
      CHECK(it.end() == "exit 0");
      CHECK(says(it, "bye"));
    }
  }
  GIVEN("one that left its process group") {
    actor_on_stage it{here, shell("exec setsid -f true; " + puppet_that_says_bye)};
    it.process->stop(SIGTERM);
    THEN("its end is told") { CHECK(it.end() != "still there"); }
  }
}

SCENARIO("a helper that is held by its program") {
  const stage here;
  GIVEN("a program that has stopped it") {
    actor_on_stage it{here, puppet({"bye", "15", "hold", "10", "say", "up", "take", "10",
                                    "stop_parent", "say", "done", "wait"})};
    REQUIRE(says(it, "up"));
    kill(it.pid(), SIGUSR1);
    REQUIRE(says(it, "done"));
    WHEN("it is asked to end") {
      it.process->stop(SIGTERM);
      THEN("the helper is woken, and passes that on") {
        CHECK(it.end() == "exit 0");
        CHECK(says(it, "bye"));
      }
    }
    WHEN("it ends by itself") {
      kill(it.pid(), SIGKILL);
      THEN("that is noticed") { CHECK(it.end() == "signal 9"); }
    }
  }
  GIVEN("a program that stops it again and again") {
    actor_on_stage it{here,
                      shell("trap 'kill $p' USR1; sleep 1000 & p=$!; echo $$; wait; "
                            "while :; do kill -STOP $PPID; done & trap '' TERM; wait; wait; wait")};
    const auto pid = static_cast<pid_t>(std::stoi(it.line(0)));
    kill(pid, SIGUSR1); // not before the helper has told of the start
    WHEN("it is killed") {
      it.process->kill();
      THEN("the helper goes with it") {
        CHECK(it.end() == "signal 9");
        CHECK(is_gone(pid));
      }
    }
  }
}

SCENARIO("what had to be killed is named, and has not left gracefully") {
  GIVEN("a program with a server that does not heed its stop") {
    house here{{shell_child_of(std::string{SUPERVISOR_PUPPET} + " ignore 15 say up wait",
                               stop_target::group, {200ms, 10s})}};
    REQUIRE(here.says("a: up"));
    THEN("it is aborted") {
      CHECK(without_pids(how_it_left(here)) == "aborted: killed what was left of it: puppet");
    }
  }
  GIVEN("one with a server in a session of its own") {
    const auto script = "setsid " + puppet_that_says_bye + " & wait";
    WHEN("all are asked") {
      house here{{shell_child_of(script, stop_target::all)}};
      REQUIRE(here.says("a: up"));
      THEN("it leaves gracefully") { CHECK(how_it_left(here) == "graceful"); }
    }
    WHEN("the group is asked") {
      house here{{shell_child_of(script, stop_target::group)}};
      REQUIRE(here.says("a: up"));
      THEN("it is told that the server was killed") {
        CHECK(without_pids(how_it_left(here)) == "aborted: killed what was left of it: puppet");
      }
    }
    WHEN("the others are to be killed") {
      house here{{shell_child_of(script, stop_target::main)}};
      REQUIRE(here.says("a: up"));
      THEN("it leaves gracefully") { CHECK(how_it_left(here) == "graceful"); }
    }
  }
}

SCENARIO("a program whose main process ends is restarted when nobody of it is left") {
  GIVEN("a main process that fails and leaves a server") {
    house here{{shell_child_of(puppet_that_says_bye + " & sleep 0.2; exit 3", stop_target::group)}};
    THEN("the server is asked to end first") {
      CHECK(here.says("a: bye"));
      CHECK(here.comes("a exit code 3: restart"));
      CHECK(here.comes("child_restarted a"));
      const auto all = here.all();
      CHECK(all.find("child_control_cancel_delivered a") < all.find("a exit code 3: restart"));
    }
  }
  GIVEN("one that puts itself into the background") {
    house here{{resigned(of({.argv = {SUPERVISOR_PUPPET, "daemon", "exit", "0"}}))}};
    THEN("it is told what was killed") {
      CHECK(here.shows("a", [](const auto& x) {
        return without_pids(x.last_words) == "killed what was left of it: puppet";
      }));
    }
  }
}
