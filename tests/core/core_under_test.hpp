#pragma once

#include "invariants.hpp"

#include <doctest/doctest.h>
#include <supervisor/effective.hpp>
#include <supervisor/explain.hpp>
#include <supervisor/roster.hpp>

#include <algorithm>
#include <initializer_list>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace supervisor {

inline constexpr child_exit died{exit_class::panic, exit_detail::none, failure_kind::panic, 0};
inline constexpr child_exit ended_well{};
inline constexpr child_exit cancelled{exit_class::external_cancel};
inline constexpr child_exit killed{exit_class::nonzero_exit, exit_detail::killed,
                                   failure_kind::recoverable, 0};
inline constexpr child_exit no_start{exit_class::nonzero_exit, exit_detail::start_failed,
                                     failure_kind::recoverable, 0};

/// A child that says nothing but its name and, if it must, how long it may take to stop.
inline declared_child_spec worker(std::string id, std::optional<stop_budget> shutdown = {}) {
  return {.id = std::move(id), .start = {"x"}, .shutdown = shutdown};
}

/// The core with children that obey at once, unless they are in one of the sets below. Every step
/// is checked against what must always be true.
class core_under_test {
public:
  std::set<std::string> slow_to_start, slow_to_stop, immortal, failing, ignoring;

  explicit core_under_test(declared_spec s)
    : spec(std::move(s)), roster_(std::make_shared<const declared_spec>(spec), 1) {
    state_ = make_state(plan());
    alive_.resize(roster_.size());
  }

  std::string start() { return feed({.what = news::begin}); }
  std::string stop() { return feed({.what = news::stop}); }
  std::string crash(const std::string& id) { return exits(id, died); }

  std::string exits(const std::string& id, child_exit why) {
    return feed({.what = news::exited, .who = life_of(id), .exit = why});
  }

  std::string together(std::initializer_list<std::pair<std::string, child_exit>> all) {
    std::vector<input> xs;
    for (const auto& [id, why] : all)
      xs.push_back({.what = news::exited, .who = life_of(id), .exit = why});
    return feed(xs);
  }

  std::string started(const std::string& id) { return feed({news::started, life_of(id)}); }
  std::string ready(const std::string& id) { return feed({news::ready, life_of(id)}); }
  std::string feed(const input& x) { return feed(std::vector{x}); }

  /// A command about a child that is there; what came of it is `said` once it is answered.
  std::string command(supervisor::command order, const std::string& id) {
    return feed(input_of(order, id));
  }

  input input_of(supervisor::command order, const std::string& id) {
    return {.what = news::command,
            .who = {slot_of(id), 0},
            .count = ++commands_,
            .order = order,
            .audited = true};
  }

  /// A child that is added at run time.
  std::string add(declared_child_spec child) { return feed(input_to_add(std::move(child))); }

  input input_to_add(declared_child_spec child) {
    const auto who = roster_.add(std::move(child));
    alive_.resize(roster_.size());
    return {.what = news::added, .who = {who, 0}, .count = ++commands_, .audited = true};
  }

  /// The supervisor becomes another.
  std::string revise(declared_spec wanted, bool must_hold = true) {
    if (const auto no = objection_to_revision(state_, must_hold); no != objection::none)
      return std::string{label(no)};
    roster_.revise(std::make_shared<const declared_spec>(std::move(wanted)), must_hold);
    alive_.resize(roster_.size());
    return feed({.what = news::revised, .count = ++commands_, .audited = true});
  }

  /// What came of the last command that was answered.
  const control_outcome& said() const {
    REQUIRE(!outcomes.empty());
    return outcomes.back();
  }

  const control_outcome* said_to(std::uint32_t key) const {
    const auto x = std::ranges::find(outcomes, key, &control_outcome::key);
    return x == outcomes.end() ? nullptr : &*x;
  }

  std::uint32_t commands() const { return commands_; }

  /// Commands that were given and not answered so far.
  std::size_t unanswered() const { return commands_ - outcomes.size(); }

  bool has(const std::string& id) const { return roster_.find(id) != nobody; }

  /// Of all who have a seat.
  std::vector<std::string> ids() const {
    std::vector<std::string> all;
    for (slot who = 0; who < roster_.size(); ++who)
      if (!roster_.is_vacant(who))
        all.push_back(roster_.of(who).id);
    return all;
  }

  std::string feed(std::vector<input> xs) {
    std::string text;
    for (obey(xs, text); !answers_.empty();) {
      const auto next = answers_.front();
      answers_.erase(answers_.begin());
      obey({next}, text);
    }
    return text;
  }

  /// Lets time pass, with every wake-up on the way.
  std::string advance(nanoseconds d) {
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

  const child_row& row(const std::string& id) const { return state_.children[slot_of(id)]; }
  life life_of(const std::string& id) const { return {slot_of(id), row(id).number}; }
  const supervisor::state& state() const { return state_; }
  const supervisor::tally& tally() const { return tally_; }
  const supervisor::plan& plan() const { return roster_.plan(); }

  /// The labels of all events so far that are about `id`; of the supervisor if it is empty.
  std::string told(const std::string& id) const {
    std::string text;
    for (const auto& x : facts)
      if (x.who.who == (id.empty() ? nobody : slot_of(id)))
        append(text, std::string{label(x.what)});
    return text;
  }

  /// How everybody left, in the order of leaving.
  std::string report() const {
    std::string text;
    for (const auto& x : tally_.outcomes)
      append(text, name_of(x.who.who) + " " + std::string{label(x.status)});
    return text;
  }

  /// The stages that the shutdown went through.
  std::string stages() const {
    std::string text;
    for (const auto& x : facts)
      if (x.what == event_type::shutdown_phase_changed)
        append(text, std::string{label(x.to)});
    return text;
  }

  const event& last(event_type what) const {
    const auto x = std::find_if(facts.rbegin(), facts.rend(),
                                [what](const event& e) { return e.what == what; });
    REQUIRE(x != facts.rend());
    return *x;
  }

  /// How often the child was told of, in that event.
  std::size_t count(event_type what, const std::string& id) const {
    const auto who = slot_of(id);
    return static_cast<std::size_t>(std::ranges::count_if(
      facts, [&](const event& x) { return x.what == what && x.who.who == who; }));
  }

  explanation explained(const std::string& id) const {
    return explain(plan(), questions.at(slot_of(id)));
  }

  slot slot_of(const std::string& id) const {
    const auto who = roster_.find(id);
    if (who == nobody)
      FAIL("no child " << id);
    return who;
  }

  std::string name_of(slot who) const {
    return who < roster_.size() && !roster_.is_vacant(who) ? roster_.of(who).id : "somebody";
  }

  declared_spec spec;
  time_point now{std::chrono::hours{1}};
  std::vector<event> facts;
  std::vector<effect> deeds;
  std::vector<control_outcome> outcomes;            ///< of all commands so far
  std::vector<input> checks;                        ///< answers that children owe, `well` or not
  std::map<slot, question> questions;               ///< the last of each child
  std::vector<std::pair<std::string, int>> signals; ///< that were sent, and to whom
  bool finished = false, begun = false;
  bool is_large = false; ///< too large to look at all of it after every step
  aim over{};

private:
  static void append(std::string& text, const std::string& more) {
    if (!more.empty())
      text += (text.empty() ? "" : ", ") + more;
  }

  void obey(const std::vector<input>& xs, std::string& text) {
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

  void carry_out(const effect& x) {
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
      case deed::begun:
        begun = true;
        break;
      case deed::finish:
        finished = true;
        over = x.why;
        break;
      case deed::check:
        checks.push_back({.what = news::checked, .who = x.who, .count = x.question});
        break;
      case deed::vacate:
        roster_.vacate(x.who.who);
        break;
      case deed::signal:
        signals.emplace_back(id, static_cast<int>(x.question));
        break;
      case deed::swap:
      case deed::answer:
      case deed::abandon:
      case deed::wait:
      case deed::ask:
        break;
    }
  }

  /// What must be true of every step, whatever happens.
  void check(const effects& out) {
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
      if (const auto broken = invariants{state_, plan(), given_ - answered_.size()}.broken();
          !broken.empty())
        FAIL_CHECK("not true: " << broken);
  }

  void check_start(life x) {
    const auto& r = state_.children[x.who];
    const auto is_second = x.number != r.number;
    must(!is_second || plan().of(x.who).swaps, "a second life of one that has one at a time",
         x.who);
    const auto beside = std::ranges::count_if(alive_[x.who], [&](std::uint32_t number) {
      const auto is_aside = number != r.number && phase_of({x.who, number}) != phase::vacant;
      return is_second ? number != r.number : !is_aside;
    });
    must(beside == 0, "too many active attempts", x.who);
    must(phase_of(x) != phase::vacant, "a start of an old life", x.who);
    // else it was told to stop in the same step
    must(r.op == operation::active || r.regroup != in_none, "a start of one that is held", x.who);
  }

  /// vacant: there is no such life any more.
  phase phase_of(life x) const {
    if (state_.children[x.who].number == x.number)
      return state_.children[x.who].now;
    for (const auto& second : state_.asides)
      if (second.who == x.who && second.number == x.number)
        return second.now;
    return phase::vacant;
  }

  void must(bool holds, const std::string& what, slot who) const {
    if (!holds)
      FAIL_CHECK(what << ": " << (who == nobody ? "" : name_of(who)));
  }

  /// Since before this step: who was started first may pause the others.
  bool is_paused(slot who) const {
    const auto g = plan().of(who).group;
    return g < paused_.size() && paused_[g] && now < state_.groups[g].paused_until;
  }

  detail::roster<declared_start> roster_;
  supervisor::state state_;
  supervisor::tally tally_;
  std::vector<std::vector<std::uint32_t>> alive_; ///< their numbers, by slot
  std::vector<bool> paused_;                      ///< by group, before the step
  std::vector<input> answers_;
  std::multiset<time_point> wakes_;
  std::uint64_t seq_ = 0;
  std::uint32_t commands_ = 0;
  std::size_t given_ = 0;
  std::set<std::uint32_t> answered_; ///< by key
};

} // namespace supervisor
