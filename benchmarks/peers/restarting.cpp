#include "bench.hpp"

#include <algorithm>
#include <cstdio>

namespace bench {

namespace {

constexpr std::uint64_t children = 1000;

/// Whom the children say that they are up, and who crashes them.
struct driver {
  std::vector<caf::actor> whom{};
  std::uint64_t ups = 0;
  steady::time_point since{};
  std::vector<double> took{};

  void crash(std::uint64_t who) {
    since = steady::now();
    sup::compat::anon_send(whom[who], bench::crash);
  }
};

/// Calls `on_up` for each child that comes up, from the first moment at which all `n` are.
void drive(std::uint64_t n, sup::strategy how, std::function<void(driver&)> on_up) {
  caf::actor_system system{config()};
  const auto actor = system.spawn([=](caf::event_based_actor*) -> caf::behavior {
    auto me = std::make_shared<driver>();
    me->whom.resize(n);
    return {[=](std::uint64_t number, caf::actor& who) {
      me->whom[number] = std::move(who);
      if (++me->ups >= n)
        on_up(*me);
    }};
  });
  const auto tree = started(system, flat(n, actor, how));
  caf::scoped_actor self{system};
  self->wait_for(actor); // it ends the process
}

std::string latencies(std::vector<double> all) {
  std::ranges::sort(all);
  const auto n = all.size();
  char text[128];
  std::snprintf(text, sizeof text, R"(,"p50_us":%.2f,"p99_us":%.2f,"children":%d)",
                all[(n - 1) / 2] * 1e6, all[std::max<std::size_t>(n * 99 / 100, 1) - 1] * 1e6,
                static_cast<int>(children));
  return text;
}

void group(const std::string& name, std::uint64_t reps, sup::strategy how, std::uint64_t victim) {
  drive(children, how, [=](driver& me) {
    const auto all = children - victim;
    if ((me.ups - children) % all != 0)
      return;
    if (me.ups > children)
      me.took.push_back(seconds_since(me.since));
    if (me.took.size() == reps) {
      std::ranges::sort(me.took);
      print(name, all, me.took[(reps - 1) / 2],
            R"(,"children":1000,"reps":)" + std::to_string(reps));
      finish();
    }
    me.crash(victim);
  });
}

} // namespace

void restart(const std::string& name, std::uint64_t n) {
  drive(children, sup::strategy::one_for_one, [=](driver& me) {
    if (me.ups > children)
      me.took.push_back(seconds_since(me.since));
    if (me.took.size() == n) {
      double sum = 0;
      for (const auto x : me.took)
        sum += x;
      print(name, n, sum, latencies(std::move(me.took)));
      finish();
    }
    me.crash(me.took.size() % children);
  });
}

void storm(const std::string& name, std::uint64_t n) {
  drive(n, sup::strategy::one_for_one, [=](driver& me) {
    if (me.ups == 2 * n) {
      print(name, n, seconds_since(me.since));
      finish();
    }
    if (me.ups > n)
      return;
    me.since = steady::now();
    const auto victims = me.whom; // replacements may report while this goes on
    for (const auto& x : victims)
      sup::compat::anon_send(x, crash);
  });
}

void one_for_all(const std::string& name, std::uint64_t reps) {
  group(name, reps, sup::strategy::one_for_all, 0);
}

void rest_for_one(const std::string& name, std::uint64_t reps) {
  group(name, reps, sup::strategy::rest_for_one, 500);
}

} // namespace bench
