#pragma once

// How a spec becomes a plan, as a template: included by the one source file of each layer that
// instantiates it, and by nobody else.

#include "supervisor/make_effective.hpp"
#include "supervisor/plan.hpp"
#include "supervisor/rules/validate.hpp"

namespace supervisor::detail {

/// Everything about a child but its name, its start and its place.
struct kind_key {
  std::optional<restart_policy> policy{};
  effective_policy holds{};
  child_reactions reactions{}; ///< as the child itself says
  std::uint32_t team = plan::none;
  nanoseconds start_within{};
  bool awaits_ready = false;
  bool critical = true;

  friend bool operator==(const kind_key&, const kind_key&) = default;
};

inline constexpr nanoseconds default_start_timeout = std::chrono::seconds{30};

/// Puts a plan together, child by child.
class plan_builder {
public:
  plan_builder(supervisor::strategy, const intensity&, const supervisor_details&,
               std::uint64_t seed);

  void add(kind_key);

  /// Of those who carry one of its tags; plan::none for none.
  std::uint32_t team_of(const child_details&) const;

  /// Who needs whom, and who follows whom, by slot.
  void link(const std::vector<std::vector<slot>>& needs,
            const std::vector<std::vector<slot>>& followers);

  std::shared_ptr<plan> made = std::make_shared<plan>();

private:
  plan::kind kind_of(const kind_key&);
  std::uint32_t intern(const plan::reach&);

  const supervisor_details& said_;
  std::vector<kind_key> keys_{};
};

/// A number that looks like chance and is always the same: splitmix64's finalizer (Steele, Lea,
/// Flood 2014).
constexpr std::uint64_t mixed(std::uint64_t x) noexcept {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

inline constexpr std::uint64_t golden = 0x9e3779b97f4a7c15u; ///< splitmix64's step

/// Of everything but the hash itself.
std::uint64_t hash_of(const plan&);

template <class Start>
kind_key key_of(const basic_child_spec<Start>& child, const basic_supervisor_spec<Start>& spec,
                const singled_out& by_name, const plan_builder& builder) {
  return {
    .policy = child.policy,
    .holds = effective(child, spec, by_name),
    .reactions = said_in(child.more).reactions,
    .team = child.more ? builder.team_of(*child.more) : plan::none,
    .start_within = child.start_timeout.value_or(default_start_timeout),
    .awaits_ready = child.readiness == readiness::on_report,
    .critical = child.criticality == criticality::critical,
  };
}

template <class Start>
void link(const std::vector<basic_child_spec<Start>>& children, plan_builder& builder) {
  ids known;
  for (std::size_t i = 0; i < children.size(); ++i)
    known.emplace(children[i].id, i);
  std::vector<std::vector<slot>> needs(children.size()), followers(children.size());
  for (slot i = 0; i < children.size(); ++i) {
    each_need(children[i], [&](std::string_view need) {
      needs[i].push_back(static_cast<slot>(known.at(need)));
    });
    if (const auto* primary = linked_primary(children[i]))
      followers[known.at(*primary)].push_back(i);
  }
  builder.link(needs, followers);
}

} // namespace supervisor::detail

namespace supervisor {

template <class Start>
std::shared_ptr<const plan> make_plan(const basic_supervisor_spec<Start>& spec,
                                      std::uint64_t seed) {
  const auto& said = detail::said_in(spec.more);
  const auto by_name = detail::singled_out_by(said);
  detail::plan_builder builder{spec.strategy, spec.intensity, said, seed};
  auto& made = *builder.made;
  made.order = detail::start_order(spec.children);
  made.kind_of.reserve(spec.children.size());
  bool linked = false;
  for (const auto& child : spec.children) {
    builder.add(detail::key_of(child, spec, by_name, builder));
    linked = linked || !child.dependencies.empty() || detail::linked_primary(child);
  }
  if (linked)
    detail::link(spec.children, builder);
  made.hash = detail::hash_of(made);
  return builder.made;
}

} // namespace supervisor
