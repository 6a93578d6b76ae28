// Settings as people read them: in the effective policy and in the list of changes.

#include <doctest/doctest.h>
#include <supervisor/spec/setting_words.hpp>

using namespace supervisor;
using namespace std::chrono_literals;

using detail::words;

TEST_CASE("a time is told in the largest unit that needs three digits or fewer") {
  CHECK(words(0ns) == "0ns");
  CHECK(words(1ns) == "1ns");
  CHECK(words(1500ns) == "1.5us");
  CHECK(words(1'000'001ns) == "1000.001us");
  CHECK(words(nanoseconds{1001ms}) == "1.001s");
  CHECK(words(nanoseconds{90s}) == "1.5min");
  CHECK(words(nanoseconds{2h}) == "2h");
  CHECK(words(nanoseconds{-5ms}) == "-5000000ns");
}

TEST_CASE("a stop is told with what it differs in") {
  CHECK(words(stop_budget{}) == "5s, then 1s for a kill");
  CHECK(words(brutal_kill) == "1s for a kill");
  CHECK(words(unlimited_stop) == "unlimited");
  CHECK(words(stop_budget{stop_budget::no_end, 3s}) == "unlimited, 3s for a kill");
}

TEST_CASE("each jitter has a name") {
  CHECK(words(jitter::none()) == "no jitter");
  CHECK(words(jitter::by(0.25)) == "jitter 0.25");
  CHECK(words(jitter::full()) == "full jitter");
  CHECK(words(jitter::decorrelated()) == "decorrelated jitter");
  CHECK(words(backoff{10ms, 1s, jitter::full()}) == "10ms to 1s, full jitter");
}

TEST_CASE("limits are told as counts") {
  CHECK(words(restart_limit{1, 10s}) == "1 restart in 10s");
  CHECK(words(restart_limit{unlimited, 10s}) == "unlimited restarts in 10s");
  CHECK(words(intensity{0, 5s}) == "0 restarts in 5s");
  failure_window recent{.window = 30s, .threshold = 2};
  CHECK(words(recent) == "2 failures in 30s");
  recent.mode = failure_window_mode::count_sliding;
  recent.max_count = 8;
  CHECK(words(recent) == "2 failures of 8 ends");
}

TEST_CASE("limits of a scope are told one after another") {
  CHECK(words(scope_limits{}) == "none");
  CHECK(words(scope_limits{.concurrent_restarts = 1}) == "1 restart at a time");
  scope_limits all{.restart_budget = token_bucket{.window = 1min},
                   .meltdown = meltdown_fuse{},
                   .concurrent_restarts = 2};
  CHECK(words(all)
        == "a budget of 10 in 1min, 0.5 back a second; " + words(*all.meltdown)
             + "; 2 restarts at a time");
}

TEST_CASE("resource limits are told as far as they are set") {
  CHECK(words(resource_limits{}) == "none");
  CHECK(words(resource_limits{.required = true}) == "none");
  CHECK(words(resource_limits{.max_core_mb = 0}) == "no core dump");
  CHECK(words(resource_limits{.max_memory_mb = 64,
                              .max_cpu_percent = 150,
                              .max_file_descriptors = 100,
                              .max_core_mb = 7,
                              .max_processes = 3,
                              .required = true})
        == "64 MB, 150% of a core, 100 open files, 7 MB of core, 3 processes, required");
}

TEST_CASE("permissions are told with their signals in order") {
  CHECK(words(command_permissions{}) == "SIGTERM");
  CHECK(words(command_permissions{.allowed_signals = {}}) == "nothing");
  CHECK(words(command_permissions{true, true, {"TERM", "SIGHUP"}})
        == "shutdown, restart, SIGHUP, SIGTERM");
}

TEST_CASE("a variable is a text in quotation marks or a reference") {
  CHECK(words(env_var{.name = "A", .value = "b"}) == "\"b\"");
  CHECK(words(env_var{.name = "A"}) == "\"\"");
  CHECK(words(env_var{.name = "A", .secret_ref = "${B}"}) == "${B}");
  CHECK(words(secret_ref{"A", "k", false}) == "\"k\"");
  CHECK(words(secret_ref{"A", "k", true}) == "\"k\", required");
}

TEST_CASE("a precondition says what has to hold and for how long it is tried") {
  const std::vector<precondition> all{
    {.path = "/run/db", .timeout = 1s}, {.tcp = "db:80", .timeout = 2s}, {.check = "warm"}};
  CHECK(words(all)
        == "path /run/db for 1s each 500ms, tcp db:80 for 2s each 500ms, "
           "check warm for 30s each 500ms");
  CHECK(words(std::vector<precondition>{}) == "none");
}

TEST_CASE("a recycling says by what it goes") {
  CHECK(words(recycle_policy{.max_age = 1h}) == "after 1h, spread 0.1");
  CHECK(words(recycle_policy{.max_count = 9, .spread = 0}) == "at a count of 9, spread 0");
}

TEST_CASE("who belongs to whom is told") {
  CHECK(words(sidecar_config{"web", false}) == "of web");
  CHECK(words(sidecar_config{"web", true}) == "of web, linked");
  CHECK(words(strategy::one_for_all, "") == "one_for_all");
  CHECK(words(strategy::one_for_all, "front") == "one_for_all with tag \"front\"");
  CHECK(words(std::vector<std::string>{"a", "b\n"}) == "a, b\\n");
  CHECK(words(std::vector<std::int32_t>{3, -1}) == "-1, 3");
}

TEST_CASE("whether anybody may be added is told") {
  CHECK(words(dynamic_supervisor_policy{}) == "no limit");
  CHECK(words(dynamic_supervisor_policy{.child_limit = 4}) == "up to 4 in all");
  CHECK(words(dynamic_supervisor_policy{.enabled = false, .child_limit = 4}) == "nobody is added");
}

TEST_CASE("signs of life are told with their times") {
  CHECK(words(health_policy{}) == "a beat each 1s, stale after 3s");
  CHECK(words(health_check{.max_retries = 1}) == "asked each 10s for 5s, 1 failure in a row");
  CHECK(words(readiness_probe{}) == "asked each 5s for 3s");
  CHECK(words(stall_watchdog{}) == "report after 5s");
  CHECK(words(stall_watchdog{1s, on_stall_action::restart}) == "restart after 1s");
}
