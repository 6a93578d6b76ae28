#pragma once

#include "supervisor/simulate/agenda.hpp"
#include "supervisor/simulate/chronicle.hpp"
#include "supervisor/simulate/parts.hpp"

#include <memory>
#include <utility>

namespace supervisor::simulating {

/// A tree in virtual time: its supervisors decide with `step`, its children do what the script says,
/// and they talk by mail only, as actors do.
class world {
public:
  world(const declared_spec&, const script&, const simulation_options&, const simulation_listener&);

  simulation run() &&;

private:
  /// To whom the end of a life is told, and as what news.
  struct uplink {
    std::uint32_t to = nobody;
    std::uint64_t birth = 0;
    life who{};
    news end = news::exited;
  };

  /// One life of a child; of the last one, if none is alive.
  struct existence {
    std::uint64_t birth = 0;
    bool alive = false;
    bool running = false;
    bool told_to_stop = false;
    bool left_behind = false; ///< abandoned, or its supervisor was killed
    uplink up{};
  };

  /// A life that outlived its supervisor's patience.
  struct leftover {
    std::uint32_t who = nobody;
    std::uint64_t birth = 0;
  };

  /// What a supervisor holds in one life.
  struct office {
    std::shared_ptr<const plan> by{};
    state mind{};
    tally counts{};
    std::vector<input> mail{};
    bool turn_planned = false;
    std::vector<leftover> left{}; ///< abandoned by it, or below it
  };

  // -- world.cpp: what happens, and when ---------------------------------------------------------------

  void furnish(std::uint32_t who, std::uint64_t seed);
  happening next();
  bool is_endless() const;
  simulation_outcome what_was_wrong() const;
  bool is_left_behind(std::uint32_t who, simulation_outcome) const;
  void happen(const happening&);
  void live(const happening&);
  void plan_for(std::uint32_t who, occasion, nanoseconds in, const child_exit& = {});
  void plan_first(std::uint32_t who, std::uint32_t number);
  void plan_cue(std::uint32_t who, std::uint32_t number, nanoseconds in);
  void on_cue(const happening&);
  nanoseconds roll(std::uint32_t who, span_of_time);

  // -- children.cpp: what children do --------------------------------------------------------------------

  void start(std::uint32_t who, uplink);
  void cancel(std::uint32_t who);
  void kill(std::uint32_t who);
  void is_done_with_starting(std::uint32_t who);
  void end(std::uint32_t who, const child_exit&);
  void tell(const uplink&, news, const child_exit& = {}, std::uint32_t count = 0);

  // -- supervisors.cpp: what supervisors do, as supervisor_actor.cpp does it ---------------------------

  void open(std::uint32_t who);
  void receive(std::uint32_t who, const input&);
  void turn(std::uint32_t who);
  void carry_out(std::uint32_t who, const effect&);
  void leave_behind(std::uint32_t who, std::uint32_t child);
  void finish(std::uint32_t who, const effect&);
  void kill_supervisor(std::uint32_t who);
  void hand_over(std::uint32_t who);

  bool is_current(std::uint32_t who, std::uint64_t birth) const {
    return lives_[who].alive && lives_[who].birth == birth;
  }

  const script& script_;
  const simulation_options& options_;
  const std::vector<place> places_;
  std::vector<part> parts_;
  std::vector<existence> lives_;
  std::vector<std::unique_ptr<office>> offices_; ///< by place; null if it is no supervisor
  agenda agenda_{};
  chronicle chronicle_;
  const time_point begin_;
  const time_point close_at_;
  effects out_{};
  std::vector<input> taken_{};
  std::uint64_t births_ = 0;
  std::uint64_t happened_ = 0, happened_at_once_ = 0;
};

} // namespace supervisor::simulating
