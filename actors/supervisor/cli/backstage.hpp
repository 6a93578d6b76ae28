#pragma once

#include "supervisor/cli/catalog.hpp"
#include "supervisor/cli/wake_up.hpp"

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <iosfwd>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace supervisor {

/// Where the actors of a tree leave word for the thread that runs it, which alone waits and prints.
class backstage {
public:
  /// `rings`: every line wakes the thread.
  explicit backstage(bool rings) : rings_(rings) {}

  // -- for anybody, at any time -------------------------------------------------------------------

  void shut_down(std::string requested_by, std::string reason);
  void at_end(std::function<bool(std::ostream&)> hook);
  void note(const tree_event&);

  /// A line of a program. Waits until there is room for it.
  void say(const log_line&);

  // -- for the one that runs the tree -------------------------------------------------------------

  wake_up& bell() { return bell_; }

  void opened(const tree&);
  void closed(); ///< lets go of the tree; nobody needs to wait until lines are taken any more

  std::vector<std::string> take_lines();
  std::vector<std::function<bool(std::ostream&)>> take_hooks();

  /// Those that may still run.
  std::set<std::string> abandoned() const;

  /// Nothing is asked while an answer is due: a supervisor may be busy.
  bool wants_state();
  void answer(supervisor_state);
  std::optional<supervisor_state> take_state();

private:
  static constexpr std::size_t most_lines = 1000;
  static constexpr std::size_t most_said = 800; ///< so that there is room for our own words

  void add(std::string line);

  const bool rings_;
  wake_up bell_;
  mutable std::mutex mutex_;
  std::optional<tree> tree_;
  std::optional<std::pair<std::string, std::string>> asked_; ///< before there was a tree
  std::vector<std::function<bool(std::ostream&)>> hooks_;
  std::vector<std::string> lines_;
  std::condition_variable taken_; ///< or nobody will
  std::size_t left_out_ = 0;
  bool listens_ = true;
  std::set<std::string> abandoned_;
  std::optional<supervisor_state> state_;
  bool state_is_due_ = false;
};

} // namespace supervisor
