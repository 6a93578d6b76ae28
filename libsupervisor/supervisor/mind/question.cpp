#include "supervisor/mind/question.hpp"

namespace supervisor {

const restart_policy* policy_at(const plan& p, slot who, scope at) {
  const auto held = [](const auto& x) { return x ? &*x : nullptr; };
  const auto& kind = p.of(who);
  switch (at) {
    case scope::policy:
      return &kind.policy;
    case scope::child:
      return held(kind.limits);
    case scope::group:
      return kind.group == plan::none ? nullptr : held(p.groups[kind.group].limits);
    case scope::supervisor:
      return kind.critical ? held(p.limits) : nullptr;
    case scope::own:
      return kind.critical ? held(p.limit) : nullptr;
    case scope::intensity:
      return nullptr;
  }
  return nullptr;
}

std::string_view part_name(const plan& p, slot who, std::uint8_t because) {
  const auto at = scope_of(because);
  std::string_view found = label(at);
  if (const auto* policy = policy_at(p, who, at))
    policy->each_part({}, {}, [&](const part_said& x) {
      if (x.number == because - first_part(at))
        found = x.name;
    });
  return found;
}

namespace {

tie_break tie_between(const decision& d, const decision& x) {
  const auto equal = d.what == x.what && d.wait == x.wait && d.because != 0;
  if (!equal || (d.what == verdict::restart && d.wait == nanoseconds::zero()))
    return tie_break::none;
  if (scope_of(d.because) == scope::child)
    return tie_break::explicit_child_setting;
  return d.what == verdict::pause_group ? tie_break::fused_group : tie_break::smaller_scope;
}

} // namespace

decision intensity_says(const plan& p, slot who, const situation& given) {
  const auto says = p.intensity.decide(given);
  return says.what == verdict::escalate && !p.of(who).critical ? quarantine() : says;
}

outcome ask_limits(const plan& p, const question& q) {
  outcome x{q.base, {}};
  if (q.base.what != verdict::restart)
    return x;
  for (const auto at : limiting_scopes) {
    const auto* limit = policy_at(p, q.who.who, at);
    if (!limit)
      continue;
    auto says = limit->decide(q.given, q.past_of(at));
    says.because = static_cast<std::uint8_t>(first_part(at) + says.because);
    if (const auto tie = tie_between(x.then, says); tie != tie_break::none)
      x.tie = tie;
    x.then = stricter(x.then, says, says.because);
  }
  x.then = stricter(x.then, intensity_says(p, q.who.who, q.given), because_of_intensity);
  return x;
}

verdict carried_out(const plan& p, slot who, const decision& x) {
  if (x.what != verdict::escalate)
    return x.what;
  switch (p.reach_of(who).escalation) {
    case escalation_policy::escalate_to_parent:
      return verdict::escalate;
    case escalation_policy::shutdown_tree:
      return verdict::shutdown_tree;
    case escalation_policy::quarantine_scope:
      return verdict::quarantine;
  }
  return x.what;
}

} // namespace supervisor
