#pragma once

#include "supervisor/actors/detail/blocking_calls.hpp"
#include "supervisor/actors/detail/cell_book.hpp"
#include "supervisor/actors/launcher.hpp"
#include "supervisor/actors/node/secret_keys.hpp"
#include "supervisor/actors/node/secrets.hpp"
#include "supervisor/actors/node/stall_watch.hpp"
#include "supervisor/actors/observer.hpp"

#include <atomic>
#include <concepts>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <typeindex>
#include <typeinfo>
#include <utility>
#include <vector>

namespace supervisor {

/// One line of the output of a child that is a process.
struct log_line {
  std::string path{};
  std::uint32_t attempt = 0;
  bool is_error = false; ///< it came on stderr
  bool cut = false;      ///< it goes on in the next one
  std::string text{};
};

struct start_options {
  /// Replaces the crash lines on std::cerr; empty: nobody is told.
  supervisor::observer observer = crash_lines_on_stderr();
  /// Of all luck in the tree; unset: from the system's random device.
  std::optional<std::uint64_t> seed{};
  /// Told of every step of every supervisor: what a replay needs.
  std::function<void(std::string_view path, const plan&, std::span<const input>, time_point now,
                     const effects&, const std::function<std::string_view(slot)>& id_of)>
    tap{};
  /// Told of the output of children that are processes, in a thread of its own. If it is slow, they
  /// wait. When the end of the tree is told, so is all of it, unless that takes more than 5 s: what it
  /// has not been told by then is lost, and if it is called still, nobody waits for it to return, so
  /// that what it uses has to live as long as the program. If it throws, whatever that is, it is told
  /// nothing more, which standard error says. A text is told as the program wrote it: use
  /// showing::printable before it gets to a terminal. Empty: nobody is told.
  std::function<void(const log_line&)> log = lines_on_stderr();
  /// A delegated cgroup of version 2: each process gets one below it. Empty: none.
  std::string cgroup{};
  /// The soft limit of open files that processes get, if this program has raised its own. Unset: ours.
  std::optional<std::uint64_t> soft_files{};
  /// Of all children of the tree that name secrets; empty: the environment.
  secret_provider secrets{};
  /// Children with threads of their own become actors that do nothing: for virtual time.
  bool fake_threads = false;

  static supervisor::observer crash_lines_on_stderr();
  static std::function<void(const log_line&)> lines_on_stderr();
};

namespace detail {

/// The type of handle that each child's start makes, by absolute paths; null: a child, and no more is
/// known of it.
using places = std::map<std::string, const std::type_info*>;

void list_places(const child_spec&, const std::string& above, places&);

/// Whom the children of a tree want, and where that was said.
struct placed_wish {
  std::string above{}; ///< the supervisor of who wants it
  std::string where{};
  wish what{};
};

void list_wishes(const child_spec&, const std::string& above, const std::string& where,
                 std::vector<placed_wish>&);

/// All that has to be looked at to see whether it can come true: who must be there, and who not.
std::vector<std::string> places_to_look_at(const placed_wish&);

/// They must name children of the tree, with the right type. `all_known`: nobody else is a child of
/// it; if not, one that names nobody is a fault only if it looks misspelt.
faults faults_of(const std::vector<placed_wish>&, const places&, bool all_known = true);

/// Of the refs among the arguments of its starts, likewise.
faults faults_of_refs(const supervisor_spec&, bool all_known = true);

/// The same, and those of the spec.
faults all_faults(const supervisor_spec&);

/// A validated supervisor, ready to be started as often as needed; nested ones included.
struct blueprint {
  std::shared_ptr<const supervisor_spec> spec{};
  std::shared_ptr<const supervisor::plan> plan{};
  std::uint64_t seed = 0;
  std::vector<std::pair<slot, std::shared_ptr<const blueprint>>> nested{}; ///< by slot

  const std::shared_ptr<const blueprint>& below(slot who) const;
};

std::shared_ptr<const blueprint> make_blueprint(std::shared_ptr<const supervisor_spec>,
                                                std::uint64_t seed);

/// What some kinds of children need once a tree, such as a thread that tells of their output.
class tree_part {
public:
  virtual ~tree_part() = default;

  /// Nobody in the tree runs any more, and nobody has heard of its end so far. Calls `then`, once and on any
  /// thread, when all that comes with the end is done, which may take some seconds. Waits for nothing.
  virtual void tree_has_ended(std::function<void()> then) = 0;

  /// Calls `then`, once and on any thread, when all that had come from outside before this call has been
  /// passed on to the supervisors.
  virtual void listen(std::function<void()> then) { then(); }
};

/// What the supervisors of one tree share with its handles and refs. Threads share it.
class tree_core : public std::enable_shared_from_this<tree_core> {
public:
  tree_core(caf::actor_system& system, start_options options, std::uint32_t most_commands)
    : system_(&system), options_(std::move(options)), most_commands_(most_commands),
      observed_(static_cast<bool>(options_.observer)),
      stalls_([this](const watch_post& stuck) { tell_of_stall(stuck); }) {}

  const start_options& options() const { return options_; }
  detail::secret_keys& secret_keys() { return secret_keys_; }
  const detail::blocking_calls& blocking_calls() const { return blocking_calls_; }
  caf::actor_system& system() const { return *system_; }

  // -- events -----------------------------------------------------------------------------------------

  bool observed() const { return observed_; }
  void observe(const tree_event&);

  // -- refs -------------------------------------------------------------------------------------------

  /// The cell of the child with that absolute path; made, and bound, when first asked for.
  std::shared_ptr<cell> cell_of(const std::string& path);

  /// Whether anybody ever asked for one.
  bool has_cells() const { return has_cells_; }

  /// The cell of a child, if anybody has asked for it.
  std::shared_ptr<cell> find_cell(const std::string& above, const std::string& id) const;

  /// A child is there to which the cell belongs.
  void keep_cell(const std::string& above, const std::string& id, std::shared_ptr<cell>);

  /// Nobody of that path is there: it is known only to those who have refs to it.
  void drop_cell(const std::string& above, const std::string& id);
  void drop_cell(const std::string& path);

  /// The cells right below a supervisor by id, and those of everybody below a path by path.
  cell_book::found_cells cells_below(const std::string& path) const;
  cell_book::found_cells cells_under(const std::string& path) const;

  // -- the life of the tree -----------------------------------------------------------------------------

  /// Whether a handle keeps the tree running.
  void set_held(bool yes) { held_ = yes; }
  bool is_held() const { return held_; }

  void set_root(caf::actor root);
  caf::actor root() const;
  void begun();
  void ending();
  void finished(shutdown_report);

  /// These are what is left of the child `path`: when they have ended, the report says so.
  void await_end(const std::string& path, const std::vector<caf::actor>& left);

  runtime_health_report health() const;

  /// A place among the commands that may be under way at a time, given back with the last copy;
  /// null if there is none.
  std::shared_ptr<void> command_permit();

  /// To become another tree: for one at a time, given back with the last copy; null if it is taken.
  std::shared_ptr<void> turn_to_apply();

  // -- children that do not come back from a handler ----------------------------------------------------

  stall_watch& stalls() { return stalls_; }

  /// What some kinds of children need once a tree; made when it is first asked for.
  template <std::derived_from<tree_part> T>
  std::shared_ptr<T> shared(const std::function<std::shared_ptr<T>()>& make) {
    const std::scoped_lock lock{mutex_};
    if (const auto known = parts_.find(typeid(T)); known != parts_.end())
      return std::static_pointer_cast<T>(known->second);
    const auto made = make(); // may throw, as when there is no thread for it
    parts_.emplace(typeid(T), made);
    return made;
  }

  /// Calls `then`, once and on any thread, when all that had come from outside before has been passed on.
  void listen(std::function<void()> then);

  bool wait_started(nanoseconds timeout);
  bool wait_finished(nanoseconds timeout);
  bool has_begun() const;
  std::optional<shutdown_report> report() const;

private:
  void conclude();
  void tell_of_stall(const watch_post&);
  void ended_late(const std::string& path, const caf::error& why);
  void let_go_of(caf::actor_id);

  caf::actor_system* system_;
  const start_options options_;
  detail::secret_keys secret_keys_;
  const detail::blocking_calls blocking_calls_{};
  const std::uint32_t most_commands_;
  std::atomic<bool> observed_; ///< there is an observer, and it has not thrown
  std::mutex observing_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  cell_book cells_;
  std::atomic<bool> has_cells_ = false;
  std::vector<caf::actor> kept_; ///< abandoned: nobody else may hold them, and their end is awaited
  caf::actor root_;
  bool begun_ = false;
  control_plane_state plane_ = control_plane_state::starting;
  std::optional<runtime_exit_report> exit_;
  std::atomic<std::uint32_t> commands_ = 0;
  std::atomic<bool> applying_ = false;
  std::atomic<bool> held_ = false;
  const std::chrono::system_clock::time_point started_at_ = std::chrono::system_clock::now();
  std::optional<shutdown_report> report_; ///< of a tree that ends, or has ended
  bool over_ = false;
  std::map<std::type_index, std::shared_ptr<tree_part>> parts_;
  stall_watch stalls_; ///< last: its thread ends before anything else here does
};

} // namespace detail
} // namespace supervisor
