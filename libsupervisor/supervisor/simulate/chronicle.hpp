#pragma once

#include "supervisor/simulate/moments.hpp"
#include "supervisor/simulate/places.hpp"

#include <deque>
#include <map>
#include <optional>
#include <set>

namespace supervisor::simulating {

/// Makes a simulation's result of what its supervisors say, and tells it to whoever listens. Refers to
/// the places and to the listener.
class chronicle {
public:
  chronicle(const std::vector<place>&, const simulation_options&, const simulation_listener&,
            time_point begin);

  /// The facts of one step of a supervisor.
  void note(std::uint32_t supervisor, const plan&, std::span<const event>);

  void began(time_point);
  void told_to_stop(time_point);
  void missed(std::uint32_t child, time_point);

  /// Its supervisor was killed, and says nothing of it any more.
  void lost(std::uint32_t child, time_point at) { is_down(child, at); }

  /// It says no more, and does not finish.
  void was_killed(std::uint32_t supervisor) { has_ended(supervisor); }

  /// What its supervisor said last.
  void finished(std::uint32_t supervisor, const effect& last, time_point);

  /// The result of a simulation whose root has not finished, because of `how`.
  void broken_off(simulation_outcome how, time_point);

  simulation take() &&;

private:
  struct row {
    bool ran = false;
    bool abandoned = false;
    std::optional<time_point> down_since{};
    decision then{};                          ///< the last one about it
    std::optional<nanoseconds> refused_at{};  ///< the last time
    std::string refused_by{};                 ///< which rule
    std::optional<time_point> ending_since{}; ///< of a supervisor
    child_exit culprit{};                     ///< how it ended, of a supervisor that ended over it
  };

  void note(std::uint32_t supervisor, const plan&, const event&);
  void runs(std::uint32_t child, const event&);
  void waits(std::uint32_t child, const event&, std::uint32_t whom);
  void is_ready(std::uint32_t child, time_point);
  void is_down(std::uint32_t child, time_point);
  void is_done(std::uint32_t child);
  void is_decided(std::uint32_t child, const plan&, const event&);
  void is_stopped(std::uint32_t child, const event&);
  void is_quarantined(std::uint32_t child, time_point);
  void is_paused(std::uint32_t child, time_point);
  void is_abandoned(std::uint32_t child, time_point);
  void is_refused(std::uint32_t child, const plan&, const event&);
  void begins_to_end(std::uint32_t supervisor, time_point);
  void has_ended(std::uint32_t supervisor);
  void gave_up(std::uint32_t supervisor, const effect& last, time_point);
  void tell_give_ups(bool all);
  void close(time_point);
  void say(moment_kind, std::uint32_t place, time_point, moment more = {});

  std::uint32_t below(std::uint32_t supervisor, slot) const;
  nanoseconds since_begin(time_point x) const { return x - begin_; }
  child_story& story(std::uint32_t child) { return made_.children[child - 1]; }

  const std::vector<place>& places_;
  const simulation_listener& listener_;
  const std::size_t listed_;
  const time_point begin_;
  std::vector<row> rows_;
  std::multiset<time_point> ending_{}; ///< since when those supervisors are that have not finished
  std::deque<give_up> give_ups_{};     ///< in order, and an earlier one may still come
  moments moments_;
  minutes minutes_{};
  std::map<std::string, rule_count> rules_{};
  simulation made_{};
  bool closed_ = false; ///< the root is about to end: no outage from here on
};

} // namespace supervisor::simulating
