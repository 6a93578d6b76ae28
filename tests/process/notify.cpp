#include "stage.hpp"

#include <doctest/doctest.h>

#include <sstream>

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
  GIVEN("one whose child speaks as another user") {
    if (geteuid() != 0) {
      MESSAGE("skipped: we are not root");
      return;
    }
    actor_on_stage it{here, speaker({"become", "12345", "notify", "READY=1", "exit", "0"})};
    THEN("it is ignored and counted") {
      CHECK(it.end() == "exit 0");
      CHECK(it.notices().empty());
      CHECK(it.how()->ignored_notices == 1);
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
