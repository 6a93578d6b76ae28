#include "core_under_test.hpp"

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

/// The answer to a first crash.
decision after_a_crash(const plan& p, slot who = 0) {
  return p.of(who).policy.decide({.exit = died}, {});
}

std::string wrong_with(const declared_spec& spec) { return to_string(validate(spec)); }

std::string wrong_with(const declared_child_spec& child) {
  return wrong_with(declared_spec{.children = {child}});
}

} // namespace

TEST_CASE("a child that says nothing gets the defaults of the library") {
  const auto p = make_plan(declared_spec{.children = {worker("a")}}, 1);
  CHECK(p->strategy == strategy::one_for_one);
  CHECK(p->intensity == intensity{10, 60s});
  CHECK(after_a_crash(*p) == restart_after(10ms));
  CHECK(p->of(0).start_within == 30s);
  CHECK(p->of(0).stop == stop_budget{5s, 1s});
  CHECK(p->of(0).stable_after == 1s);
  CHECK(p->of(0).critical);
  CHECK_FALSE(p->of(0).awaits_ready);
  CHECK_FALSE(p->of(0).temporary);
}

SCENARIO("what a child does not say its supervisor may say") {
  GIVEN("defaults of a supervisor") {
    const child_defaults defaults{
      .restart = restart::temporary, .backoff = {50ms, 2s}, .shutdown = brutal_kill};
    const auto p = make_plan(
      declared_spec{.children = {worker("a"),
                                 {.id = "b",
                                  .start = {"x"},
                                  .restart = restart::permanent,
                                  .backoff = {70ms, 3s},
                                  .shutdown = stop_budget{1s}},
                                 {.id = "c", .start = {"x"}, .restart = restart::permanent}},
                    .defaults = defaults},
      1);
    THEN("one that says nothing takes them") {
      CHECK(p->of(0).temporary);
      CHECK(p->of(0).stop == brutal_kill);
      CHECK(after_a_crash(*p, 0) == leave_down());
    }
    THEN("one that says something has its own") {
      CHECK_FALSE(p->of(1).temporary);
      CHECK(p->of(1).stop == stop_budget{1s});
      CHECK(p->of(1).stable_after == 3s);
      CHECK(after_a_crash(*p, 1) == restart_after(70ms));
    }
    THEN("one may say part of it") { CHECK(after_a_crash(*p, 2) == restart_after(50ms)); }
  }
}

TEST_CASE("a nested supervisor has all the time it needs to stop unless it says otherwise") {
  const auto below = std::make_shared<const declared_spec>(declared_spec{});
  const auto p = make_plan(
    declared_spec{.children = {{.id = "sub", .start = {.nested = below}},
                               {.id = "hasty", .start = {.nested = below}, .shutdown = 1s},
                               worker("a")}},
    1);
  CHECK(p->of(0).stop.is_unlimited());
  CHECK(p->of(1).stop == stop_budget{1s});
  CHECK(p->of(2).stop == stop_budget{});
}

TEST_CASE("equal children are of one kind") {
  declared_spec spec;
  for (int i = 0; i < 100'000; ++i)
    spec.children.push_back(worker("c" + std::to_string(i)));
  CHECK(make_plan(spec, 1)->kinds.size() == 1);
  spec.children[7].restart = restart::transient;
  spec.children[99'999].restart = restart::transient;
  spec.children[50'000].shutdown = brutal_kill;
  const auto p = make_plan(spec, 1);
  CHECK(p->kinds.size() == 3);
  CHECK(p->kind_of[7] == p->kind_of[99'999]);
}

TEST_CASE("copies of one policy are of one kind and policies made apart are not") {
  const restart_policy one{standard_policy{}}, other{standard_policy{}};
  const auto p
    = make_plan(declared_spec{.children = {{.id = "a", .start = {"x"}, .policy = one},
                                           {.id = "b", .start = {"x"}, .policy = one},
                                           {.id = "c", .start = {"x"}, .policy = other}}},
                1);
  CHECK(p->kind_of == std::vector<std::uint32_t>{0, 0, 1});
}

TEST_CASE("who needs whom is known both ways") {
  const auto p = make_plan(
    declared_spec{.children = {{.id = "web", .start = {"x"}, .dependencies = {"db", "log"}},
                               worker("db"),
                               {.id = "log", .start = {"x"}, .dependencies = {"db"}}}},
    1);
  const auto slots = [](std::span<const slot> all) { return std::vector(all.begin(), all.end()); };
  CHECK(p->order == std::vector<slot>{1, 2, 0});
  CHECK(slots(p->needs_of(0)) == std::vector<slot>{1, 2});
  CHECK(slots(p->needs_of(1)).empty());
  CHECK(slots(p->dependents_of(1)) == std::vector<slot>{0, 2});
}

TEST_CASE("no plan is made of what cannot be meant") {
  CHECK(wrong_with(worker("a")) == "");
  const auto says = [](const std::string& text, std::string_view part) {
    INFO(text);
    CHECK(text.find(part) != std::string::npos);
  };
  says(wrong_with({.id = "a", .start = {"x"}, .backoff = {2s, 1s}}),
       "/children/0/backoff/initial_delay");
  says(wrong_with({.id = "a", .start = {"x"}, .backoff = {-1ns, 1s}}),
       "/children/0/backoff/initial_delay");
  says(wrong_with({.id = "a", .start = {"x"}, .backoff = {1s, 1s, jitter::by(1.5)}}),
       "/children/0/backoff/jitter");
  says(wrong_with({.id = "a", .start = {"x"}, .shutdown = stop_budget{1s, 0s}}),
       "/children/0/shutdown/abort_wait");
  says(wrong_with({.id = "a", .start = {"x"}, .dependencies = {"a"}}), "depends on itself");
  says(wrong_with({.id = "a", .start = {"x"}, .start_timeout = 0s}), "/children/0/start_timeout");
  says(wrong_with(declared_spec{.intensity = {.restarts = 3, .period = 0s}}), "/intensity/period");
  says(wrong_with(declared_spec{.children = {worker("a"), worker("a")}}), "ids are unique");
}

TEST_CASE("plans that differ in any number have another hash and equal ones the same") {
  const auto hash = [](const declared_spec& spec) { return make_plan(spec, 1)->hash; };
  const declared_spec spec{.children = {worker("a"), worker("b", 1s)}};
  auto other = spec;
  CHECK(hash(other) == hash(spec));
  other.intensity.restarts = 9;
  CHECK(hash(other) != hash(spec));
  other = spec;
  other.children[1].backoff = {10ms, 2s};
  CHECK(hash(other) != hash(spec));
  other = spec;
  other.children[0].dependencies = {"b"};
  CHECK(hash(other) != hash(spec));
  other = guarded(spec);
  const auto guarded_once = hash(other);
  other.defaults.limits->restart_limit->max_restarts = 9;
  CHECK(hash(other) != guarded_once);
}
