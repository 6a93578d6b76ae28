#include "../latencies.hpp"
#include "../soak/drift.hpp"
#include "../verdict.hpp"

#include <cmath>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace chaos;
using namespace std::chrono_literals;

namespace {

verdict with(threshold x) {
  return {.scenario_id = "a", .semver = "1.2.3", .thresholds = {std::move(x)}, .duration_ns = 5};
}

nlohmann::json line_of(const verdict& x) { return nlohmann::json::parse(to_json(x)); }

} // namespace

TEST_CASE("a figure above what it may be at most fails its verdict") {
  CHECK(line_of(with({"late_ms", 10, 10, direction::at_most}))["passed"] == true);
  const auto failed = line_of(with({"late_ms", 10.5, 10, direction::at_most}));
  CHECK(failed["passed"] == false);
  CHECK(failed["thresholds"]["late_ms"]["passed"] == false);
  CHECK(failed["thresholds"]["late_ms"]["direction"] == "at_most");
}

TEST_CASE("a figure below what it must be at least fails its verdict") {
  CHECK(line_of(with({"legit_percent", 100, 100, direction::at_least}))["passed"] == true);
  const auto failed = line_of(with({"legit_percent", 0, 100, direction::at_least}));
  CHECK(failed["passed"] == false);
  CHECK(failed["thresholds"]["legit_percent"]["value"] == 0);
}

TEST_CASE("what was not measured has not passed") {
  CHECK_FALSE(verdict{.scenario_id = "a"}.passed());
  CHECK_FALSE(with({"late_ms", std::nan(""), 10, direction::at_most}).passed());
  CHECK_FALSE(with({"late_ms", std::nan(""), 10, direction::at_least}).passed());
  CHECK(std::isnan(latencies{}.percentile(0.99)));
}

TEST_CASE("an error fails a verdict whose figures are fine") {
  auto x = with({"late_ms", 1, 10, direction::at_most});
  CHECK_FALSE(line_of(x).contains("error"));
  x.error = "ended by signal 11";
  CHECK(line_of(x)["passed"] == false);
  CHECK(line_of(x)["error"] == "ended by signal 11");
}

TEST_CASE("a scenario that leaves out all it has is skipped and has not passed") {
  const verdict x{.scenario_id = "a", .left_out = {"all of it: needs root"}};
  CHECK(x.came() == outcome::skipped);
  CHECK_FALSE(x.passed());
  CHECK(line_of(x)["skipped"] == true);
  CHECK(line_of(x)["passed"] == false);
  CHECK(words_for_left_out(to_json(x)) == " (left out: all of it: needs root)");
}

TEST_CASE("a scenario that leaves out a part is judged by the rest") {
  auto x = with({"late_ms", 1, 10, direction::at_most});
  x.left_out = {"a: b", "c: d"};
  CHECK(x.came() == outcome::passed);
  CHECK_FALSE(line_of(x).contains("skipped"));
  CHECK(line_of(x)["left_out"].size() == 2);
  CHECK(words_for_left_out(to_json(x)) == " (left out: a: b; c: d)");
  x.thresholds.front().value = 11;
  CHECK(x.came() == outcome::failed);
}

TEST_CASE("one that broke was not skipped") {
  const verdict x{.scenario_id = "a", .left_out = {"all of it"}, .error = "ended by signal 11"};
  CHECK(x.came() == outcome::failed);
}

TEST_CASE("of a line that leaves out nothing, or is none, nothing is said") {
  CHECK(words_for_left_out(to_json(with({}))) == "");
  CHECK(words_for_left_out("") == "");
  CHECK(words_for_left_out("{\"left_out\":") == "");
}

TEST_CASE("a percentile is known to four percent") {
  latencies all;
  for (int i = 1; i <= 10'000; ++i)
    all.note(std::chrono::microseconds{i});
  CHECK(all.ms(0.99) == doctest::Approx(9.9).epsilon(0.04));
  CHECK(all.ms(0.5) == doctest::Approx(5).epsilon(0.04));
  CHECK(all.us(0) <= 1.04);
  all.note(3h);
  CHECK(all.percentile(1) == doctest::Approx(3 * 3600).epsilon(0.04));
}

TEST_CASE("a line through points that rise has their slope") {
  soak::course rising;
  for (int i = 0; i < 100'000; ++i)
    rising.add(1e6 + i, 500 + 3.0 * i + (i % 2 == 0 ? 5 : -5));
  CHECK(rising.per_hour() == doctest::Approx(3));
  CHECK(rising.first() == 505);
  CHECK(std::isnan(soak::line_fit{}.slope()));
}

TEST_CASE("a short run is not failed by noise and a long one has the bound that was wanted") {
  CHECK(soak::bound_per_hour(5, 6, 24) == 5);
  CHECK(soak::bound_per_hour(5, 6, 0.1) == doctest::Approx(60));
  CHECK(soak::bound_per_hour(5, 6, 0) == 5);
}
