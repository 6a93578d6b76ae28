#include "supervisor/report/explain.hpp"

#include "supervisor/report/report.hpp"

#include <cstdio>

namespace supervisor {

namespace {

void add_parts(explanation& x, const plan& p, const question& q, scope at) {
  const auto* policy = policy_at(p, q.who.who, at);
  if (!policy)
    return;
  policy->each_part(q.given, q.past_of(at), [&](const part_said& part) {
    const auto number = first_part(at) + part.number;
    x.parts.push_back({.from = at,
                       .name = std::string{part.name},
                       .says = part.says,
                       .stands = part.stands,
                       .last_word = number == q.then.because});
  });
}

void add_answer_from_outside(explanation& x, const question& q) {
  x.parts.push_back({.from = scope::policy,
                     .name = "policy outside",
                     .says = q.base,
                     .last_word = q.then.because == 0});
}

void add_intensity(explanation& x, const plan& p, const question& q) {
  const auto all = p.intensity.restarts == unlimited ? 0.0 : p.intensity.restarts;
  x.parts.push_back({.from = scope::intensity,
                     .name = std::string{intensity::name},
                     .says = intensity_says(p, q.who.who, q.given),
                     .stands = gauge{q.given.recent + 1.0, all, p.intensity.period},
                     .last_word = q.then.because == because_of_intensity});
}

/// The same end once more, as soon as the child is up again after this one.
question asked_again(const plan& p, const question& q) {
  auto next = q;
  for (const auto at : all_scopes)
    if (const auto* policy = policy_at(p, q.who.who, at))
      policy->remember(next.past_of(at), q.given, q.then);
  ++next.who.number;
  next.given.streak += q.then.what == verdict::restart;
  next.given.recent
    = q.then.wait > p.intensity.period ? 0 : q.given.recent + (q.then.what == verdict::restart);
  next.given.uptime = nanoseconds{0};
  next.given.again = false;
  next.given.last_wait = q.then.wait;
  next.given.now = later(q.given.now, q.then.wait);
  next.given.luck = luck(p.seed, next.who);
  const auto& policy = p.of(q.who.who).policy;
  next.base = q.answered_outside ? q.base : policy.decide(next.given, next.past_of(scope::policy));
  next.then = ask_limits(p, next).then;
  return next;
}

} // namespace

explanation explain(const plan& p, const question& q) {
  explanation x{.given = q.given, .then = q.then, .answered_outside = q.answered_outside};
  if (q.answered_outside)
    add_answer_from_outside(x, q);
  else
    add_parts(x, p, q, scope::policy);
  if (q.base.what == verdict::restart) {
    for (const auto at : limiting_scopes)
      add_parts(x, p, q, at);
    add_intensity(x, p, q);
  }
  const auto next = asked_again(p, q);
  x.next = next.then;
  x.next_because = std::string{part_name(p, q.who.who, next.then.because)};
  return x;
}

std::string_view protection(const decision& x) noexcept {
  switch (x.what) {
    case verdict::restart:
      return x.because == 0 ? "restart_allowed" : "restart_queued";
    case verdict::leave_down:
      return "supervised_stop";
    case verdict::quarantine:
      return "restart_denied";
    case verdict::pause_group:
      return "supervision_paused";
    case verdict::escalate:
    case verdict::shutdown_tree:
      return "escalated";
  }
  return "";
}

std::string words(const decision& x) {
  std::string what{label(x.what)};
  if (x.wait == nanoseconds::zero())
    return what;
  return what + (x.what == verdict::restart ? " after " : " for ") + to_string(x.wait);
}

// -- one screen --------------------------------------------------------------------------------------

namespace {

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(text.size(), width), ' ');
  return text;
}

std::string number(double x) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3g", x);
  return text;
}

bool objects(const explained_part& x) {
  return x.from == scope::policy || x.says.what != verdict::restart
         || x.says.wait != nanoseconds::zero();
}

std::string stands(const gauge& x) {
  auto text = number(x.have) + " of " + (x.most > 0 ? number(x.most) : "unlimited");
  if (x.within > nanoseconds::zero())
    text += " in " + to_string(x.within);
  return text;
}

std::string line(const explained_part& x) {
  const auto answer = objects(x) ? words(x.says) : "no objection";
  return (x.last_word ? "  > " : "    ") + padded(std::string{label(x.from)}, 12)
         + padded(x.name, 18) + (x.stands ? padded(answer, 28) + stands(*x.stands) : answer) + '\n';
}

std::string headline(const situation& x) {
  auto text = words(x.exit) + " after "
              + (x.uptime > nanoseconds::zero() ? to_string(x.uptime) : "0s") + " of running";
  if (x.streak > 0)
    text += ", failure " + std::to_string(x.streak + 1) + " in a row";
  return text;
}

} // namespace

std::string to_string(const explanation& x, std::string_view child) {
  auto text = std::string{child} + ": " + words(x.then) + " (" + std::string{protection(x.then)}
              + ")\n  " + headline(x.given) + "\n";
  for (const auto& part : x.parts)
    text += line(part);
  text += "  should it fail again at once: " + words(x.next);
  if (x.next.because != 0)
    text += ", because of " + x.next_because;
  for (const auto& what : x.waits_for)
    text += "\n  waits for " + what;
  return text + '\n';
}

} // namespace supervisor
