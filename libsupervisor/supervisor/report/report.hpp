#pragma once

#include "supervisor/mind/core.hpp"
#include "supervisor/text/duration.hpp"

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
  paused,
  quarantined,
  shutting_down,
  stopped, ///< down after a clean end
  failed,  ///< down after a failure
  abandoned,
};

/// Whether those that depend on the child can be served.
enum class child_readiness : std::uint8_t {
  not_required, ///< it is ready as soon as it runs
  pending,
  ready,
};

std::string_view label(lifecycle) noexcept;
std::string_view label(child_readiness) noexcept;
std::string_view label(wait_reason) noexcept;

struct supervisor_state;

/// How far its restart limit is used up.
struct restart_limit_state {
  nanoseconds window{0}; ///< 0: it has none
  std::uint32_t limit = unlimited;
  std::uint32_t used = 0;

  std::uint32_t remaining() const { return limit > used ? limit - used : 0; }
  bool exhausted() const { return remaining() == 0; }

  friend bool operator==(const restart_limit_state&, const restart_limit_state&) = default;
};

/// A restart that was commanded and waits for the end of the life before.
struct pending_restart {
  std::uint32_t old_generation = 0, old_attempt = 0, target_generation = 0;
  std::uint32_t duplicates = 0; ///< commands that were merged with it

  friend bool operator==(const pending_restart&, const pending_restart&) = default;
};

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
  supervisor::operation operation{};      ///< what an operator wants of it
  std::optional<attempt_status> status{}; ///< of the active attempt, if there is one
  supervisor::stop_state stop_state{};
  child_health health{};
  child_readiness readiness{};
  std::optional<nanoseconds> last_heartbeat{}; ///< so long ago, if it ever sent one
  restart_limit_state restart_limit{};
  supervisor::fence_phase fence{};
  std::optional<supervisor::pending_restart> pending_restart{};
  std::optional<decision> last_decision{};
  std::string stuck_in{}; ///< the message that it does not come back from
  std::optional<nanoseconds> stuck_for{};
  std::uint64_t last_event = 0;       ///< its number among its supervisor's, 0: none
  std::uint32_t refused_requests = 0; ///< of what it wanted of its supervisor
  std::int32_t pid = 0;               ///< of a process that runs
  std::string status_text{};          ///< what the process says of itself
  std::vector<std::string> remarks{}; ///< limits that nobody keeps
  bool significant = false;
  bool dynamic = false;   ///< added at run time
  bool forgotten = false; ///< a temporary child that has ended: no sibling any more
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
  time_point at{};                          ///< the instant
  std::uint64_t sequence = 0;               ///< events so far
  std::optional<nanoseconds> stop_within{}; ///< shutting down: it is over by then; unset: unbounded
  std::vector<std::string> stops{};         ///< shutting down: who was told and is not down yet
  bool answered = false;                    ///< false: it was gone before it could answer
  std::vector<child_state> children{};
};

/// What the core knows of one child; names, texts and what is below are the shell's.
child_state describe(const plan&, const state&, const tally&, slot, time_point now);

/// How long a shutdown, or one that begins now, may take at most: twice the longest graceful budget
/// of those that run, and the longest wait for a kill. Unset: somebody has no bound.
std::optional<nanoseconds> stop_bound(const plan&, const state&);

/// Children of one supervisor, as OTP counts them: pools of equal children are one spec.
struct child_counts {
  std::size_t specs = 0, active = 0, supervisors = 0, workers = 0;

  friend bool operator==(const child_counts&, const child_counts&) = default;
};

/// Whether it will be started again, or is being started, without an operator's doing.
bool comes_back(const state&, slot);

/// Whether that life was told to start, and neither has done so nor was told otherwise.
bool is_starting(const state&, life);

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
  std::string reason{};    ///< of a stop: as given; else what the culprit died of
  std::string culprit{};   ///< path of the child whose end was the reason, if any
  std::string needed_by{}; ///< roll_back: path of who could not start without it, if any
  nanoseconds took{0};     ///< from request to completion
  bool broke = false;      ///< the supervisor itself was killed, or failed
  bool panic = false;      ///< it broke by an exception
  std::vector<child_report> outcomes{}; ///< in the order in which children left

  bool asked_for() const { return why == aim::stop; }
  /// Its significant children have ended well.
  bool completed() const { return why == aim::completed; }
  /// The paths of those that may still run.
  std::vector<std::string> abandoned() const;

  /// Every child that the tree had is accounted for in `outcomes`, and none of them may still run.
  bool verified_clean() const { return !broke && abandoned().empty(); }
};

/// One line of counts, and a line for each child that did not leave gracefully.
std::string to_string(const shutdown_report&);

/// "panicked", "exit code 3", "killed", ...: what a line says of an end.
std::string words(const child_exit&);

/// The same, and the text that came with the end if it says more: "panicked: no disk".
std::string words(const child_exit&, std::string_view text);

/// The same, with the colon in front of it, behind words that say already that the child could not start:
/// ": no disk". Empty: there is no more to say.
std::string reason_of_no_start(const child_exit&, std::string_view text);

} // namespace supervisor
