// Memory that is not there when a child starts.

#include "out_of_memory.hpp"
#include "stand.hpp"
#include "trial.hpp"

#include <atomic>
#include <cmath>
#include <new>
#include <thread>

namespace chaos {

namespace {

struct ledger {
  std::atomic<std::int64_t> failed = 0; ///< starts that ran out of memory
};

/// What a start might do. At least four allocations.
std::size_t prepares() {
  std::vector<std::string> all;
  for (int i = 0; i < 3; ++i)
    all.emplace_back(100, 'x');
  return all.size();
}

/// The nth life fails at its nth allocation, until a life has none left that could fail.
template <class F>
auto with_less_memory(const std::shared_ptr<ledger>& all, std::uint32_t attempt, F start) {
  const out_of_memory scarce{static_cast<std::int64_t>(attempt) - 1};
  try {
    return start();
  } catch (const std::bad_alloc&) {
    ++all->failed;
    throw;
  }
}

caf::behavior starving(caf::event_based_actor*, const sup::child& me,
                       const std::shared_ptr<ledger>& all) {
  return with_less_memory(all, me.attempt(), [] {
    const auto kept = prepares();
    return caf::behavior{[kept](int n) { return n + static_cast<int>(kept) - 3; }};
  });
}

void starving_thread(const sup::child& me, const std::shared_ptr<ledger>& all) {
  with_less_memory(all, me.attempt(), [] { return prepares(); });
  me.ready();
  while (!me.stopping())
    std::this_thread::sleep_for(1ms);
}

/// A spawn function: in the turn of the supervisor itself. What CAF allocates in its own spawn is
/// not made to fail: it would go on counting the actor that it did not make.
sup::launched starving_spawn(caf::local_actor& parent, const sup::child& me,
                             const std::shared_ptr<ledger>& all) {
  with_less_memory(all, me.attempt(), [] { return prepares(); });
  return parent.spawn(echo);
}

/// An argument whose copy, at each start, takes memory; also in the supervisor's turn.
struct heavy {
  std::shared_ptr<ledger> all{};
  std::shared_ptr<std::atomic<std::uint32_t>> copies
    = std::make_shared<std::atomic<std::uint32_t>>(0);
  std::shared_ptr<std::atomic<bool>> armed = std::make_shared<std::atomic<bool>>(false);

  explicit heavy(std::shared_ptr<ledger> to) : all(std::move(to)) {}
  heavy(const heavy& x) : all(x.all), copies(x.copies), armed(x.armed) {
    if (*armed)
      with_less_memory(all, ++*copies, [] { return prepares(); });
  }
  heavy& operator=(const heavy&) = delete;
  ~heavy() = default;
};

caf::behavior carries(caf::event_based_actor*, const heavy&) { return echo(nullptr); }

sup::child_spec optional_child(std::string id, sup::launcher start) {
  return {.id = std::move(id),
          .start = std::move(start),
          .backoff = {.first = 0ns, .longest = 1ms},
          .criticality = sup::criticality::optional};
}

void allocation_failure_in_start(trial& it) {
  const auto all = std::make_shared<ledger>();
  const heavy load{all};
  const auto begin = std::chrono::steady_clock::now();
  std::uint64_t rounds = 0, panics = 0, not_up = 0, gaps = 0, unclean = 0, told = 0, disturbed = 0;
  do {
    *load.copies = 0;
    auto thread = optional_child("thread", sup::blocking_worker(starving_thread, all));
    thread.readiness = sup::readiness::on_report; // it counts as started before it does anything
    sup::supervisor_spec spec{
      .intensity = {.restarts = sup::unlimited},
      .children = {{.id = "neighbour", .start = sup::worker(echo)},
                   optional_child("worker", sup::worker(starving, all)),
                   thread,
                   optional_child(
                     "spawned", sup::custom([all](caf::local_actor& parent, const sup::child& me) {
                       return starving_spawn(parent, me, all);
                     })),
                   optional_child("carrier", sup::worker(carries, load))}};
    *load.armed = true;
    stand here{std::move(spec)};
    not_up += here.all_up(10s) ? 0 : here.down();
    disturbed += here.state("/neighbour")->attempt != 1;
    const auto end = here.stop();
    *load.armed = false;
    told += here.told().count(sup::event_type::child_panicked);
    panics += self_panics(here, end);
    gaps += here.told().gaps();
    unclean += end.verified_clean() ? 0 : 1;
    ++rounds;
  } while (std::chrono::steady_clock::now() - begin < it.length());
  const auto failed = static_cast<double>(all->failed.load());
  it.at_least("failed_starts_per_round", failed / static_cast<double>(rounds), 12);
  it.at_most("failed_starts_not_told", std::abs(failed - static_cast<double>(told)), 0);
  it.at_most("children_not_up", not_up, 0);
  it.at_most("neighbours_disturbed", disturbed, 0);
  it.at_most("supervisor_self_panics", panics, 0);
  it.at_most("event_gap_total", gaps, 0);
  it.at_most("unclean_stops", unclean, 0);
}

} // namespace

std::vector<scenario> allocating() {
  return {{"allocation_failure_in_start", allocation_failure_in_start}};
}

} // namespace chaos
