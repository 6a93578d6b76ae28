#pragma once

// How a spec becomes a plan, as a template: included by the one source file of each layer that
// instantiates it, and by nobody else.

#include "supervisor/effective/make_effective.hpp"
#include "supervisor/plan/plan.hpp"
#include "supervisor/rules/validate.hpp"

#include <map>
#include <tuple>

namespace supervisor::detail {

/// Everything about a child but its name, its start and its place.
struct kind_key {
  std::optional<restart_policy> policy{};
  effective_policy holds{};
  child_reactions reactions{}; ///< as the child itself says
  std::uint32_t team = plan::none;
  nanoseconds start_within{};
  nanoseconds preconditions_within{0};
  bool awaits_ready = false;
  bool critical = true;
  bool significant = false;
  nanoseconds run_within{0};
  std::optional<health_check> check{};
  std::optional<readiness_probe> probe{};
  std::optional<stall_watchdog> stall{};
  std::optional<command_permissions> may{};
  std::optional<recycle_policy> recycle{};
  bool swaps = false;
  bool is_process = false;

  friend bool operator==(const kind_key&, const kind_key&) = default;
};

/// Puts a plan together, child by child, and goes on doing so for a supervisor that changes.
/// `said` must outlive it.
class plan_builder {
public:
  plan_builder(supervisor::strategy, const intensity&, const supervisor_details& said,
               std::uint64_t seed);

  /// The next child of the declaration.
  void add(kind_key);

  /// One of the same kind as the child before.
  void add_another() {
    ++uses_[made->kind_of.back()];
    made->kind_of.push_back(made->kind_of.back());
  }

  /// A child that takes that seat, of a kind that is there or of its own.
  void put(slot, std::uint32_t kind);
  void put(slot, kind_key);

  /// The seat is free again. Those who wait for whoever has it go on doing so.
  void vacate(slot);

  void need(slot who, slot needed);
  void follow(slot who, slot primary);

  std::shared_ptr<plan> made = std::make_shared<plan>();

private:
  static constexpr std::size_t few = 32;

  std::uint32_t kind_for(kind_key, std::size_t looked_at);
  plan::kind kind_of(const kind_key&);
  std::uint32_t intern(const plan::reach&);

  std::unordered_map<std::string_view, std::uint32_t>
    groups_{}; ///< by the names that the spec gives
  std::map<std::tuple<strategy, std::uint32_t, escalation_policy>, std::uint32_t> reaches_{};
  std::vector<kind_key> keys_{};
  std::vector<std::uint32_t> uses_{}; ///< by kind
  bool takes_dependents_ = false;     ///< some strategy is one_for_dependents
};

/// A number that looks like chance and is always the same: splitmix64's finalizer (Steele, Lea,
/// Flood 2014).
constexpr std::uint64_t mixed(std::uint64_t x) noexcept {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

inline constexpr std::uint64_t golden = 0x9e3779b97f4a7c15u; ///< splitmix64's step

/// They have their own time, before that of the start.
nanoseconds time_of(const std::vector<precondition>&);

/// Of everything but the hash itself.
std::uint64_t hash_of(const plan&);

template <class Start>
kind_key key_of(const basic_child_spec<Start>& child, const basic_supervisor_spec<Start>& spec,
                const singled_out& by_name) {
  const auto team = child.more ? strategy_of(*child.more, by_name) : std::nullopt;
  return {
    .policy = child.policy,
    .holds = effective(child, spec, by_name),
    .reactions = said_in(child.more).reactions,
    .team = team ? static_cast<std::uint32_t>(*team) : plan::none,
    .start_within = child.start_timeout.value_or(default_start_timeout),
    .preconditions_within = time_of(said_in(child.more).preconditions),
    .awaits_ready = child.readiness == readiness::on_report,
    .critical = child.criticality == criticality::critical,
    .significant = said_in(child.more).significant,
    .run_within = said_in(child.more).run_timeout.value_or(nanoseconds{0}),
    .check = said_in(child.more).health_check,
    .probe = said_in(child.more).readiness_probe,
    .stall = said_in(child.more).stall_watchdog,
    .may = said_in(child.more).command_permissions,
    .recycle = said_in(child.more).recycle,
    .swaps = said_in(child.more).start_before_stop,
    .is_process = child.start.kind() == task_kind::process,
  };
}

/// Whether both are of one kind, at a glance: most children are what their older sibling is.
template <class Start>
bool says_the_same(const basic_child_spec<Start>& a, const basic_child_spec<Start>& b) {
  // each by its name, so that no field that is added later goes unnoticed
  const auto& [id, start, restart, backoff, policy, shutdown, readiness, needs, criticality,
               timeout, more]
    = a;
  return !more && !b.more && restart == b.restart && backoff == b.backoff && policy == b.policy
         && shutdown == b.shutdown && readiness == b.readiness && criticality == b.criticality
         && timeout == b.start_timeout && start.kind() == b.start.kind();
}

template <class Start>
void link(const std::vector<basic_child_spec<Start>>& children, plan_builder& builder) {
  ids known;
  for (std::size_t i = 0; i < children.size(); ++i)
    known.emplace(children[i].id, i);
  const auto slot_of = [&](std::string_view id) { return static_cast<slot>(known.at(id)); };
  for (slot i = 0; i < children.size(); ++i) {
    each_need(children[i], [&](std::string_view id) { builder.need(i, slot_of(id)); });
    if (const auto* primary = linked_primary(children[i]))
      builder.follow(i, slot_of(*primary));
  }
}

/// The plan of a supervisor, and what it takes to change it later.
template <class Start>
plan_builder build_plan(const basic_supervisor_spec<Start>& spec, std::uint64_t seed) {
  const auto& said = said_in(spec.more);
  const auto by_name = singled_out_by(said);
  plan_builder builder{spec.strategy, spec.intensity, said, seed};
  auto& made = *builder.made;
  made.order = start_order(spec.children);
  made.kind_of.reserve(spec.children.size());
  bool linked = false;
  const basic_child_spec<Start>* older = nullptr; // null: somebody is spoken of by name
  for (const auto& child : spec.children) {
    if (older && says_the_same(child, *older))
      builder.add_another();
    else
      builder.add(key_of(child, spec, by_name));
    older = by_name.empty() ? &child : nullptr;
    linked = linked || !child.dependencies.empty() || linked_primary(child);
  }
  if (linked)
    link(spec.children, builder);
  if (made.pool) { // its child is only a template
    made.order.clear();
    made.kind_of.clear();
  }
  made.hash = hash_of(made);
  return builder;
}

} // namespace supervisor::detail

namespace supervisor {

template <class Start>
std::shared_ptr<const plan> make_plan(const basic_supervisor_spec<Start>& spec,
                                      std::uint64_t seed) {
  return detail::build_plan(spec, seed).made;
}

} // namespace supervisor
