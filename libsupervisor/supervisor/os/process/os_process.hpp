#pragma once

#include "supervisor/expected.hpp"
#include "supervisor/os/environment/notice.hpp"
#include "supervisor/os/host/host.hpp"
#include "supervisor/os/process/some_processes.hpp"
#include "supervisor/spec/process_spec.hpp"
#include "supervisor/spec/spec.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace supervisor {

/// A program to run, with nothing left to look up but accounts and files.
struct process_order {
  process_spec spec{};
  std::vector<std::string> environment{}; ///< "NAME=value"; all of it, whatever spec.inherit says
  resource_limits limits{};
  std::string cgroup{};                 ///< of version 2, and ours to divide; empty: none
  bool notify = false;                  ///< it gets a NOTIFY_SOCKET
  std::chrono::nanoseconds watchdog{0}; ///< what WATCHDOG_USEC says; 0: it is not set
  std::optional<std::uint64_t>
    soft_files{}; ///< its soft limit of open files, if that is less than ours
};

/// What became of the helper between us and a program.
enum class helper_end : std::uint8_t {
  in_order,
  was_killed, ///< by somebody else
  gave_up,    ///< it did not answer, as one that is stopped or traced: we have killed it
};

/// How the main process of a program has ended: with a code, or by a signal.
struct process_end {
  int code = 0;
  int signal = 0;
  bool core = false;          ///< there is a dump
  bool out_of_memory = false; ///< the kernel killed in its cgroup
  helper_end helper{};        ///< not in order: signal is SIGKILL, whatever the program died of
  some_processes swept{};     ///< that descend from it, and were killed

  friend bool operator==(const process_end&, const process_end&) = default;
};

enum class output_stream : std::uint8_t { out, err };

struct process_line {
  output_stream stream = output_stream::out;
  std::string text{};
  bool cut = false; ///< goes on in the next of this stream

  friend bool operator==(const process_line&, const process_line&) = default;
};

/// Called on the host's thread; what they throw is dropped. Those that are empty are left out.
struct process_callbacks {
  std::function<void(pid_t)> started{};

  /// It never ran; `where` is a path within the spec of the child. Nothing is called after it.
  std::function<void(const fault&)> failed{};

  /// Nothing is called after it; nobody who descends from the program is left.
  std::function<void(const process_end&)> ended{};

  /// Its main process has ended, and others that belong to it have not (see stop_target). They are not
  /// touched before they are told to stop, or killed.
  std::function<void(const process_end&, const some_processes& others)> main_exited{};

  /// These do not end, though they were killed: `ended` is not called before they do.
  std::function<void(const some_processes&)> obstinate{};

  std::function<void(process_line)> line{};
  /// `at`: when it came, which may be a while ago if we were paused.
  std::function<void(const process_notice&, std::chrono::steady_clock::time_point at)> notified{};

  /// So many notices did not count, because they came from others than the program and those who descend
  /// from it, such as `first`. Once a minute at most.
  std::function<void(std::size_t count, const some_processes::one& first)> refused{};

  /// A limit that is not enforced, and why; and the like.
  std::function<void(std::string)> note{};
};

/// A running program with all that descends from it. All of it may be called from any thread, and
/// at any time: once the program or the host has ended, it does nothing.
class os_process {
public:
  /// Starts it soon, on the host.
  os_process(const host_ref&, process_order, process_callbacks);

  /// Kills it and does not wait; the host does. If the host ends as well, the helper does. On the
  /// host's thread, nothing is called any more; on another, one call may be under way.
  ~os_process();

  os_process(os_process&&) noexcept;
  os_process& operator=(os_process&&) noexcept;

  /// To its main process alone; as soon as it runs.
  void signal(int number);

  /// To all that belong to it, see stop_target; as soon as it runs.
  void stop(int number);

  /// Now, and all that descends from it.
  void kill();

  /// The same, for the last time: a helper that somebody holds is killed, too, and all that can be found
  /// without it.
  void kill_in_haste();

  /// Its output is not read, so that it waits when it has written as much as a pipe holds. When it
  /// has ended, what it wrote is told nevertheless.
  void pause_output();
  void resume_output();

private:
  class guardian;

  void pause(bool);
  void drop();

  host_ref host_;
  std::weak_ptr<guardian> guardian_; ///< the host's
};

} // namespace supervisor
