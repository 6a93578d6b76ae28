#include "trial.hpp"

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

declared_spec shop() {
  auto till = worker("till");
  till.readiness = readiness::on_report;
  return {.children = {worker("pricing"),
                       nested("checkout", {.children = {worker("cart"), std::move(till)}})}};
}

/// "ok", or all that is wrong.
std::string said(std::string_view text) {
  const auto read = read_script(text, shop());
  return read ? "ok" : to_string(read.error());
}

cue only_cue(std::string_view text) {
  const auto read = read_script(text, shop());
  REQUIRE_MESSAGE(read, to_string(read.error()));
  REQUIRE(read->cues.size() == 1);
  auto made = read->cues.front();
  CHECK(std::exchange(made.line, 0) == 1);
  return made;
}

} // namespace

TEST_CASE("what a line of a script means") {
  CHECK(only_cue("crash pricing at 10s")
        == cue{.child = "pricing", .what = act::crash_at, .time = {10s, 10s}});
  CHECK(only_cue("crash pricing every 2s")
        == cue{.child = "pricing", .what = act::crash_every, .time = {2s, 2s}});
  CHECK(only_cue("crash pricing every 500ms..2s from 0s until 5min")
        == cue{.child = "pricing",
               .what = act::crash_every,
               .time = {500ms, 2s},
               .from = 0s,
               .until = 5min});
  CHECK(only_cue("crash checkout/cart after 300ms")
        == cue{.child = "checkout/cart", .what = act::crash_after, .time = {300ms, 300ms}});
  CHECK(only_cue("start pricing takes 2s..3s")
        == cue{.child = "pricing", .what = act::start_takes, .time = {2s, 3s}});
  CHECK(only_cue("start pricing fails") == cue{.child = "pricing", .what = act::start_fails});
  CHECK(only_cue("start pricing fails 3 times")
        == cue{.child = "pricing", .what = act::start_fails, .times = 3});
  CHECK(only_cue("start pricing fails 1 time")
        == cue{.child = "pricing", .what = act::start_fails, .times = 1});
  CHECK(only_cue("stop pricing takes 4s")
        == cue{.child = "pricing", .what = act::stop_takes, .time = {4s, 4s}});
  CHECK(only_cue("stop pricing never")
        == cue{.child = "pricing", .what = act::stop_takes, .time = {never, never}});
  CHECK(only_cue("kill /pricing never")
        == cue{.child = "/pricing", .what = act::kill_takes, .time = {never, never}});
  CHECK(only_cue("ready checkout/* after 5s")
        == cue{.child = "checkout/*", .what = act::ready_after, .time = {5s, 5s}});
}

TEST_CASE("how a child may end") {
  const auto end = [](std::string_view name) {
    return only_cue("crash pricing at 1s as " + std::string{name}).as;
  };
  constexpr auto nonzero = exit_class::nonzero_exit;
  constexpr auto none = exit_detail::none;
  constexpr auto recoverable = failure_kind::recoverable;
  const auto failed = [](failure_kind why) { return child_exit{nonzero, none, why, 0}; };
  CHECK(end("panic") == child_exit{exit_class::panic, none, failure_kind::panic, 0});
  CHECK(end("normal end") == child_exit{});
  CHECK(end("timeout") == child_exit{exit_class::timeout, none, failure_kind::timeout, 0});
  CHECK(end("killed") == child_exit{nonzero, exit_detail::killed, recoverable, 0});
  CHECK(end("exit code 3") == child_exit{nonzero, exit_detail::code, recoverable, 3});
  CHECK(end("recoverable") == failed(failure_kind::recoverable));
  CHECK(end("fatal_bug") == failed(failure_kind::fatal_bug));
  CHECK(end("fatal_config") == failed(failure_kind::fatal_config));
  CHECK(end("external_dependency") == failed(failure_kind::external_dependency));
  CHECK(end("unhealthy") == failed(failure_kind::unhealthy));
}

TEST_CASE("comments and blanks and empty lines mean nothing") {
  CHECK(said("") == "ok");
  CHECK(said("\n\n# nothing\n  \t\r\n") == "ok");
  const auto read
    = read_script("# one\n\r\n \tcrash\tpricing  at 10s # two\r\nstop pricing never", shop());
  REQUIRE(read);
  REQUIRE(read->cues.size() == 2);
  CHECK(read->cues[0].line == 3);
  CHECK(read->cues[1].line == 4);
}

SCENARIO("a script with faults") {
  GIVEN("one in which nearly everything is wrong") {
    THEN("all of it is said at once") {
      CHECK(said(R"(
explode pricing
crash
crash pricing
crash pricng at 5s
crash pricing at 5s please
crash pricing at 5s as
crash pricing at 5s as panik
crash pricing at 5s as normal
crash pricing at 5s as exit code 0
start pricing
start pricing fails thrice times
start pricing fails 3
stop pricing takes
ready pricing after 5s
crash checkout every 2s
kill nobody takes 5
)") == R"(explode pricing (line 2): "explode" is none of crash, start, stop, kill, ready
crash (line 3): ends where a child should be
crash pricing (line 4): ends where "at", "every" or "after" should be
crash pricng at 5s (line 5): no child is called "pricng", did you mean "pricing"?
crash pricing at 5s please (line 6): goes on with "please" where it should end
crash pricing at 5s as (line 7): ends where an end such as panic should be
crash pricing at 5s as panik (line 8): "panik" is no end of a child: none of normal end, exit code, panic, killed, timeout, recoverable, fatal_bug, fatal_config, external_dependency, unhealthy, did you mean "panic"?
crash pricing at 5s as normal (line 9): ends where "end" should be
crash pricing at 5s as exit code 0 (line 10): "0" is no number from 1 to 255
start pricing (line 11): ends where "takes" or "fails" should be
start pricing fails thrice times (line 12): "thrice" is no number from 1 to 4294967294
start pricing fails 3 (line 13): ends where "times" should be
stop pricing takes (line 14): ends where a time such as 10s should be
ready pricing after 5s (line 15): "pricing" is ready as soon as it runs: its readiness_policy is not "explicit"
crash checkout every 2s (line 16): "checkout" is a supervisor: name one of its children, or all of them as "checkout/*"
kill nobody takes 5 (line 17): "5" is no duration such as "10ms", "1.5s", "2min" or "1m30s"
kill nobody takes 5 (line 17): no child is called "nobody")");
    }
  }

  GIVEN("times that are none") {
    THEN("they are refused before anybody waits for them") {
      CHECK(said("crash pricing every 0s")
            == "crash pricing every 0s (line 1): a time must be longer than 0s");
      CHECK(said("stop pricing takes 0ns..1s")
            == "stop pricing takes 0ns..1s (line 1): a time must be longer than 0s");
      CHECK(said("crash pricing after -1s")
            == "crash pricing after -1s (line 1): \"-1s\" is negative");
      CHECK(said("crash pricing at NaN")
            == "crash pricing at NaN (line 1): \"NaN\" is no duration such as \"10ms\", \"1.5s\","
               " \"2min\" or \"1m30s\"");
      CHECK(said("crash pricing every 9999999h")
            == "crash pricing every 9999999h (line 1): \"9999999h\" is too long, the most is about"
               " 292 years");
      CHECK(said("crash pricing every 2s..1s")
            == "crash pricing every 2s..1s (line 1): the second of two times must not be shorter"
               " than the first: 2s..1s");
      CHECK(said("crash pricing every 2s until 1s")
            == "crash pricing every 2s until 1s (line 1): \"until\" must not come before the first"
               " crash, at 2s");
    }
  }

  GIVEN("one that was made by a program") {
    const auto wrong = [](const cue& x) { return to_string(validate({{x}}, shop())); };

    THEN("it is judged as well") {
      CHECK(wrong({.child = "pricing", .time = {1s, 1s}}) == "");
      CHECK(wrong({.child = "x\ny", .time = {1s, 1s}})
            == "crash x\\ny: no child is called \"x\\ny\"");
      CHECK(wrong({.child = "pricing", .what = act::crash_every, .time = {-1s, 1s}})
            == "crash pricing: a time must be longer than 0s");
      CHECK(wrong({.child = "pricing", .what = act::crash_every, .time = {1s, 1s}, .from = -1s})
            == "crash pricing: \"from\" must not be negative");
      CHECK(wrong({.child = "pricing", .what = act::start_fails, .times = 0})
            == "start pricing: 0 times is never");
    }
  }
}

TEST_CASE("a star stands for any one step and for no supervisor") {
  CHECK(said("crash * at 1s") == "ok");
  CHECK(said("crash */cart at 1s") == "ok");
  CHECK(said("crash */* at 1s") == "ok");
  CHECK(said("crash */*/* at 1s") == "crash */*/* at 1s (line 1): no child is called \"*/*/*\"");
  CHECK(said("ready * after 1s")
        == "ready * after 1s (line 1): \"*\" is ready as soon as it runs: its readiness_policy is"
           " not \"explicit\"");
}

TEST_CASE("whatever a script says it is read without harm") {
  const std::string_view some[]
    = {"crash", "pricing", "every", "at", "1s", "..", "0s", "as", "exit", "code", "never",
       "start", "takes",   "fails", "7",  "#",  "\n", "*",  "/",  "\x01", "\xff"};
  std::uint32_t dice = 1;
  for (int i = 0; i < 2000; ++i) {
    std::string text;
    for (int words = 0; words < 12; ++words) {
      dice = dice * 1664525 + 1013904223;
      text += std::string{some[(dice >> 16) % std::size(some)]} + " ";
    }
    const auto read = read_script(text, shop());
    CHECK((read || !read.error().empty()));
  }
}
