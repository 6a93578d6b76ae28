#pragma once

#include "supervisor/actors/cell.hpp"
#include "supervisor/actors/launcher.hpp"
#include "supervisor/actors/observer.hpp"

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace supervisor {

struct start_options {
  /// Replaces the crash lines on std::cerr; empty: nobody is told.
  supervisor::observer observer = crash_lines_on_stderr();
  /// Of all luck in the tree; unset: from the system's random device.
  std::optional<std::uint64_t> seed{};
  /// Told of every step of every supervisor: what a replay needs.
  std::function<void(std::string_view path, const plan&, std::span<const input>, time_point now,
                     const effects&, const supervisor_spec&)>
    tap{};
  /// Children with threads of their own become actors that do nothing: for virtual time.
  bool fake_threads = false;

  static supervisor::observer crash_lines_on_stderr();
};

namespace detail {

/// A validated supervisor, ready to be started as often as needed; nested ones included.
struct blueprint {
  std::shared_ptr<const supervisor_spec> spec{};
  std::shared_ptr<const supervisor::plan> plan{};
  std::vector<std::pair<slot, std::shared_ptr<const blueprint>>> nested{}; ///< by slot

  const std::shared_ptr<const blueprint>& below(slot who) const;
};

std::shared_ptr<const blueprint> make_blueprint(std::shared_ptr<const supervisor_spec>,
                                                std::uint64_t seed);

/// What the supervisors of one tree share with its handles and refs. Threads share it.
class tree_core {
public:
  tree_core(caf::actor_system& system, start_options options)
    : system_(&system), options_(std::move(options)) {}

  const start_options& options() const { return options_; }

  // -- events -----------------------------------------------------------------------------------------

  bool observed() const { return static_cast<bool>(options_.observer); }
  void observe(const tree_event&);

  // -- refs -------------------------------------------------------------------------------------------

  /// The cell of the child with that absolute path; made, and bound, when first asked for.
  std::shared_ptr<cell> cell_of(const std::string& path);

  /// The cell of a child, if anybody has asked for it.
  std::shared_ptr<cell> find_cell(const std::string& above, const std::string& id) const;

  /// The cells of the children right below a supervisor, by id.
  std::vector<std::pair<std::string, std::shared_ptr<cell>>> cells_below(const std::string& path);

  /// The cells of everybody below that path, however deep.
  std::vector<std::shared_ptr<cell>> cells_under(const std::string& path) const;

  // -- the life of the tree -----------------------------------------------------------------------------

  void set_root(caf::actor root);
  caf::actor root() const;
  void begun();
  void finished(shutdown_report);

  bool wait_started(nanoseconds timeout);
  bool wait_finished(nanoseconds timeout);
  bool has_begun() const;
  std::optional<shutdown_report> report() const;

private:
  caf::actor_system* system_;
  const start_options options_;
  std::mutex observing_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, std::map<std::string, std::shared_ptr<cell>>> cells_; ///< by supervisor, id
  std::atomic<bool> has_cells_ = false;
  caf::actor root_;
  bool begun_ = false;
  std::optional<shutdown_report> report_;
};

} // namespace detail
} // namespace supervisor
