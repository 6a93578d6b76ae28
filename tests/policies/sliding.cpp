#include "one_child.hpp"

#include <doctest/doctest.h>

#include <limits>

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

constexpr auto for_ever = nanoseconds::max();
constexpr auto since_ever = nanoseconds::min();

template <std::size_t Room>
sliding<Room> at(std::initializer_list<nanoseconds> moments) {
  sliding<Room> x;
  for (const auto m : moments)
    x.add(time_point{m});
  return x;
}

} // namespace

TEST_CASE("what is exactly one period old still counts") {
  const auto x = at<4>({1s, 2s, 3s});
  CHECK(x.count(time_point{11s}, 10s) == 3);
  CHECK(x.count(time_point{11s + 1ns}, 10s) == 2);
  CHECK(x.until_below(3, time_point{5s}, 10s) == 6s + 1ns);
  CHECK(x.until_below(3, time_point{11s + 1ns}, 10s) == 0s);
}

TEST_CASE("only the newest are kept") {
  const auto x = at<4>({1s, 2s, 3s, 4s, 5s, 6s});
  CHECK(x.size() == 4);
  CHECK(x.newest(1) == time_point{6s});
  CHECK(x.newest(4) == time_point{3s});
  CHECK(x.count(time_point{6s}, 1h) == 4);
  CHECK(x.reaches(100, time_point{6s}, 1h));
}

TEST_CASE("zero is always reached and unlimited never") {
  const auto x = at<2>({1s, 1s});
  CHECK(sliding<2>{}.reaches(0, {}, 1s));
  CHECK_FALSE(x.reaches(unlimited, time_point{1s}, 1s));
  CHECK(x.until_below(0, time_point{1s}, 1s) == 0s);
}

TEST_CASE("times stop at the ends of their range") {
  CHECK(sum(for_ever, 1ns) == for_ever);
  CHECK(sum(since_ever, -1ns) == since_ever);
  CHECK(difference(for_ever, -1ns) == for_ever);
  CHECK(difference(0ns, since_ever) == for_ever);
  CHECK(difference(-2ns, for_ever) == since_ever);
  CHECK(times(3, for_ever) == for_ever);
  CHECK(times(3, since_ever) == since_ever);
  CHECK(times(3, -5s) == -15s);
  CHECK(elapsed(time_point::min(), time_point::max()) == for_ever);
  CHECK(elapsed(time_point::max(), time_point::min()) == since_ever);
}

TEST_CASE("a count of nanoseconds may be any number") {
  const auto infinity = std::numeric_limits<double>::infinity();
  CHECK(rounded(2.4) == 2ns);
  CHECK(rounded(2.5) == 3ns);
  CHECK(rounded(-1.0) == 0ns);
  CHECK(rounded(std::numeric_limits<double>::quiet_NaN()) == 0ns);
  CHECK(rounded(-infinity) == 0ns);
  CHECK(rounded(infinity) == for_ever);
  CHECK(rounded(9.3e18) == for_ever);
}
