#include "supervisor/simulate/simulate.hpp"

namespace supervisor {

std::string_view label(simulation_outcome x) noexcept {
  constexpr std::string_view words[]
    = {"held_out",  "gave_up",       "ended_tree",   "did_not_start",   "ended_by_itself",
       "completed", "never_stopped", "never_rested", "too_much_to_tell"};
  return words[static_cast<int>(x)];
}

std::string_view label(moment_kind x) noexcept {
  constexpr std::string_view words[]
    = {"began",  "ended",   "stopped",      "restarted", "decided_anew", "quarantined",
       "paused", "waiting", "blocked",      "ignored",   "abandoned",    "late_end",
       "missed", "gave_up", "told_to_stop", "over"};
  return words[static_cast<int>(x)];
}

std::string_view simulation::path_of(std::uint32_t who) const {
  return who == nobody ? std::string_view{} : children[who].path;
}

} // namespace supervisor
