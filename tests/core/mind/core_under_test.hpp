#pragma once

#include <doctest/doctest.h>
#include <supervisor/effective/effective.hpp>
#include <supervisor/plan/roster.hpp>
#include <supervisor/report/explain.hpp>

#include <functional>
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

  explicit core_under_test(declared_spec s);

  std::string start() { return feed({.what = news::begin}); }
  std::string stop() { return feed({.what = news::stop}); }
  std::string crash(const std::string& id) { return exits(id, died); }

  std::string exits(const std::string& id, child_exit why);
  std::string together(std::initializer_list<std::pair<std::string, child_exit>> all);
  std::string started(const std::string& id) { return feed({news::started, life_of(id)}); }
  std::string ready(const std::string& id) { return feed({news::ready, life_of(id)}); }
  std::string feed(const input& x) { return feed(std::vector{x}); }

  /// A command about a child that is there; what came of it is `said` once it is answered.
  std::string command(supervisor::command order, const std::string& id);
  input input_of(supervisor::command order, const std::string& id);

  /// A child that is added at run time.
  std::string add(declared_child_spec child) { return feed(input_to_add(std::move(child))); }
  input input_to_add(declared_child_spec child);

  /// The supervisor becomes another.
  std::string revise(declared_spec wanted, bool must_hold = true);

  /// What came of the last command that was answered.
  const control_outcome& said() const;
  const control_outcome* said_to(std::uint32_t key) const;

  std::uint32_t commands() const { return commands_; }

  /// Commands that were given and not answered so far.
  std::size_t unanswered() const { return commands_ - outcomes.size(); }

  bool has(const std::string& id) const { return roster_.find(id) != nobody; }

  /// Of all who have a seat.
  std::vector<std::string> ids() const;

  std::string feed(std::vector<input> xs);

  /// Lets time pass, with every wake-up on the way.
  std::string advance(nanoseconds d);

  /// Lets time pass in which the supervisor does not run; then what `xs` say has come, and its wake-up.
  std::string pause(nanoseconds d, std::vector<input> xs = {});

  const child_row& row(const std::string& id) const { return state_.children[slot_of(id)]; }
  life life_of(const std::string& id) const { return {slot_of(id), row(id).number}; }
  const supervisor::state& state() const { return state_; }
  const supervisor::tally& tally() const { return tally_; }
  const supervisor::plan& plan() const { return roster_.plan(); }

  /// The labels of all events so far that are about `id`; of the supervisor if it is empty.
  std::string told(const std::string& id) const;

  /// How everybody left, in the order of leaving.
  std::string report() const;

  /// The stages that the shutdown went through.
  std::string stages() const;

  const event& last(event_type what) const;

  /// How often the child was told of, in that event.
  std::size_t count(event_type what, const std::string& id) const;

  explanation explained(const std::string& id) const;
  slot slot_of(const std::string& id) const;
  std::string name_of(slot who) const;

  declared_spec spec;
  time_point now{std::chrono::hours{1}};
  std::vector<event> facts;
  std::vector<effect> deeds;
  std::vector<control_outcome> outcomes;            ///< of all commands so far
  std::vector<input> checks;                        ///< answers that children owe, `well` or not
  std::map<slot, question> questions;               ///< the last of each child
  std::vector<std::pair<std::string, int>> signals; ///< that were sent, and to whom
  bool finished = false, begun = false;
  bool is_deaf = false;  ///< it does not say that it has heard all that came before
  bool is_large = false; ///< too large to look at all of it after every step
  aim over{};

  /// Called after each step, if there is one.
  std::function<void(std::span<const input>, const effects&)> after_step{};

private:
  static void append(std::string& text, const std::string& more);

  void obey(const std::vector<input>& xs, std::string& text);
  void carry_out(const effect& x);

  /// What must be true of every step, whatever happens.
  void check(const effects& out);

  void check_start(life x);

  /// vacant: there is no such life any more.
  phase phase_of(life x) const;

  void must(bool holds, const std::string& what, slot who) const;

  /// Since before this step: who was started first may pause the others.
  bool is_paused(slot who) const;

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
