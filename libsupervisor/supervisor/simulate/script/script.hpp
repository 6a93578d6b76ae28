#pragma once

#include "supervisor/spec/spec.hpp"

// What children do in a simulation. As text, a line each, comments from # on:
//
//   crash pricing at 10s                        # once
//   crash pricing every 2s from 1min until 5min # at 1min, 1min2s, ...; without `from` first after 2s
//   crash pricing after 300ms as exit code 3    # of running, after each of its starts
//   crash orders/* after 500ms..2s              # each as long as luck will have it
//   start pricing takes 2s
//   start pricing fails 3 times                 # its first three starts; without a number all
//   stop pricing takes 4s
//   stop pricing never                          # it goes on until it is killed
//   kill pricing takes 10s                      # or never: it is abandoned
//   ready pricing after 5s                      # or never; if its readiness is explicit
//
// In full, [ ] for what may be missing, | for a choice:
//
//   crash CHILD at TIME [as END]
//   crash CHILD every SPAN [from TIME] [until TIME] [as END]
//   crash CHILD after SPAN [as END]
//   start CHILD takes SPAN
//   start CHILD fails [N times]
//   stop  CHILD takes SPAN | never
//   kill  CHILD takes SPAN | never
//   ready CHILD after SPAN | never
//
//   CHILD  a path, such as checkout/cart; * for any one step of it; not a supervisor
//   TIME   1m30s, as in the file of the tree; never zero, but for `from`
//   SPAN   TIME, or TIME..TIME: between the two, by luck
//   END    panic | normal end | killed | timeout | exit code N | recoverable | fatal_bug
//          | fatal_config | external_dependency | unhealthy; without it a panic
//
// Times are counted from the beginning of the simulation. A crash hits a child that runs; one that
// is down or still starting is missed, and the miss is counted. Lines about crashes add up; of the
// others, the last one about a child counts. A child without a line starts, gets ready, stops and
// dies at once.

namespace supervisor {

inline constexpr nanoseconds never = nanoseconds::max();

/// Between the two, by luck; `never` and `never` for what does not happen.
struct span_of_time {
  nanoseconds least{0};
  nanoseconds most{0};

  friend bool operator==(span_of_time, span_of_time) = default;
};

enum class act : std::uint8_t {
  crash_at,
  crash_every,
  crash_after,
  start_takes,
  start_fails,
  stop_takes,
  kill_takes,
  ready_after,
};

/// One line of a script.
struct cue {
  std::string child{};
  act what = act::crash_at;
  span_of_time time{};
  std::optional<nanoseconds> from{}; ///< crash_every
  nanoseconds until = never;         ///< crash_every
  child_exit as{exit_class::panic, exit_detail::none, failure_kind::panic, 0};
  std::uint32_t times = unlimited; ///< start_fails
  std::uint32_t line = 0;          ///< of the text it was read from

  friend bool operator==(const cue&, const cue&) = default;
};

struct script {
  std::vector<cue> cues{};
};

/// A script for this tree, or all that is wrong with its text, in the order of its lines.
expected<script> read_script(std::string_view text, const declared_spec& tree);

/// All that is wrong with a script for this tree; empty if nothing is.
faults validate(const script&, const declared_spec& tree);

} // namespace supervisor
