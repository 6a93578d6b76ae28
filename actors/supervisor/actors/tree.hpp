#pragma once

#include "supervisor/actors/detail/tree_core.hpp"
#include "supervisor/actors/pool.hpp"
#include "supervisor/changes/changes.hpp"
#include "supervisor/report/explain.hpp"

#include <any>
#include <string>
#include <tuple>
#include <type_traits>
#include <typeinfo>
#include <utility>

namespace supervisor {

/// A command as data.
struct command_request {
  supervisor::command what{};
  std::string path{}; ///< of the child; start_child: of its supervisor, "/" is the root
  supervisor::audit audit{};
  std::shared_ptr<const child_spec> child{}; ///< start_child, of a supervisor that is no pool
  std::any args{};  ///< start_child of a pool: a tuple of what its template takes besides its own
  std::string id{}; ///< start_child of a pool; empty: the template's id and a number
  int signal = 0;   ///< signal_child; 0: the one to read its configuration again
};

/// What stands between a running tree and what it is to become. To be read before it is applied.
struct change_plan {
  std::vector<change> changes{};
  std::shared_ptr<const supervisor_spec> running{}, wanted{};

  bool is_empty() const;
};

/// A handle to a running tree. Copies share it; when the last one goes, the tree is told to stop and
/// nobody waits for it. Threads may share it. Calls that wait are for threads of your own: in an
/// actor they block a worker, and in virtual time for ever.
///
/// An actor system ends when all its actors have ended, so let the last handle go before it: the
/// destructor of the system would wait for ever. If that happens, standard error says so.
class tree {
public:
  explicit tree(std::shared_ptr<detail::tree_core> core);

  /// The child with that path below the root, such as "shop/till". Stays good over restarts; calls
  /// to a path that does not exist fail, and so do those to a child of another type (`whereis` tells
  /// beforehand).
  template <class T = caf::actor>
  supervised_ref<T> ref(const std::string& path) const {
    return supervised_ref<T>{core_->cell_of(path.starts_with('/') ? path : "/" + path)};
  }

  /// The children of the partitioned supervisor with that path, which are called "<id>-0", "<id>-1", ...
  /// A fault if there is none, or if it is another kind of supervisor.
  template <class T = caf::actor>
  expected<supervisor::partitions<T>> partitions(const std::string& path) const {
    const auto ids = partition_ids(path);
    if (!ids)
      return ids.error();
    std::vector<supervised_ref<T>> all;
    for (const auto& id : *ids)
      all.push_back(ref<T>(path + "/" + id));
    return supervisor::partitions<T>{std::move(all)};
  }

  /// The actor that is the child with that path now: a handle to one life of it. A fault if there is
  /// no such child, if it is down, or if its start makes another type of handle.
  template <class T = caf::actor>
  expected<T> whereis(const std::string& path) const {
    return cast<T>(handle_of(path, typeid(T)));
  }

  /// The same without waiting: `done` is called in the turn of its supervisor.
  template <class T = caf::actor>
  void whereis(const std::string& path,
               std::type_identity_t<std::function<void(expected<T>)>> done) const {
    find_handle(path, typeid(T), [done = std::move(done)](const expected<caf::actor>& found) {
      done(cast<T>(found));
    });
  }

  caf::actor_system& system() const { return core_->system(); }

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

  // -- commands --------------------------------------------------------------------------------------
  // About any child of the tree, by its path. Each says who wants it and why, is carried out by the
  // child's own supervisor whatever that is busy with, and leaves a record. A fault: it did not get
  // there (no such child, the tree has ended, too many commands under way, nothing said in the
  // audit, a spec with faults), and nothing was changed. A record with a failure: it got there.

  void carry_out(command_request, command_done done) const; ///< `done`: in that supervisor's turn
  expected<control_result> carry_out(command_request) const;

  /// Adds a child and waits until it is ready. One that does not come up is gone again.
  expected<control_result> start_child(child_spec child, audit by = of_program()) const;
  expected<control_result> start_child(const std::string& supervisor, child_spec child,
                                       audit by = of_program()) const;

  /// One more child of a pool, with these arguments behind those of its template. Its path is in the
  /// record.
  template <class... Args>
  expected<control_result> start_member(const std::string& pool, Args... args) const {
    return carry_out(member_of(pool, std::move(args)...));
  }

  /// What start_member asks for, as data.
  template <class... Args>
  static command_request member_of(const std::string& pool, Args... args) {
    command_request wanted{.what = command::start_child, .path = pool, .audit = of_program()};
    if constexpr (sizeof...(Args) > 0)
      wanted.args = std::tuple<detail::kept<Args>...>{std::move(args)...};
    return wanted;
  }

  expected<control_result> remove_child(const std::string& path, audit by) const {
    return carry_out({command::remove_child, path, std::move(by)});
  }
  expected<control_result> restart_child(const std::string& path, audit by) const {
    return carry_out({command::restart_child, path, std::move(by)});
  }
  expected<control_result> pause_child(const std::string& path, audit by) const {
    return carry_out({command::pause_child, path, std::move(by)});
  }
  expected<control_result> resume_child(const std::string& path, audit by) const {
    return carry_out({command::resume_child, path, std::move(by)});
  }
  expected<control_result> quarantine_child(const std::string& path, audit by) const {
    return carry_out({command::quarantine_child, path, std::move(by)});
  }
  expected<control_result> release_child(const std::string& path, audit by) const {
    return carry_out({command::release_child, path, std::move(by)});
  }
  expected<control_result> terminate_child(const std::string& path, audit by) const {
    return carry_out({command::terminate_child, path, std::move(by)});
  }
  expected<control_result> delete_child(const std::string& path, audit by) const {
    return carry_out({command::delete_child, path, std::move(by)});
  }

  /// Of a child that is a process; "SIGHUP", "TERM", ... A fault if there is no such signal.
  expected<control_result> signal_child(const std::string& path, std::string_view signal,
                                        audit by) const;

  /// Sends a process the `reload_signal` of its spec.
  expected<control_result> reload_child(const std::string& path, audit by) const {
    return carry_out({command::signal_child, path, std::move(by)});
  }

  // -- becoming another tree ---------------------------------------------------------------------------

  /// What it would take to become what `wanted` says; all faults of `wanted`, if it has some.
  /// Nothing is changed. Children that were added at run time are nobody's business here, unless
  /// `wanted` declares them.
  expected<change_plan> plan_for(supervisor_spec wanted) const;
  void plan_for(supervisor_spec wanted, std::function<void(expected<change_plan>)> done) const;

  /// Carries it out, supervisor by supervisor, each as one regroup: who leaves goes down before
  /// anybody comes up, dependencies first. If a child of it does not become ready, all of it is
  /// taken back. A fault if the tree is not what the plan was made for any more.
  expected<control_result> apply(const change_plan&, audit by) const;
  void apply(const change_plan&, audit by, command_done done) const;

  // -- questions about one supervisor --------------------------------------------------------------------

  /// Its children in order, forgotten ones left out. A fault if there is no such supervisor, or if it
  /// is down.
  expected<std::vector<child_state>> which_children(const std::string& supervisor = "/") const;
  expected<child_counts> count_children(const std::string& supervisor = "/") const;
  expected<child_spec> get_childspec(const std::string& path) const;

  // The same without waiting: `done` is called in the turn of the supervisor that answers.
  void which_children(const std::string& supervisor,
                      std::function<void(expected<std::vector<child_state>>)> done) const;
  void count_children(const std::string& supervisor,
                      std::function<void(expected<child_counts>)> done) const;
  void get_childspec(const std::string& path, std::function<void(expected<child_spec>)> done) const;

  // -- the control loop --------------------------------------------------------------------------------

  /// Whether every child was started once and nobody has ended the tree. Never blocks; nor does
  /// `health`, which goes on answering when the tree is over.
  bool is_alive() const { return health().alive; }
  runtime_health_report health() const;

  /// Waits for the end of the tree. Everybody who asks gets the same report, as often as they like.
  std::optional<runtime_exit_report> join(nanoseconds timeout = stop_budget::no_end) const;

  /// Stops the tree and its control loop, and waits. If it has ended already: how it did.
  expected<runtime_exit_report> shutdown(std::string requested_by, std::string reason) const;

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
  static audit of_program() { return {"program", "asked for by the program"}; }

  expected<caf::actor> handle_of(const std::string& path, const std::type_info& wanted) const;
  void find_handle(const std::string& path, const std::type_info& wanted,
                   std::function<void(expected<caf::actor>)>) const;

  template <class T>
  static expected<T> cast(const expected<caf::actor>& found) {
    if (!found)
      return found.error();
    return caf::actor_cast<T>(*found);
  }

  expected<std::vector<std::string>> partition_ids(const std::string& supervisor) const;
  void ask_for_spec(std::string path,
                    std::function<void(expected<std::shared_ptr<const supervisor_spec>>)>) const;

  struct owner;
  std::shared_ptr<detail::tree_core> core_;
  std::shared_ptr<owner> owner_;
};

/// Validates the spec, starts its tree and comes back at once: the children start in order after
/// that, see tree::started. All faults of the spec, or a tree; with faults nothing was started.
[[nodiscard]] expected<tree> start(caf::actor_system& system, supervisor_spec spec,
                                   start_options options = {});

} // namespace supervisor
