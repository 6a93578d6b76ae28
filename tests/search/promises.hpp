#pragma once

#include <supervisor/search/key.hpp>

#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace supervisor::searching {

/// Looks at every act from outside, and says which promise was broken. What it knows of the past it
/// has counted itself, and not asked the core.
class promises {
public:
  explicit promises(const sites&);

  /// What is not true of the act that led from one world to the other, or "".
  std::string broken_by(const world& before, const turn_taken&, const world& after);

  /// What is not true of a world in which nothing will happen any more.
  std::string broken_at_rest(const world&) const;

  /// What of the past still counts.
  void add_to(imprint&, const world&) const;

private:
  /// Of one child.
  struct past {
    time_point due = time_point::min();     ///< not to be started again before
    time_point told_at = time_point::min(); ///< to stop
    bool takes_along = false; ///< it has failed, and is to come up with who depends on it
    bool lost = false;        ///< it has failed, and is not started again
    bool may_go_down = false; ///< somebody on whom it depends has failed
  };

  // -- one each for what is promised
  void check_attempts(const effect&);
  void check_starts(const effect&);
  void check_turn(const effect&, std::uint32_t group);
  void check_stops(const effect&);
  void check_kills(const effect&);
  void check_pause(const effect&);
  void check_dependents_are_down(const effect&);
  void check_nobody_else_goes_down(const effect&);
  void check_end();
  void check_numbers_of_events();
  void check_answers();
  void check_intent();
  void check_repeatable();
  void check_nothing_is_lost();
  void check_state();

  void must(bool holds, std::string_view promise, std::uint32_t child = nobody);
  void forget_those_below(std::uint32_t who);
  void find_dependents_below(std::uint32_t who);
  bool is_commanded() const;
  bool has_not_listened() const;
  bool ends_now(slot) const;
  bool was_deadline_of(std::uint32_t group) const;
  std::uint32_t site_of(slot) const;
  const plan& mine() const;
  void note_decisions();
  void check_younger_are_down(slot);
  void let_start(slot);
  std::deque<time_point>& strikes_of(std::uint32_t child);
  void note_dependents_of(const event& failure);
  void note_commands();
  void note_stops(const effect&);

  const sites* sites_;
  std::vector<past> children_;
  std::vector<std::vector<std::uint32_t>> dependents_; ///< by site: directly or through others
  std::vector<std::deque<time_point>> strikes_;        ///< of each supervisor
  std::vector<std::deque<time_point>> own_strikes_;    ///< of each optional child
  std::vector<std::vector<std::uint32_t>> commands_;   ///< of each supervisor, those not answered
  const world* before_ = nullptr;
  const world* after_ = nullptr;
  const turn_taken* turn_ = nullptr;
  std::string broken_{};
};

} // namespace supervisor::searching
