#include "core_under_test.hpp"

#include <algorithm>

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

constexpr slot many = 100'000;

/// A hundred thousand children that obey at once. Nothing is looked at between the steps, so that
/// whatever takes longer than it should is the core's.
class crowd {
public:
  /// `needy`: each child depends on the one before.
  explicit crowd(strategy how, bool needy = false)
    : plan_(make_plan(spec_of(how, needy), 1)), state_(make_state(*plan_)) {}

  void feed(const std::vector<input>& xs) {
    std::vector<input> next = xs;
    while (!next.empty()) {
      effects out;
      step(*plan_, state_, tally_, next, now_, out);
      next.clear();
      for (const auto& x : out.todo)
        answer(x, next);
    }
  }

  void crash(slot who) { feed({end_of(who)}); }

  void crash_all() {
    std::vector<input> all;
    for (slot i = 0; i < many; ++i)
      all.push_back(end_of(i));
    feed(all);
  }

  void advance(nanoseconds d) {
    now_ += d;
    feed({{.what = news::deadline}});
  }

  std::uint32_t up() const {
    return static_cast<std::uint32_t>(
      std::ranges::count(state_.children, phase::up, &child_row::now));
  }

  std::uint64_t starts = 0, stops = 0;
  bool finished = false;

private:
  static declared_spec spec_of(strategy how, bool needy) {
    declared_spec spec{.strategy = how, .intensity = {.restarts = unlimited}};
    for (slot i = 0; i < many; ++i) {
      spec.children.push_back(worker("c" + std::to_string(i)));
      if (needy && i > 0)
        spec.children.back().dependencies = {"c" + std::to_string(i - 1)};
    }
    return spec;
  }

  input end_of(slot who) const {
    return {.what = news::exited, .who = {who, state_.children[who].number}, .exit = died};
  }

  void answer(const effect& x, std::vector<input>& next) {
    starts += x.what == deed::start;
    stops += x.what == deed::cancel;
    finished = finished || x.what == deed::finish;
    if (x.what == deed::start)
      next.push_back({.what = news::started, .who = x.who});
    else if (x.what == deed::cancel)
      next.push_back({.what = news::exited, .who = x.who, .exit = cancelled});
  }

  std::shared_ptr<const plan> plan_;
  state state_;
  tally tally_;
  time_point now_{1h};
};

} // namespace

TEST_CASE("a hundred thousand children start and crash together and stop") {
  crowd all{strategy::one_for_one};
  all.feed({{.what = news::begin}});
  CHECK(all.up() == many);
  all.crash_all();
  CHECK(all.up() == 0);
  all.advance(10ms);
  CHECK(all.up() == many);
  CHECK(all.starts == 2 * many);
  all.feed({{.what = news::stop}});
  CHECK(all.finished);
  CHECK(all.stops == many);
}

TEST_CASE("a hundred thousand children crash one by one") {
  crowd all{strategy::one_for_one};
  all.feed({{.what = news::begin}});
  for (slot i = 0; i < many; ++i)
    all.crash(i);
  all.advance(10ms);
  CHECK(all.up() == many);
}

TEST_CASE("a hundred thousand children are restarted for one of them") {
  crowd all{strategy::one_for_all};
  all.feed({{.what = news::begin}});
  all.crash(many / 2);
  CHECK(all.up() == 0);
  all.advance(10ms);
  CHECK(all.up() == many);
  CHECK(all.stops == many - 1);
}

TEST_CASE("a hundred thousand children that depend one on the other are restarted for the first") {
  crowd all{strategy::one_for_dependents, true};
  all.feed({{.what = news::begin}});
  all.crash(0);
  CHECK(all.up() == 0);
  all.advance(10ms);
  CHECK(all.up() == many);
  CHECK(all.stops == many - 1);
}

TEST_CASE("the youngest of a hundred thousand children crashes and only it is restarted") {
  crowd all{strategy::rest_for_one};
  all.feed({{.what = news::begin}});
  all.crash(many - 1);
  all.advance(10ms);
  CHECK(all.up() == many);
  CHECK(all.stops == 0);
  CHECK(all.starts == many + 1);
}
