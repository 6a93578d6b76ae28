#pragma once

#include "supervisor/core.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace supervisor {

// -- what is, now ----------------------------------------------------------------------------------

enum class lifecycle : std::uint8_t {
  declared, ///< never started so far
  starting,
  running,
  ready,
  restarting, ///< down, and will be started again
  quarantined,
  shutting_down,
  stopped, ///< down after a clean end
  failed,  ///< down after a failure
  abandoned,
};

std::string_view label(lifecycle) noexcept;
std::string_view label(wait_reason) noexcept;

struct supervisor_state;

struct child_state {
  std::string id{};
  std::string name{};
  std::string path{};
  task_kind kind{};
  lifecycle state{};
  std::uint32_t generation = 0;    ///< restarts, retries of a failed start not counted
  std::uint32_t attempt = 0;       ///< starts, failed ones included
  std::uint32_t restart_count = 0; ///< restarts that came up
  std::optional<child_exit> last_exit{};
  std::string last_words{};                ///< the text of the last exit
  std::optional<nanoseconds> next_start{}; ///< restarting: in so long, if that is known
  std::optional<wait_reason> held_by{};    ///< restarting, and waiting for more than its backoff
  std::vector<std::string> waits_for{};    ///< dependencies that are not ready
  std::vector<std::string> tags{};
  std::shared_ptr<supervisor_state> below{}; ///< of a nested supervisor that runs
};

/// One supervisor at one instant, its children in the order of their declaration.
struct supervisor_state {
  std::string path{};
  std::string config_version{};
  supervisor::strategy strategy{};
  std::uint32_t recent_restarts = 0; ///< within the period
  policies::intensity intensity{};
  shutdown_phase phase{};
  bool answered = false; ///< false: it was gone before it could answer
  std::vector<child_state> children{};
};

/// What the core knows of one child; names, texts and what is below are the shell's.
child_state describe(const state&, const tally&, slot, time_point now);

/// Whether it will be started again, or is being started, without an operator's doing.
bool comes_back(const state&, slot);

// -- how it ended ----------------------------------------------------------------------------------

struct child_report {
  std::string path{};
  std::uint32_t generation = 0;
  std::uint32_t attempt = 0;
  shutdown_status status{};
  child_exit exit{};
  std::string text{};
};

/// The end of a tree, or of one supervisor in it.
struct shutdown_report {
  aim why = aim::stop;
  std::string requested_by{};
  std::string reason{};                 ///< of a stop: as given; else what the culprit died of
  std::string culprit{};                ///< path of the child whose end was the reason, if any
  nanoseconds took{0};                  ///< from request to completion
  std::vector<child_report> outcomes{}; ///< in the order in which children left

  bool asked_for() const { return why == aim::stop; }
  std::vector<std::string> abandoned() const;
};

/// One line of counts, and a line for each child that did not leave gracefully.
std::string to_string(const shutdown_report&);

/// "5s", "1.5s", "200ms", "12us"; three digits at most.
std::string to_string(nanoseconds);

/// "panicked", "exit code 3", "killed", ...: what a line says of an end.
std::string words(const child_exit&);

} // namespace supervisor
