#include "core_under_test.hpp"

#include "invariants.hpp"

#include <algorithm>

namespace supervisor {

core_under_test::core_under_test(declared_spec s)
  : spec(std::move(s)), roster_(std::make_shared<const declared_spec>(spec), 1) {
  state_ = make_state(plan());
  alive_.resize(roster_.size());
}

std::string core_under_test::exits(const std::string& id, child_exit why) {
  return feed({.what = news::exited, .who = life_of(id), .exit = why});
}

std::string
core_under_test::together(std::initializer_list<std::pair<std::string, child_exit>> all) {
  std::vector<input> xs;
  for (const auto& [id, why] : all)
    xs.push_back({.what = news::exited, .who = life_of(id), .exit = why});
  return feed(xs);
}

std::string core_under_test::command(supervisor::command order, const std::string& id) {
  return feed(input_of(order, id));
}

input core_under_test::input_of(supervisor::command order, const std::string& id) {
  return {.what = news::command,
          .who = {slot_of(id), 0},
          .count = ++commands_,
          .order = order,
          .audited = true};
}

input core_under_test::input_to_add(declared_child_spec child) {
  const auto who = roster_.add(std::move(child));
  alive_.resize(roster_.size());
  return {.what = news::added, .who = {who, 0}, .count = ++commands_, .audited = true};
}

std::string core_under_test::revise(declared_spec wanted, bool must_hold) {
  if (const auto no = objection_to_revision(state_, must_hold); no != objection::none)
    return std::string{label(no)};
  roster_.revise(std::make_shared<const declared_spec>(std::move(wanted)), must_hold);
  alive_.resize(roster_.size());
  return feed({.what = news::revised, .count = ++commands_, .audited = true});
}

const control_outcome& core_under_test::said() const {
  REQUIRE(!outcomes.empty());
  return outcomes.back();
}

const control_outcome* core_under_test::said_to(std::uint32_t key) const {
  const auto x = std::ranges::find(outcomes, key, &control_outcome::key);
  return x == outcomes.end() ? nullptr : &*x;
}

std::vector<std::string> core_under_test::ids() const {
  std::vector<std::string> all;
  for (slot who = 0; who < roster_.size(); ++who)
    if (!roster_.is_vacant(who))
      all.push_back(roster_.of(who).id);
  return all;
}

std::string core_under_test::feed(std::vector<input> xs) {
  std::string text;
  for (obey(xs, text); !answers_.empty();) {
    const auto next = answers_.front();
    answers_.erase(answers_.begin());
    obey({next}, text);
  }
  return text;
}

std::string core_under_test::advance(nanoseconds d) {
  const auto until = now + d;
  std::string text;
  while (!wakes_.empty() && *wakes_.begin() <= until) {
    now = std::max(now, *wakes_.begin());
    wakes_.erase(wakes_.begin());
    append(text, feed({.what = news::deadline}));
  }
  now = until;
  return text;
}

std::string core_under_test::pause(nanoseconds d, std::vector<input> xs) {
  now += d;
  wakes_.erase(wakes_.begin(), wakes_.upper_bound(now));
  const auto was_deaf = std::exchange(is_deaf, true);
  auto text = feed({.what = news::deadline});
  for (const auto& x : xs)
    append(text, feed(x));
  is_deaf = was_deaf;
  append(text, feed({.what = news::listened}));
  return text;
}

std::string core_under_test::told(const std::string& id) const {
  std::string text;
  for (const auto& x : facts)
    if (x.who.who == (id.empty() ? nobody : slot_of(id)))
      append(text, std::string{label(x.what)});
  return text;
}

std::string core_under_test::report() const {
  std::string text;
  for (const auto& x : tally_.outcomes)
    append(text, name_of(x.who.who) + " " + std::string{label(x.status)});
  return text;
}

std::string core_under_test::stages() const {
  std::string text;
  for (const auto& x : facts)
    if (x.what == event_type::shutdown_phase_changed)
      append(text, std::string{label(x.to)});
  return text;
}

const event& core_under_test::last(event_type what) const {
  const auto x
    = std::find_if(facts.rbegin(), facts.rend(), [what](const event& e) { return e.what == what; });
  REQUIRE(x != facts.rend());
  return *x;
}

std::size_t core_under_test::count(event_type what, const std::string& id) const {
  const auto who = slot_of(id);
  return static_cast<std::size_t>(std::ranges::count_if(
    facts, [&](const event& x) { return x.what == what && x.who.who == who; }));
}

explanation core_under_test::explained(const std::string& id) const {
  return explain(plan(), questions.at(slot_of(id)));
}

slot core_under_test::slot_of(const std::string& id) const {
  const auto who = roster_.find(id);
  if (who == nobody)
    FAIL("no child " << id);
  return who;
}

std::string core_under_test::name_of(slot who) const {
  return who < roster_.size() && !roster_.is_vacant(who) ? roster_.of(who).id : "somebody";
}

void core_under_test::append(std::string& text, const std::string& more) {
  if (!more.empty())
    text += (text.empty() ? "" : ", ") + more;
}

void core_under_test::obey(const std::vector<input>& xs, std::string& text) {
  effects out;
  for (const auto& x : xs)
    if ((x.what == news::exited || x.what == news::ignored) && x.who.who < alive_.size())
      std::erase(alive_[x.who.who], x.who.number);
  paused_.clear();
  for (const auto& g : state_.groups)
    paused_.push_back(now < g.paused_until);
  for (const auto& x : xs)
    given_ += x.what >= news::command;
  step(plan(), state_, tally_, xs, now, out);
  check(out);
  if (after_step)
    after_step(xs, out);
  append(text, show(out.todo, now, [this](slot i) { return name_of(i); }));
  for (const auto& x : out.todo)
    carry_out(x);
  for (auto& x : out.facts)
    if (x.decided)
      questions[x.who.who] = out.questions[x.question];
  outcomes.insert(outcomes.end(), out.outcomes.begin(), out.outcomes.end());
  deeds.insert(deeds.end(), out.todo.begin(), out.todo.end());
  facts.insert(facts.end(), out.facts.begin(), out.facts.end());
}

void core_under_test::carry_out(const effect& x) {
  const auto id = x.who.who == nobody ? std::string{} : name_of(x.who.who);
  switch (x.what) {
    case deed::start:
      must(!is_paused(x.who.who), "a start although its group is paused", x.who.who);
      alive_[x.who.who].push_back(x.who.number);
      if (failing.contains(id))
        answers_.push_back({.what = news::exited, .who = x.who, .exit = no_start});
      else if (ignoring.contains(id))
        answers_.push_back({.what = news::ignored, .who = x.who});
      else if (!slow_to_start.contains(id))
        answers_.push_back({.what = news::started, .who = x.who});
      break;
    case deed::cancel:
      if (!slow_to_stop.contains(id))
        answers_.push_back({.what = news::exited, .who = x.who, .exit = cancelled});
      break;
    case deed::kill:
      if (!immortal.contains(id))
        answers_.push_back({.what = news::exited, .who = x.who, .exit = killed});
      break;
    case deed::wake:
      wakes_.insert(x.at);
      break;
    case deed::listen:
      if (!is_deaf)
        answers_.push_back({.what = news::listened});
      break;
    case deed::begun:
      begun = true;
      break;
    case deed::finish:
      finished = true;
      over = x.why;
      break;
    case deed::check:
      checks.push_back({.what = news::checked, .who = x.who, .count = x.index});
      break;
    case deed::vacate:
      roster_.vacate(x.who.who);
      break;
    case deed::signal:
      signals.emplace_back(id, static_cast<int>(x.index));
      break;
    case deed::swap:
    case deed::answer:
    case deed::abandon:
    case deed::wait:
    case deed::ask:
      break;
  }
}

void core_under_test::check(const effects& out) {
  for (const auto& x : out.todo) {
    must(!finished || x.what == deed::answer || x.what == deed::vacate, "an effect after the end",
         x.who.who);
    if (x.what == deed::start)
      check_start(x.who);
    if (x.what == deed::finish)
      for (slot i = 0; i < alive_.size(); ++i)
        for (const auto number : alive_[i])
          must(phase_of({i, number}) == phase::abandoned, "a child that outlives its supervisor",
               i);
  }
  for (const auto& x : out.facts)
    must(x.seq == ++seq_, "a gap in the events", x.who.who);
  for (const auto& x : out.outcomes)
    must(answered_.insert(x.key).second, "a command that is answered twice", x.who.who);
  if (!is_large)
    if (const auto broken = broken_invariant(state_, plan(), given_ - answered_.size());
        !broken.empty())
      FAIL_CHECK("not true: " << broken);
}

void core_under_test::check_start(life x) {
  const auto& r = state_.children[x.who];
  const auto is_second = x.number != r.number;
  must(!is_second || plan().of(x.who).swaps, "a second life of one that has one at a time", x.who);
  const auto beside = std::ranges::count_if(alive_[x.who], [&](std::uint32_t number) {
    const auto is_aside = number != r.number && phase_of({x.who, number}) != phase::vacant;
    return is_second ? number != r.number : !is_aside;
  });
  must(beside == 0, "too many active attempts", x.who);
  must(phase_of(x) != phase::vacant, "a start of an old life", x.who);
  // else it was told to stop in the same step
  must(r.op == operation::active || r.regroup != in_none, "a start of one that is held", x.who);
}

phase core_under_test::phase_of(life x) const {
  if (state_.children[x.who].number == x.number)
    return state_.children[x.who].now;
  for (const auto& second : state_.asides)
    if (second.who == x.who && second.number == x.number)
      return second.now;
  return phase::vacant;
}

void core_under_test::must(bool holds, const std::string& what, slot who) const {
  if (!holds)
    FAIL_CHECK(what << ": " << (who == nobody ? "" : name_of(who)));
}

bool core_under_test::is_paused(slot who) const {
  const auto g = plan().of(who).group;
  return g < paused_.size() && paused_[g] && now < state_.groups[g].paused_until;
}

} // namespace supervisor
