#pragma once

#include "supervisor/actors/caf/caf_compat.hpp"
#include "supervisor/facts/event.hpp"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace supervisor::detail {

/// What one life of a child lets others see of itself without being asked: which message it is
/// working on, and since when. Threads share it.
class watch_post {
public:
  struct stall {
    std::string in{}; ///< the message, by its types
    nanoseconds lasts{0};
  };

  /// `limit`: a handler that takes longer has stalled; 0: nobody looks.
  watch_post(caf::weak_actor_ptr supervisor, life who, std::string path, nanoseconds limit,
             bool is_asked)
    : supervisor_(std::move(supervisor)), who_(who), path_(std::move(path)), limit_(limit),
      is_asked_(is_asked) {}

  bool looks_for_stalls() const { return limit_ > nanoseconds{0}; }
  nanoseconds limit() const { return limit_; }
  const std::string& path() const { return path_; }
  life life_of() const { return who_; }

  /// Whether its supervisor asks it how it is, so that the question is no surprise.
  bool is_asked() const { return is_asked_; }

  // -- from the child's own turns ------------------------------------------------------------------------

  void enters(std::string message);
  void leaves();

  /// Nothing ran for so long, this handler neither. Each handler is forgiven by no more than the limit in
  /// all, so that one that hangs is found nevertheless.
  void forgive(nanoseconds pause);

  // -- from others ---------------------------------------------------------------------------------------

  /// If it has been in one handler for longer than the limit.
  std::optional<stall> stuck() const;

  /// Tells the supervisor of a new stall. True if that was told so long ago, without the supervisor
  /// having taken note, that it cannot be running either: once a stall.
  bool report();

  /// The supervisor has heard of the stall with that number. False if it was told to somebody else
  /// meanwhile, and is over.
  bool is_known(std::uint32_t number);

private:
  const caf::weak_actor_ptr supervisor_;
  const life who_;
  const std::string path_;
  const nanoseconds limit_;
  const bool is_asked_;
  mutable std::mutex mutex_;
  std::string message_;
  std::chrono::steady_clock::time_point since_{}; ///< none: it is in no handler
  nanoseconds mercy_{0};                          ///< by which that may still be moved
  std::uint32_t stalls_ = 0;
  std::uint32_t unheard_ = 0;         ///< the last stall that the supervisor could not be told of
  bool told_ = false, known_ = false; ///< of this stall
};

/// One thread that looks at all posts of a tree; there is none before the first post. It needs no
/// worker of the actor system: those may all be stuck.
class stall_watch {
public:
  /// `unheard` is called, on the thread, for stalls whose supervisor cannot run.
  explicit stall_watch(std::function<void(const watch_post&)> unheard)
    : round_(std::make_shared<round>()) {
    round_->unheard = std::move(unheard);
  }

  ~stall_watch();

  stall_watch(const stall_watch&) = delete;
  stall_watch& operator=(const stall_watch&) = delete;

  void look_after(const std::shared_ptr<watch_post>&);

  /// Nobody has to be looked after any more.
  void stop();

private:
  /// What the thread looks at. It shares it: the last who knows a tree may be the thread itself, as
  /// it tells a supervisor.
  struct round {
    std::function<void(const watch_post&)> unheard{};
    std::mutex mutex{};
    std::condition_variable_any changed{};
    std::vector<std::weak_ptr<watch_post>> posts{};
    nanoseconds pace = std::chrono::seconds{1};

    void run(const std::stop_token&);
    void forgive(nanoseconds pause);
    void look_at_all(const std::stop_token&, std::unique_lock<std::mutex>&);
  };

  const std::shared_ptr<round> round_;
  std::jthread thread_;
};

} // namespace supervisor::detail
