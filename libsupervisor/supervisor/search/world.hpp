#pragma once

#include "supervisor/mind/core.hpp"

#include <memory>
#include <string>
#include <vector>

// A tree as a value: copied, compared by its key, and moved on one act at a time, in whatever order
// somebody likes to try.

namespace supervisor::searching {

/// Where a child of the tree is. The root is the first; parents come before children.
struct site {
  std::string path{}; ///< "/shop/till"; of the root "/"
  std::uint32_t above = nobody;
  slot seat = nobody;
  std::shared_ptr<const plan> by{};   ///< of a supervisor
  std::vector<std::uint32_t> below{}; ///< by slot
  bool comes_later = false;           ///< a command adds it; the last in the order of its siblings

  bool is_supervisor() const { return by != nullptr; }
};

using sites = std::vector<site>;

/// Nobody looks whether its children are well, or old: here they always are, and are not.
std::shared_ptr<const plan> without_signs_of_life(const plan&);

/// Without signs of life, and without the members of pools. The tree must have passed `validate`.
sites sites_of(const declared_spec&, std::uint64_t seed);

enum class being : std::uint8_t {
  absent,
  starting,
  up,
  told,   ///< to stop
  killed, ///< and not gone so far
};

/// The one life that a child has at a time.
struct creature {
  being now{};
  bool left = false;        ///< nobody waits for its end any more
  bool is_rest = false;     ///< its main process has ended, and these are the others
  std::uint32_t number = 0; ///< as its supervisor counts

  friend bool operator==(const creature&, const creature&) = default;
};

/// What somebody says to the supervisor `to`.
struct letter {
  std::uint32_t to = nobody;
  input what{};
};

enum class order : std::uint8_t { begin, stop, kill };

/// What a supervisor holds in one life.
struct office {
  bool open = false;
  state mind{};
  tally counts{};
  std::vector<time_point> wakes{}; ///< that it asked for and that did not come so far
  bool listens = false;            ///< it wants to hear all that has come before
};

/// What can happen next.
struct act {
  enum class kind : std::uint8_t {
    shut_down,  ///< the root is told to stop
    obey,       ///< a supervisor takes the next order from above
    hear,       ///< the supervisor above takes the next thing that `who` said
    hear_all,   ///< `who` takes all that there is for it together: news, a deadline, its stop
    wake,       ///< it takes a deadline that has come
    pass_time,  ///< until the next deadline
    pause,      ///< all supervisors are paused until some time after the next deadline
    listened,   ///< the supervisor `who` has heard all that had come before it asked for that
    loses_main, ///< the main process of a child ends, others of it do not
    starts,     ///< a child runs
    is_ready,   ///< and says so
    ends,       ///< with `exit`
    echo,       ///< the end of its life before comes a second time
    command,    ///< somebody wants `order` of it
  };

  kind what{};
  std::uint32_t who = nobody;
  child_exit exit{};
  command order{};

  friend bool operator==(const act&, const act&) = default;
};

/// At most one supervisor decides at a time; what it was given, and what came of it.
struct turn_taken {
  std::uint32_t who = nobody;
  std::vector<input> given{};
  effects out{};
  std::vector<child_outcome> report{}; ///< if it was its last one
};

/// Children do nothing but what an act says. They and their supervisors talk by mail only: what one
/// says arrives in the order in which it was said, and what two say in any order.
class world {
public:
  explicit world(const sites&); ///< refers to them

  /// Whether it could happen now.
  /// Of a supervisor that begins.
  state first_state(std::uint32_t who) const;

  bool can(const act&) const;
  void happen(const act&, turn_taken&);

  /// All that is to be done before the world is at rest: mail, orders, and deadlines that have come.
  std::vector<act> errands() const;
  bool at_rest() const { return errands().empty(); }

  /// When the next deadline comes, also if it has come already; time_point::max(): never.
  time_point next_wake() const;

  /// Whether somebody has said something to that supervisor which it has not heard so far.
  bool has_mail(std::uint32_t who) const;
  void let_pass(time_point until) { now_ = std::max(now_, until); }
  time_point now() const { return now_; }

  bool is_over() const { return begun_ && !office_of(0).open; }
  aim over() const { return over_; }

  const sites& where() const { return *sites_; }
  const creature& life_at(std::uint32_t who) const { return lives_[who]; }

  /// Closed, if it is no supervisor or does not run.
  const office& office_of(std::uint32_t who) const;

  const std::vector<letter>& said_by(std::uint32_t who) const { return said_[who]; }
  const std::vector<order>& told_to(std::uint32_t who) const { return orders_[who]; }

  /// Its row in the mind of the supervisor above, which is open.
  const child_row& row_of(std::uint32_t who) const {
    return office_of(place(who).above).mind.children[place(who).seat];
  }

  /// It runs, has not said that it is ready, and somebody waits for that.
  bool owes_readiness(std::uint32_t who) const;

private:
  bool is_to_be_added(std::uint32_t who) const;
  const site& place(std::uint32_t who) const { return (*sites_)[who]; }
  life life_of(std::uint32_t who) const { return {place(who).seat, lives_[who].number}; }

  void obey(std::uint32_t who, turn_taken&);
  void hear(std::uint32_t who, turn_taken&);
  void hear_all(std::uint32_t who, turn_taken&);
  void wake(std::uint32_t who, turn_taken&);
  void end(std::uint32_t who, const child_exit&);
  void decide(std::uint32_t who, turn_taken&);
  void carry_out(std::uint32_t who, const effect&);
  void start(std::uint32_t child, std::uint32_t number);
  void stop(std::uint32_t child);
  void kill(std::uint32_t child);
  void finish(std::uint32_t who, aim why);
  void kill_supervisor(std::uint32_t who);
  void leave(std::uint32_t who, const child_exit&);
  void say(std::uint32_t who, const input&);
  void say_late(std::uint32_t who);

  const sites* sites_;
  time_point now_{std::chrono::hours{1}};
  bool begun_ = false;
  std::uint32_t commands_ = 0; ///< so far
  aim over_{};
  std::vector<creature> lives_;
  std::vector<boxed<office>> offices_; ///< of supervisors that run: most sites have none
  std::vector<std::vector<letter>> said_;
  std::vector<std::vector<order>> orders_;
};

} // namespace supervisor::searching
