#pragma once

#include "supervisor/actors/messages.hpp"
#include "supervisor/actors/stall_watch.hpp"

#include <memory>
#include <stop_token>
#include <string>

namespace supervisor {

namespace detail {

/// The way from one life of a child to its supervisor. Keeps neither alive.
struct uplink {
  caf::weak_actor_ptr supervisor{};
  life who{};
  std::shared_ptr<watch_post> post{}; ///< if somebody looks after it

  void tell(news what, child_exit exit = {}, std::string text = {}) const;

  /// Lets the child's callers know before anybody hears of its end: whoever asks again after an
  /// error must not find the dead.
  void fell(const caf::error& why) const;
};

} // namespace detail

/// What one life of a child may know and say about itself. A start function takes it as its first
/// argument (after `self`, if it has one). Copies are cheap; none keeps anything running. Threads
/// may share it.
class child {
public:
  child(std::string id, std::string path, detail::uplink up, std::stop_token stop,
        std::uint32_t attempt, nanoseconds beat_every = nanoseconds{0})
    : known_(std::make_shared<known>(
      known{std::move(id), std::move(path), std::move(up), attempt, beat_every})),
      stop_(std::move(stop)) {}

  const std::string& id() const { return known_->id; }
  const std::string& path() const { return known_->path; }

  /// Starts so far, this one included.
  std::uint32_t attempt() const { return known_->attempt; }

  /// Says that it can serve those that depend on it. Counts only with readiness "explicit".
  void ready() const { known_->up.tell(news::ready); }

  /// Says that it lives and does its work. Counts only with a health_policy: then the first beat is
  /// due within `stale_after` of being ready.
  void heartbeat() const { known_->up.tell(news::heartbeat); }

  /// How often it is asked to say so; 0: nobody asks for beats.
  nanoseconds heartbeat_interval() const { return known_->beat_every; }

  /// Whether it was told to stop; a blocking worker has to ask.
  bool stopping() const { return stop_.stop_requested(); }
  const std::stop_token& stop_token() const { return stop_; }

private:
  struct known {
    std::string id;
    std::string path;
    detail::uplink up;
    std::uint32_t attempt = 0;
    nanoseconds beat_every{0};
  };

  std::shared_ptr<const known> known_;
  std::stop_token stop_;
};

} // namespace supervisor
