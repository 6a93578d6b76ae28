#pragma once

// One call of `step`, as an object: what its parts share. Only supervision.cpp, waiting.cpp,
// news.cpp, children.cpp and regroup.cpp include it.

#include "supervisor/core.hpp"

#include <utility>

namespace supervisor::detail {

class turn {
public:
  turn(const plan& p, state& s, tally& t, time_point now, effects& out)
    : plan_(p), state_(s), tally_(t), now_(now), out_(out) {}

  void take(std::span<const input> inputs);

private:
  /// An end that was taken note of and has yet to be answered.
  struct ended {
    slot who = nobody;
    phase was{};
    child_exit exit{};
    nanoseconds uptime{0};
    bool again = false; ///< it was asked about before
  };

  // -- supervision.cpp: ends, and the decisions about them ------------------------------------------

  void put_in_order(std::vector<ended>&);
  void take(const input&, std::vector<ended>& ends);
  void on_exited(const input&, std::vector<ended>& ends);
  void linger(const input&);
  void settle(ended);
  bool is_success_code(const ended&) const;
  void report_leaving(const ended&);
  void decide(const ended&);
  bool is_judged_outside(const ended&) const;
  decision wanted(const ended&);
  static event_type told_of(const ended&);
  void answer(const ended&, event_type told, const decision& wanted, bool from_outside = false);
  situation situation_of(const ended&, trouble&);
  question& new_question(const ended&, const decision& wanted);
  memory_slot& memory_at(slot, scope);
  void carry_out(const ended&, const decision&);
  void report_refusal(const ended&, const decision&);
  void escalate(const ended&);
  void count_strike();

  // -- waiting.cpp: what a child that is down waits for ------------------------------------------------

  void wait_for(slot, wait_reason, time_point until);
  void on_waited(slot);
  void start_when_due(slot);
  time_point after(nanoseconds wait) const;
  void hold(const ended&, wait_reason, time_point until);
  ended held(slot);
  void ask_outside(const ended&);
  void on_answered(const input&);
  void decide_anew(slot);
  bool is_paused(slot) const;
  void pause(slot);
  void pause_group_of(slot, nanoseconds wait);
  void enter_the_gate(slot);
  void leave_the_gate(slot);
  std::uint32_t full_gate(slot) const;
  void line_up(slot, std::uint32_t gate);
  void leave_the_line(slot);
  void clear_the_lines();
  void start_those_in_line();

  // -- news.cpp: what else there is to hear ------------------------------------------------------------

  void on_begin();
  void on_stop();
  void on_started(life);
  void on_ready(life);
  void ready(slot);
  void on_ignored(const input&, std::vector<ended>& ends);
  void on_lingering(const input&);
  void on_late_end(life, std::vector<ended>& ends);
  void on_deadline();
  void on_due(slot);

  // -- children.cpp: what is done to one child, and whom it needs --------------------------------------

  void start(slot);
  void cancel(slot);
  void kill(slot);
  void abandon(slot);
  void leave_down(slot, bool done);
  void park(slot);
  void meet_fate(slot);
  void forget(slot);
  void ungate_dependents_of(slot);
  bool needs_are_ready(slot) const;
  bool is_hopeless(slot) const;
  slot hopeless_need(slot) const;

  // -- regroup.cpp: children that go down and come up together --------------------------------------

  std::uint32_t open(aim, slot culprit);
  void join(std::uint32_t group, slot);
  void leave_regroup(slot, std::uint32_t for_whom);
  void leave_those_awaiting(slot, std::uint32_t for_whom);
  void take_over_if_empty(std::uint32_t group, std::uint32_t by_whom);
  void go_on_all();
  void regroup_from(slot, time_point resume);
  bool touches_nobody_else(slot) const;
  void join_those_touched(std::uint32_t group, slot, fate);
  void join_for(std::uint32_t group, slot, fate);
  void quarantine_from(slot);
  void take_followers_down(slot, fate);
  void go_down_for_good(std::uint32_t group);
  void end(aim, slot culprit);
  void go_down(std::uint32_t group);
  nanoseconds patience(std::uint32_t group) const;
  void go_on(std::uint32_t group);
  void tell_next(std::uint32_t group);
  void tell_all(std::uint32_t group);
  void count_down(slot);
  void all_down(std::uint32_t group);
  void announce_wait(slot, time_point until);
  void on_group_due(std::uint32_t group);
  void rise(std::uint32_t group);
  void leave_behind(std::uint32_t group, slot);
  void on_start_settled(slot);
  void close(std::uint32_t group);
  void finish(std::uint32_t group);
  void count_those_already_down();
  void enter(shutdown_phase);

  // -- small words -----------------------------------------------------------------------------------

  child_row& row(slot who) { return state_.children[who]; }
  const child_row& row(slot who) const { return state_.children[who]; }
  supervisor::regroup& group(std::uint32_t i) { return state_.regroups[i]; }
  life current(slot who) const { return {who, row(who).number}; }
  bool is_current(life) const;
  bool is_alive(slot) const;
  bool ending() const { return state_.ending != in_none; }
  trouble& trouble_of(slot);
  child_tally& tally_of(slot);
  void set_deadline(slot, time_point);
  void drop_deadline(slot);
  void set_group_deadline(std::uint32_t group, time_point);
  void drop_group_deadline(std::uint32_t group);
  void note_seat(std::uint32_t party, std::uint32_t seat);
  void wake_in_time();
  void stale(life);
  void todo(deed what, life who = {}, time_point at = {}) {
    out_.todo.push_back({.what = what, .who = who, .at = at});
  }
  event& fact(event_type, life who = {});

  const plan& plan_;
  state& state_;
  tally& tally_;
  time_point now_;
  effects& out_;
  bool severity_chose_ = false; ///< ends that came together are not in the order of their rank
  memory_slot nothing_{};       ///< of a group, for those who are in none
};

/// Deadlines of regroups carry this bit beside their number.
inline constexpr std::uint32_t regroup_party = 0x8000'0000u;

inline constexpr std::uint32_t open_gate = nobody;
inline constexpr std::uint32_t supervisor_gate = nobody - 1;

} // namespace supervisor::detail
