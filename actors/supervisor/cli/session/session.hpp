#pragma once

#include "supervisor/cli/output/terminal.hpp"
#include "supervisor/cli/session/backstage.hpp"
#include "supervisor/cli/session/orphans.hpp"
#include "supervisor/cli/session/service_manager.hpp"
#include "supervisor/cli/session/wake_up.hpp"

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>

namespace supervisor {

struct session_options {
  std::string title{};
  std::optional<nanoseconds> how_long{}; ///< then it is stopped; unset: never
};

/// A tree that runs, and the one thread that watches it: it reads signals and looks at the clock. It
/// waits for nobody who reads, and writes nothing.
class session {
public:
  session(const tree&, std::shared_ptr<backstage>, std::shared_ptr<const service_manager>, wake_up&,
          session_options);

  /// Until the tree has ended, or a second signal ends the program.
  shutdown_report watch();

private:
  // signals
  void on_signal(int);
  void stop(int signal);
  void stop_once(int signal, const std::string& why);
  void hang_up(int signal);
  void show_state();
  void ignore(int signal);
  [[noreturn]] void leave(int signal);

  // the clock
  std::optional<time_point> next_wake_up() const;
  void at(time_point now);
  void ask_for_picture(time_point now);
  void look_for_orphans(time_point now);
  void say(const std::string&);

  /// Something that is asked of the tree, one at a time: a supervisor may be busy.
  struct question {
    std::shared_ptr<std::atomic<bool>> is_open = std::make_shared<std::atomic<bool>>(false);
  };

  const tree tree_;
  const std::shared_ptr<backstage> behind_;
  wake_up& wake_up_;
  const session_options options_;
  const terminals_at_start terminals_;
  service_watch above_;
  orphans orphans_;
  question picture_, state_;
  std::optional<time_point> end_at_{};
  std::optional<time_point> paint_at_{};
  std::optional<time_point> look_at_{};         ///< at children that we have inherited
  std::optional<time_point> ask_terminal_at_{}; ///< whether it is still there
  bool told_ = false; ///< to stop, by a signal that ends at once next time
  bool stops_ = false;
  std::set<int> ignored_{};
  const std::jthread waiter_; ///< rings when the tree has ended; perhaps there was none to be had
};

} // namespace supervisor
