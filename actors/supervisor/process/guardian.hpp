#pragma once

#include "supervisor/process/lines.hpp"
#include "supervisor/process/notify_socket.hpp"
#include "supervisor/process/os_process.hpp"
#include "supervisor/process/spawn.hpp"
#include "supervisor/process/wire.hpp"

#include <atomic>
#include <optional>
#include <type_traits>

namespace supervisor {

/// One program, from its start to the last news of it. Lives on the host's thread, as long as
/// there is something to wait for. Only `hush` and `paused` are for others.
class os_process::guardian : public std::enable_shared_from_this<guardian> {
public:
  guardian(host_ref, process_order, process_callbacks);

  void start();
  void signal(int number);
  void kill();

  /// Nothing more is told.
  void hush() { hushed_ = true; }

  /// Those who are told are forgotten.
  void forget() { tell_ = {}; }

  void pause(bool paused) { paused_ = paused; }

  /// Does what a changed `pause` asks for.
  void watch_output();

private:
  /// One of its two pipes.
  struct output {
    output_stream stream;
    lines text;
    descriptor pipe{};
    errand reading{};
  };

  template <class... Args>
  void tell(const std::function<void(Args...)>& to, std::type_identity_t<Args>... what);

  // starting
  std::optional<fault> prepare();
  std::optional<fault> make_cgroup();
  std::optional<fault> limit();
  std::optional<fault> open_notify_socket();
  std::optional<fault> launch_helper();
  void watch();
  void fail(const fault&);

  // while it runs
  void now_running(pid_t);
  void hear_helper();
  void hear(const wire::report&);
  void hear_notices();
  void read_output(output&);
  void tell_lines(output&);
  bool command(const wire::command&);

  // ending
  void helper_ended();
  void sweep();
  void clear_cgroup();
  void finish();
  void tell_rest(output&);
  void tell_rest();

  host_ref host_;
  process_order order_;
  process_callbacks tell_;
  std::atomic<bool> hushed_{false};
  std::atomic<bool> paused_{false};

  std::string marker_;
  account who_{};
  std::optional<cgroup_leaf> cgroup_{};
  enforced_limits limits_{};
  std::optional<notify_socket> notices_{};
  spawned helper_{};
  output out_;
  output err_;

  bool running_ = false;
  bool reported_ = false; ///< the helper has said its last
  std::optional<fault> failure_{};
  process_end end_{};
  std::chrono::nanoseconds swept_for_{0};

  errand on_control_{};
  errand on_handle_{};
  errand on_notice_{};
  errand later_{};
};

} // namespace supervisor
