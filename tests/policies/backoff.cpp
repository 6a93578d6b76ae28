#include <doctest/doctest.h>
#include <supervisor/policies.hpp>

#include <limits>

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

constexpr std::uint32_t streaks[] = {0, 1, 6, 7, 31, 32, 33, 61, 62, 63, 64, ~std::uint32_t{0}};
constexpr double lucks[]
  = {0.0, 0.25, 0.5, 0.999, 1.0 - std::numeric_limits<double>::epsilon() / 2};
constexpr jitter jitters[] = {jitter::none(),  jitter::by(0.0), jitter::by(0.2),
                              jitter::by(1.0), jitter::full(),  jitter::decorrelated()};
constexpr auto for_ever = nanoseconds::max();

} // namespace

SCENARIO("a wait doubles with every failure in a row") {
  GIVEN("what a child gets that says nothing: 10 ms up to 1 s") {
    constexpr backoff b;
    THEN("the wait doubles until it is at its longest and stays there") {
      CHECK(b.delay(0, 0.5) == 10ms);
      CHECK(b.delay(1, 0.5) == 20ms);
      CHECK(b.delay(6, 0.5) == 640ms);
      CHECK(b.delay(7, 0.5) == 1s);
      CHECK(b.delay(33, 0.5) == 1s);
      CHECK(b.delay(62, 0.5) == 1s);
      CHECK(b.delay(~std::uint32_t{0}, 0.5) == 1s);
    }
    THEN("luck has no say") { CHECK(b.delay(3, 0.0) == b.delay(3, 0.999)); }
  }
  GIVEN("no wait at all") {
    constexpr backoff b{0ns, 0ns};
    for (const auto streak : streaks)
      CHECK(b.delay(streak, 0.999) == 0ns);
  }
  GIVEN("the shortest wait and the longest limit there are") {
    constexpr backoff b{1ns, for_ever};
    CHECK(b.delay(62, 0.5).count() == std::int64_t{1} << 62);
    CHECK(b.delay(~std::uint32_t{0}, 0.5).count() == std::int64_t{1} << 62);
  }
}

TEST_CASE("no wait is ever negative or longer than the longest whatever streak luck and jitter") {
  const backoff shapes[]
    = {{10ms, 1s},     {0ns, 0ns},           {0ns, 1s}, {1ns, for_ever}, {1s, 1s},
       {3s, for_ever}, {for_ever, for_ever}, {2s, 1s}};
  for (auto b : shapes)
    for (const auto& how : jitters)
      for (const auto streak : streaks)
        for (const auto luck : lucks)
          for (const auto last : {0ns, nanoseconds{10ms}, nanoseconds{1h}, for_ever}) {
            b.jitter = how;
            const auto wait = b.delay(streak, luck, last);
            REQUIRE(wait >= 0ns);
            REQUIRE(wait <= b.longest);
          }
}

TEST_CASE("a ratio only ever lengthens a wait and by no more than itself") {
  const backoff b{10ms, 1s, jitter::by(0.5)};
  CHECK(b.delay(0, 0.0) == 10ms);
  CHECK(b.delay(0, 0.5) == 12500us);
  CHECK(b.delay(0, 0.999) < 15ms);
  CHECK(b.delay(20, 0.999) == 1s);
}

TEST_CASE("full jitter spreads a wait from nothing up to all of it") {
  const backoff b{10ms, 1s, jitter::full()};
  CHECK(b.delay(1, 0.0) == 0ns);
  CHECK(b.delay(1, 0.5) == 10ms);
  CHECK(b.delay(1, 0.999) < 20ms);
  CHECK(b.delay(20, 0.5) == 500ms);
}

SCENARIO("a decorrelated wait looks at the last one and not at the streak") {
  GIVEN("10 ms up to 1 s") {
    const backoff b{10ms, 1s, jitter::decorrelated()};
    THEN("the first wait is between the shortest and three times that") {
      CHECK(b.delay(0, 0.0) == 10ms);
      CHECK(b.delay(0, 0.5) == 20ms);
      CHECK(b.delay(0, 0.999) < 30ms);
    }
    THEN("the next is between the shortest and three times the last") {
      CHECK(b.delay(1, 0.0, 100ms) == 10ms);
      CHECK(b.delay(1, 0.5, 100ms) == 155ms);
      CHECK(b.delay(50, 0.5, 100ms) == 155ms);
    }
    THEN("three times a long wait is still the longest") {
      CHECK(b.delay(1, 0.5, 1s) == 505ms);
      CHECK(b.delay(1, 0.999, 1h) < 1s);
    }
    THEN("the policy hands it the last wait") {
      const standard_policy p{.backoff = b};
      CHECK(p.decide({.exit = {exit_class::panic}, .last_wait = 100ms}) == restart_after(155ms));
    }
  }
}

TEST_CASE("the policy waits longer in a longer streak") {
  constexpr standard_policy p;
  CHECK(p.decide({.exit = {exit_class::panic}}) == restart_after(10ms));
  CHECK(p.decide({.exit = {exit_class::panic}, .streak = 3}) == restart_after(80ms));
  CHECK(p.decide({.exit = {exit_class::panic}, .streak = 3}).because == 0);
}

TEST_CASE("full jitter spreads the waits of twenty failures by a third more than fixed ones") {
  const auto spread = [](const backoff& b) { // coefficient of variation
    double n = 0, sum = 0, squares = 0;
    for (std::uint32_t streak = 0; streak < 20; ++streak)
      for (int roll = 0; roll < 100; ++roll) {
        const auto wait = static_cast<double>(b.delay(streak, roll / 100.0).count());
        n += 1;
        sum += wait;
        squares += wait * wait;
      }
    const auto mean = sum / n;
    return std::sqrt(squares / n - mean * mean) / mean;
  };
  CHECK(spread({10ms, 1s, jitter::full()}) >= 1.3 * spread({10ms, 1s}));
}

TEST_CASE("the thirty-third failure in a row waits no longer than the longest") {
  CHECK(backoff{1ms, 30s}.delay(33, 0.5) == 30s);
  CHECK(backoff{1ms, 30s}.delay(4'000'000'000, 0.5) == 30s);
}
