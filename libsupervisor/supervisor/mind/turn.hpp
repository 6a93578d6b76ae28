#pragma once

// One call of `step`, as an object: what its parts share. Only supervision.cpp, waiting.cpp,
// news.cpp, children.cpp, regroup.cpp, commands.cpp, seats.cpp, revising.cpp, liveness.cpp and
// swapping.cpp include it.

#include "supervisor/mind/core.hpp"

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

  void notice_lateness();
  void make_room();
  void give_room_back(std::size_t seats);
  void put_in_order(std::vector<ended>&);
  void take(const input&, std::vector<ended>& ends);
  void on_exited(const input&, std::vector<ended>& ends);
  void on_main_exited(const input&);
  void linger(const input&);
  void settle(ended);
  bool is_success_code(const ended&) const;
  void report_leaving(const ended&);
  void report_stop(const ended&);
  void judge(ended&);
  void decide(const ended&);
  bool is_failed_first_start(const ended&, bool never_ran) const;
  bool is_judged_outside(const ended&) const;
  decision wanted(const ended&);
  static event_type told_of(const ended&);
  void answer(const ended&, event_type told, const decision& wanted, bool from_outside = false);
  situation situation_of(const ended&, trouble&);
  template <class Strikes>
  std::uint32_t recent_of(Strikes&) const;
  question& new_question(const ended&, const decision& wanted);
  memory_slot& memory_at(slot, scope);
  void carry_out(const ended&, const decision&);
  void report_refusal(const ended&, const decision&);
  void escalate(const ended&);
  void count_strike(slot);

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
  void count_start(slot);
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
  void on_prepared(life);
  void on_waits(life);
  void on_late_end(life, std::vector<ended>& ends);
  void on_deadline();
  void on_listened();
  void put_off(std::uint32_t party, nanoseconds pause);
  void put_off_vital(slot, nanoseconds pause);
  bool is_judged_at_deadline(slot) const;
  void on_due(slot);
  void come_late(slot);
  void start_late(slot);

  // -- commands.cpp: what operators and programs want ---------------------------------------------------

  void obey(const input&);
  void on_command(const input&);
  control_outcome asked_for(const input&) const;
  objection objection_to(const input&) const;
  void reply(control_outcome);
  void refuse(control_outcome, objection);
  void hold_down(control_outcome, operation, supervisor::fate);
  void take_down(slot, operation, supervisor::fate, std::uint32_t key);
  void remove(control_outcome);
  void erase(control_outcome);
  void terminate(control_outcome);
  void resume(control_outcome);
  void release(control_outcome);
  void bring_back(slot, std::uint32_t key);
  void bring_back_alone(slot, std::uint32_t key);
  void bring_followers_back(slot, operation held, std::uint32_t key);
  void restart(control_outcome);
  void queue_restart(control_outcome&);
  void merge_restart(control_outcome&);
  void start_alone(slot);
  void set_operation(slot, operation, std::uint32_t key);
  bool is_needed(slot) const;

  objection objection_to_asker(const input&) const;
  void refuse_asker(const input&, control_outcome);
  void renew(slot);
  void signal(const input&, control_outcome);
  void shut_down(const input&);

  // -- swapping.cpp: a child that has two lives for a while ---------------------------------------------

  aside* aside_of(slot);
  const aside* aside_of(slot) const;
  bool is_aside(life) const;
  bool can_swap(slot) const;
  bool is_swapping(slot) const;
  void begin_swap(slot);
  void give_up_swap(slot);
  void give_up_all_swaps();
  void hear_aside(const input&);
  void exchange(aside&);
  void lose_main(aside&);
  void has_ended(aside&, const child_exit&);
  void discard(aside&);
  void stop(aside&);
  void kill(aside&);
  void on_due(aside&);
  bool asides_run() const;
  void set_deadline(aside&, due);
  void drop_deadline(aside&);
  std::uint32_t used_number(slot);
  static life life_of(const aside& x) { return {x.who, x.number}; }

  // -- seats.cpp: children that come and go, and commands that wait for them ----------------------------

  void on_added(const input&);
  void reject(const input&, objection);
  void seat(slot);
  void vacate(slot);
  void keep_seat(slot);
  void give_seat_back(slot);
  bool is_seat_free(slot) const;
  void empty_seat(slot);
  void keep_promises(slot, objection);
  void keep_promises_of_its_end(slot);
  std::vector<promise> take_promises(slot, command order);
  void keep_promise(const promise&, objection);
  void break_promises(objection);
  bool was_asked_for(slot) const;
  void has_joined(slot);
  void has_joined_revision();
  void revise_without_those_blocked();
  void has_not_joined(const ended&);

  // -- revising.cpp: another spec, there and back -------------------------------------------------------

  void on_revised(const input&);
  std::vector<slot> take_seats();
  void look_after_anew(slot);
  void drop(slot, std::uint32_t which);
  void let_go(slot);
  std::vector<slot> take_back_those_leaving();
  void take_new_order();
  void take_new_groups();
  void end_revision_when_through();
  void give_revision_up(slot culprit, const child_exit&);
  void stay_out(slot);
  void end_revision(objection, slot culprit = nobody, const child_exit& = {});

  // -- liveness.cpp: children that have to say that they live ------------------------------------------

  vital* vital_of(slot);
  void look_after(slot, time_point start_by);
  void look_after_ready(slot);
  void rearm(slot);
  void on_vital_due(slot);
  void check(slot);
  void check_failed(slot);
  void on_heartbeat(const input&);
  void on_checked(const input&);
  void on_stalled(const input&);
  void on_worn(life);
  void recycle(slot);
  void recycle_later(slot);
  time_point recycle_time(slot) const;
  void unhealthy(slot, child_health);
  void condemn(slot, supervisor::condemned);

  // -- children.cpp: what is done to one child, and whom it needs --------------------------------------

  void start(slot);
  void cancel(slot);
  void kill(slot);
  void abandon(slot);
  void leave_down(slot, bool done);
  bool significant_end(const ended&);
  bool is_coming_or_there(slot) const;
  bool significant_others_ended_well(slot) const;
  void park(slot);
  void meet_fate(slot);
  bool has_no_second_time(slot) const;
  void leave(slot, supervisor::fate);
  void forget(slot);
  void drop_from_order(slot);
  void unlink(slot);
  void gate(slot);
  void ungate(slot);
  void tell_of_wait(slot);
  void ungate_dependents_of(slot);
  void leave_gate_of_dependencies(slot);
  bool is_met(slot need) const;
  bool needs_are_ready(slot) const;
  bool is_hopeless(slot) const;
  slot hopeless_need(slot) const;
  bool has_run(slot);
  bool is_held(slot) const;

  // -- regroup.cpp: children that go down and come up together --------------------------------------

  std::uint32_t open(aim, slot culprit);
  void join(std::uint32_t which, slot);
  void leave_regroup(slot, std::uint32_t for_whom);
  void leave_those_awaiting(slot, std::uint32_t for_whom);
  void take_over_if_empty(std::uint32_t old, std::uint32_t by_whom);
  void go_on_all();
  void regroup_from(slot, time_point resume);
  bool touches_nobody_else(slot) const;
  template <class Visit>
  void each_touched(slot, Visit&&);
  bool takes_dependents_along(slot) const;
  std::vector<slot> with_dependents(slot) const;
  void join_those_touched(std::uint32_t which, slot, fate);
  slot restarted_first(std::uint32_t which) const;
  std::uint32_t group_to_restart(slot);
  void join_failure(std::uint32_t which, slot, time_point resume);
  bool join_those_started_since(std::uint32_t which);
  void join_for(std::uint32_t which, slot, fate);
  void merge(std::uint32_t old, std::uint32_t into);
  void quarantine_from(slot);
  void go_down_without(slot, fate of_followers, bool ended_well);
  void go_down_for_good(std::uint32_t which);
  void end(aim, slot culprit, slot needed_by = nobody);

  // -- going_down.cpp: the last started first

  void go_down(std::uint32_t which);
  nanoseconds patience(std::uint32_t which) const;
  void go_down_again(std::uint32_t which);
  void go_on(std::uint32_t which);
  void tell_next(std::uint32_t which);
  void tell_all(std::uint32_t which);
  void count_down(slot);
  void all_down(std::uint32_t which);
  void announce_wait(slot, time_point until);

  // -- rising.cpp: in start order

  void on_regroup_due(std::uint32_t which);
  bool may_widen(std::uint32_t which) const;
  bool waits_to_rise(std::uint32_t which) const;
  void start_of_waiting(slot);
  void rise(std::uint32_t which);
  bool pass_over(std::uint32_t which, slot);
  void leave_behind(std::uint32_t which, slot);
  void go_back_to(slot);
  void on_start_settled(slot);

  // -- finishing.cpp

  void close(std::uint32_t which);
  void finish(std::uint32_t which);
  void count_those_already_down();
  child_outcome outcome_of(slot);
  void enter(shutdown_phase);

  // -- small words -----------------------------------------------------------------------------------

  child_row& row(slot who) { return state_.children[who]; }
  const child_row& row(slot who) const { return state_.children[who]; }
  supervisor::regroup& regroup_at(std::uint32_t i) { return state_.regroups[i]; }
  life current(slot who) const { return {who, row(who).number}; }
  bool is_current(life) const;
  bool is_first(slot who) const { return row(who).number == row(who).born + 1; }
  bool is_alive(slot) const;
  bool ending() const { return state_.ending != in_none; }
  bool is_listening() const { return state_.late_by > nanoseconds{0}; }
  due due_in(nanoseconds time) const { return due_after(now_, time); }
  trouble& trouble_of(slot);
  child_tally& tally_of(slot who) {
    if (who >= tally_.children.size())
      tally_.children.resize(state_.children.size());
    return tally_.children[who];
  }
  void set_deadline(slot, due);
  void drop_deadline(slot);
  void set_regroup_deadline(std::uint32_t which, time_point);
  void drop_regroup_deadline(std::uint32_t which);
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
  bool lost_hope_ = false;      ///< somebody that others may wait for will not come by itself
  bool severity_chose_ = false; ///< ends that came together are not in the order of their rank
  memory_slot nothing_{};       ///< of a group, for those who are in none
};

/// Deadlines of regroups and of second lives carry these bits beside their number.
inline constexpr std::uint32_t regroup_party = 0x8000'0000u;
inline constexpr std::uint32_t aside_party = 0x4000'0000u;

inline constexpr std::uint32_t open_gate = nobody;
inline constexpr std::uint32_t supervisor_gate = nobody - 1;

} // namespace supervisor::detail
