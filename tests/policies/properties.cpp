#include <doctest/doctest.h>
#include <rapidcheck.h>
#include <supervisor/policies.hpp>

#include <algorithm>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

/// A hundred random cases; else the smallest counter-example found, and how to run it again.
void holds(const auto& property) {
  const auto result = rc::detail::checkTestable(property);
  std::ostringstream text;
  rc::detail::printResultMessage(result, text);
  INFO(text.str());
  CHECK(result.template is<rc::detail::SuccessResult>());
}

// -- anything at all -----------------------------------------------------------------------------

template <class T>
T one_of(std::initializer_list<T> edges) {
  return *rc::gen::oneOf(rc::gen::elementOf(std::vector<T>(edges)), rc::gen::arbitrary<T>());
}

std::uint32_t any_count() {
  return one_of<std::uint32_t>({0, 1, 2, 15, 16, 17, 62, 63, 64, 65, unlimited - 1, unlimited});
}

nanoseconds any_duration() {
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  return nanoseconds{
    one_of<std::int64_t>({0, 1, -1, 1'000'000'000, most, most - 1, -most, -most - 1})};
}

double any_number() {
  using limits = std::numeric_limits<double>;
  return one_of<double>({0.0, -0.0, 0.5, 1.0, 1e300, -1e300, limits::infinity(),
                         -limits::infinity(), limits::quiet_NaN(), limits::denorm_min(),
                         limits::epsilon()});
}

template <class Enum>
Enum any_of_first(int n) {
  return static_cast<Enum>(*rc::gen::inRange(0, n));
}

child_exit any_exit() {
  return {.what = any_of_first<exit_class>(6), .cause = any_of_first<failure_kind>(9)};
}

situation any_situation() {
  return {.exit = any_exit(),
          .streak = any_count(),
          .recent = any_count(),
          .uptime = any_duration(),
          .last_wait = any_duration(),
          .now = time_point{any_duration()},
          .luck = any_number(),
          .again = *rc::gen::arbitrary<bool>()};
}

backoff any_backoff() {
  return {any_duration(), any_duration(), {any_of_first<jitter_mode>(4), any_number()}};
}

child_limits any_child_limits() {
  return {.failure_window = failure_window{any_of_first<failure_window_mode>(2), any_duration(),
                                           any_count(), any_count()},
          .restart_limit = restart_limit{any_count(), any_duration(), any_of_first<verdict>(6)},
          .cold_start = cold_start{any_duration(), any_count()},
          .hot_loop = hot_loop{any_duration(), any_count()},
          .meltdown = meltdown_fuse{any_count(), any_duration(), any_duration(),
                                    any_of_first<meltdown_scope>(3)}};
}

scope_limits any_scope_limits() {
  return {.restart_budget = token_bucket{any_duration(), any_count(), any_number()},
          .meltdown = meltdown_fuse{any_count(), any_duration(), any_duration(),
                                    any_of_first<meltdown_scope>(3)}};
}

std::vector<restart_policy> any_policies() {
  return {*as_policy(any_child_limits()),
          *as_policy(any_scope_limits()),
          circuit_breaker{any_count(), any_duration(), any_duration()},
          decaying_score{any_duration(), any_number(), any_duration(), any_number()},
          otp_intensity{any_count(), any_duration()},
          intensity{any_count(), any_duration()},
          standard_policy{any_of_first<restart>(3), any_backoff()},
          role_policy{any_of_first<on_success_action>(3), any_of_first<on_failure_action>(3),
                      any_of_first<on_timeout_action>(2), std::nullopt, any_backoff()}};
}

// -- a plausible life ----------------------------------------------------------------------------

std::uint32_t count_up_to(std::uint32_t most) {
  return *rc::gen::inRange<std::uint32_t>(0, most + 1);
}

nanoseconds milliseconds_up_to(int most) { return *rc::gen::inRange(0, most + 1) * 1ms; }

/// Ends of one child within some minutes, often close together.
std::vector<situation> ends_of_a_child() {
  std::vector<situation> ends(count_up_to(60));
  auto now = time_point{1h};
  for (auto& s : ends) {
    const auto waited = *rc::gen::element(0ms, 1ms, 500ms, 5s, 30s);
    s.exit.what = *rc::gen::element(exit_class::success, exit_class::panic, exit_class::timeout);
    s.uptime = milliseconds_up_to(1000) + waited;
    s.now = now += s.uptime;
  }
  return ends;
}

restart_policy some_limit() {
  const auto window = 1s + milliseconds_up_to(60'000);
  const auto most = 1 + count_up_to(5);
  switch (*rc::gen::inRange(0, 9)) {
    case 0:
      return failure_window{.window = window, .threshold = most};
    case 1:
      return failure_window{failure_window_mode::count_sliding, window, 10, most};
    case 2:
      return restart_limit{most, window, any_of_first<verdict>(6)};
    case 3:
      return token_bucket{window, most, 0.5};
    case 4:
      return meltdown_fuse{most, window, 2 * window, any_of_first<meltdown_scope>(3)};
    case 5:
      return cold_start{window, most};
    case 6:
      return hot_loop{window, most};
    case 7:
      return circuit_breaker{most, window, 1s};
    default:
      return decaying_score{window, 0.5 + most, window};
  }
}

struct kept {
  restart_policy policy;
  memory_slot memory{};
};

std::vector<kept> some_limits() {
  std::vector<kept> all;
  for (auto n = 1 + count_up_to(5); n > 0; --n)
    all.push_back({some_limit()});
  return all;
}

decision asked(const std::vector<kept>& limits, const situation& s) {
  auto d = standard_policy{}.decide(s);
  for (const auto& x : limits)
    d = stricter(d, x.policy.decide(s, x.memory), 1);
  return d;
}

void told(std::vector<kept>& limits, const situation& s, const decision& final) {
  for (auto& x : limits)
    x.policy.remember(x.memory, s, final);
}

// -- a sliding window, counted by hand -----------------------------------------------------------

struct every_moment {
  std::vector<time_point> all{};

  std::uint32_t count(time_point now, nanoseconds period) const {
    return static_cast<std::uint32_t>(
      std::ranges::count_if(all, [&](auto t) { return now - t <= period; }));
  }
};

} // namespace

TEST_CASE("no wait is negative or longer than the longest whatever the numbers") {
  holds([] {
    const auto b = any_backoff();
    const auto wait = b.delay(any_count(), any_number(), any_duration());
    RC_ASSERT(wait >= 0ns);
    RC_ASSERT(wait <= std::max(b.longest, nanoseconds{0}));
  });
}

TEST_CASE("a sliding window counts what a scan of all moments would count") {
  holds([] {
    every_moment by_hand;
    sliding<16> window;
    const auto period = milliseconds_up_to(1000);
    auto now = time_point{1h};
    for (auto i = count_up_to(100); i > 0; --i) {
      now += milliseconds_up_to(200);
      const auto n = count_up_to(16);
      const auto there = by_hand.count(now, period);
      RC_ASSERT(window.count(now, period) == std::min(there, 16u));
      RC_ASSERT(window.reaches(n, now, period) == (there >= n));
      const auto below = now + window.until_below(n, now, period);
      RC_ASSERT(n == 0 || by_hand.count(below, period) < n);
      RC_ASSERT(below == now || by_hand.count(below - 1ns, period) >= n);
      by_hand.all.push_back(now);
      window.add(now);
    }
  });
}

TEST_CASE("a restart limit allows what a scan of all restarts would allow") {
  holds([] {
    const restart_limit limit{.max_restarts = count_up_to(16),
                              .window = milliseconds_up_to(60'000)};
    every_moment restarts;
    sliding<16> memory;
    for (const auto& s : ends_of_a_child()) {
      const auto d = limit.decide(s, memory);
      const auto room = restarts.count(s.now, limit.window) < limit.max_restarts;
      RC_ASSERT((d == restart_now()) == room);
      limit.remember(memory, s, d);
      if (room)
        restarts.all.push_back(s.now);
    }
  });
}

TEST_CASE("a failure window by count sees what a scan of the last ends would see") {
  holds([] {
    const failure_window window{.mode = failure_window_mode::count_sliding,
                                .max_count = 1 + count_up_to(63),
                                .threshold = 1 + count_up_to(9)};
    std::vector<bool> failed;
    memory_of<failure_window> memory;
    const auto enough = std::min(window.threshold, window.max_count);
    for (const auto& s : ends_of_a_child()) {
      const auto d = window.decide(s, memory);
      failed.push_back(is_failure(s.exit.what));
      const auto last = std::min<std::ptrdiff_t>(window.max_count, std::ssize(failed));
      const auto failures = std::count(failed.end() - last, failed.end(), true);
      RC_ASSERT((d == quarantine()) == (failed.back() && failures >= enough));
      window.remember(memory, s, d);
      if (d != restart_now())
        failed.pop_back();
    }
  });
}

TEST_CASE("a bucket never lets more through than its envelope") {
  holds([] {
    const token_bucket bucket{.window = 1s + milliseconds_up_to(120'000),
                              .max_burst = 1 + count_up_to(20),
                              .recovery_rate_per_sec = 0.01 * (1 + count_up_to(1000))};
    token_bucket::memory memory;
    std::vector<time_point> restarts;
    auto now = time_point{1h};
    for (auto i = count_up_to(300); i > 0; --i) {
      now += *rc::gen::element(0ms, 1ms, 100ms, 3s, 60s);
      const situation s{.exit = {exit_class::panic}, .now = now};
      const auto d = bucket.decide(s, memory);
      bucket.remember(memory, s, d);
      restarts.push_back(now + d.wait);
    }
    RC_ASSERT(std::ranges::is_sorted(restarts));
    for (const auto span : {bucket.window, nanoseconds{1min}}) {
      const auto tokens = bucket.max_burst + bucket.recovery_rate_per_sec * in_seconds(span);
      for (auto first = restarts.begin(); first != restarts.end(); ++first) {
        const auto end = std::ranges::lower_bound(restarts, *first + span);
        RC_ASSERT(static_cast<double>(end - first) <= 1.05 * tokens);
      }
    }
  });
}

TEST_CASE("nobody has to ask in which order limits are asked") {
  holds([] {
    auto one = some_limits();
    auto other = one;
    for (auto i = other.size(); i > 1; --i)
      std::swap(other[i - 1], other[*rc::gen::inRange<std::size_t>(0, i)]);
    for (const auto& s : ends_of_a_child()) {
      const auto d = asked(one, s);
      const auto same = asked(other, s);
      RC_ASSERT(d.what == same.what);
      RC_ASSERT(d.wait == same.wait);
      told(one, s, d);
      told(other, s, same);
    }
  });
}

TEST_CASE("a limit only ever makes an answer stricter or a wait longer") {
  holds([] {
    auto limits = some_limits();
    for (const auto& s : ends_of_a_child()) {
      const auto base = standard_policy{}.decide(s);
      const auto d = asked(limits, s);
      RC_ASSERT(d.what >= base.what);
      RC_ASSERT(d.what != base.what || d.wait >= base.wait);
      told(limits, s, d);
    }
  });
}

TEST_CASE("a refused restart charges nobody") {
  holds([] {
    auto limits = some_limits();
    told(limits, {.exit = {exit_class::panic}, .now = time_point{1h}}, restart_now());
    for (const auto& s : ends_of_a_child()) {
      const auto before = limits;
      told(limits, s, {.what = static_cast<verdict>(*rc::gen::inRange(1, 6))});
      for (std::size_t i = 0; i < limits.size(); ++i)
        RC_ASSERT(limits[i].memory == before[i].memory);
      told(limits, s, asked(limits, s));
    }
  });
}

TEST_CASE("the same situation and memory get the same answer and leave the same memory") {
  holds([] {
    auto one = some_limits();
    auto other = one;
    for (const auto& s : ends_of_a_child()) {
      const auto d = asked(one, s);
      RC_ASSERT(d == asked(one, s));
      RC_ASSERT(d == asked(other, s));
      told(one, s, d);
      told(other, s, d);
      for (std::size_t i = 0; i < one.size(); ++i)
        RC_ASSERT(one[i].memory == other[i].memory);
    }
  });
}

TEST_CASE("every policy has an answer to everything") {
  holds([] {
    for (const auto& policy : any_policies()) {
      memory_slot memory;
      for (int i = 0; i < 40; ++i) {
        const auto s = any_situation();
        const auto d = policy.decide(s, memory);
        RC_ASSERT(d.wait >= 0ns);
        RC_ASSERT(d.what <= verdict::shutdown_tree);
        policy.each_part(s, memory, [](const part_said& x) { RC_ASSERT(!x.name.empty()); });
        policy.remember(memory, s, *rc::gen::element(d, restart_now(), restart_after(s.uptime)));
      }
    }
  });
}
