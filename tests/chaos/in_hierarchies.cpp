// Five hundred actors in a tree of three levels, to whom anything may happen at any time.

#include "stand.hpp"
#include "trial.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <random>
#include <stdexcept>
#include <thread>

namespace chaos {

namespace {

constexpr int houses = 10, floors = 5, rooms = 10;
constexpr int actors = houses * floors * rooms;

enum class order : int { resume, restart, stop, escalate };

/// Where each actor signs in and out: who is there twice, or not at all, can be seen.
struct register_of_all {
  std::array<std::atomic<int>, actors> there{};
  std::atomic<std::uint64_t> twice = 0;
  std::array<std::atomic<std::uint64_t>, 4> obeyed{};

  int count() const {
    auto sum = 0;
    for (const auto& x : there)
      sum += x;
    return sum;
  }
};

class lodger : public caf::event_based_actor {
public:
  lodger(caf::actor_config& config, std::shared_ptr<register_of_all> all, int number)
    : caf::event_based_actor(config), all_(std::move(all)),
      place_(static_cast<std::size_t>(number)) {}

  caf::behavior make_behavior() override {
    sup::compat::ignore_errors(this);
    signed_in_ = true;
    if (++all_->there[place_] > 1)
      ++all_->twice;
    return {[this](int n) { return obey(static_cast<order>(n)); }};
  }

  /// Before its supervisor hears of its end.
  void on_exit() override {
    if (signed_in_)
      --all_->there[place_];
  }

private:
  caf::result<int> obey(order what) {
    ++all_->obeyed[static_cast<std::size_t>(what)];
    switch (what) {
      case order::resume: // as if nothing had happened
        return sup::make_failure(sup::failure::recoverable, "a mishap, and on it goes");
      case order::restart:
        throw std::runtime_error{"as it was told"};
      case order::stop:
        quit();
        return 0;
      case order::escalate:
        quit(sup::make_failure(sup::failure::fatal_bug, "this is for somebody above"));
        return 0;
    }
    return 0;
  }

  const std::shared_ptr<register_of_all> all_;
  const std::size_t place_;
  bool signed_in_ = false;
};

std::string id_of(const std::string& what, int number) { return what + std::to_string(number); }

sup::supervisor_spec town(const std::shared_ptr<register_of_all>& all) {
  constexpr sup::intensity bears_it{.restarts = sup::unlimited};
  const sup::child_defaults soon{.restart = sup::restart::transient,
                                 .backoff = {.first = 0ns, .longest = 5ms}};
  sup::supervisor_spec root{.intensity = bears_it, .defaults = soon};
  for (int h = 0; h < houses; ++h) {
    sup::supervisor_spec house{.intensity = bears_it, .defaults = soon};
    for (int f = 0; f < floors; ++f) {
      sup::supervisor_spec floor{.strategy = f == 0 ? sup::strategy::rest_for_one
                                                    : sup::strategy::one_for_one,
                                 .intensity = bears_it,
                                 .defaults = soon};
      for (int r = 0; r < rooms; ++r)
        floor.children.push_back({.id = id_of("room", r),
                                  .start = sup::worker<lodger>(all, (h * floors + f) * rooms + r)});
      house.children.push_back({.id = id_of("floor", f), .start = sup::nested(floor)});
    }
    root.children.push_back({.id = id_of("house", h), .start = sup::nested(house)});
  }
  return root;
}

std::string path_of(int number) {
  return id_of("house", number / rooms / floors) + "/" + id_of("floor", number / rooms % floors)
         + "/" + id_of("room", number % rooms);
}

/// Sends orders to anybody, as long as told; who was stopped is started again now and then.
class fate {
public:
  explicit fate(const stand& where) : where_(&where) {
    for (int i = 0; i < actors; ++i)
      refs_.push_back(where.tree().ref(path_of(i)));
  }

  std::uint64_t strike(nanoseconds length) {
    const auto begin = std::chrono::steady_clock::now();
    std::uint64_t struck = 0;
    for (; std::chrono::steady_clock::now() - begin < length; ++struck) {
      const auto whom = pick_(dice_);
      sup::compat::anon_send(*refs_[static_cast<std::size_t>(whom)], any_order());
      if (struck % 8 == 0)
        bring_back(pick_(dice_));
      if (struck % 16 == 0)
        std::this_thread::sleep_for(1ms);
    }
    return struck;
  }

  /// Whoever went by itself is started again. Whether all are up then.
  bool bring_all_back(nanoseconds within) {
    return until(
      [&] {
        for (int i = 0; i < actors; ++i)
          if (refs_[static_cast<std::size_t>(i)].life() == 0)
            bring_back(i);
        std::this_thread::sleep_for(20ms);
        return where_->down() == 0;
      },
      within);
  }

private:
  int any_order() {
    const auto x = share_(dice_);
    return static_cast<int>(x < 40   ? order::resume
                            : x < 80 ? order::restart
                            : x < 98 ? order::stop
                                     : order::escalate);
  }

  void bring_back(int whom) {
    where_->tree().carry_out(
      {.what = sup::command::restart_child, .path = path_of(whom), .audit = by_chaos},
      [](const sup::expected<sup::control_result>&) {});
  }

  const stand* where_;
  std::vector<sup::supervised_ref<>> refs_{};
  std::mt19937 dice_{1};
  std::uniform_int_distribution<int> pick_{0, actors - 1}, share_{0, 99};
};

std::uint64_t times(const register_of_all& all, order what) {
  return all.obeyed[static_cast<std::size_t>(what)];
}

/// Children of which the report says nothing. Supervisors are children, too.
std::size_t missing_in(const sup::shutdown_report& end) {
  constexpr std::size_t all = actors + houses * floors + houses;
  return all - std::min(all, end.outcomes.size());
}

void hierarchy_of_500(trial& it) {
  const auto all = std::make_shared<register_of_all>();
  stand here{town(all)};
  const auto began = here.all_up(20s);
  fate blind{here};
  blind.strike(it.length());
  const auto recovery = time_of([&] { blind.bring_all_back(20s); });
  const auto not_back = here.down();
  const auto present = all->count();
  const auto end = here.stop();
  it.at_least("began", began, 1);
  it.at_least("resumed", times(*all, order::resume), 10);
  it.at_least("restarted", times(*all, order::restart), 10);
  it.at_least("stopped", times(*all, order::stop), 5);
  it.at_least("escalated", times(*all, order::escalate), 1);
  it.at_most("lost", actors - present, 0);
  it.at_most("not_back", not_back, 0);
  it.at_most("twice", all->twice.load(), 0);
  it.at_most("recovery_s", in_seconds(recovery), 20);
  it.at_most("left_after_stop", all->count(), 0);
  it.at_most("missing_in_report", missing_in(end), 0);
  it.at_least("clean_stops", end.verified_clean(), 1);
  it.at_most("supervisor_self_panics", end.broke, 0);
  it.at_most("event_gap_total", here.told().gaps(), 0);
}

} // namespace

std::vector<scenario> in_hierarchies() { return {{"hierarchy_of_500", hierarchy_of_500}}; }

} // namespace chaos
