// The same story twice: actors in virtual time, and the core with nothing around it. Both must tell
// of the same events, to the last number.

#include "../core/mind/any_limits.hpp"

#include <doctest/doctest.h>
#include <supervisor/report/objections.hpp>
#include <supervisor/test/tree.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

// -- how children are ---------------------------------------------------------------------------------

struct habit {
  std::uint32_t failing_starts = 0;          ///< its first ones
  std::optional<nanoseconds> ready_in = 0ns; ///< nothing: it never says so
  std::optional<nanoseconds> stops_in = 0ns; ///< nothing: it has to be killed
};

/// A way to end that is the child's own.
struct own_end {
  caf::error reason{};
  child_exit exit{};
};

own_end own_end_of(std::uint32_t number) {
  switch (number % 5) {
    case 0:
      return {{}, {}};
    case 1:
      return {caf::exit_reason::user_shutdown,
              {exit_class::external_cancel, exit_detail::none, failure_kind::cancelled, 0}};
    case 2:
      return {make_failure(failure::external_dependency, "no net"),
              {exit_class::nonzero_exit, exit_detail::none, failure_kind::external_dependency, 0}};
    case 3:
      return {make_failure(failure::fatal_bug, "a bug"),
              {exit_class::nonzero_exit, exit_detail::none, failure_kind::fatal_bug, 0}};
    default:
      return {make_failure(failure::panic, "boom"),
              {exit_class::panic, exit_detail::none, failure_kind::panic, 0}};
  }
}

// -- stories --------------------------------------------------------------------------------------------

/// One thing that somebody does from outside.
struct happening {
  nanoseconds at{0};
  std::string child{};
  command order{};          ///< none: the child ends by itself
  std::uint32_t ending = 0; ///< and how
  std::optional<declared_child_spec> added{};
};

struct tale {
  declared_spec tree{};
  std::map<std::string, habit> habits{};
  std::vector<happening> happenings{};
};

supervisor_details any_scopes(dice& d) {
  supervisor_details x;
  if (roll(d, 2) == 0)
    x.limits = any_scope(d);
  x.escalation_policy = static_cast<escalation_policy>(roll(d, 2) ? 2 : roll(d, 3));
  for (const auto* name : {"g0", "g1"})
    x.group_configs.push_back({.name = name, .limits = any_scope(d)});
  x.group_dependencies = {{"g1", "g0", static_cast<propagation>(roll(d, 3))}};
  for (const auto* tag : {"t0", "t1"})
    x.group_strategies.push_back({.group = tag, .strategy = static_cast<strategy>(roll(d, 4))});
  x.auto_shutdown = static_cast<auto_shutdown>(roll(d, 3));
  return x;
}

child_details any_place(dice& d, bool may_be_significant) {
  child_details x;
  x.limits = any_limits(d);
  if (roll(d, 2) == 0)
    x.group = "g" + std::to_string(roll(d, 2));
  if (roll(d, 2) == 0)
    x.tags = {"t" + std::to_string(roll(d, 2))};
  x.severity = static_cast<severity_class>(roll(d, 3));
  x.significant = may_be_significant && roll(d, 4) == 0;
  return x;
}

declared_child_spec any_child(dice& d, std::string id, bool with_limits) {
  declared_child_spec child{.id = std::move(id), .start = {.factory = "x"}};
  child.restart = static_cast<restart>(roll(d, 3));
  const std::optional<stop_budget> stops[]
    = {brutal_kill, unlimited_stop, stop_budget{50ms, 20ms}, {}};
  child.shutdown = stops[roll(d, 4)];
  child.readiness = static_cast<readiness>(roll(d, 3) == 0);
  child.criticality = static_cast<criticality>(roll(d, 3) == 0);
  child.start_timeout = 200ms;
  child.backoff = {1ms + 10ms * roll(d, 4), 100ms, roll(d, 2) ? jitter::full() : jitter::none()};
  if (with_limits)
    child.more = any_place(d, child.restart != restart::permanent);
  return child;
}

/// Of those without whom the supervisor does not begin, few are bad at starting.
habit any_habit(dice& d, const declared_child_spec& child) {
  const std::optional<nanoseconds> ready[] = {0ns, 30ms, 90ms, {}};
  const std::optional<nanoseconds> stops[] = {0ns, 0ns, 30ms, 70ms, {}};
  const auto may_fail = child.criticality == criticality::optional || roll(d, 20) == 0;
  habit x{may_fail && roll(d, 3) == 0 ? roll(d, 4) : 0, ready[roll(d, may_fail ? 4 : 3)],
          stops[roll(d, 5)]};
  if (!x.stops_in && child.shutdown == unlimited_stop) // who stops for ever can only be waited for
    x.stops_in = 110ms;
  return x;
}

std::string name(std::size_t i) { return "c" + std::to_string(i); }

happening any_happening(dice& d, nanoseconds at, tale& of) {
  constexpr command orders[]
    = {command::pause_child,      command::resume_child,  command::restart_child,
       command::quarantine_child, command::release_child, command::terminate_child,
       command::remove_child,     command::delete_child};
  happening x{.at = at, .child = name(roll(d, 7)), .ending = roll(d, 20) ? roll(d, 3) : 3};
  if (x.ending == 0 && roll(d, 2) == 0)
    x.ending = 4;
  if (roll(d, 3) == 0)
    x.order = orders[roll(d, std::size(orders))];
  if (roll(d, 12) == 0) {
    x.order = command::start_child;
    x.added = any_child(d, x.child, of.tree.more && roll(d, 2) == 0);
    if (roll(d, 3) == 0)
      x.added->dependencies = {name(roll(d, 4))};
    of.habits.try_emplace(x.child, any_habit(d, *x.added));
    if (!of.habits[x.child].stops_in)
      x.added->shutdown = stop_budget{50ms, 20ms};
  }
  return x;
}

tale any_try(dice& d) {
  tale x;
  x.tree.strategy = static_cast<strategy>(roll(d, 4));
  x.tree.intensity = {roll(d, 3) ? unlimited : 1 + roll(d, 6), 1s};
  if (roll(d, 2) == 0)
    x.tree.more = any_scopes(d);
  for (std::size_t i = 0, n = 1 + roll(d, 5); i < n; ++i) {
    auto child = any_child(d, name(i), static_cast<bool>(x.tree.more));
    if (i > 0 && roll(d, 3) == 0)
      child.dependencies = {name(roll(d, i))};
    x.habits[child.id] = any_habit(d, child);
    x.tree.children.push_back(std::move(child));
  }
  nanoseconds at{0};
  for (int i = 0; i < 40; ++i) {
    at += nanoseconds{1 + roll(d, roll(d, 2) == 0 ? 10'000'000 : 200'000'000)};
    x.happenings.push_back(any_happening(d, at, x));
  }
  return x;
}

tale any_tale(dice& d) {
  for (;;)
    if (auto x = any_try(d); validate(x.tree).empty())
      return x;
}

constexpr nanoseconds after_the_last = 300ms;
constexpr nanoseconds long_enough = 1min;

// -- what is told ---------------------------------------------------------------------------------------

std::string text_of(const child_exit& x) {
  return std::string{label(x.what)} + "/" + std::string{label(x.detail)} + "/"
         + std::string{label(x.cause)};
}

std::string text_of(const decision& x) {
  return std::string{label(x.what)} + " because " + std::to_string(x.because) + " in "
         + to_string(x.wait);
}

/// All that an event says, but for what is asked again by the hash of a plan.
std::string line_of(const event& x, time_point begin) {
  auto text = std::to_string(x.seq) + " at " + std::to_string((x.at - begin).count()) + " "
              + std::string{label(x.what)};
  if (x.who.who != nobody)
    text += " " + std::to_string(x.who.who) + "#" + std::to_string(x.who.number) + " generation "
            + std::to_string(x.generation);
  text += " " + std::string{label(x.from)} + ">" + std::string{label(x.to)};
  text += " exit " + text_of(x.exit) + " wait " + std::to_string(x.wait.count());
  text += " " + std::string{label(x.order)} + " " + std::string{label(x.was)} + ">"
          + std::string{label(x.is)} + " " + std::string{label(x.no)} + " key "
          + std::to_string(x.key) + " count " + std::to_string(x.count);
  if (x.decided)
    text += " decided " + text_of(x.then) + " streak " + std::to_string(x.given.streak) + " recent "
            + std::to_string(x.given.recent) + " uptime " + std::to_string(x.given.uptime.count())
            + " luck " + std::to_string(x.given.luck);
  return text;
}

using lines = std::vector<std::string>;

// -- with actors -----------------------------------------------------------------------------------------

/// Whoever plays a child now.
using company = std::map<std::string, caf::weak_actor_ptr>;

caf::behavior play(caf::event_based_actor* self, const child& me, habit how,
                   std::shared_ptr<company> all) {
  if (me.attempt() <= how.failing_starts)
    throw std::runtime_error{"no start"};
  (*all)[me.id()] = caf::actor_cast<caf::weak_actor_ptr>(self);
  compat::on_exit_msg(self, [self, how](const caf::exit_msg& x) {
    if (how.stops_in == 0ns)
      self->quit(x.reason);
    else if (how.stops_in)
      compat::send_after(self, *how.stops_in, caf::actor{self}, std::string{"leave"});
  });
  if (how.ready_in == 0ns)
    me.ready();
  else if (how.ready_in)
    compat::send_after(self, *how.ready_in, caf::actor{self}, std::string{"ready"});
  return {[self](std::uint32_t ending) { self->quit(own_end_of(ending).reason); },
          [self, me](const std::string& what) {
            if (what == "ready")
              me.ready();
            else
              self->quit(caf::exit_reason::user_shutdown);
          }};
}

child_spec played(const declared_child_spec& x, const tale& of,
                  const std::shared_ptr<company>& all) {
  return {.id = x.id,
          .start = worker(play, of.habits.at(x.id), all),
          .restart = x.restart,
          .backoff = x.backoff,
          .policy = x.policy,
          .shutdown = x.shutdown,
          .readiness = x.readiness,
          .dependencies = x.dependencies,
          .criticality = x.criticality,
          .start_timeout = x.start_timeout,
          .more = x.more};
}

supervisor_spec played(const tale& x, const std::shared_ptr<company>& all) {
  supervisor_spec made{.strategy = x.tree.strategy,
                       .intensity = x.tree.intensity,
                       .defaults = x.tree.defaults,
                       .more = x.tree.more};
  for (const auto& child : x.tree.children)
    made.children.push_back(played(child, x, all));
  return made;
}

void happen(test::tree& it, const happening& x, const tale& of,
            const std::shared_ptr<company>& all) {
  const auto wanted = [&] {
    command_request made{.what = x.order, .path = "/" + x.child, .audit = {"somebody", "a story"}};
    if (x.added) {
      made.path = "/";
      made.child = std::make_shared<const child_spec>(played(*x.added, of, all));
    }
    return made;
  };
  if (x.order != command::none)
    it.running().carry_out(wanted(), [](const expected<control_result>&) {});
  else if (const auto whom = (*all)[x.child].lock())
    compat::anon_send(caf::actor_cast<caf::actor>(whom), x.ending);
  it.run();
}

lines told_by_actors(const tale& x, std::uint64_t seed) {
  lines all;
  std::optional<time_point> begin;
  auto options = test::tree::quiet();
  options.seed = seed;
  options.observer = [&](const tree_event& e) {
    begin = begin.value_or(e.what.at);
    all.push_back(line_of(e.what, *begin));
  };
  const auto company_of_it = std::make_shared<company>();
  test::tree it{played(x, company_of_it), options};
  nanoseconds now{0};
  for (const auto& next : x.happenings) {
    it.advance(next.at - std::exchange(now, next.at));
    happen(it, next, x, company_of_it);
  }
  it.advance(after_the_last);
  if (!it.ended())
    it.running().request_shutdown("somebody", "the end of the story");
  it.advance(long_enough);
  CHECK(it.ended());
  return all;
}

// -- with the core alone -----------------------------------------------------------------------------------

/// A supervisor without a shell, and children that are no more than their habits. News that come of
/// one turn are in its mailbox together, and so are taken together.
class bare {
public:
  bare(const tale& x, std::uint64_t seed)
    : tale_(x), roster_(std::make_shared<const declared_spec>(x.tree), seed),
      state_(make_state(roster_.plan())) {}

  /// What it told of so far, without who and when.
  const std::set<std::string_view>& kinds() const { return kinds_; }

  lines tell() {
    take({.what = news::begin});
    for (const auto& next : tale_.happenings) {
      advance_to(begin + next.at);
      happen(next);
    }
    advance_to(now_ + after_the_last);
    take({.what = news::stop});
    advance_to(now_ + long_enough);
    CHECK(over_);
    return all_;
  }

private:
  /// What somebody will do in a while: the supervisor, if the news is of no life.
  struct timer {
    news what{};
    life who{};
    child_exit exit{};
  };

  void happen(const happening& x) {
    if (over_)
      return;
    const auto who = roster_.find(x.child);
    if (x.added)
      take(addition_of(*x.added));
    else if (x.order != command::none && who != nobody)
      take({.what = news::command,
            .who = {who, 0},
            .count = ++commands_,
            .order = x.order,
            .audited = true});
    else if (x.order == command::none && alive_.contains(x.child))
      end(alive_.at(x.child), own_end_of(x.ending).exit);
    settle();
  }

  input addition_of(const declared_child_spec& child) {
    input x{.what = news::added, .who = {nobody, 0}, .audited = true};
    if (detail::objections_to_child(child, "", roster_, state_).empty()) {
      if (objection_to_adding(roster_.plan(), state_) != objection::none
          && roster_.find(child.id) != nobody)
        return {.what = news::deadline}; // its seat stays as it is, and nobody asks the core
      x.who.who = roster_.add(child);
    }
    x.count = ++commands_;
    return x;
  }

  void advance_to(time_point until) {
    while (!timers_.empty() && timers_.begin()->first <= until) {
      const auto [at, x] = *timers_.begin();
      timers_.erase(timers_.begin());
      now_ = at;
      fire(x);
    }
    now_ = until;
  }

  void fire(const timer& x) {
    if (x.what == news::exited && is_alive(x.who))
      end(x.who, x.exit);
    else if (x.what == news::deadline || (x.what == news::ready && is_alive(x.who)))
      mail_.push_back({.what = x.what, .who = x.who});
    settle();
  }

  void take(const input& x) {
    mail_.push_back(x);
    settle();
  }

  void settle() {
    while (!mail_.empty()) {
      pending_ = std::exchange(mail_, {});
      while (!pending_.empty() && !over_)
        turn(std::exchange(pending_, {}));
    }
  }

  void turn(const std::vector<input>& together) {
    effects out;
    step(roster_.plan(), state_, tally_, together, now_, out);
    for (const auto& fact : out.facts) {
      all_.push_back(line_of(fact, begin));
      kinds_.insert(label(fact.what));
    }
    for (const auto& x : out.todo)
      carry_out(x);
  }

  void carry_out(const effect& x) {
    switch (x.what) {
      case deed::start:
        return begin_life(x.who);
      case deed::cancel:
        return stop(x.who);
      case deed::kill:
        return end(x.who,
                   {exit_class::nonzero_exit, exit_detail::killed, failure_kind::recoverable, 0});
      case deed::wake:
        if (x.at <= now_)
          pending_.push_back({.what = news::deadline});
        else
          timers_.emplace(x.at, timer{news::deadline});
        return;
      case deed::vacate:
        return roster_.vacate(x.who.who);
      case deed::finish:
        over_ = true;
        return;
      case deed::abandon:
        FAIL("nobody in these stories outlives a kill");
        return;
      default:
        return;
    }
  }

  const habit& habit_of(life who) const { return tale_.habits.at(roster_.of(who.who).id); }

  void begin_life(life who) {
    const auto& how = habit_of(who);
    if (attempt_of(who) <= how.failing_starts) {
      mail_.push_back({.what = news::exited, .who = who, .exit = own_end_of(4).exit});
      return;
    }
    alive_[roster_.of(who.who).id] = who;
    if (how.ready_in == 0ns)
      mail_.push_back({.what = news::ready, .who = who});
    else if (how.ready_in)
      timers_.emplace(now_ + *how.ready_in, timer{news::ready, who});
    mail_.push_back({.what = news::started, .who = who});
  }

  /// Lives of whoever had the seat before are not its own.
  std::uint32_t attempt_of(life who) const { return who.number - state_.children[who.who].born; }

  bool is_alive(life who) const {
    if (roster_.is_vacant(who.who))
      return false;
    const auto found = alive_.find(roster_.of(who.who).id);
    return found != alive_.end() && found->second == who;
  }

  void stop(life who) {
    const child_exit told{exit_class::external_cancel, exit_detail::none, failure_kind::cancelled,
                          0};
    const auto& how = habit_of(who);
    if (how.stops_in == 0ns)
      end(who, told);
    else if (how.stops_in)
      timers_.emplace(now_ + *how.stops_in, timer{news::exited, who, told});
  }

  void end(life who, const child_exit& how) {
    if (!is_alive(who))
      return;
    alive_.erase(roster_.of(who.who).id);
    mail_.push_back({.what = news::exited, .who = who, .exit = how});
  }

  static constexpr time_point begin{1h};

  const tale& tale_;
  detail::roster<declared_start> roster_;
  supervisor::state state_;
  supervisor::tally tally_{};
  time_point now_ = begin;
  std::multimap<time_point, timer> timers_{};
  std::map<std::string, life> alive_{};
  std::vector<input> mail_{}, pending_{};
  std::uint32_t commands_ = 0;
  bool over_ = false;
  lines all_{};
  std::set<std::string_view> kinds_{};
};

/// The first event that one of them tells in another way, and those before it.
std::string difference(const lines& actors, const lines& core) {
  if (actors == core)
    return "";
  const auto first
    = static_cast<std::size_t>(std::ranges::mismatch(actors, core).in1 - actors.begin());
  std::string text;
  for (auto i = first < 3 ? 0 : first - 3; i < first; ++i)
    text += "both:   " + actors[i] + "\n";
  text += "actors: " + (first < actors.size() ? actors[first] : "nothing more") + "\n";
  return text + "core:   " + (first < core.size() ? core[first] : "nothing more");
}

} // namespace

TEST_CASE("actors tell of the same events as the core that is fed the same story") {
  std::size_t told = 0;
  std::set<std::string_view> kinds;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    INFO("seed " << seed);
    dice d{seed};
    const auto story = any_tale(d);
    const auto actors = told_by_actors(story, seed);
    bare alone{story, seed};
    const auto core = alone.tell();
    CHECK(difference(actors, core) == "");
    told += core.size();
    kinds.insert(alone.kinds().begin(), alone.kinds().end());
  }
  CHECK(told > 20'000);
  CHECK(kinds.size() > 40);
}
