#include "supervisor/text/duration.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

std::chrono::nanoseconds length(std::string_view text) {
  const auto x = duration_from(text);
  REQUIRE_MESSAGE(x, text);
  return *x;
}

std::string fault_of(std::string_view text) {
  const auto x = duration_from(text);
  return x ? "none" : x.error().front().what;
}

} // namespace

TEST_CASE("a duration is a number and its unit") {
  CHECK(length("100ns") == 100ns);
  CHECK(length("500us") == 500us);
  CHECK(length("10ms") == 10ms);
  CHECK(length("5s") == 5s);
  CHECK(length("2min") == 2min);
  CHECK(length("2m") == 2min);
  CHECK(length("1h") == 1h);
  CHECK(length("0s") == 0s);
}

TEST_CASE("a duration may have a fraction") {
  CHECK(length("1.5s") == 1500ms);
  CHECK(length("0.1s") == 100ms);
  CHECK(length("0.001ms") == 1us);
  CHECK(length("1.25h") == 75min);
  CHECK(length("0.333333333s") == 333333333ns);
}

TEST_CASE("a duration may have several parts") {
  CHECK(length("1m30s") == 90s);
  CHECK(length("1h2min3s4ms5us6ns") == 1h + 2min + 3s + 4ms + 5us + 6ns);
}

TEST_CASE("what is no duration says what one looks like") {
  constexpr auto no_duration = " is no duration such as \"10ms\", \"1.5s\", \"2min\" or \"1m30s\"";
  for (const std::string text : {"", "5", "s", "5 s", " 5s", "5s ", "5sec", "5S", "1e3s", "1.s",
                                 ".5s", "1..5s", "nan", "inf", "NaNs", "+5s", "5s5", "5s,", "0x5s"})
    CHECK(fault_of(text) == '"' + text + '"' + no_duration);
}

TEST_CASE("a duration is never negative") { CHECK(fault_of("-5s") == "\"-5s\" is negative"); }

TEST_CASE("a duration that nanoseconds cannot count is a fault") {
  CHECK(length("2562047h") == 2562047h);
  CHECK(length("9223372036854775806ns") == std::chrono::nanoseconds::max() - 1ns);
  for (const std::string text :
       {"9223372036854775807ns", "2562048h", "99999999999999999999s", "2562047h2562047h",
        "9223372036854775806ns1ns", "9223372036.9999999999s"})
    CHECK(fault_of(text) == '"' + text + "\" is too long, the most is about 292 years");
}
