#include <doctest/doctest.h>
#include <supervisor/policies.hpp>

#include <string>

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

/// A rule of one's own: nobody comes back before the market opens.
struct opening_hours {
  time_point opens;

  constexpr decision decide(const situation& s) const {
    return s.now < opens ? restart_after(opens - s.now) : restart_now();
  }
};

/// Starts full and runs down: at zero its memory is nothing but zero bytes.
struct lives {
  struct memory {
    std::uint64_t left = 3;
  };

  constexpr decision decide(const situation&, const memory& past) const {
    return past.left > 0 ? restart_now() : quarantine();
  }

  constexpr void remember(memory& m, const situation&, const decision& final) const {
    m.left -= final.what == verdict::restart;
  }
};

/// Remembers a lot.
struct hoarder {
  struct memory {
    std::uint64_t seen[800]{};
  };

  decision decide(const situation& s, const memory& past) const {
    return past.seen[799] == s.streak ? restart_now() : escalate();
  }

  void remember(memory& m, const situation&, const decision&) const { ++m.seen[799]; }
};

static_assert(policy<opening_hours> && policy<lives> && policy<hoarder> && policy<intensity>);
static_assert(!policy<int>);
static_assert(opening_hours{}.decide({}) == restart_now());

constexpr situation crash{.exit = {exit_class::panic}};

std::string asked(const restart_policy& p, memory_slot& m, const situation& s = crash) {
  const auto d = p.decide(s, m);
  p.remember(m, s, d);
  return std::string{label(d.what)};
}

} // namespace

TEST_CASE("a policy of one's own takes ten lines") {
  const time_point nine{9h};
  const restart_policy p{opening_hours{nine}};
  CHECK(p.decide({.now = nine - 2h}, {}) == restart_after(2h));
  CHECK(p.decide({.now = nine}, {}) == restart_now());
}

TEST_CASE("a policy without memory leaves none") {
  const restart_policy p{standard_policy{}};
  memory_slot m;
  CHECK(asked(p, m) == "restart");
  CHECK(m == memory_slot{});
}

SCENARIO("a policy remembers from one exit to the next") {
  GIVEN("three lives") {
    const restart_policy p{lives{}};
    memory_slot m;
    for (int i = 0; i < 3; ++i)
      CHECK(asked(p, m) == "restart");
    WHEN("its memory has run down to nothing but zero bytes") {
      CHECK(m.as<lives::memory>().left == 0);
      THEN("it does not begin again") {
        CHECK(asked(p, m) == "quarantine");
        CHECK(asked(p, m) == "quarantine");
      }
    }
    WHEN("another child has the same policy") {
      memory_slot other;
      THEN("it has lives of its own") { CHECK(asked(p, other) == "restart"); }
    }
  }
}

TEST_CASE("asking alone is never remembered") {
  const restart_policy p{lives{}};
  const memory_slot m;
  for (int i = 0; i < 10; ++i)
    CHECK(p.decide(crash, m) == restart_now());
}

TEST_CASE("a memory may be large") {
  const restart_policy p{hoarder{}};
  memory_slot m;
  CHECK(asked(p, m, {.streak = 0}) == "restart");
  CHECK(asked(p, m, {.streak = 1}) == "restart");
  CHECK(asked(p, m, {.streak = 1}) == "escalate");
}

TEST_CASE("limits keep their memories apart behind one policy") {
  const restart_policy p{with(standard_policy{}, lives{}, lives{})};
  memory_slot m;
  for (int i = 0; i < 3; ++i)
    CHECK(asked(p, m) == "restart");
  CHECK(asked(p, m) == "quarantine");
}

TEST_CASE("copies hold the very same policy and equal values held apart do not") {
  const restart_policy p{standard_policy{}};
  const auto copy = p;
  CHECK(copy == p);
  CHECK_FALSE(p == restart_policy{standard_policy{}});
}

TEST_CASE("the same question gets the same answer") {
  const restart_policy p{standard_policy{.backoff = {10ms, 1s, jitter::full()}}};
  const situation s{.exit = {exit_class::panic}, .streak = 4, .luck = 0.3};
  CHECK(p.decide(s, {}) == p.decide(s, {}));
}
