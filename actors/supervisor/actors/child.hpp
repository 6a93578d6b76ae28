#pragma once

#include "supervisor/actors/messages.hpp"
#include "supervisor/actors/node/stall_watch.hpp"

#include <atomic>
#include <memory>
#include <optional>
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
  void beat(time_point at) const;
  void note(child_note) const;
  void prepared(belongings) const;

  /// Wants something of the supervisor, in the child's name.
  void ask(std::string path, std::shared_ptr<command_query>) const;

  /// Lets the child's callers know before anybody hears of its end: whoever asks again after an
  /// error must not find the dead.
  void fell(const caf::error& why) const;
};

/// Of one life; its copies share it.
struct life_facts {
  std::string id;
  std::string path;
  uplink up;
  std::uint32_t attempt = 0;
  nanoseconds beat_every{0};
  std::shared_ptr<const belongings> given{};
  std::uint64_t worn_at = 0; ///< after so much it is recycled; 0: nobody counts
  mutable std::atomic<std::uint64_t> served{0};
};

} // namespace detail

using command_done = std::function<void(expected<control_result>)>;

/// What one life of a child may know and say about itself. A start function takes it as its first
/// argument (after `self`, if it has one). Copies are cheap; none keeps anything running. Threads
/// may share it.
class child {
public:
  child(std::shared_ptr<const detail::life_facts> known, std::stop_token stop)
    : known_(std::move(known)), stop_(std::move(stop)) {}

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

  /// Of its spec's `environment`; nothing if there is no such variable.
  std::optional<std::string> environment(const std::string& name) const;

  /// Of its spec's `secrets`; nothing if the provider has none.
  std::optional<std::string> secret(const std::string& name) const;

  /// Says that it has done so much more of its work. Counts only with a recycle_policy that has a
  /// `max_count`: then a fresh life takes over when that is reached.
  void served(std::uint64_t count = 1) const;

  // What it wants of its supervisor, if its command_permissions allow it. Both refusals and what came
  // of it are events, and told to `done` in the supervisor's turn. What makes no sense, such as an
  // unknown signal, is told at once and gets no further.

  void request_restart(std::string reason, command_done done = {}) const;
  void request_shutdown(std::string reason, command_done done = {}) const; ///< of its supervisor
  void request_signal(const std::string& sibling, std::string_view signal, std::string reason,
                      command_done done = {}) const;

  /// Whether it was told to stop; a blocking worker has to ask.
  bool stopping() const { return stop_.stop_requested(); }
  const std::stop_token& stop_token() const { return stop_; }

private:
  std::shared_ptr<command_query> wanting(command, std::string reason, command_done) const;

  std::shared_ptr<const detail::life_facts> known_;
  std::stop_token stop_;
};

} // namespace supervisor
