#include "supervisor/os/process/exit_of_process.hpp"
#include "supervisor/report/report.hpp"

#include <doctest/doctest.h>

#include <csignal>

using namespace supervisor;
using namespace supervisor::detail;

namespace {

std::string shown(const child_exit& x) {
  return std::string{label(x.what)} + "/" + std::string{label(x.detail)} + "/"
         + std::string{label(x.cause)} + "/" + std::to_string(x.code);
}

std::string typed(const process_end& end, const done_to_process& done = {},
                  bool all_of_it = false) {
  return shown(exit_of(end, done, all_of_it));
}

some_processes one_left() { return {1, {{12, "sleep"}}}; }

constexpr auto cancelled = "external_cancel/none/cancelled/0";
constexpr auto unhealthy = "nonzero_exit/none/unhealthy/0";

} // namespace

TEST_CASE("a program that ends by itself says how") {
  CHECK(typed({.code = 0}) == "nonzero_exit/code/recoverable/0"); // its success codes come later
  CHECK(typed({.code = 3}) == "nonzero_exit/code/recoverable/3");
  CHECK(typed({.code = 143}) == "nonzero_exit/code/recoverable/143");
  CHECK(typed({.signal = SIGTERM}) == "nonzero_exit/signal/recoverable/15");
  CHECK(typed({.signal = SIGKILL}) == "nonzero_exit/signal/recoverable/9");
  CHECK(typed({.signal = SIGSEGV}) == "nonzero_exit/signal/recoverable/11");
  CHECK(typed({.signal = SIGSEGV, .core = true}) == "nonzero_exit/core_dump/recoverable/11");
  CHECK(typed({.signal = SIGKILL, .out_of_memory = true})
        == "nonzero_exit/out_of_memory/recoverable/9");
  CHECK(typed({.code = 1, .out_of_memory = true}) == "nonzero_exit/out_of_memory/recoverable/1");
}

TEST_CASE("a program that was told to end may do so in its own way") {
  const done_to_process told{.told = SIGTERM};
  CHECK(typed({.signal = SIGTERM}, told) == cancelled);
  CHECK(typed({.code = 0}, told) == cancelled);
  CHECK(typed({.code = 143}, told) == cancelled); // as shells say it
  CHECK(typed({.code = 1}, told) == "nonzero_exit/code/recoverable/1");
  CHECK(typed({.code = 130}, told) == "nonzero_exit/code/recoverable/130");
  CHECK(typed({.signal = SIGINT}, told) == "nonzero_exit/signal/recoverable/2");
  CHECK(typed({.signal = SIGSEGV, .core = true}, told) == "nonzero_exit/core_dump/recoverable/11");
  CHECK(typed({.signal = SIGINT}, {.told = SIGINT}) == cancelled);
}

TEST_CASE("a program that was killed did not heed what it was told") {
  const done_to_process killed{.told = SIGTERM, .killed = true};
  CHECK(typed({.signal = SIGKILL}, killed) == "nonzero_exit/killed/recoverable/9");
  CHECK(typed({.signal = SIGTERM}, killed) == "nonzero_exit/signal/recoverable/15");
  CHECK(typed({.code = 0}, killed) == "nonzero_exit/code/recoverable/0");
  CHECK(typed({.signal = SIGKILL}, {.killed = true}) == "nonzero_exit/killed/recoverable/9");
  CHECK(typed({.signal = SIGKILL, .out_of_memory = true}, killed)
        == "nonzero_exit/out_of_memory/recoverable/9");
}

TEST_CASE("a program that was killed because it said that it is unwell") {
  CHECK(typed({.signal = SIGKILL}, {.unhealthy = true}) == unhealthy);
  CHECK(typed({.code = 0}, {.unhealthy = true}) == unhealthy);
}

TEST_CASE("what had to be killed has not stopped in order") {
  const process_end end{.signal = SIGTERM, .swept = one_left()};
  CHECK(typed(end, {.told = SIGTERM}) == "external_cancel/killed/cancelled/0");
  CHECK(typed(end, {.told = SIGTERM}, true) == cancelled); // it was to be killed
}

TEST_CASE("what is to be said of an end beside what it was") {
  CHECK(text_of(process_end{.code = 3}, false) == "");
  CHECK(text_of(process_end{.code = 0, .swept = one_left()}, false)
        == "killed what was left of it: sleep (pid 12)");
  CHECK(text_of(process_end{.code = 0, .swept = one_left()}, true) == "");
  CHECK(text_of(process_end{.signal = SIGKILL, .helper = helper_end::was_killed}, false)
        == "the helper between us and it was killed, and it died with that");
  CHECK(
    text_of(process_end{.signal = SIGKILL, .helper = helper_end::gave_up, .swept = one_left()},
            false)
    == "the helper between us and it did not answer, and was killed with it; killed what was left "
       "of it: sleep (pid 12)");
}

TEST_CASE("processes in words") {
  CHECK(to_string(some_processes{}) == "");
  CHECK(to_string(some_processes{2, {{1, "a"}, {2, "b"}}}) == "a (pid 1) and b (pid 2)");
  CHECK(to_string(some_processes{3, {{1, "a"}, {2, "b"}}}) == "a (pid 1), b (pid 2) and 1 more");
  CHECK(to_string(some_processes{3, {{1, "a"}, {2, "b"}, {3, "c"}}})
        == "a (pid 1), b (pid 2) and c (pid 3)");
  CHECK(to_string(some_processes{4, {}}) == "4 processes");
}
