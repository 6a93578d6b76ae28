#pragma once

#include "supervisor/facts/event.hpp"
#include "supervisor/spec/spec.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace supervisor {

/// A validated spec, in the shape that `step` reads. Immutable and shared.
struct plan {
  static constexpr std::uint32_t none = ~std::uint32_t{0};

  /// Whom the restart of a child touches, and what happens instead when it is refused.
  struct reach {
    supervisor::strategy strategy{};
    std::uint32_t team = none; ///< only those of this team; none: all siblings
    escalation_policy escalation{};

    friend bool operator==(const reach&, const reach&) = default;
  };

  /// Those who share budgets and fuses.
  struct group {
    std::string name{};
    std::optional<restart_policy> limits{};
    std::uint32_t in_flight = unlimited; ///< restarts that may be starting at a time
    std::vector<std::uint32_t> pauses{}; ///< groups that are paused when this one is
    std::vector<std::uint32_t> tells{};  ///< groups that are only told
  };

  /// What children have in common: a hundred thousand equal children share one.
  struct kind {
    restart_policy policy{standard_policy{}};
    std::optional<restart_policy> limits{}; ///< asked beside the policy
    nanoseconds start_within = std::chrono::seconds{30};
    nanoseconds preconditions_within{0}; ///< before that

    /// From the moment in which it is told to start.
    nanoseconds whole_start_within() const {
      return start_within > nanoseconds::max() - preconditions_within
               ? nanoseconds::max()
               : preconditions_within + start_within;
    }

    stop_budget stop{};
    nanoseconds stable_after{};                ///< a run this long ends a streak
    std::vector<std::int32_t> success_codes{}; ///< exit codes that are no failure
    std::uint32_t reach = 0;
    std::uint32_t team = none;
    std::uint32_t group = none;
    severity_class severity = severity_class::standard;
    bool awaits_ready = false;
    bool is_job = false; ///< its dependents start when it has ended well
    bool critical = true;
    bool temporary = false;
    bool frees_followers = false; ///< its clean end is nothing to those who follow it
    bool significant = false;
    bool stops_forever = false; ///< once terminated, no command but a new start brings it back
    bool swaps = false;         ///< the next life is ready before this one is stopped
    bool is_process = false;
    nanoseconds recycled_after{0};    ///< of being ready; 0: never
    std::uint64_t recycled_count = 0; ///< of what it has done; 0: nobody counts
    double recycle_spread = 0;

    // -- what it may want of its supervisor
    bool may_shutdown = false;
    bool may_restart = false;
    std::uint64_t may_signal = 0; ///< bit n - 1: signal n, to siblings

    // -- signs of life; 0: nobody looks
    nanoseconds run_within{0};
    nanoseconds stale_after{0};
    nanoseconds check_every{0}, check_within{0};
    std::uint32_t check_retries = 0;
    nanoseconds probe_every{0}, probe_within{0};
    bool stall_is_failure = false;

    bool is_watched() const {
      return run_within.count() + stale_after.count() + check_every.count() + probe_every.count()
               + recycled_after.count()
             > 0;
    }
  };

  /// What changed since the plan before, when a supervisor becomes another.
  struct changes {
    std::vector<slot> added{}, dropped{};
    std::vector<slot> renewed{}; ///< to be restarted: what they start is another thing now
    std::vector<slot> changed{}; ///< in place: what their policies remember is void
    std::vector<std::uint32_t> group_was{}; ///< for each group its number before, or none
    std::vector<bool> keeps_limits{};       ///< for each group
    bool limits_changed = false;            ///< of the supervisor, or its intensity
    bool must_hold = true; ///< if a child of it does not become ready, the whole is refused
  };

  supervisor::strategy strategy{};
  policies::intensity intensity{};
  std::optional<restart_policy> limits{}; ///< of all children together
  std::optional<restart_policy> limit{};  ///< the user's own, beside those
  std::vector<kind> kinds{};
  std::vector<reach> reaches{};
  std::vector<group> groups{};
  std::vector<std::uint32_t> kind_of{};                 ///< by slot
  std::vector<slot> order{};                            ///< of starting
  std::vector<std::vector<slot>> needs{}, dependents{}; ///< by slot, as far as there are any
  std::vector<std::vector<slot>> followers{};           ///< linked sidecars
  std::uint64_t seed = 0;                               ///< of all luck
  std::uint32_t in_flight = 256; ///< restarts of single children that may be starting at a time
  bool each_for_itself = true;   ///< no restart touches a sibling
  bool pool = false;             ///< children are made of kind 0 at run time, and stop together
  supervisor::auto_shutdown auto_shutdown{};
  dynamic_supervisor_policy dynamic{};
  supervisor::plan::changes revision{};
  std::uint64_t hash = 0; ///< of all of it; policies count by the names and numbers they show

  std::size_t size() const { return kind_of.size(); }
  const kind& of(slot who) const { return kinds[kind_of[who]]; }
  const reach& reach_of(slot who) const { return reaches[of(who).reach]; }
  std::span<const slot> needs_of(slot who) const;
  std::span<const slot> dependents_of(slot who) const;
  std::span<const slot> followers_of(slot who) const;
};

/// `spec` must have passed `validate`.
template <class Start>
std::shared_ptr<const plan> make_plan(const basic_supervisor_spec<Start>& spec, std::uint64_t seed);

extern template std::shared_ptr<const plan> make_plan(const declared_spec&, std::uint64_t);

/// Of the supervisor that is that child of one with this seed.
constexpr std::uint64_t seed_below(std::uint64_t seed, slot who) noexcept {
  return seed ^ (0x9e3779b97f4a7c15u * (std::uint64_t{who} + 1));
}

/// A roll in [0, 1) for one life of one child: always the same for the same seed.
double luck(std::uint64_t seed, life who) noexcept;

/// How old that life may become, and how much it may do, until it is recycled: less than its kind
/// says by a share of its own, see `recycle_policy::spread`. 0: nobody looks.
nanoseconds most_age(const plan&, life) noexcept;
std::uint64_t most_served(const plan&, life) noexcept;

// -- who had the last word -------------------------------------------------------------------------
// decision::because of a whole supervisor: each scope has its numbers, and the parts of its policy
// count up from there.

enum class scope : std::uint8_t { policy, child, group, supervisor, own, intensity };

std::string_view label(scope) noexcept;

constexpr std::uint8_t first_part(scope x) noexcept {
  constexpr std::uint8_t first[] = {0, 64, 96, 128, 160, because_of_intensity};
  return first[static_cast<int>(x)];
}

constexpr scope scope_of(std::uint8_t because) noexcept {
  auto found = scope::policy;
  for (auto x : {scope::child, scope::group, scope::supervisor, scope::own, scope::intensity})
    if (because >= first_part(x))
      found = x;
  return found;
}

/// "restart_limit", "standard", "intensity": the name of the part with that number.
std::string_view part_name(const plan&, slot who, std::uint8_t because);

} // namespace supervisor
