#include <doctest/doctest.h>
#include <supervisor/policies.hpp>

#include <algorithm>
#include <string>

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

/// Always the same answer.
struct says {
  decision what;
  constexpr decision decide(const situation&) const { return what; }
};

/// Refuses whenever there were restarts lately.
struct calm {
  constexpr decision decide(const situation& s) const {
    return s.recent > 0 ? escalate() : restart_now();
  }
};

/// So many restarts, and no more.
struct budget {
  struct memory {
    std::uint32_t used = 0;
  };

  std::uint32_t restarts = 1;

  constexpr decision decide(const situation&, const memory& past) const {
    return past.used < restarts ? restart_now() : quarantine();
  }

  constexpr void remember(memory& m, const situation&, const decision& final) const {
    m.used += final.what == verdict::restart;
  }
};

constexpr situation crash{.exit = {exit_class::panic}};

/// Asks, and tells what was decided.
template <class P>
std::string asked(const P& p, memory_of<P>& m, const situation& s) {
  const auto d = ask(p, s, m);
  tell(p, m, s, d);
  return std::string{label(d.what)};
}

} // namespace

TEST_CASE("the strictest answer and among restarts the longest wait counts in any order") {
  const decision answers[] = {restart_now(), restart_after(5ms), restart_after(1h), leave_down(),
                              quarantine(),  escalate(),         shutdown_tree()};
  const standard_policy base;
  for (const auto& a : answers)
    for (const auto& b : answers)
      for (const auto& c : answers) {
        const auto one = with(base, says{a}, says{b}, says{c}).decide(crash, {});
        const auto other = with(base, says{c}, says{a}, says{b}).decide(crash, {});
        REQUIRE(one.what == other.what);
        REQUIRE(one.wait == other.wait);
        REQUIRE(one.what == std::max({verdict::restart, a.what, b.what, c.what}));
        if (one.what == verdict::restart)
          REQUIRE(one.wait == std::max({nanoseconds{10ms}, a.wait, b.wait, c.wait}));
      }
}

TEST_CASE("a decision says whose word was the last") {
  const standard_policy base;
  CHECK(with(base, says{restart_now()}).decide(crash, {}).because == 0);
  CHECK(with(base, says{restart_now()}, says{escalate()}).decide(crash, {}).because == 2);
  CHECK(with(base, says{restart_after(1s)}, says{restart_now()}).decide(crash, {}).because == 1);
}

SCENARIO("limits are asked only when the base wants a restart") {
  GIVEN("a limit that always escalates") {
    const says never{escalate()};
    THEN("the end of a temporary child is no reason to ask it") {
      const standard_policy temporary{.when = restart::temporary};
      CHECK(with(temporary, never).decide(crash, {}) == leave_down());
    }
    THEN("nor is the good end of a transient one") {
      const standard_policy transient{.when = restart::transient};
      CHECK(with(transient, never).decide({}, {}) == leave_down());
      CHECK(with(transient, never).decide(crash, {}).what == verdict::escalate);
    }
    THEN("and what is stricter than a restart stays as it is") {
      const situation misconfigured{.exit = {.cause = failure_kind::fatal_config}};
      CHECK(with(standard_policy{}, never).decide(misconfigured, {}) == shutdown_tree());
    }
  }
}

SCENARIO("nothing is charged for a restart that somebody refused") {
  const situation hectic{.exit = {exit_class::panic}, .recent = 1};
  GIVEN("a budget of two restarts and a limit that refuses now and then") {
    const auto p = with(standard_policy{.when = restart::transient}, budget{2}, calm{});
    memory_of<decltype(p)> m;
    WHEN("that limit refuses three times") {
      for (int i = 0; i < 3; ++i)
        CHECK(asked(p, m, hectic) == "escalate");
      THEN("the budget still has both restarts") {
        CHECK(asked(p, m, crash) == "restart");
        CHECK(asked(p, m, crash) == "restart");
        CHECK(asked(p, m, crash) == "quarantine");
      }
    }
    WHEN("the base wants no restart three times") {
      for (int i = 0; i < 3; ++i)
        CHECK(asked(p, m, {}) == "leave_down");
      THEN("the budget still has both restarts") {
        CHECK(asked(p, m, crash) == "restart");
        CHECK(asked(p, m, crash) == "restart");
        CHECK(asked(p, m, crash) == "quarantine");
      }
    }
  }
  GIVEN("a small budget and a large one") {
    const auto p = with(standard_policy{}, budget{1}, budget{2});
    const auto later_on = with(standard_policy{}, budget{9}, budget{2});
    memory_of<decltype(p)> m;
    WHEN("the small one refuses") {
      CHECK(asked(p, m, crash) == "restart");
      CHECK(asked(p, m, crash) == "quarantine");
      CHECK(asked(p, m, crash) == "quarantine");
      THEN("the large one is not charged for that") {
        CHECK(asked(later_on, m, crash) == "restart");
        CHECK(asked(later_on, m, crash) == "quarantine");
      }
    }
  }
}

TEST_CASE("a policy with limits is a policy and takes further limits") {
  const auto inner = with(standard_policy{}, budget{3});
  const auto outer = with(inner, says{restart_after(1h)});
  memory_of<decltype(outer)> m;
  for (int i = 0; i < 3; ++i)
    CHECK(asked(outer, m, crash) == "restart");
  CHECK(asked(outer, m, crash) == "quarantine");
}

TEST_CASE("intensity is a limit like any other") {
  const auto p = with(standard_policy{}, intensity{.restarts = 1});
  CHECK(p.decide({.exit = {exit_class::panic}, .recent = 0}, {}) == restart_after(10ms));
  CHECK(p.decide({.exit = {exit_class::panic}, .recent = 1}, {}).what == verdict::escalate);
}
