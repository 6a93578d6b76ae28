#pragma once

#include "supervisor/os/environment/notify_place.hpp"
#include "supervisor/os/process/lines.hpp"
#include "supervisor/os/process/os_process.hpp"
#include "supervisor/os/process/spawn.hpp"
#include "supervisor/os/process/wire.hpp"

#include <atomic>
#include <optional>
#include <string_view>
#include <type_traits>

namespace supervisor {

/// One program, from its start to the last news of it. Lives on the host's thread, as long as
/// there is something to wait for. Only `hush` and `paused` are for others.
class os_process::guardian : public std::enable_shared_from_this<guardian> {
public:
  guardian(host_ref, process_order, process_callbacks);

  void start();
  void signal(int number);
  void stop(int number);
  void kill();
  void kill_in_haste();

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

  // -- starting
  std::optional<fault> prepare();
  std::optional<fault> make_cgroup();
  std::optional<fault> limit();
  std::optional<fault> make_notify_place();
  std::optional<fault> launch_helper();
  void watch();
  void fail(const fault&);

  // -- while it runs
  void now_running(pid_t);
  void hear_helper();
  void hear(const wire::report&, std::string_view text);
  void read_output(output&);
  void tell_lines(output&);
  bool command(const wire::command&);

  // -- guardian_endings.cpp: a helper that does not answer
  void wake_helper();
  void expect_the_helper_to_tell(nanoseconds within);
  void main_is_gone();
  void helper_is_silent();
  void give_helper_up();

  // -- guardian_endings.cpp: those whom it leaves behind
  void main_has_exited(const process_end&, const some_processes& others);
  void they_do_not_end(const some_processes&);
  void helper_ended();
  void sweep();
  void clear_cgroup();
  void look_again(void (guardian::*)());
  void finish();
  void tell_rest(output&);

  host_ref host_;
  process_order order_;
  process_callbacks tell_;
  std::atomic<bool> hushed_{false};
  std::atomic<bool> paused_{false};

  std::string marker_;
  account who_{};
  std::optional<cgroup_leaf> cgroup_{};
  enforced_limits limits_{};
  std::optional<notify_place> notices_{};
  spawned helper_{};
  descriptor main_{}; ///< a pidfd of the main process
  output out_;
  output err_;

  bool running_ = false;
  bool kills_ = false;       ///< the helper was told to
  bool main_exited_ = false; ///< and that was told, or need not be
  bool reported_ = false;    ///< the helper has said its last
  std::optional<fault> failure_{};
  process_end end_{};
  std::size_t looks_ = 0;  ///< at those who do not end
  std::size_t delays_ = 0; ///< of the helper, when it was to tell something

  errand on_control_{};
  errand on_handle_{};
  errand on_main_{};
  errand silence_{}; ///< ends when the helper says what it has to
  errand later_{};
};

template <class... Args>
void os_process::guardian::tell(const std::function<void(Args...)>& to,
                                std::type_identity_t<Args>... what) {
  if (hushed_ || !to)
    return;
  try {
    to(std::forward<Args>(what)...);
  } catch (...) { // somebody else's function; the program is not to blame
  }
}

} // namespace supervisor
