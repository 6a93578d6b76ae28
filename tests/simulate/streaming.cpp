// A simulation that is told while it happens says the same as one that was kept.

#include "trial.hpp"

#include <algorithm>
#include <sstream>

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

/// A department that gives up at each crash, in one that takes a second to stop, in a shop that bears
/// everything.
declared_spec patient_shop() {
  const declared_spec department{.intensity = {.restarts = 0, .period = 1s},
                                 .children = {worker("till"), worker("scale")}};
  const declared_spec floor{.intensity = {.restarts = 2, .period = 60s},
                            .children = {nested("department", department), worker("guard")}};
  return {.intensity = {.restarts = unlimited},
          .children = {nested("floor", floor), worker("door")}};
}

constexpr auto busy = "crash floor/department/till every 500ms\n"
                      "crash floor/guard every 7s\n"
                      "stop floor/department/scale takes 300ms\n"
                      "stop floor/guard takes 900ms\n";

script played(const declared_spec& tree) {
  auto read = read_script(busy, tree);
  REQUIRE(read);
  return *read;
}

std::string streamed(telling_form form, const simulation_options& options) {
  const auto tree = patient_shop();
  std::ostringstream text;
  const auto left = tell(text, form, tree, played(tree), options);
  CHECK(left.timeline.first.size() <= 1000);
  CHECK(left.timeline.last.size() <= 1000);
  CHECK(left.refusals.size() <= 1000);
  CHECK(left.give_ups.size() <= 1000);
  return text.str();
}

} // namespace

SCENARIO("what is not kept is told all the same") {
  const auto tree = patient_shop();
  for (const std::size_t kept : {std::size_t{0}, std::size_t{20}, std::size_t{1200}, all_moments}) {
    CAPTURE(kept);
    const simulation_options options{.how_long = 30min, .kept = kept};
    const auto whole = simulate(tree, played(tree), options);
    REQUIRE(whole.refusals.size() > 1000);
    REQUIRE(whole.give_ups.size() > 1000);
    REQUIRE(whole.timeline.count > 3000);

    THEN("both ways say the same, in text and as JSON") {
      CHECK((streamed(telling_form::text, options) == to_string(whole)));
      CHECK((streamed(telling_form::json, options) == to_json(whole)));
    }
  }
}

TEST_CASE("whoever listens hears all of it, in its order") {
  const auto tree = patient_shop();
  const auto whole = simulate(tree, played(tree), {.how_long = 10min, .kept = all_moments});
  std::vector<moment> moments;
  std::vector<nanoseconds> refused, gave_up;
  const auto result = simulate(tree, played(tree), {.how_long = 10min, .kept = 5, .listed = 3},
                               {.on_moment = [&](const moment& x) { moments.push_back(x); },
                                .on_refusal = [&](const refusal& x) { refused.push_back(x.at); },
                                .on_give_up = [&](const give_up& x) { gave_up.push_back(x.at); }});
  CHECK(moments == whole.timeline.first);
  CHECK(refused.size() == whole.refusals.size());
  CHECK(gave_up.size() == whole.give_ups.size());
  CHECK(std::ranges::is_sorted(gave_up));

  CHECK(result.timeline.first.size() == 5);
  CHECK(result.timeline.last.size() == 5);
  CHECK(result.timeline.count == moments.size());
  CHECK(result.refusals.size() == 3);
  CHECK(result.refused == refused.size());
  CHECK(result.give_ups.size() == 3);
  CHECK(result.gave_up == gave_up.size());
}

TEST_CASE("nobody has to listen to everything") {
  const auto tree = patient_shop();
  std::uint64_t refused = 0;
  const auto result = simulate(tree, played(tree), {.how_long = 10s},
                               {.on_refusal = [&](const refusal&) { ++refused; }});
  CHECK(refused == result.refused);
  CHECK(refused > 0);
}

TEST_CASE("a list in text says how many more there are, however many were kept") {
  const auto tree = patient_shop();
  auto options = simulation_options{.how_long = 1min};
  const auto whole = to_string(simulate(tree, played(tree), options));
  options.listed = 20;
  CHECK(to_string(simulate(tree, played(tree), options)) == whole);
  CHECK(whole.find(" more, told by -o json\n") != std::string::npos);
}
