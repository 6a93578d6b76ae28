#pragma once

#include <doctest/doctest.h>
#include <supervisor/effective.hpp>
#include <supervisor/explain.hpp>

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

  explicit core_under_test(declared_spec s) : spec(std::move(s)), plan_(make_plan(spec, 1)) {
    state_ = make_state(*plan_);
    alive_.resize(plan_->size());
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
  const supervisor::plan& plan() const { return *plan_; }

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
      append(text, spec.children[x.who.who].id + " " + std::string{label(x.status)});
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
    return explain(*plan_, questions.at(slot_of(id)));
  }

  slot slot_of(const std::string& id) const {
    for (slot i = 0; i < spec.children.size(); ++i)
      if (spec.children[i].id == id)
        return i;
    FAIL("no child " << id);
    return nobody;
  }

  declared_spec spec;
  time_point now{std::chrono::hours{1}};
  std::vector<event> facts;
  std::vector<effect> deeds;
  std::map<slot, question> questions; ///< the last of each child
  bool finished = false, begun = false;
  aim over{};

private:
  static void append(std::string& text, const std::string& more) {
    if (!more.empty())
      text += (text.empty() ? "" : ", ") + more;
  }

  void obey(const std::vector<input>& xs, std::string& text) {
    effects out;
    for (const auto& x : xs)
      if ((x.what == news::exited || x.what == news::ignored) && x.who.who < alive_.size()
          && x.who.number == state_.children[x.who.who].number)
        alive_[x.who.who] = false;
    step(*plan_, state_, tally_, xs, now, out);
    check(out);
    append(text, show(out.todo, now, [this](slot i) { return spec.children[i].id; }));
    for (const auto& x : out.todo)
      carry_out(x);
    for (auto& x : out.facts)
      if (x.decided)
        questions[x.who.who] = out.questions[x.question];
    deeds.insert(deeds.end(), out.todo.begin(), out.todo.end());
    facts.insert(facts.end(), out.facts.begin(), out.facts.end());
  }

  void carry_out(const effect& x) {
    const auto id = x.who.who == nobody ? std::string{} : spec.children[x.who.who].id;
    switch (x.what) {
      case deed::start:
        CHECK_MESSAGE(!is_paused(x.who.who), id << " is started although its group is paused");
        alive_[x.who.who] = true;
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
      case deed::abandon:
      case deed::wait:
      case deed::ask:
        break;
    }
  }

  /// What must be true of every step, whatever happens.
  void check(const effects& out) {
    for (const auto& x : out.todo) {
      CHECK_MESSAGE(!finished, "an effect after the end");
      if (x.what == deed::start) {
        CHECK_MESSAGE(!alive_[x.who.who],
                      "a second active attempt of " << spec.children[x.who.who].id);
        CHECK(x.who.number == state_.children[x.who.who].number);
      }
      if (x.what == deed::finish)
        for (slot i = 0; i < alive_.size(); ++i)
          CHECK_MESSAGE((!alive_[i] || state_.children[i].now == phase::abandoned),
                        spec.children[i].id << " outlives its supervisor");
    }
    for (const auto& x : out.facts)
      CHECK_MESSAGE(x.seq == ++seq_, "a gap in the events");
    check_gates();
    if (!state_.finished && state_.ending == in_none)
      check_who_waits();
    for (const auto& g : state_.regroups) {
      std::uint32_t members = 0, up = 0;
      const auto me = static_cast<std::uint32_t>(&g - state_.regroups.data());
      for (const auto& r : state_.children)
        if (g.open && r.regroup == me) {
          ++members;
          up += r.now == phase::up || r.now == phase::starting || r.now == phase::stopping
                || r.now == phase::killing;
        }
      if (g.open && g.rising && !state_.finished)
        CHECK_MESSAGE(
          (g.awaited != nobody || (g.cursor != nobody && state_.children[g.cursor].gated)),
          "a regroup on its way up waits for nobody");
      CHECK_MESSAGE(!(g.open && g.begins && state_.begun), "begun before the end of it");
      CHECK(members == g.members);
      CHECK(up == g.still_up);
    }
    if (state_.finished)
      return;
    const auto due = state_.deadlines.empty() ? time_point::max() : state_.deadlines.first().at;
    CHECK_MESSAGE(state_.armed <= due, "nobody will wake it in time");
  }

  bool is_paused(slot who) const {
    const auto g = plan_->of(who).group;
    return g != plan::none && now < state_.groups[g].paused_until;
  }

  /// Whoever waits is waited for by somebody: a deadline, a line or a dependency.
  void check_who_waits() const {
    for (slot i = 0; i < state_.children.size(); ++i) {
      const auto& r = state_.children[i];
      if (r.now != phase::waiting)
        continue;
      if (r.waits_for == wait_reason::turn) {
        const auto g = plan_->of(i).group;
        const auto in
          = [i](const std::deque<slot>& line) { return std::ranges::count(line, i) > 0; };
        CHECK((in(state_.line) || (g != plan::none && in(state_.groups[g].line))));
      } else if (r.waits_for == wait_reason::dependencies) {
        CHECK(r.gated);
      } else {
        CHECK_MESSAGE(r.deadline != nobody, spec.children[i].id << " waits for ever");
      }
    }
  }

  void check_gates() const {
    std::uint32_t starting = 0;
    std::vector<std::uint32_t> of_group(state_.groups.size());
    for (slot i = 0; i < state_.children.size(); ++i)
      if (state_.children[i].now == phase::starting) {
        ++starting;
        if (const auto g = plan_->of(i).group; g != plan::none)
          ++of_group[g];
      }
    CHECK(starting == state_.starting);
    std::size_t lined_up = 0;
    for (std::size_t g = 0; g < of_group.size(); ++g) {
      CHECK(of_group[g] == state_.groups[g].starting);
      lined_up += state_.groups[g].line.size();
    }
    CHECK(lined_up == state_.lined_up);
  }

  std::shared_ptr<const supervisor::plan> plan_;
  supervisor::state state_;
  supervisor::tally tally_;
  std::vector<bool> alive_;
  std::vector<input> answers_;
  std::multiset<time_point> wakes_;
  std::uint64_t seq_ = 0;
};

} // namespace supervisor
