#include <doctest/doctest.h>
#include <supervisor/policies.hpp>

using namespace supervisor;
using namespace std::chrono_literals;

TEST_CASE("a child has five seconds to stop and one more once killed") {
  constexpr stop_budget b;
  CHECK(b.graceful == 5s);
  CHECK(b.abort_wait == 1s);
  CHECK_FALSE(b.is_brutal());
  CHECK_FALSE(b.is_unlimited());
}

TEST_CASE("a budget reads like a duration in any unit") {
  constexpr stop_budget b = 250ms;
  CHECK(b.graceful == 250ms);
  CHECK(b.abort_wait == 1s);
  CHECK(stop_budget{1min} == stop_budget{60s, 1s});
}

TEST_CASE("brutal means no time at all to stop but time to be killed") {
  CHECK(brutal_kill.is_brutal());
  CHECK_FALSE(brutal_kill.is_unlimited());
  CHECK(brutal_kill.abort_wait == 1s);
  CHECK(stop_budget{0s}.is_brutal());
}

TEST_CASE("unlimited means for ever and not just long") {
  CHECK(unlimited_stop.is_unlimited());
  CHECK_FALSE(unlimited_stop.is_brutal());
  CHECK_FALSE(stop_budget{24h}.is_unlimited());
}

TEST_CASE("later never overflows") {
  const time_point noon{12h};
  constexpr auto end_of_time = time_point::max();
  CHECK(later(noon, 1s) == noon + 1s);
  CHECK(later(noon, 0s) == noon);
  CHECK(later(noon, nanoseconds::max()) == end_of_time);
  CHECK(later(end_of_time, 1ns) == end_of_time);
  CHECK(later(end_of_time, 0ns) == end_of_time);
  CHECK(later(end_of_time - 1s, 1s) == end_of_time);
  CHECK(later(end_of_time - 1s, 1s - 1ns) == end_of_time - 1ns);
}
