#pragma once

#include "supervisor/expected.hpp"
#include "supervisor/policies.hpp"
#include "supervisor/spec/process_spec.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace supervisor {

// -- words ---------------------------------------------------------------------------------------

enum class task_kind : std::uint8_t { async_worker, blocking_worker, supervisor, process };

/// When a child counts as ready to serve those that depend on it.
enum class readiness : std::uint8_t {
  immediate, ///< as soon as it runs
  on_report, ///< when it says so itself: the label is "explicit"
};

/// What failures of a child mean for its supervisor.
enum class criticality : std::uint8_t {
  /// if its first start fails, the supervisor does not start either; its restarts count for all
  critical,
  /// its policy decides about a failed first start, too; its restarts count for itself, and when they
  /// are used up it is quarantined
  optional,
};

/// What a child is there for; brings a pack of defaults with it, see effective.hpp.
enum class task_role : std::uint8_t { service, worker, job, sidecar, supervisor };

/// What an exhausted limit means, as far as it is not the child's alone.
enum class escalation_policy : std::uint8_t {
  escalate_to_parent, ///< the supervisor gives up
  shutdown_tree,      ///< the whole tree ends, from its root
  quarantine_scope,   ///< those who would be restarted go down and wait for an operator
};

/// What a tripped fuse of `to_group` means for `from_group`.
enum class propagation : std::uint8_t {
  none,
  escalate_only, ///< it is told, nothing more
  full,          ///< it is paused as well
};

constexpr std::string_view label(task_kind x) noexcept {
  constexpr std::string_view words[] = {"async_worker", "blocking_worker", "supervisor", "process"};
  return words[static_cast<int>(x)];
}

constexpr std::string_view label(readiness x) noexcept {
  return x == readiness::immediate ? "immediate" : "explicit";
}

constexpr std::string_view label(criticality x) noexcept {
  return x == criticality::critical ? "critical" : "optional";
}

constexpr std::string_view label(task_role x) noexcept {
  constexpr std::string_view words[] = {"service", "worker", "job", "sidecar", "supervisor"};
  return words[static_cast<int>(x)];
}

constexpr std::string_view label(escalation_policy x) noexcept {
  constexpr std::string_view words[] = {"escalate_to_parent", "shutdown_tree", "quarantine_scope"};
  return words[static_cast<int>(x)];
}

constexpr std::string_view label(propagation x) noexcept {
  constexpr std::string_view words[] = {"none", "escalate_only", "full"};
  return words[static_cast<int>(x)];
}

/// Which ends of significant children end their supervisor: those that the children made
/// themselves, and after which they stay down.
enum class auto_shutdown : std::uint8_t {
  never,
  any_significant,
  all_significant, ///< the last one that was active
};

constexpr std::string_view label(auto_shutdown x) noexcept {
  constexpr std::string_view words[] = {"never", "any_significant", "all_significant"};
  return words[static_cast<int>(x)];
}

// -- signs of life -----------------------------------------------------------------------------------
// A child that does not give them is unhealthy: it is stopped, and its policy decides.

/// Beats that the child sends by itself, see `child::heartbeat`. The first is due within
/// `stale_after` of being ready.
struct health_policy {
  nanoseconds heartbeat_interval = std::chrono::seconds{1}; ///< what the child is asked to keep to
  nanoseconds stale_after = std::chrono::seconds{3};        ///< an older beat is none

  friend bool operator==(const health_policy&, const health_policy&) = default;
};

/// A question that the supervisor asks a child that is ready, again and again.
struct health_check {
  nanoseconds check_interval = std::chrono::seconds{10};
  nanoseconds timeout = std::chrono::seconds{5};
  std::uint32_t max_retries = 3; ///< so many failures in a row are one too many

  friend bool operator==(const health_check&, const health_check&) = default;
};

/// A question that the supervisor asks until the answer is yes: then the child is ready. It has
/// until its start_timeout.
struct readiness_probe {
  nanoseconds check_interval = std::chrono::seconds{5};
  nanoseconds timeout = std::chrono::seconds{3};

  friend bool operator==(const readiness_probe&, const readiness_probe&) = default;
};

enum class on_stall_action : std::uint8_t {
  report,
  restart, ///< as unhealthy; a handler that never returns cannot be killed, and is abandoned
};

constexpr std::string_view label(on_stall_action x) noexcept {
  return x == on_stall_action::report ? "report" : "restart";
}

/// Who looks after actors that do not come back from a handler.
struct stall_watchdog {
  nanoseconds after = std::chrono::seconds{5}; ///< in one handler
  on_stall_action action = on_stall_action::report;

  friend bool operator==(const stall_watchdog&, const stall_watchdog&) = default;
};

/// No end of a child has another code: the system keeps a byte of it, and so does an error of CAF.
inline constexpr std::int32_t most_exit_code = 255;

// -- what a child may use, and may ask for ------------------------------------------------------------

/// So many can be counted in bytes.
inline constexpr std::uint64_t most_megabytes = (std::uint64_t{1} << 44) - 1;

/// Bounds that the operating system keeps; of processes only, since an actor shares those of its
/// program. A process that cannot be given one of them runs without it and says so, or does not
/// start if it is `required`.
struct resource_limits {
  std::optional<std::uint64_t> max_memory_mb{};        ///< of data, in each process of the child
  std::optional<std::uint32_t> max_cpu_percent{};      ///< of one core; needs a cgroup
  std::optional<std::uint64_t> max_file_descriptors{}; ///< open at a time, in each process
  std::optional<std::uint64_t> max_core_mb{};          ///< of a core dump; 0: none
  std::optional<std::uint64_t> max_processes{};        ///< of the child's user
  bool required = false;

  friend bool operator==(const resource_limits&, const resource_limits&) = default;
};

/// What a child may ask its supervisor for, see `child`.
struct command_permissions {
  bool allow_shutdown = false;                         ///< of the supervisor
  bool allow_restart = false;                          ///< of the child itself
  std::vector<std::string> allowed_signals{"SIGTERM"}; ///< to siblings that are processes

  friend bool operator==(const command_permissions&, const command_permissions&) = default;
};

/// A variable of a process, or what `child::environment` says. Either a value or a secret.
struct env_var {
  std::string name{};
  std::optional<std::string> value{};
  std::optional<std::string> secret_ref{}; ///< "${NAME}", NAME being one of the child's secrets

  friend bool operator==(const env_var&, const env_var&) = default;
};

/// Looked up anew at every start. Its value is in no spec.
struct secret_ref {
  std::string name{};    ///< as the child calls it
  std::string key{};     ///< as the provider of secrets calls it
  bool required = false; ///< without it the child does not start

  friend bool operator==(const secret_ref&, const secret_ref&) = default;
};

/// What must hold before a child is started: one of `path`, `tcp` and `check`.
struct precondition {
  std::string path{};  ///< of something that exists
  std::string tcp{};   ///< "host:port" where somebody accepts connections
  std::string check{}; ///< what `holds` is called
  std::function<bool()> holds{};
  nanoseconds timeout = std::chrono::seconds{30}; ///< the start has failed after that
  nanoseconds check_interval = std::chrono::milliseconds{500};

  /// Functions cannot be compared; their names can.
  friend bool operator==(const precondition& a, const precondition& b) {
    return a.path == b.path && a.tcp == b.tcp && a.check == b.check && a.timeout == b.timeout
           && a.check_interval == b.check_interval;
  }
};

/// When a child that is well is replaced by a fresh one.
struct recycle_policy {
  std::optional<nanoseconds> max_age{};     ///< since it was ready
  std::optional<std::uint64_t> max_count{}; ///< of what it says to have done, see `child::served`
  double spread = 0.1; ///< each life is shorter by up to this share, so that not all end at once

  friend bool operator==(const recycle_policy&, const recycle_policy&) = default;
};

/// Whether children may be added to a running supervisor.
struct dynamic_supervisor_policy {
  bool enabled = true;
  std::optional<std::uint32_t> child_limit{}; ///< of all its children; more are refused

  friend bool operator==(const dynamic_supervisor_policy&, const dynamic_supervisor_policy&)
    = default;
};

// -- groups ----------------------------------------------------------------------------------------
// Tags choose who is restarted together; a group is who shares budgets and fuses.

/// For the children with this tag: their strategy reaches no further than the tag does.
struct group_strategy {
  std::string group{}; ///< the tag
  supervisor::strategy strategy = strategy::one_for_one;
  std::optional<policies::restart_limit> restart_limit{}; ///< of each; else the supervisor's
  std::optional<supervisor::escalation_policy> escalation_policy{}; ///< else the supervisor's

  friend bool operator==(const group_strategy&, const group_strategy&) = default;
};

/// For one child, whatever its tags say. Its strategy reaches all its siblings.
struct child_strategy_override {
  std::string child_id{};
  supervisor::strategy strategy = strategy::one_for_one;
  std::optional<policies::restart_limit> restart_limit{};
  std::optional<supervisor::escalation_policy> escalation_policy{};

  friend bool operator==(const child_strategy_override&, const child_strategy_override&) = default;
};

struct group_config {
  std::string name{};
  std::vector<std::string> children{}; ///< beside those that name it as their group
  std::optional<scope_limits> limits{};

  friend bool operator==(const group_config&, const group_config&) = default;
};

/// No cycle may come of those that let trouble pass: all but propagation::none.
struct group_dependency {
  std::string from_group{}; ///< whom it affects
  std::string to_group{};   ///< whose trouble it is
  supervisor::propagation propagation = propagation::none;

  friend bool operator==(const group_dependency&, const group_dependency&) = default;
};

/// A helper at the side of another child.
struct sidecar_config {
  std::string primary_child_id{};
  bool linked_lifecycle = false; ///< starts after its primary, and goes down and up with it

  friend bool operator==(const sidecar_config&, const sidecar_config&) = default;
};

/// What a child does about its own ends; unset: its role's, or what `restart` says.
struct child_reactions {
  std::optional<on_success_action> on_success_exit{};
  std::optional<on_failure_action> on_failure_exit{};
  std::optional<on_manual_stop_action> on_manual_stop{}; ///< of terminate_child
  std::optional<on_timeout_action> on_timeout{};
  std::optional<on_budget_exhausted_action> on_budget_exhausted{};

  friend bool operator==(const child_reactions&, const child_reactions&) = default;
};

// -- specs -----------------------------------------------------------------------------------------

/// A value on the heap that may be missing and copies deeply: keeps what is rarely set out of a
/// struct that exists a hundred thousand times.
template <class T>
class boxed {
public:
  boxed() noexcept {} // "= default" breaks g++ 12 in a default member initialiser of a template
  boxed(T value) : held_(std::make_unique<T>(std::move(value))) {}
  boxed(const boxed& x) : held_(x.held_ ? std::make_unique<T>(*x.held_) : nullptr) {}
  boxed(boxed&&) noexcept = default;
  boxed& operator=(boxed x) noexcept {
    held_ = std::move(x.held_);
    return *this;
  }

  explicit operator bool() const { return held_ != nullptr; }
  const T& operator*() const { return *held_; }
  const T* operator->() const { return held_.get(); }

  T& make() {
    if (!held_)
      held_ = std::make_unique<T>();
    return *held_;
  }

private:
  std::unique_ptr<T> held_;
};

/// What few children say about themselves.
struct child_details {
  std::string name{}; ///< for display; the id if empty
  std::vector<std::string> tags{};
  std::optional<supervisor::task_role> task_role{};
  child_reactions reactions{};
  std::optional<std::vector<std::int32_t>> success_exit_codes{}; ///< [0]; 0 to most_exit_code
  std::optional<child_limits> limits{};                          ///< instead of the default ones
  std::optional<severity_class> severity{};
  std::string group{}; ///< one of the supervisor's group_configs
  std::optional<supervisor::sidecar_config> sidecar_config{};
  bool significant = false;                 ///< its end may end its supervisor, see auto_shutdown
  std::optional<nanoseconds> run_timeout{}; ///< a life that lasts longer has timed out
  std::optional<supervisor::health_policy> health_policy{};
  std::optional<supervisor::health_check> health_check{};
  std::optional<supervisor::readiness_probe> readiness_probe{};
  std::optional<supervisor::stall_watchdog> stall_watchdog{};
  std::optional<supervisor::resource_limits> resource_limits{};
  std::optional<supervisor::command_permissions> command_permissions{};
  std::vector<env_var> environment{};
  std::vector<secret_ref> secrets{};
  std::vector<precondition> preconditions{}; ///< all of them must hold, one after the other
  std::optional<recycle_policy> recycle{};
  /// A restart by hand or by `recycle` waits until the next is ready.
  bool start_before_stop = false;
};

inline constexpr nanoseconds default_start_timeout = std::chrono::seconds{30};

/// A backoff that was not set: the child takes its supervisor's default.
inline constexpr backoff inherited_backoff{nanoseconds::min(), nanoseconds::min(), {}};

/// One child, as data. `Start` says what runs; the core treats it as opaque and compares its label.
/// The order of the fields is part of the interface.
template <class Start>
struct basic_child_spec {
  std::string id{}; ///< [A-Za-z_][A-Za-z0-9_-]*, unique among its siblings
  Start start{};
  std::optional<policies::restart> restart{};    ///< unset: the supervisor's default
  policies::backoff backoff = inherited_backoff; ///< unset: the supervisor's default
  std::optional<restart_policy> policy{};        ///< instead of restart and backoff
  std::optional<stop_budget> shutdown{};         ///< unset: the supervisor's default
  supervisor::readiness readiness = readiness::immediate;
  std::vector<std::string> dependencies{}; ///< siblings that must be ready before it starts
  supervisor::criticality criticality = criticality::critical;
  std::optional<nanoseconds> start_timeout{}; ///< until it runs (and is ready, if on_report); 30 s
  boxed<child_details> more{};
};

/// What a child gets that says nothing itself. Not handed down to nested supervisors.
struct child_defaults {
  std::optional<policies::restart> restart{};    ///< permanent
  policies::backoff backoff = inherited_backoff; ///< 10 ms, doubling to 1 s, no jitter
  std::optional<stop_budget> shutdown{};         ///< 5 s, 1 s; not of nested supervisors: unlimited
  std::optional<child_limits> limits{};          ///< none
  std::optional<supervisor::health_policy> health_policy{}; ///< no beats; of actors only

  friend bool operator==(const child_defaults&, const child_defaults&) = default;
};

struct supervisor_details {
  std::string config_version = "unversioned";             ///< not empty; shown with the state
  std::optional<scope_limits> limits{};                   ///< of all children together
  std::optional<restart_policy> limit{};                  ///< one of your own, asked beside those
  std::optional<policies::restart_limit> restart_limit{}; ///< of each child
  supervisor::escalation_policy escalation_policy = escalation_policy::escalate_to_parent;
  std::optional<std::uint32_t> supervisor_failure_limit{}; ///< the meltdown fuse's, in short
  std::vector<group_strategy> group_strategies{};
  std::vector<child_strategy_override> child_strategy_overrides{};
  std::vector<group_config> group_configs{};
  std::vector<group_dependency> group_dependencies{};
  std::map<supervisor::task_role, severity_class> severity_defaults{};
  supervisor::auto_shutdown auto_shutdown = auto_shutdown::never;
  supervisor::dynamic_supervisor_policy dynamic_supervisor_policy{};
  /// Of a root: commands that may be under way in the tree at a time, 256; more are refused.
  std::optional<std::uint32_t> control_channel_capacity{};

  // not supported yet
  std::optional<std::uint32_t> event_channel_capacity{};
};

/// A supervisor and its children, started in the order of their declaration, dependencies first.
template <class Start>
struct basic_supervisor_spec {
  std::string id{}; ///< only of a root, for display; a nested supervisor is called as its child
  supervisor::strategy strategy = strategy::one_for_one;
  policies::intensity intensity{};
  std::vector<basic_child_spec<Start>> children{};
  child_defaults defaults{};
  boxed<supervisor_details> more{};
  bool says_intensity = false; ///< a file does, whatever the numbers: for lints, and nobody else
};

/// A start that is only a name: what a file declares. A catalog turns it into one that runs.
struct declared_start {
  std::string factory{};
  std::string args{}; ///< JSON text
  std::shared_ptr<const basic_supervisor_spec<declared_start>> nested{};
  std::shared_ptr<const process_spec> process{};

  bool empty() const { return factory.empty() && !nested && !process; }
  task_kind kind() const {
    return nested ? task_kind::supervisor : process ? task_kind::process : task_kind::async_worker;
  }
  std::string_view label() const { return process ? "process" : std::string_view{factory}; }
  const basic_supervisor_spec<declared_start>* tree() const { return nested.get(); }
  const process_spec* program() const { return process.get(); }
};

/// Whether both start the same thing; two nested supervisors do, whatever their children.
bool same_start(const declared_start&, const declared_start&);

/// Why they do not, "args: {} -> {"port":80}"; empty if they do.
std::string start_difference(const declared_start& was, const declared_start& is);

using declared_child_spec = basic_child_spec<declared_start>;
using declared_spec = basic_supervisor_spec<declared_start>;

/// All that is wrong with a tree, nested supervisors included; empty if nothing is.
template <class Start>
faults validate(const basic_supervisor_spec<Start>&);

extern template faults validate(const declared_spec&);

/// What is wrong with a child wherever it may stand, by places in the child.
template <class Start>
faults validate(const basic_child_spec<Start>&);

extern template faults validate(const declared_child_spec&);

/// The same, and what is wrong with adding it to this supervisor. Looks at none of the children
/// there: whether the id is free, whether those that it names are there, and whether one waits for
/// the other in a circle is for those to see who have an index.
template <class Start>
faults validate_child(const basic_child_spec<Start>& added,
                      const basic_supervisor_spec<Start>& running);

extern template faults validate_child(const declared_child_spec&, const declared_spec&);

/// Whether `id` is [A-Za-z_][A-Za-z0-9_-]*.
bool is_id(std::string_view id);

} // namespace supervisor
