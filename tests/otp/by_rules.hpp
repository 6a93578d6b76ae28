#pragma once

#include "trace.hpp"

#include <array>
#include <bitset>
#include <string_view>

namespace otp {

/// Where we differ from OTP on purpose, as far as stories can tell. Called as in docs/deviations.md.
enum class deviation : std::uint8_t {
  giving_up,       ///< a supervisor that gives up ends with a failure
  together,        ///< deaths that are pending together are decided together, in start order
  held,            ///< who was terminated stays down when its siblings are restarted
  restart_running, ///< restart_child of a child that runs restarts it
  restart_failing, ///< restart_child whose start fails is a crash
  stopping,        ///< when the largest patience is over, all that are left are told together
  failing, ///< a restart that fails counts, and takes its group down, before its next try is due
  go_on,   ///< of a waiting group whose culprit is terminated the others come up
  restart_waiting, ///< restart_child of a child that waits is its next try
  delete_waiting,  ///< delete_child of a child that is down with a waiting group is refused
};

inline constexpr std::size_t deviations = 10;

inline constexpr std::array<std::string_view, deviations> names_of_deviations = {
  "reason for giving up",
  "deaths that arrive together",
  "group restart and operators",
  "restart of a child that runs",
  "restart by command that fails",
  "stopping",
  "restart that fails",
  "terminate while a group waits",
  "restart of a child that waits",
  "delete of a child whose group waits",
};

using rules = std::bitset<deviations>;

/// Tells the story by the rules of OTP's supervisor.erl but for the deviations in `ours`. That it is
/// right is what the real ones say: without any it must tell what OTP tells, with all of them what
/// we tell. So it is the only thing that may explain a difference.
trace by_rules(const story&, rules ours);

} // namespace otp
