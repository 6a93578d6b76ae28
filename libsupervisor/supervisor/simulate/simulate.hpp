#pragma once

#include "supervisor/report/report.hpp"
#include "supervisor/simulate/script/script.hpp"

#include <functional>
#include <iosfwd>

// Try before deploy: the decisions of a whole tree in virtual time, with children that do what a
// script says.

namespace supervisor {

struct simulation_options {
  nanoseconds how_long = std::chrono::hours{1}; ///< then the tree is told to stop
  std::uint64_t seed = 1;                       ///< of all luck, as for a tree that runs
  std::size_t kept = 20;                        ///< moments, of the first and of the last ones each
  std::size_t listed = ~std::size_t{0};         ///< refusals and give-ups, the first ones of each
  std::uint64_t most_happenings = 100'000'000;  ///< and no endless simulation
};

inline constexpr std::size_t all_moments = ~std::size_t{0};

// -- what comes out ----------------------------------------------------------------------------------
// Times are counted from the beginning of the simulation. A member `who` is a place in
// `simulation::children`, or `nobody` for the root.

/// Also of a supervisor in the tree.
enum class simulation_outcome : std::uint8_t {
  held_out,         ///< until it was told to stop
  gave_up,          ///< escalated
  ended_tree,       ///< somebody asked for the end of the whole tree
  did_not_start,    ///< rolled back
  ended_by_itself,  ///< significant children have ended, not all of them well
  completed,        ///< significant children have ended, well
  never_stopped,    ///< it was told to, and waits for ever
  never_rested,     ///< restarts without end and without any time passing
  too_much_to_tell, ///< the limit in the options was reached
};

std::string_view label(simulation_outcome) noexcept;

enum class moment_kind : std::uint8_t {
  began,        ///< the whole tree: every child was started once
  ended,        ///< and `then` was decided
  stopped,      ///< its supervisor told it to
  restarted,    ///< it runs again
  decided_anew, ///< what is done with one that ended before: `then`
  quarantined,  ///< with another
  paused,       ///< its restart waits for its group
  waiting,      ///< has waited for a while for `culprit`
  blocked,      ///< waits for `culprit`, a dependency that is down for good
  ignored,      ///< nothing to run
  abandoned,
  late_end, ///< of one that was abandoned, or of those below it
  missed,   ///< a crash, because it did not run
  gave_up,  ///< a supervisor, for the reason in `why`
  told_to_stop,
  over, ///< everybody is down
};

std::string_view label(moment_kind) noexcept;

struct moment {
  nanoseconds at{0};
  std::uint32_t who = nobody;
  moment_kind what{};
  simulation_outcome why{};         ///< gave_up
  std::uint32_t culprit = nobody;   ///< gave_up, waiting, blocked; waiting: may be nobody
  std::uint32_t needed_by = nobody; ///< gave_up: who could not start without the culprit
  std::uint32_t attempt = 0;        ///< restarted
  child_exit exit{};
  decision then{}; ///< ended, decided_anew

  friend bool operator==(const moment&, const moment&) = default;
};

/// The first and the last moments, and how many there were.
struct timeline {
  std::vector<moment> first{};
  std::vector<moment> last{};
  std::uint64_t count = 0;

  std::uint64_t left_out() const { return count - first.size() - last.size(); }
};

/// A child, over all of its lives and those of its supervisor.
struct child_story {
  std::string path{};
  std::uint64_t restarts = 0;    ///< times it ran again
  std::uint64_t missed = 0;      ///< crashes in the script that did not find it running
  nanoseconds longest_outage{0}; ///< from its end until it was ready again, or until all ended
  bool is_down = false;          ///< at the end, and ought not to be
};

/// A restart that a rule did not allow, whatever was done instead.
struct refusal {
  nanoseconds at{0};
  std::uint32_t who = nobody;
  std::string rule{};
  child_exit exit{};
  verdict instead{};
};

/// A supervisor that ended by itself.
struct give_up {
  nanoseconds at{0};
  std::uint32_t who = nobody;
  simulation_outcome why{};
  std::uint32_t culprit = nobody;
  std::uint32_t needed_by = nobody; ///< who could not start without the culprit
  child_exit exit{};                ///< of the culprit
  std::string rule{};               ///< that refused to restart it, if one did
  bool abandoned = false;           ///< the culprit was
};

/// How often a rule had the last word.
struct rule_count {
  std::string rule{};
  std::uint64_t refused = 0;
  std::uint64_t postponed = 0;
};

struct busiest_minute {
  std::uint64_t restarts = 0;
  nanoseconds from{0}; ///< the first of them
};

struct simulation {
  simulation_outcome how{};
  nanoseconds at{0};   ///< how long it held out
  nanoseconds stop{0}; ///< how long it took to end from then on
  std::uint64_t seed = 0;
  std::uint64_t restarts = 0; ///< of all children together
  busiest_minute worst{};
  std::vector<child_story> children{};      ///< parents before children, else as declared
  std::vector<rule_count> rules{};          ///< those that refused or postponed anything, by name
  std::vector<refusal> refusals{};          ///< as many as the options say
  std::vector<give_up> give_ups{};          ///< of nested supervisors, too; likewise
  std::uint64_t refused = 0, gave_up = 0;   ///< how many there were of both
  std::vector<std::uint32_t> left_behind{}; ///< abandoned, or waited for without end
  supervisor::timeline timeline{};

  std::string_view path_of(std::uint32_t who) const; ///< empty: the root
};

/// Pure: the same arguments give the same result. Tree and script must have passed `validate`.
simulation simulate(const declared_spec&, const script&, const simulation_options& = {});

/// For people: the timeline and a summary.
std::string to_string(const simulation&);

/// The same as one JSON document; its form is stable.
std::string to_json(const simulation&);

// -- told while it happens ---------------------------------------------------------------------------

/// Who hears of a simulation while it goes on. What is not set is not told.
struct simulation_listener {
  std::function<void(const moment&)> on_moment{};
  std::function<void(const refusal&)> on_refusal{};
  std::function<void(const give_up&)> on_give_up{}; ///< in the order of their times
};

/// The same, and all of it is told, whatever the options keep.
simulation simulate(const declared_spec&, const script&, const simulation_options&,
                    const simulation_listener&);

enum class telling_form : std::uint8_t { text, json };

/// Writes what `to_string` or `to_json` would say of the simulation, and keeps little of it: a
/// long list is simulated once more and written while it happens, so that no memory depends on how long
/// it is. Returns the result without those lists.
simulation tell(std::ostream&, telling_form, const declared_spec&, const script&,
                const simulation_options& = {});

} // namespace supervisor
