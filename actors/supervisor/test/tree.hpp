#pragma once

#include "supervisor/supervisor.hpp"
#include "supervisor/test/virtual_system.hpp"

#include <memory>
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

  // -- what came of it ---------------------------------------------------------------------------------

  /// What the supervisors did since the last call, or since the tree had started:
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
  void note(std::string_view path, const effects&, const supervisor_spec&, time_point now);

  std::unique_ptr<virtual_system> world_;
  std::string log_;
  std::optional<supervisor::tree> running_;
};

} // namespace supervisor::test
