#pragma once

#include <csignal>
#include <optional>
#include <vector>

namespace supervisor {

/// What a signal means to a program that runs a tree.
enum class signal_means : char {
  stop,       ///< the tree, in order; once more: at once
  stop_once,  ///< the tree, in order; it may come again and again
  hang_up,    ///< the terminal is gone, or somebody wants the file to be read again
  show_state, ///< on standard error
  orphan,     ///< a child of ours has ended, perhaps one that we have inherited
  nothing,    ///< but it is said that it came
};

/// Of a signal that is held.
signal_means meaning_of(int signal) noexcept;

/// The signals that have a meaning wait in this thread, and in those that it starts, until somebody
/// reads them; a write to where nobody reads fails and ends nobody. What was ignored before stays so,
/// and what the program has a handler of its own for stays its own: but for SIGTERM, SIGINT and
/// SIGQUIT, which always stop the tree. SIGCHLD is held by one who may inherit children.
class held_signals {
public:
  held_signals();

  /// Those that came and were not read are forgotten; all is as it was before.
  ~held_signals();

  held_signals(const held_signals&) = delete;
  held_signals& operator=(const held_signals&) = delete;

  const sigset_t& all() const { return held_; }

  /// From here on, those that stop end the program at once. In the same thread.
  void let_go_of_stops();

private:
  struct changed {
    int signal = 0;
    struct sigaction before {};
  };

  void hold(int signal);
  void ignore(int signal);

  sigset_t before_{};
  sigset_t held_{};
  std::vector<changed> ignored_{};
};

} // namespace supervisor
