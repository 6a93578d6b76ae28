#include "server.hpp"

#include <doctest/doctest.h>

#include <csignal>

#include <unistd.h>

using namespace supervisor;

SCENARIO("a signal that stops") {
  const server_file served;
  supctl program{{"run", served.path()}};
  REQUIRE(program.says("[/web] up"));

  const auto stops_in_order = [&](int signal, const std::string& name) {
    program.send(signal);
    const auto ran = program.end();
    CHECK(ran.code == 0);
    CHECK(has(ran.out, "[supervisor] stopping: " + name));
    CHECK(has(ran.out, "1 child, 1 graceful\n"));
    CHECK(served.cleaned_up());
  };

  WHEN("SIGQUIT comes") {
    THEN("the tree is stopped in order") { stops_in_order(SIGQUIT, "SIGQUIT, once more"); }
  }
  WHEN("the power fails") {
    THEN("the tree is stopped in order") { stops_in_order(SIGPWR, "SIGPWR\n"); }
  }
  WHEN("its time on the processor is over") {
    THEN("the tree is stopped in order") { stops_in_order(SIGXCPU, "SIGXCPU\n"); }
  }
}

SCENARIO("a signal that would end the process") {
  const server_file served;
  supctl program{{"run", served.path()}};
  REQUIRE(program.says("[/web] up"));

  WHEN("it means nothing") {
    for (const auto signal : {SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF, SIGIO, SIGSTKFLT, SIGRTMIN + 3})
      program.send(signal);
    REQUIRE(program.says("it means nothing here", 7));
    program.send(SIGUSR2);
    program.send(SIGPIPE);
    program.send(SIGXFSZ);
    program.send(SIGUSR1);

    THEN("the tree goes on, and each is named once") {
      CHECK(program.says_to_err("served  one_for_one\n"));
      program.send(SIGTERM);
      const auto ran = program.end();
      CHECK(ran.code == 0);
      CHECK(has(ran.out, "[supervisor] SIGUSR2: it means nothing here, nothing is done\n"));
      CHECK(has(ran.out, "[supervisor] SIGRTMIN+3: it means nothing here"));
      CHECK(ran.out.find("SIGUSR2") == ran.out.rfind("SIGUSR2"));
      CHECK(served.cleaned_up());
    }
  }

  WHEN("somebody wants to know how the tree is") {
    program.send(SIGUSR1);

    THEN("its state is written on standard error") {
      CHECK(program.says_to_err("served  one_for_one\n"));
      CHECK(program.says_to_err("  web  "));
      program.send(SIGTERM);
      CHECK(program.end().code == 0);
    }
  }

  WHEN("a terminal that was never there hangs up") {
    program.send(SIGHUP);

    THEN("it is said that nothing is done, and the tree goes on") {
      CHECK(program.says("[supervisor] SIGHUP: the file is not read again yet, nothing is done\n"));
      program.send(SIGHUP);
      CHECK(program.says("SIGHUP", 2));
      program.send(SIGTERM);
      CHECK(program.end().code == 0);
      CHECK(served.cleaned_up());
    }
  }
}

SCENARIO("the terminal is closed") {
  const server_file served;

  GIVEN("a tree that runs on it") {
    supctl program{{"run", served.path()}, {.terminal = true}};
    REQUIRE(program.says("[/web] up"));
    program.hang_up();

    THEN("the tree is stopped in order") {
      CHECK(program.end().code == 0);
      CHECK(served.cleaned_up());
    }
  }

  GIVEN("a tree whose owner said that it has to go on") {
    supctl program{{"run", served.path()}, {.before = [] { std::signal(SIGHUP, SIG_IGN); }}};
    REQUIRE(program.says("[/web] up"));
    program.send(SIGHUP);
    program.send(SIGUSR1);
    REQUIRE(program.says_to_err("  web  "));

    THEN("it goes on without a word") {
      program.send(SIGTERM);
      const auto ran = program.end();
      CHECK(ran.code == 0);
      CHECK(!has(ran.out, "SIGHUP"));
    }
  }
}
