#include "stage.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <future>
#include <thread>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

using namespace supervisor;

namespace {

std::string shown(const process_notice& it) {
  std::string text;
  const auto add = [&](bool is, const char* word) {
    if (is)
      text += text.empty() ? word : std::string{" "} + word;
  };
  add(it.ready, "ready");
  add(it.reloading, "reloading");
  add(it.stopping, "stopping");
  add(it.heartbeat, "heartbeat");
  add(it.trigger, "trigger");
  if (it.status)
    add(true, ("\"" + *it.status + "\"").c_str());
  return text.empty() ? "-" : text;
}

std::string parsed(std::string_view datagram) { return shown(parse_notice(datagram)); }

/// Whether somebody listens there.
bool speak(const std::string& address, const std::string& text) {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  std::memcpy(name.sun_path, address.c_str(), address.size() + 1);
  const int from = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const auto sent
    = sendto(from, text.data(), text.size(), 0, reinterpret_cast<sockaddr*>(&name), sizeof name);
  close(from);
  return sent >= 0;
}

process_order speaker(std::vector<std::string> words) {
  auto order = puppet(std::move(words));
  order.notify = true;
  return order;
}

} // namespace

TEST_CASE("notices are what systemd's protocol says") {
  CHECK(parsed("READY=1") == "ready");
  CHECK(parsed("READY=1\nSTATUS=up and running\n") == "ready \"up and running\"");
  CHECK(parsed("WATCHDOG=1") == "heartbeat");
  CHECK(parsed("WATCHDOG=trigger") == "trigger");
  CHECK(parsed("STOPPING=1\nRELOADING=1") == "reloading stopping");
  CHECK(parsed("STATUS=") == "\"\"");
  CHECK(parsed("STATUS=a\nSTATUS=b=c") == "\"b=c\"");
}

TEST_CASE("notices that are malformed or of no interest say nothing") {
  for (const auto* const text : {"", "\n\n", "READY", "READY=2", "READY=1 ", "ready=1", "=", "=1",
                                 "MAINPID=1", "WATCHDOG=", "WATCHDOG_USEC=5", "FDSTORE=1"})
    CHECK(parsed(text) == "-");
  CHECK(parsed("nonsense\nREADY=1\nmore") == "ready");
  CHECK(parsed(std::string_view{"READY=1\0", 8}) == "-");
  CHECK(parsed(std::string(max_notice_bytes, '\n') + "READY=1") == "-");
}

TEST_CASE("a status is cut and made readable") {
  CHECK(parsed("STATUS=a\tb\x1b[31mred\x1b[2J\u009b") == "\"a\tbred\\x1b[2J\\u009b\"");
  const auto it = parse_notice("STATUS=" + std::string(3000, 'x'));
  CHECK(*it.status == std::string(max_status_characters, 'x') + "...");
}

SCENARIO("a program tells how it is") {
  const stage here;
  GIVEN("one that says it is ready, gives a sign of life and ends") {
    actor_on_stage it{here, speaker({"notify", "READY=1\nSTATUS=up", "notify", "WATCHDOG=1",
                                     "notify", "WATCHDOG=trigger", "exit", "0"})};
    THEN("all of it is heard before its end") {
      CHECK(it.end() == "exit 0");
      std::string all;
      for (const auto& one : it.notices())
        all += shown(one) + "|";
      CHECK(all == "ready \"up\"|heartbeat|trigger|");
    }
  }
  GIVEN("one that has become another user") {
    if (geteuid() != 0) {
      MESSAGE("skipped: we are not root");
      return;
    }
    actor_on_stage it{here, speaker({"become", "12345", "notify", "READY=1", "exit", "0"})};
    THEN("it is heard nevertheless") {
      CHECK(it.end() == "exit 0");
      CHECK(it.notices().size() == 1);
    }
  }
  GIVEN("one in a network namespace of its own") {
    if (std::system("unshare -n true 2>/dev/null") != 0) {
      MESSAGE("skipped: we cannot make one");
      return;
    }
    auto order = speaker({"notify", "READY=1", "exit", "0"});
    order.spec.argv.insert(order.spec.argv.begin(), {"unshare", "-n"});
    actor_on_stage it{here, order};
    THEN("it is heard nevertheless") {
      CHECK(it.end() == "exit 0");
      CHECK(it.notices().size() == 1);
    }
  }
  GIVEN("one that leaves the talking to a daemon of its own") {
    actor_on_stage it{here, speaker({"daemon_notify", "READY=1", "wait"})};
    THEN("that is heard") {
      CHECK(it.waits_until([&] { return true; }));
      CHECK(becomes_true([&] { return it.notices().size() == 1; }));
    }
  }
}

SCENARIO("nobody else speaks for a program") {
  const stage here;
  GIVEN("a program that says where it is listened for") {
    actor_on_stage it{here, speaker({"variable", "NOTIFY_SOCKET", "wait"})};
    const auto address = it.line(0);
    const auto say = [&](int times) {
      for (int i = 0; i < times; ++i)
        CHECK(speak(address, "READY=1"));
    };
    WHEN("a process of the same user speaks") {
      say(1);
      THEN("that does not count, and is told at once, and then with a count") {
        CHECK(becomes_true([&] { return it.refused() == "1 of test_process; "; }));
        say(2);
        it.process->kill();
        CHECK(it.end() == "signal 9");
        CHECK(it.refused() == "1 of test_process; 2 of test_process; ");
        CHECK(it.notices().empty());
      }
    }
    WHEN("the program has ended") {
      it.process->kill();
      CHECK(it.end() == "signal 9");
      THEN("nobody listens there, and nothing is left of it") {
        CHECK_FALSE(speak(address, "READY=1"));
        CHECK_FALSE(std::filesystem::exists(std::filesystem::path{address}.parent_path()));
      }
    }
  }
}

SCENARIO("what a program says while we are paused counts from when it was said") {
  const stage here;
  GIVEN("a host whose thread is held") {
    actor_on_stage it{
      here, speaker({"hold", "10", "say", "up", "take", "10", "notify", "WATCHDOG=1", "wait"})};
    std::promise<void> go_on;
    REQUIRE(it.line(0) == "up");
    static_cast<const host&>(here).post([&] { go_on.get_future().wait(); });
    WHEN("the program speaks meanwhile") {
      kill(it.pid(), SIGUSR1);
      std::this_thread::sleep_for(300ms); // what is measured is the time that passes
      const auto before = std::chrono::steady_clock::now();
      go_on.set_value();
      THEN("its notice bears that time") {
        REQUIRE(becomes_true([&] { return it.heard_at().size() == 1; }));
        CHECK(it.heard_at().front() < before);
      }
    }
  }
}

TEST_CASE("a program that shall give signs of life is told how often, and that it is meant") {
  const stage here;
  auto order = speaker({"pid", "variable", "WATCHDOG_PID", "variable", "WATCHDOG_USEC"});
  order.watchdog = 2500ms;
  actor_on_stage it{here, order};
  CHECK(it.end() == "exit 0");
  CHECK(it.line(0) == std::to_string(it.pid()));
  CHECK(it.line(1) == it.line(0));
  CHECK(it.line(2) == "2500000");
}
