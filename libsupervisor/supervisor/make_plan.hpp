#pragma once

// How a spec becomes a plan, as a template: included by the one source file of each layer that
// instantiates it, and by nobody else.

#include "supervisor/core.hpp"
#include "supervisor/validate.hpp"

namespace supervisor::detail {

/// Everything about a child but its name, its start and its place.
struct kind_key {
  std::optional<restart_policy> policy{};
  standard_policy standard{};
  nanoseconds start_within{};
  stop_budget stop{};
  bool awaits_ready = false;
  bool critical = true;

  friend bool operator==(const kind_key&, const kind_key&) = default;
};

inline constexpr nanoseconds default_start_timeout = std::chrono::seconds{30};

/// What the child says, else what its supervisor says, else the library's default.
template <class Start>
kind_key key_of(const basic_child_spec<Start>& child, const child_defaults& defaults) {
  const auto& waits = child.backoff != inherited_backoff ? child.backoff : defaults.backoff;
  const auto fallback = child.start.kind() == task_kind::supervisor
                          ? unlimited_stop // a default for workers would orphan what is below
                          : defaults.shutdown.value_or(stop_budget{});
  return {
    .policy = child.policy,
    .standard = {.when = child.restart.value_or(defaults.restart.value_or(restart::permanent)),
                 .backoff = waits != inherited_backoff ? waits : backoff{}},
    .start_within = child.start_timeout.value_or(default_start_timeout),
    .stop = child.shutdown.value_or(fallback),
    .awaits_ready = child.readiness == readiness::on_report,
    .critical = child.criticality == criticality::critical,
  };
}

plan::kind kind_of(const kind_key&);

/// The number of this kind, which is new unless one of the last few is equal.
std::uint32_t intern(const kind_key&, std::vector<kind_key>& keys, plan&);

/// Fills in who needs whom, both ways.
void link(const std::vector<std::vector<slot>>& needs, plan&);

} // namespace supervisor::detail

namespace supervisor {

template <class Start>
std::shared_ptr<const plan> make_plan(const basic_supervisor_spec<Start>& spec,
                                      std::uint64_t seed) {
  auto made = std::make_shared<plan>();
  made->strategy = spec.strategy;
  made->intensity = spec.intensity;
  made->seed = seed;
  made->order = detail::start_order(spec.children);
  made->kind_of.reserve(spec.children.size());
  std::vector<detail::kind_key> keys;
  bool linked = false;
  for (const auto& child : spec.children) {
    made->kind_of.push_back(detail::intern(detail::key_of(child, spec.defaults), keys, *made));
    linked = linked || !child.dependencies.empty();
  }
  if (!linked)
    return made;
  detail::ids known;
  for (std::size_t i = 0; i < spec.children.size(); ++i)
    known.emplace(spec.children[i].id, i);
  std::vector<std::vector<slot>> needs(spec.children.size());
  for (std::size_t i = 0; i < spec.children.size(); ++i)
    for (const auto& need : spec.children[i].dependencies)
      needs[i].push_back(static_cast<slot>(known.at(need)));
  detail::link(needs, *made);
  return made;
}

} // namespace supervisor
