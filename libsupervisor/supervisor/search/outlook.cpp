// What can be known about a world without going on.

#include "supervisor/search/breaking.hpp"

#include "supervisor/simulate/ends.hpp"

#include <algorithm>
#include <functional>

namespace supervisor::searching {

namespace {

using simulating::crashed;

/// Only the count of restarts within the period stands between a crash and the supervisor above.
bool is_plain(const plan::kind& x) {
  auto plain = !x.limits && !x.significant && x.group == plan::none;
  x.policy.each_part({.exit = crashed}, {},
                     [&](const part_said& part) { plain = plain && part.name == "standard"; });
  return plain;
}

bool is_plain(const plan& x) {
  return !x.limits && !x.limit && std::ranges::all_of(x.reaches, [](const plan::reach& r) {
    return r.escalation == escalation_policy::escalate_to_parent;
  }) && std::ranges::all_of(x.kinds, [](const plan::kind& k) { return is_plain(k); });
}

bool is_plain(const site& x) { return !x.is_supervisor() || is_plain(*x.by); }

class nearest {
public:
  explicit nearest(time_point now) : now_(now) {}

  void add(time_point at) {
    if (at > now_)
      found_ = std::min(found_, at);
  }

  /// The last moment in which it counts, and the first one in which it does not.
  void add_edge(time_point at) {
    add(at);
    add(later(at, nanoseconds{1}));
  }

  time_point found() const { return found_; }

private:
  time_point now_;
  time_point found_ = time_point::max();
};

/// Of all limits: how long each of them remembers.
void each_window(const plan& x, const std::function<void(nanoseconds)>& to) {
  const auto look = [&](const part_said& part) {
    if (part.stands && part.stands->within > nanoseconds{0})
      to(part.stands->within);
  };
  const situation s{.exit = crashed};
  const auto ask = [&](const std::optional<restart_policy>& limits) {
    if (limits)
      limits->each_part(s, {}, look);
  };
  for (const auto& kind : x.kinds) {
    kind.policy.each_part(s, {}, look);
    ask(kind.limits);
  }
  for (const auto& group : x.groups)
    ask(group.limits);
  ask(x.limits);
  ask(x.limit);
}

} // namespace

bool is_plain(const sites& all) {
  return std::ranges::all_of(all, [](const site& x) { return is_plain(x); });
}

bool rolls_dice(const sites& all) {
  const auto differs = [](const plan::kind& kind) {
    const situation low{.exit = crashed, .last_wait = std::chrono::milliseconds{1}, .luck = 0};
    auto high = low;
    high.luck = 0.999;
    auto later = low, later_high = high;
    later.streak = later_high.streak = 3;
    return kind.policy.decide(low, {}) != kind.policy.decide(high, {})
           || kind.policy.decide(later, {}) != kind.policy.decide(later_high, {});
  };
  return std::ranges::any_of(all, [&](const site& x) {
    return x.is_supervisor() && std::ranges::any_of(x.by->kinds, differs);
  });
}

nanoseconds longest_window(const sites& all) {
  nanoseconds longest{0};
  for (const auto& x : all)
    if (x.is_supervisor())
      each_window(*x.by, [&](nanoseconds window) { longest = std::max(longest, window); });
  return longest;
}

time_point next_instant(const world& w, const std::vector<time_point>& crashes) {
  nearest next{w.now()};
  for (std::uint32_t who = 0; who < w.where().size(); ++who) {
    const auto& site = w.where()[who];
    if (!site.is_supervisor() || !w.office_of(who).open)
      continue;
    if (const auto& due = w.office_of(who).mind.deadlines; !due.empty())
      next.add(due.first().at);
    const auto add_edges = [&](const auto& strikes) {
      for (const auto at : strikes)
        next.add_edge(later(at, site.by->intensity.period));
    };
    add_edges(w.office_of(who).mind.strikes);
    for (const auto& x : w.office_of(who).mind.troubles)
      add_edges(x.strikes);
    each_window(*site.by, [&](nanoseconds window) {
      for (const auto at : crashes)
        next.add_edge(later(at, window));
    });
    for (slot seat = 0; seat < site.below.size(); ++seat)
      if (const auto& row = w.office_of(who).mind.children[seat]; row.now == phase::up)
        if (row.trouble != nobody && w.office_of(who).mind.troubles[row.trouble].streak > 0)
          next.add(later(row.since, site.by->of(seat).stable_after));
  }
  return next.found();
}

} // namespace supervisor::searching
