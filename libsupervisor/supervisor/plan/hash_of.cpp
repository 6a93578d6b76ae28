#include "supervisor/plan/make_plan.hpp"

#include <bit>

namespace supervisor::detail {

namespace {

/// Mixes one number after another into one.
class mixer {
public:
  mixer& add(std::uint64_t x) {
    sum_ = mixed(sum_ + golden + x);
    return *this;
  }

  mixer& add(nanoseconds x) { return add(static_cast<std::uint64_t>(x.count())); }
  mixer& add(double x) { return add(std::bit_cast<std::uint64_t>(x)); }

  mixer& add(std::string_view text) {
    for (const auto c : text)
      add(static_cast<std::uint64_t>(static_cast<unsigned char>(c)));
    return add(std::uint64_t{text.size()});
  }

  template <class T>
  requires std::is_enum_v<T> mixer& add(T x) { return add(static_cast<std::uint64_t>(x)); }

  template <class T>
  mixer& add(const std::vector<T>& many) {
    for (const auto& x : many)
      add(static_cast<std::uint64_t>(x));
    return add(std::uint64_t{many.size()});
  }

  std::uint64_t sum() const { return sum_; }

private:
  std::uint64_t sum_ = 0;
};

/// What a policy shows of itself: names, numbers, and what it says to two crashes.
void add(mixer& to, const restart_policy& x) {
  const situation first{.exit = {exit_class::panic}},
    tenth{.exit = {exit_class::panic}, .streak = 9};
  for (const auto& s : {first, tenth})
    x.each_part(s, {}, [&to](const part_said& part) {
      to.add(part.name).add(part.says.what).add(part.says.wait);
      if (part.stands)
        to.add(part.stands->most).add(part.stands->within);
    });
}

void add(mixer& to, const std::optional<restart_policy>& x) {
  to.add(std::uint64_t{x.has_value()});
  if (x)
    add(to, *x);
}

void add(mixer& to, const plan::kind& x) {
  add(to, x.policy);
  add(to, x.limits);
  to.add(x.start_within)
    .add(x.preconditions_within)
    .add(x.stop.graceful)
    .add(x.stop.abort_wait)
    .add(x.stable_after);
  to.add(x.success_codes).add(std::uint64_t{x.reach}).add(std::uint64_t{x.team});
  to.add(std::uint64_t{x.group}).add(x.severity);
  to.add(std::uint64_t{x.awaits_ready}).add(std::uint64_t{x.critical});
  to.add(std::uint64_t{x.temporary}).add(std::uint64_t{x.frees_followers});
  to.add(std::uint64_t{x.significant}).add(std::uint64_t{x.stops_forever});
  to.add(x.run_within).add(x.stale_after).add(x.check_every).add(x.check_within);
  to.add(std::uint64_t{x.check_retries}).add(x.probe_every).add(x.probe_within);
  to.add(std::uint64_t{x.stall_is_failure}).add(std::uint64_t{x.swaps});
  to.add(std::uint64_t{x.is_process})
    .add(std::uint64_t{x.is_job})
    .add(x.recycled_after)
    .add(x.recycled_count)
    .add(x.recycle_spread);
  to.add(std::uint64_t{x.may_shutdown}).add(std::uint64_t{x.may_restart}).add(x.may_signal);
}

void add(mixer& to, const plan::group& x) {
  add(to, x.limits);
  to.add(std::string_view{x.name}).add(std::uint64_t{x.in_flight}).add(x.pauses).add(x.tells);
}

} // namespace

std::uint64_t hash_of(const plan& x) {
  mixer to;
  to.add(x.strategy).add(std::uint64_t{x.intensity.restarts}).add(x.intensity.period);
  add(to, x.limits);
  add(to, x.limit);
  for (const auto& kind : x.kinds)
    add(to, kind);
  for (const auto& reach : x.reaches)
    to.add(reach.strategy).add(std::uint64_t{reach.team}).add(reach.escalation);
  for (const auto& group : x.groups)
    add(to, group);
  to.add(x.kind_of).add(x.order);
  for (const auto* lists : {&x.needs, &x.followers})
    for (const auto& list : *lists)
      to.add(list);
  to.add(x.seed).add(std::uint64_t{x.in_flight}).add(x.auto_shutdown);
  to.add(std::uint64_t{x.pool}).add(std::uint64_t{x.dynamic.enabled});
  to.add(std::uint64_t{x.dynamic.child_limit.value_or(unlimited)});
  return to.sum();
}

} // namespace supervisor::detail
