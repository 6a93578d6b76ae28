#include "supervisor/plan/make_plan.hpp"

#include <algorithm>

namespace supervisor {

namespace {

std::span<const slot> listed(const std::vector<std::vector<slot>>& lists, slot who) {
  return who < lists.size() ? std::span<const slot>{lists[who]} : std::span<const slot>{};
}

} // namespace

std::span<const slot> plan::needs_of(slot who) const { return listed(needs, who); }

std::span<const slot> plan::dependents_of(slot who) const { return listed(dependents, who); }

std::span<const slot> plan::followers_of(slot who) const { return listed(followers, who); }

std::string_view label(scope x) noexcept {
  constexpr std::string_view words[]
    = {"policy", "child", "group", "supervisor", "own", "intensity"};
  return words[static_cast<int>(x)];
}

namespace detail {

namespace {

/// Fuses know where they stand.
scope_limits placed(scope_limits x, meltdown_scope at) {
  if (x.meltdown)
    x.meltdown->scope = at;
  return x;
}

std::optional<restart_policy> policy_of(const std::optional<scope_limits>& x, meltdown_scope at) {
  return x ? as_policy(placed(*x, at)) : std::nullopt;
}

/// What the supervisor says of itself, its failure limit included.
std::optional<scope_limits> limits_of(const supervisor_details& said) {
  auto limits = said.limits;
  if (!said.supervisor_failure_limit)
    return limits;
  auto& all = limits ? *limits : limits.emplace();
  auto& fuse = all.meltdown ? *all.meltdown : all.meltdown.emplace(meltdown_fuse::for_supervisor());
  fuse.max_failures = *said.supervisor_failure_limit;
  return limits;
}

std::vector<plan::group> groups_of(const supervisor_details& said) {
  std::vector<plan::group> groups;
  std::unordered_map<std::string_view, std::uint32_t> number;
  for (const auto& x : said.group_configs) {
    number.emplace(x.name, static_cast<std::uint32_t>(groups.size()));
    groups.push_back({.name = x.name, .limits = policy_of(x.limits, meltdown_scope::group)});
    if (x.limits && x.limits->concurrent_restarts)
      groups.back().in_flight = *x.limits->concurrent_restarts;
  }
  for (const auto& edge : said.group_dependencies) {
    auto& trouble = groups[number.at(edge.to_group)];
    if (edge.propagation == propagation::full)
      trouble.pauses.push_back(number.at(edge.from_group));
    else if (edge.propagation == propagation::escalate_only)
      trouble.tells.push_back(number.at(edge.from_group));
  }
  return groups;
}

/// A restart type of its own stands instead of all that a role says, but for what the child itself
/// says about single situations.
restart_policy policy_of(const kind_key& key) {
  const auto& holds = key.holds;
  if (key.policy)
    return *key.policy;
  const auto when = holds.restart.value;
  const auto by_role = holds.role && holds.restart.from == policy_source::role_default;
  if (key.reactions == child_reactions{} && !by_role)
    return standard_policy{.when = when, .backoff = holds.backoff.value};
  return role_policy{.on_success = holds.on_success_exit.value,
                     .on_failure = holds.on_failure_exit.value,
                     .on_timeout = holds.on_timeout.value,
                     .when = when == restart::temporary ? std::optional{when} : std::nullopt,
                     .backoff = holds.backoff.value};
}

} // namespace

nanoseconds time_of(const std::vector<precondition>& gates) {
  nanoseconds all{0};
  for (const auto& gate : gates)
    all = gate.timeout > nanoseconds::max() - all ? nanoseconds::max() : all + gate.timeout;
  return all;
}

namespace {

std::uint64_t bits_of(const std::vector<std::string>& signals) {
  std::uint64_t bits = 0;
  for (const auto& name : signals)
    if (const auto number = signal_number(name); number > 0)
      bits |= std::uint64_t{1} << (number - 1);
  return bits;
}

/// Signals are allowed by default.
void permit(plan::kind& kind, const std::optional<command_permissions>& said) {
  const auto may = said.value_or(command_permissions{});
  kind.may_shutdown = may.allow_shutdown;
  kind.may_restart = may.allow_restart;
  kind.may_signal = bits_of(may.allowed_signals);
}

} // namespace

plan_builder::plan_builder(strategy s, const intensity& i, const supervisor_details& said,
                           std::uint64_t seed) {
  for (const auto& group : said.group_configs)
    groups_.emplace(group.name, static_cast<std::uint32_t>(groups_.size()));
  const auto limits = limits_of(said);
  made->strategy = s;
  made->intensity = i;
  made->seed = seed;
  made->limits = policy_of(limits, meltdown_scope::supervisor);
  made->limit = said.limit;
  made->groups = groups_of(said);
  made->pool = s == strategy::simple_one_for_one;
  made->auto_shutdown = said.auto_shutdown;
  made->dynamic = said.dynamic_supervisor_policy;
  if (limits && limits->concurrent_restarts)
    made->in_flight = *limits->concurrent_restarts;
}

/// A new kind, unless there is an equal one among the last few; at run time, among all.
std::uint32_t plan_builder::kind_for(kind_key key, std::size_t looked_at) {
  for (auto i = keys_.size(); i > 0 && keys_.size() - i < looked_at; --i)
    if (keys_[i - 1] == key)
      return static_cast<std::uint32_t>(i - 1);
  if (const auto free = looked_at > few ? std::ranges::find(uses_, 0u) : uses_.end();
      free != uses_.end()) {
    const auto number = static_cast<std::uint32_t>(free - uses_.begin());
    made->kinds[number] = kind_of(key);
    keys_[number] = std::move(key);
    return number;
  }
  made->kinds.push_back(kind_of(key));
  keys_.push_back(std::move(key));
  uses_.push_back(0);
  return static_cast<std::uint32_t>(keys_.size() - 1);
}

void plan_builder::add(kind_key key) {
  const auto number = kind_for(std::move(key), few);
  ++uses_[number];
  made->kind_of.push_back(number);
}

void plan_builder::put(slot who, kind_key key) {
  put(who, kind_for(std::move(key), keys_.size() + few + 1));
}

void plan_builder::put(slot who, std::uint32_t kind) {
  ++uses_[kind];
  if (who >= made->kind_of.size())
    made->kind_of.resize(who + 1);
  made->kind_of[who] = kind;
}

void plan_builder::vacate(slot who) {
  --uses_[made->kind_of[who]];
  for (const auto need : made->needs_of(who))
    std::erase(made->dependents[need], who);
  for (auto& list : made->followers)
    std::erase(list, who);
  if (who < made->needs.size())
    made->needs[who].clear();
}

void plan_builder::need(slot who, slot needed) {
  const auto size = std::max(made->kind_of.size(), made->needs.size());
  made->needs.resize(size);
  made->dependents.resize(size);
  made->needs[who].push_back(needed);
  made->each_for_itself = made->each_for_itself && !takes_dependents_;
  made->dependents[needed].push_back(who);
}

void plan_builder::follow(slot who, slot primary) {
  made->followers.resize(std::max(made->kind_of.size(), made->followers.size()));
  made->followers[primary].push_back(who);
  made->each_for_itself = false;
}

plan::kind plan_builder::kind_of(const kind_key& key) {
  const auto& holds = key.holds;
  auto limits = holds.limits.value;
  if (limits.meltdown)
    limits.meltdown->scope = meltdown_scope::child;
  plan::kind kind{
    .policy = policy_of(key),
    .limits = as_policy(limits),
    .start_within = key.start_within,
    .preconditions_within = key.preconditions_within,
    .stop = holds.shutdown.value,
    .stable_after = holds.backoff.value.longest,
    .success_codes = holds.success_exit_codes.value,
    .reach = intern({.strategy = holds.strategy.value,
                     .team = holds.team.empty() ? plan::none : key.team,
                     .escalation = holds.escalation.value}),
    .team = key.team,
    .severity = holds.severity.value,
    .awaits_ready = key.awaits_ready,
    .is_job = holds.role == task_role::job,
    .critical = key.critical,
    .temporary = !key.policy && holds.restart.value == restart::temporary,
    .frees_followers = holds.on_success_exit.value == on_success_action::no_op,
    .significant = key.significant,
    .stops_forever = holds.on_manual_stop.value == on_manual_stop_action::stop_forever,
    .swaps = key.swaps,
    .is_process = key.is_process,
    .run_within = key.run_within,
  };
  if (holds.health.value)
    kind.stale_after = holds.health.value->stale_after;
  if (key.check) {
    kind.check_every = key.check->check_interval;
    kind.check_within = key.check->timeout;
    kind.check_retries = key.check->max_retries;
  }
  if (key.probe) {
    kind.probe_every = key.probe->check_interval;
    kind.probe_within = key.probe->timeout;
    kind.awaits_ready = true;
  }
  kind.stall_is_failure = key.stall && key.stall->action == on_stall_action::restart;
  permit(kind, key.may);
  if (key.recycle) {
    kind.recycled_after = key.recycle->max_age.value_or(nanoseconds{0});
    kind.recycled_count = key.recycle->max_count.value_or(0);
    kind.recycle_spread = key.recycle->spread;
  }
  if (const auto found = groups_.find(holds.group); found != groups_.end())
    kind.group = found->second;
  return kind;
}

std::uint32_t plan_builder::intern(const plan::reach& x) {
  auto& all = made->reaches;
  const auto by_needs = x.strategy == strategy::one_for_dependents;
  takes_dependents_ = takes_dependents_ || by_needs;
  made->each_for_itself
    = made->each_for_itself && (by_needs ? made->needs.empty() : is_for_itself(x.strategy));
  const auto& [how, team, escalation] = x;
  const auto [found, is_new]
    = reaches_.try_emplace({how, team, escalation}, static_cast<std::uint32_t>(all.size()));
  if (is_new)
    all.push_back(x);
  return found->second;
}

} // namespace detail

double luck(std::uint64_t seed, life who) noexcept {
  const auto z = detail::mixed(
    seed + detail::golden * ((std::uint64_t{who.who} << 32 | who.number) + 1)); // splitmix64
  return static_cast<double>(z >> 11) * 0x1.0p-53;
}

namespace {

/// At least 1, if there is a limit.
std::uint64_t shortened(std::uint64_t limit, const plan& p, life who) noexcept {
  const auto share = 1 - p.of(who.who).recycle_spread * luck(p.seed, who);
  const auto left = static_cast<std::uint64_t>(static_cast<double>(limit) * share);
  return limit == 0 ? 0 : std::max<std::uint64_t>(1, left);
}

} // namespace

nanoseconds most_age(const plan& p, life who) noexcept {
  const auto limit = static_cast<std::uint64_t>(p.of(who.who).recycled_after.count());
  return nanoseconds{static_cast<std::int64_t>(shortened(limit, p, who))};
}

std::uint64_t most_served(const plan& p, life who) noexcept {
  return shortened(p.of(who.who).recycled_count, p, who);
}

template std::shared_ptr<const plan> make_plan(const declared_spec&, std::uint64_t);

} // namespace supervisor
