#pragma once

#include <supervisor/supervisor.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

// The workloads of the peers' benchmarks, in the shapes and with the numbers that they have there, over
// the public API: permanent children, a limit of restarts, events that somebody takes.

namespace bench {

namespace sup = supervisor;
using steady = std::chrono::steady_clock;

double seconds_since(steady::time_point);
long resident_bytes();

/// One line of JSON; `more` are further keys, with a comma before each.
void print(const std::string& name, std::uint64_t n, double seconds, const std::string& more = "");

/// Ends the process: tearing down a million actors is no part of a workload.
[[noreturn]] void finish();

/// An actor system with a worker for each core, as the peers have.
caf::actor_system_config& config();

/// Somebody takes every event, and does little with it.
sup::start_options options();

inline constexpr bool crash = true;

/// Says its number and its handle to `driver`, if there is one; answers numbers; ends of a crash.
caf::behavior child(caf::event_based_actor* self, const caf::actor& driver, std::uint64_t number);

sup::child_spec permanent(std::uint64_t number, const caf::actor& driver);

/// So many of them, restarted at once and as often as they crash.
sup::supervisor_spec flat(std::uint64_t n, const caf::actor& driver,
                          sup::strategy how = sup::strategy::one_for_one);

/// A root that is a pool of them.
sup::supervisor_spec one_pool();
inline const std::string of_pool = R"(,"variant":"pool")";

/// The tree, or the end of the process with all its faults.
sup::tree started(caf::actor_system&, sup::supervisor_spec);

using workload = void(const std::string& name, std::uint64_t n);

workload start, start_dynamic, start_pool;
workload restart, storm, one_for_all, rest_for_one;
workload stop, stop_pool, nested;
workload churn, churn_pool;
workload ping_pong, ping_pong_by_ref;
workload decide;

} // namespace bench
