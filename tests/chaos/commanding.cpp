// More commands than may be under way.

#include "stand.hpp"
#include "trial.hpp"

#include <atomic>

namespace chaos {

namespace {

constexpr std::uint32_t capacity = 256;
constexpr std::uint32_t wanted = 2 * capacity;

/// Goes when its gate opens, however it is told.
caf::behavior takes_its_time(caf::event_based_actor* self,
                             const std::shared_ptr<std::atomic<bool>>& open) {
  sup::compat::on_exit_msg(self, [self, open](const caf::exit_msg& x) {
    if (*open)
      self->quit(x.reason);
    else
      sup::compat::send_after(self, 1ms, caf::actor{self}, 1);
  });
  return {[self, open](int) {
    if (*open)
      self->quit(caf::exit_reason::user_shutdown);
    else
      sup::compat::send_after(self, 1ms, caf::actor{self}, 1);
  }};
}

/// What came of each command, once each.
struct answers {
  std::atomic<std::uint32_t> carried_out = 0, refused = 0;
  latencies& refusals; ///< how long they took

  explicit answers(latencies& to) : refusals(to) {}
};

void want_all(stand& here, const std::shared_ptr<answers>& all) {
  for (std::uint32_t i = 0; i < wanted; ++i) {
    const auto asked = std::chrono::steady_clock::now();
    here.tree().carry_out({.what = sup::command::terminate_child,
                           .path = "child-" + std::to_string(i),
                           .audit = by_chaos},
                          [all, asked](const sup::expected<sup::control_result>& x) {
                            if (!x) {
                              all->refusals.note(std::chrono::steady_clock::now() - asked);
                              ++all->refused;
                            } else {
                              ++all->carried_out;
                            }
                          });
  }
}

sup::supervisor_spec slow_ones(const std::shared_ptr<std::atomic<bool>>& open) {
  sup::supervisor_spec spec{.defaults = {.shutdown = sup::stop_budget{60s, 1s}}};
  spec.more.make().control_channel_capacity = capacity;
  for (std::uint32_t i = 0; i < wanted; ++i)
    spec.children.push_back(
      {.id = "child-" + std::to_string(i), .start = sup::worker(takes_its_time, open)});
  return spec;
}

struct channel {
  std::uint64_t rounds = 0, lost = 0, let_in = 0, still_full = 0, panics = 0, gaps = 0, blocked = 0;
  latencies refusals{};
};

void fill_it(channel& sum) {
  const auto open = std::make_shared<std::atomic<bool>>(false);
  const auto all = std::make_shared<answers>(sum.refusals);
  stand here{slow_ones(open)};
  here.all_up(10s);
  want_all(here, all);
  sum.blocked += until([&] { return all->refused >= wanted - capacity; }, 5s) ? 0 : 1;
  sum.let_in += wanted - all->refused;
  const auto busy
    = time_of([&] { sum.blocked += here.tree().pause_child("child-0", by_chaos) ? 1 : 0; });
  sum.refusals.note(busy);
  *open = true;
  until([&] { return all->carried_out + all->refused >= wanted; }, 10s);
  sum.lost += wanted - all->carried_out - all->refused;
  sum.still_full += here.tree().terminate_child("child-511", by_chaos) ? 0 : 1;
  const auto alive = here.tree().is_alive();
  const auto end = here.stop();
  sum.panics += self_panics(here, end) + (alive ? 0 : 1);
  sum.gaps += here.told().gaps();
  ++sum.rounds;
}

void command_channel_full(trial& it) {
  channel sum;
  const auto begin = std::chrono::steady_clock::now();
  do
    fill_it(sum);
  while (std::chrono::steady_clock::now() - begin < it.length());
  it.at_most("let_in_per_round", static_cast<double>(sum.let_in) / static_cast<double>(sum.rounds),
             capacity);
  it.at_least("let_in_least", static_cast<double>(sum.let_in) / static_cast<double>(sum.rounds),
              capacity);
  it.at_most("not_refused", sum.blocked, 0);
  it.at_most("refusal_p99_ms", sum.refusals.ms(0.99), 50);
  it.at_most("answers_lost", sum.lost, 0);
  it.at_most("still_full_after", sum.still_full, 0);
  it.at_most("loop_panics", sum.panics, 0);
  it.at_most("event_gap_total", sum.gaps, 0);
}

} // namespace

std::vector<scenario> commanding() { return {{"command_channel_full", command_channel_full}}; }

} // namespace chaos
