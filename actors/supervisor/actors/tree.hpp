#pragma once

#include "supervisor/actors/tree_core.hpp"
#include "supervisor/explain.hpp"

#include <string>
#include <utility>

namespace supervisor {

/// A handle to a running tree. Copies share it; when the last one goes, the tree is told to stop and
/// nobody waits for it. Threads may share it. Calls that wait are for threads of your own: in an
/// actor they block a worker, and in virtual time for ever.
class tree {
public:
  explicit tree(std::shared_ptr<detail::tree_core> core);

  /// The child with that path below the root, such as "shop/till". Stays good over restarts; calls
  /// to a path that does not exist fail.
  template <class T = caf::actor>
  supervised_ref<T> ref(const std::string& path) const {
    return supervised_ref<T>{core_->cell_of(path.starts_with('/') ? path : "/" + path)};
  }

  /// Waits until every child was started once. Empty if so, else what went wrong.
  faults started(nanoseconds timeout = std::chrono::seconds{60}) const;

  /// The tree as it is now. Each supervisor answers for one instant of its own.
  supervisor_state current_state() const;

  /// The same without waiting: `done` is called in the turn of the supervisor that answers last.
  void current_state(std::function<void(supervisor_state)> done) const;

  /// Why the last decision about the child with that path came out as it did, and what its next
  /// failure would bring. A fault if there is no such child, or if it never ended.
  expected<explanation> explain(const std::string& path) const;
  void explain(const std::string& path, std::function<void(expected<explanation>)> done) const;

  /// Asks the tree to stop, does not wait. The first request stands; both texts must say something.
  faults request_shutdown(std::string requested_by, std::string reason) const;

  /// Stops the tree, waits, and tells how it went; a second call tells the same.
  expected<shutdown_report> shutdown_tree(std::string requested_by, std::string reason) const;

  /// shutdown_tree by its owner.
  shutdown_report stop() const;

  /// How the tree ended, on request or by giving up; waits for that as long as told.
  std::optional<shutdown_report> wait_for(nanoseconds timeout) const;

  /// The tree runs on when its last handle goes.
  void detach() const;

private:
  struct owner;
  std::shared_ptr<detail::tree_core> core_;
  std::shared_ptr<owner> owner_;
};

/// Validates the spec, starts its tree and comes back at once: the children start in order after
/// that, see tree::started. All faults of the spec, or a tree; with faults nothing was started.
[[nodiscard]] expected<tree> start(caf::actor_system& system, supervisor_spec spec,
                                   start_options options = {});

} // namespace supervisor
