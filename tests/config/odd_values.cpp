// Values that only a program can set: a file has no words for them.

#include "said.hpp"

#include <supervisor/effective/effective.hpp>
#include <supervisor/rules/lint.hpp>

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

declared_spec with(const auto& change) {
  declared_spec spec{.children = {{.id = "a", .start = {.factory = "f"}}}};
  change(spec);
  return spec;
}

std::string wrong(const auto& change) { return to_string(validate(with(change))); }

} // namespace

TEST_CASE("a stop budget below zero is refused") {
  CHECK(wrong([](auto& x) {
          x.children[0].shutdown = stop_budget{-1ns, 1s};
        })
        == "/children/0/shutdown/graceful_timeout: must not be negative");
}

TEST_CASE("a blank name and a blank version are refused") {
  CHECK(wrong([](auto& x) { x.more.make().config_version = " "; })
        == "/config_version: must not be blank");
  CHECK(wrong([](auto& x) { x.children[0].more.make().name = "\t"; })
        == "/children/0/name: must not be blank");
}

TEST_CASE("a limit cannot be asked of somebody outside") {
  const restart_policy outside{asked_outside<standard_policy>{{.within = 1s}, {}}};
  CHECK(wrong([&](auto& x) { x.more.make().limit = outside; })
        == "/limit: a policy outside is for a child, not for a limit");
}

TEST_CASE("what is not supported yet is refused") {
  CHECK(wrong([](auto& x) { x.more.make().event_channel_capacity = 3; })
        == "/event_channel_capacity: not supported yet");
}

TEST_CASE("jitter is told by its name") {
  const auto shown = [](jitter how) {
    return show_effective(with([&](auto& x) { x.children[0].backoff = {10ms, 1s, how}; }));
  };
  CHECK(shown(jitter::decorrelated()).find("decorrelated jitter") != std::string::npos);
  CHECK(shown(jitter::full()).find("full jitter") != std::string::npos);
  CHECK(shown(jitter::none()).find("no jitter") != std::string::npos);
}
