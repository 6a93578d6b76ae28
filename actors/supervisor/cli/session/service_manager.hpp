#pragma once

#include "supervisor/actors/tree.hpp"

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace supervisor {

/// What a service manager has said in our environment, see sd_notify(3).
struct service_environment {
  std::string address{};                 ///< a path, or "@name"; empty: nobody wants to hear
  std::optional<nanoseconds> watchdog{}; ///< a WATCHDOG=1 is due so often

  /// A watchdog that is meant for another process is none.
  static service_environment ours();
};

/// Whoever has started us, systemd for example. Threads may share it. What does not get there is
/// lost: nobody waits for whoever does not listen.
class service_manager {
public:
  explicit service_manager(service_environment);
  ~service_manager();

  service_manager(const service_manager&) = delete;
  service_manager& operator=(const service_manager&) = delete;

  /// Lines such as "READY=1".
  void tell(std::string_view lines) const;

  /// What it wants to know of that: that we stop, and what we last had a line for.
  void tell(const tree_event&) const;

  const std::optional<nanoseconds>& watchdog() const { return about_.watchdog; }

private:
  const service_environment about_;
  int socket_ = -1;
};

/// Tells a service manager how a tree is: that all of it was started, and, twice as often as is due,
/// that its control loop answers.
class service_watch {
public:
  service_watch(std::shared_ptr<const service_manager>, const tree&);

  /// When `turn` is to be called next.
  std::optional<time_point> due() const;

  /// Never waits.
  void turn(time_point now);

private:
  void look_whether_started(time_point now);
  void beat(time_point now);

  const std::shared_ptr<const service_manager> to_;
  const tree tree_;
  const std::shared_ptr<std::atomic<bool>> asked_ = std::make_shared<std::atomic<bool>>(false);
  std::optional<time_point> look_at_{}; ///< if there is no thread that waits for the start
  std::optional<time_point> beat_at_{};
  const std::jthread starts_; ///< ends when all was started, or the tree has ended
};

} // namespace supervisor
