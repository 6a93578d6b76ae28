#include "supervisor/process/exit_of_process.hpp"
#include "supervisor/report.hpp"

#include <doctest/doctest.h>

#include <csignal>

using namespace supervisor;
using namespace supervisor::detail;

namespace {

std::string shown(const child_exit& x) {
  return std::string{label(x.what)} + "/" + std::string{label(x.detail)} + "/"
         + std::string{label(x.cause)} + "/" + std::to_string(x.code);
}

std::string typed(const process_end& end, const done_to_process& done = {}) {
  return shown(exit_of(end, done));
}

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

TEST_CASE("the end of a program in words") {
  CHECK(words(process_end{.code = 3}) == "exit code 3");
  CHECK(words(process_end{.signal = SIGSEGV, .core = true}) == "SIGSEGV, core dumped");
  CHECK(words(process_end{.signal = SIGKILL, .out_of_memory = true}) == "out of memory");
  CHECK(words(process_end{.signal = SIGTERM, .left_behind = 1})
        == "SIGTERM; 1 process below it could not be killed");
  CHECK(words(process_end{.signal = SIGTERM, .left_behind = 2})
        == "SIGTERM; 2 processes below it could not be killed");
}
