#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <thread>

namespace supervisor {

class host_state;

/// Something that a host waits for, until this goes out of scope. Ended on the host's thread, it
/// is never called again; ended on another, one call may be under way or follow. Outlives the host
/// without harm.
class errand {
public:
  errand() = default;
  errand(std::weak_ptr<host_state> owner, std::uint64_t id);
  ~errand();

  errand(errand&&) noexcept;
  errand& operator=(errand&&) noexcept;

  /// Only of `after`: it fires once more, so long from now, and not at the time set before.
  void again(std::chrono::nanoseconds);

  void end();

  /// Whether it was begun, and has not been ended from here.
  explicit operator bool() const { return id_ != 0; }

private:
  std::weak_ptr<host_state> owner_{};
  std::uint64_t id_ = 0;
};

/// What can be asked of a host, from any thread. Once the host has ended, it does nothing. All
/// functions are called on the host's thread, one after the other; what they throw is dropped.
class host_ref {
public:
  void post(std::function<void()>) const;

  /// When everything that is ready now, such as data to read or the end of a process, has been handled.
  void after_a_round(std::function<void()>) const;

  /// Once; see errand::again.
  [[nodiscard]] errand after(std::chrono::nanoseconds, std::function<void()>) const;

  /// As `after`, for somebody else's time: if the program was paused when that was over, so that we look
  /// too late, it is longer by as much, in all by no more than `delay`.
  [[nodiscard]] errand patiently(std::chrono::nanoseconds delay, std::function<void()>) const;

  /// Over and over, as long as it is readable or at its end. `fd` is a pipe, a socket or a pidfd
  /// and becomes non-blocking. It stays the caller's, who closes it on the host's thread, when the
  /// errand has ended.
  [[nodiscard]] errand when_readable(int fd, std::function<void()>) const;

  /// As when_readable.
  [[nodiscard]] errand when_writable(int fd, std::function<void()>) const;

  /// For each of these signals that the program gets, with its number. What happened at it before
  /// happens again when the errand has ended.
  [[nodiscard]] errand on_signals(std::initializer_list<int>, std::function<void(int)>) const;

private:
  friend class host;
  explicit host_ref(std::weak_ptr<host_state> to) : to_(std::move(to)) {}

  std::weak_ptr<host_state> to_;
};

/// One thread that waits for what comes from outside: time, file descriptors, signals. It takes no
/// signals of the program but those asked for.
class host {
public:
  host();

  /// What was posted before is done first, then nothing more; all errands are dropped. Waits for
  /// the thread, unless it is on it.
  ~host();

  host(const host&) = delete;
  host& operator=(const host&) = delete;

  host_ref ref() const { return host_ref{state_}; }
  operator host_ref() const { return ref(); }

  void post(std::function<void()> fn) const { ref().post(std::move(fn)); }

  [[nodiscard]] errand after(std::chrono::nanoseconds delay, std::function<void()> fn) const {
    return ref().after(delay, std::move(fn));
  }

  [[nodiscard]] errand patiently(std::chrono::nanoseconds delay, std::function<void()> fn) const {
    return ref().patiently(delay, std::move(fn));
  }

  [[nodiscard]] errand when_readable(int fd, std::function<void()> fn) const {
    return ref().when_readable(fd, std::move(fn));
  }

  [[nodiscard]] errand when_writable(int fd, std::function<void()> fn) const {
    return ref().when_writable(fd, std::move(fn));
  }

  [[nodiscard]] errand on_signals(std::initializer_list<int> numbers,
                                  std::function<void(int)> fn) const {
    return ref().on_signals(numbers, std::move(fn));
  }

private:
  std::shared_ptr<host_state> state_;
  std::thread thread_;
};

} // namespace supervisor
