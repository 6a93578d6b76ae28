#pragma once

#include "supervisor/supervisor.hpp"
#include "supervisor/test/virtual_system.hpp"

#include <memory>
#include <optional>
#include <string>

namespace supervisor::test {

/// A tree in virtual time: the real supervisors and the real children, on the calling thread, where
/// an hour takes no time. Children with threads of their own become actors that only start and stop.
class tree {
public:
  /// Starts the tree and runs it until nothing moves. Throws std::invalid_argument with all faults
  /// of a spec that has some. Says nothing on stderr unless `options` says otherwise.
  explicit tree(supervisor_spec spec, start_options options = quiet());

  /// Stops the tree.
  ~tree();

  tree(const tree&) = delete;
  tree& operator=(const tree&) = delete;

  // -- what happens ------------------------------------------------------------------------------------

  /// The child ends as if it had thrown.
  void crash(const std::string& path, const std::string& text = "crashed by the test");

  /// The child ends with that reason, unless it handles exit messages itself. A nested supervisor is
  /// killed.
  void exits(const std::string& path, caf::error why);

  /// Lets time pass.
  void advance(nanoseconds);

  /// Delivers what was sent, in no time.
  void run();

  /// Stops the tree and runs it to its end, with as much time as that takes.
  shutdown_report stop();

  // -- commands ----------------------------------------------------------------------------------------

  /// Carries it out and runs the tree until it is answered, with as much time as that takes.
  expected<control_result> command(command_request);

  expected<control_result> pause_child(const std::string& path, audit by = of_test());
  expected<control_result> resume_child(const std::string& path, audit by = of_test());
  expected<control_result> quarantine_child(const std::string& path, audit by = of_test());
  expected<control_result> release_child(const std::string& path, audit by = of_test());
  expected<control_result> restart_child(const std::string& path, audit by = of_test());
  expected<control_result> terminate_child(const std::string& path, audit by = of_test());
  expected<control_result> remove_child(const std::string& path, audit by = of_test());
  expected<control_result> delete_child(const std::string& path, audit by = of_test());

  expected<control_result> start_child(child_spec child, audit by = of_test());
  expected<control_result> start_child(const std::string& supervisor, child_spec child,
                                       audit by = of_test());

  template <class... Args>
  expected<control_result> start_member(const std::string& pool, Args... args) {
    return command(supervisor::tree::member_of(pool, std::move(args)...));
  }

  expected<change_plan> plan_for(supervisor_spec wanted);
  expected<control_result> apply(const change_plan&, audit by = of_test());

  expected<std::vector<child_state>> which_children(const std::string& supervisor = "/");
  expected<child_counts> count_children(const std::string& supervisor = "/");
  expected<child_spec> get_childspec(const std::string& path);

  template <class T = caf::actor>
  expected<T> whereis(const std::string& path) {
    std::optional<expected<T>> told;
    running_->whereis<T>(path, [&told](expected<T> found) { told = std::move(found); });
    run();
    return std::move(*told);
  }

  /// The tree itself, for what does not wait.
  supervisor::tree& running() { return *running_; }

  // -- what came of it ---------------------------------------------------------------------------------

  /// What the supervisors did since the last call, or since the tree had started, but for questions:
  /// "stop web, wait 100ms", "start db, start web". Nested children with their path, "shop/till".
  std::string log();

  supervisor_state state();
  child_state state_of(const std::string& path);

  /// Why the last decision about a child came out as it did; it must have ended once.
  explanation explain(const std::string& path);

  bool ended() const;
  std::optional<shutdown_report> report() const;

  template <class T = caf::actor>
  supervised_ref<T> ref(const std::string& path) const {
    return running_->ref<T>(path);
  }

  caf::actor_system& system() { return world_->system; }

  /// Options without crash lines and with a fixed seed.
  static start_options quiet();

private:
  void note(std::string_view path, const effects&,
            const std::function<std::string_view(slot)>& id_of, time_point now);

  static audit of_test() { return {"test", "test"}; }

  template <class Answer, class Ask>
  Answer answer_to(Ask ask);

  std::unique_ptr<virtual_system> world_;
  std::string log_;
  std::optional<supervisor::tree> running_;
};

} // namespace supervisor::test
