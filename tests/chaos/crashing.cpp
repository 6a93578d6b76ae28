// Children that crash as fast as they can.

#include "stand.hpp"
#include "trial.hpp"

#include <atomic>
#include <stdexcept>
#include <thread>

namespace chaos {

namespace {

using sup::event_type;

/// What all lives of all children see.
struct weather {
  std::atomic<bool> storm = true;
  std::atomic<std::int64_t> left = 0; ///< failures still wanted
};

caf::behavior panics_after_a_ms(caf::event_based_actor* self, const std::shared_ptr<weather>& all) {
  if (all->storm)
    sup::compat::send_after(self, 1ms, caf::actor{self}, 1);
  return {[](int) { throw std::runtime_error{"as it was told"}; }};
}

caf::behavior fails_at_once(caf::event_based_actor* self, const std::shared_ptr<weather>& all) {
  if (all->left.fetch_sub(1) > 0)
    sup::compat::send(self, caf::actor{self}, 1);
  return {[](int) { throw std::runtime_error{"as it was told"}; }};
}

using crasher = caf::behavior (*)(caf::event_based_actor*, const std::shared_ptr<weather>&);

sup::supervisor_spec family(int count, crasher how, const std::shared_ptr<weather>& all) {
  sup::supervisor_spec spec{.intensity = {.restarts = sup::unlimited},
                            .defaults = {.backoff = {.first = 0ns, .longest = 0ns}}};
  for (int i = 0; i < count; ++i)
    spec.children.push_back({.id = "child-" + std::to_string(i), .start = sup::worker(how, all)});
  return spec;
}

void child_panic_storm(trial& it) {
  constexpr auto children = 8;
  const auto all = std::make_shared<weather>();
  stand here{family(children, panics_after_a_ms, all)};
  std::this_thread::sleep_for(it.length());
  all->storm = false;
  const auto recovered = here.all_up(10s);
  const auto end = here.stop();
  it.at_most("supervisor_self_panics", self_panics(here, end), 0);
  it.at_most("emit_p99_us", here.told().emits().us(0.99), 100);
  it.at_least("panics_per_s",
              static_cast<double>(here.told().count(event_type::child_panicked))
                / in_seconds(it.length()),
              50);
  it.at_most("children_not_back", recovered ? 0 : here.down(), 0);
  it.at_most("event_gap_total", here.told().gaps(), 0);
  it.at_least("clean_stops", end.verified_clean(), 1);
}

// -- rapid_failure_10k -------------------------------------------------------------------------------

constexpr auto failures_wanted = 10'000;

void ten_thousand_failures(trial& it) {
  const auto all = std::make_shared<weather>();
  all->left = failures_wanted;
  stand here{family(10, fails_at_once, all)};
  const auto took = time_of([&] {
    until([&] { return here.told().count(event_type::child_panicked) >= failures_wanted; }, 60s);
  });
  const auto recovered = here.all_up(10s);
  const auto restarts = here.told().count(event_type::child_restarted);
  const auto end = here.stop();
  it.at_least("failures", here.told().count(event_type::child_panicked), failures_wanted);
  it.at_least("restarts", restarts, failures_wanted);
  it.at_most("duration_s", in_seconds(took), 60);
  it.at_most("emit_p99_us", here.told().emits().us(0.99), 10'000);
  it.at_most("children_not_back", recovered ? 0 : here.down(), 0);
  it.at_most("supervisor_self_panics", self_panics(here, end), 0);
  it.at_most("event_gap_total", here.told().gaps(), 0);
}

/// When restarts happened that a budget had to allow.
struct grants {
  std::mutex mutex;
  std::vector<std::chrono::steady_clock::time_point> all;
};

/// Children that fail at once share a budget: it runs dry, comes back at its rate, and is never
/// exceeded.
void a_dry_budget(trial& it) {
  constexpr sup::token_bucket budget{.window = 1s, .max_burst = 5, .recovery_rate_per_sec = 20};
  const auto all = std::make_shared<weather>();
  all->left = failures_wanted;
  auto spec = family(4, fails_at_once, all);
  spec.more.make().limits = sup::scope_limits{.restart_budget = budget};
  const auto given = std::make_shared<grants>();
  stand here{spec, {.observer = [given](const sup::tree_event& x) {
               if (x.what.what == event_type::child_restarted) {
                 const std::scoped_lock lock{given->mutex};
                 given->all.push_back(x.what.at);
               }
             }}};
  std::this_thread::sleep_for(std::max<nanoseconds>(it.length(), 1s));
  here.stop();
  const std::scoped_lock lock{given->mutex};
  const auto span = given->all.empty() ? 0.0 : in_seconds(given->all.back() - given->all.front());
  const auto count = static_cast<double>(given->all.size());
  const auto allowed = budget.max_burst + budget.recovery_rate_per_sec * span;
  it.at_least("budget_exhaustions", here.told().count(event_type::budget_exhausted), 1);
  it.at_least("budget_recovery_per_s", span > 0 ? (count - budget.max_burst) / span : 0.0, 10);
  it.at_most("budget_used_percent", 100 * count / allowed, 105);
}

void rapid_failure_10k(trial& it) {
  ten_thousand_failures(it);
  a_dry_budget(it);
}

} // namespace

std::vector<scenario> crashing() {
  return {{"child_panic_storm", child_panic_storm}, {"rapid_failure_10k", rapid_failure_10k}};
}

} // namespace chaos
