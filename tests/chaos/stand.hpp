#pragma once

#include "event_watch.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <sys/types.h>

namespace chaos {

using namespace std::chrono_literals;

inline const sup::audit by_chaos{"chaos", "it is what it does"};

/// Whether a command was carried out.
inline bool done(const sup::expected<sup::control_result>& x) { return x && x->ok(); }

/// Whether it comes true in time; looks every millisecond.
bool until(const std::function<bool()>&, nanoseconds within);

/// A real tree on threads of its own, and what it told. A spec with faults ends the program: that is
/// a mistake of the scenario.
class stand {
public:
  explicit stand(sup::supervisor_spec, sup::start_options = {.observer = {}},
                 std::size_t workers = 0);

  const sup::tree& tree() const { return *tree_; }
  caf::actor_system& system() { return *system_; }
  const event_watch& told() const { return *told_; }

  /// Of a child anywhere in the tree.
  std::optional<sup::child_state> state(const std::string& path) const;

  /// Children that are not ready, in the whole tree.
  std::size_t down() const;
  bool all_up(nanoseconds within) const;

  sup::shutdown_report stop() { return tree_->stop(); }

private:
  std::shared_ptr<event_watch> told_ = std::make_shared<event_watch>();
  caf::actor_system_config config_{};
  std::unique_ptr<caf::actor_system> system_{};
  std::optional<sup::tree> tree_{};
};

/// Supervisors that broke by themselves, by their events and by the report.
inline std::uint64_t self_panics(const stand& x, const sup::shutdown_report& end) {
  return x.told().broken_loops() + (end.broke ? 1 : 0);
}

/// Whether there is such a process, and it has not ended.
bool is_alive(pid_t);

/// A worker that is sent `n` answers with it.
caf::behavior echo(caf::event_based_actor*);

/// Asks the child for an echo. How long it took, or nothing if there was no answer.
std::optional<nanoseconds> call(caf::actor_system&, const caf::actor&, nanoseconds within = 10s);

} // namespace chaos
