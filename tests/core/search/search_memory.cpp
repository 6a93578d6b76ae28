// What a search keeps, and what it makes again.

#include <doctest/doctest.h>
#include <supervisor/search/breaking.hpp>
#include <supervisor/search/frontier.hpp>
#include <supervisor/search/seen.hpp>

using namespace supervisor;
using namespace supervisor::searching;
using namespace std::chrono_literals;

namespace {

key key_number(std::uint64_t n) { return imprint{}.add(n).made(); }

declared_spec two_children() {
  declared_spec x{.intensity = {unlimited, 5s}};
  for (const auto* id : {"a", "b"}) {
    x.children.push_back({.id = id, .start = {"x"}, .backoff = {100ms, 1s}});
    x.children.back().more.make().limits
      = child_limits{.restart_limit = policies::restart_limit{100, 3s}};
  }
  return x;
}

/// Crashes and waits in turn; the scenes on the way.
std::vector<scene> walked(walker& by, std::size_t moves, frontier* to) {
  std::vector<scene> all{by.begin()};
  if (to)
    to->add({}, 0, 0, all.back());
  for (std::uint32_t i = 1; i < moves; ++i) {
    auto next = all.back();
    const auto who = i % 3 == 0 && next.now.life_at(1).now == being::up   ? 1u
                     : i % 3 == 1 && next.now.life_at(2).now == being::up ? 2u
                                                                          : nobody;
    by.go(next, who);
    if (to)
      to->add({i - 1, who}, i, 0, next);
    all.push_back(std::move(next));
  }
  return all;
}

key key_of(const scene& x) { return searching::key_of(x.now, {.numbers = false}); }

} // namespace

TEST_CASE("what was seen is found again, with the fewest crashes") {
  seen all;
  for (std::uint32_t n = 0; n < 10'000; ++n) {
    CHECK(all.find(key_number(n)) == nullptr);
    all.add(key_number(n), n);
  }
  CHECK(all.size() == 10'000);
  for (std::uint32_t n = 0; n < 10'000; ++n) {
    REQUIRE(all.find(key_number(n)) != nullptr);
    CHECK(*all.find(key_number(n)) == n);
  }
  *all.find(key_number(7)) = 3;
  CHECK(*all.find(key_number(7)) == 3);
  CHECK(all.find(key_number(10'000)) == nullptr);
}

TEST_CASE("what was seen takes as much memory as it says, also while it grows") {
  seen all;
  std::uint64_t before = all.bytes(), grown = 0;
  for (std::uint32_t n = 0; n < 10'000; ++n) {
    const auto more = all.more_bytes_to_add(key_number(n));
    all.add(key_number(n), 1);
    if (more > 0)
      CHECK(all.bytes() - before == more / 2); // the old table is gone
    else
      CHECK(all.bytes() == before);
    grown += all.bytes() != before;
    before = all.bytes();
  }
  CHECK(grown > 64); // every table, more than once
  CHECK(all.bytes() >= 10'000 * 20);
  CHECK(all.bytes() < 10'000 * 80);
}

TEST_CASE("the most promising end is taken first") {
  open_ends all;
  all.add({.least = 3, .crashes = 1, .number = 0});
  all.add({.least = 2, .crashes = 1, .number = 1});
  all.add({.least = 2, .crashes = 2, .number = 2});
  all.add({.least = 2, .crashes = 2, .number = 3});
  CHECK(all.name_last() == 0u);
  CHECK(all.name_last() == 1u);
  CHECK(all.name_last() == 2u);
  CHECK(all.take().number == 3); // fewest in all, most of them made, found last
  CHECK(all.take().number == 2);
  all.add({.least = 3, .crashes = 1, .number = 4});
  CHECK(all.name_last() == 4u);
  CHECK_FALSE(all.name_last());
  CHECK(all.take().number == 1);
  CHECK(all.take().number == 4);
  CHECK(all.take().number == 0);
  CHECK(all.empty());
}

SCENARIO("a scene that was dropped is made again") {
  const auto sites = sites_of(two_children(), 1);
  walker by{sites, longest_window(sites)};
  constexpr std::size_t moves = 60;

  for (const std::uint64_t scenes : {0u, 1u, 5u, 1000u}) {
    CAPTURE(scenes);
    const auto one = bytes_of(by.begin());
    frontier open{by, scenes * 3 * one};
    const auto all = walked(by, moves, &open);

    THEN("all of them are what they were, in whatever order they are wanted") {
      for (std::size_t i = 0; i < moves; ++i) {
        const auto next = open.take();
        CHECK(next.end.number == i);
        CHECK(key_of(next.here) == key_of(all[next.end.number]));
        CHECK(next.here.now.now() == all[next.end.number].now.now());
        CHECK(next.here.crashes == all[next.end.number].crashes);
      }
      CHECK(open.empty());
    }
    THEN("no more of them are kept than fit") {
      CHECK(open.bytes_of_scenes() <= std::max(scenes, std::uint64_t{2}) * 4 * one);
      CHECK(open.bytes() == moves * (sizeof(move_made) + sizeof(std::uint32_t)));
    }
  }
}
