// Children that are programs, beside an actor and a thread. Each of them comes to another end, and
// for each there is one line: how it ended, what its policy was asked, and what it decided.
#include <supervisor/process/process.hpp>
#include <supervisor/supervisor.hpp>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <sys/wait.h>

namespace sup = supervisor;
using namespace std::chrono_literals;

// -- what the children are -------------------------------------------------------------------------

caf::behavior counter(caf::event_based_actor*) {
  return {[n = 0](int more) mutable { return n += more; }};
}

/// Has a thread of its own, which may block.
void watchman(const sup::child& me) {
  while (!me.stopping())
    std::this_thread::sleep_for(10ms);
}

/// This program, when it is its own child.
[[noreturn]] void segfault() {
  std::signal(SIGSEGV, SIG_DFL); // whatever sanitizers think of it
  const volatile std::uintptr_t nowhere = 8;
  *reinterpret_cast<volatile int*>(nowhere) = 1;
  std::_Exit(0);
}

sup::launcher shell(const std::string& script) {
  return sup::process({.argv = {"/bin/sh", "-c", script}});
}

/// A child that knows what its ends mean; any type with such a function is a policy.
struct careful {
  sup::decision decide(const sup::situation& s) const {
    if (s.exit.what == sup::exit_class::timeout)
      return sup::leave_down();
    if (s.exit.detail == sup::exit_detail::start_failed)
      return sup::restart_after(1h); // somebody may install it
    if (s.exit.detail == sup::exit_detail::signal && s.exit.code == SIGSEGV)
      return sup::quarantine(); // somebody must have a look at it
    return sup::standard_policy{}.decide(s);
  }
};

sup::child_details within(sup::resource_limits limits) {
  sup::child_details more;
  more.resource_limits = limits;
  return more;
}

sup::supervisor_spec house(const std::string& this_program) {
  return {.children = {
            {.id = "counter", .start = sup::worker(counter)},
            {.id = "watchman", .start = sup::blocking_worker(watchman)},
            {.id = "server", .start = shell("echo at your service; exec sleep 1000")},
            {.id = "parser",
             .start = sup::process({.argv = {this_program, "segfault"}}),
             .policy = careful{},
             .more = within({.max_core_mb = 0})},
            {.id = "hog",
             .start = shell("x=hungry; while :; do x=$x$x; done"),
             .restart = sup::restart::temporary,
             .more = within({.max_memory_mb = 64, .required = true})},
            {.id = "deaf",
             .start = shell("trap 'echo I beg your pardon?' TERM; echo I listen\n"
                            "while :; do sleep 0.05; done"),
             .shutdown = sup::stop_budget{300ms, 5s}},
            {.id = "mute",
             .start = shell("exec sleep 1000"), // it would have to say READY=1 to its NOTIFY_SOCKET
             .policy = careful{},
             .readiness = sup::readiness::on_report,
             .criticality = sup::criticality::optional,
             .start_timeout = 300ms},
            {.id = "phantom",
             .start = sup::process({.argv = {"/usr/bin/no-such-program"}}),
             .policy = careful{},
             .criticality = sup::criticality::optional},
          }};
}

// -- what is told of them ----------------------------------------------------------------------------

/// What happened, "server restart", for whoever waits for it. Threads may share it.
class diary {
public:
  void note(std::string line) {
    const std::scoped_lock lock{mutex_};
    lines_.push_back(std::move(line));
    changed_.notify_all();
  }

  bool comes(const std::string& line) {
    std::unique_lock lock{mutex_};
    const auto came = changed_.wait_for(
      lock, 10s, [&] { return std::ranges::find(lines_, line) != lines_.end(); });
    if (!came)
      std::cout << "this did not come: " << line << std::endl;
    return came;
  }

private:
  std::mutex mutex_{};
  std::condition_variable changed_{};
  std::vector<std::string> lines_{};
};

std::string decided(const sup::decision& then) {
  const std::string what{label(then.what)};
  return then.what == sup::verdict::restart ? what + " in " + sup::to_string(then.wait) : what;
}

void tell(diary& all, const sup::tree_event& x) {
  const std::string who{x.child};
  if (x.what.decided) {
    const auto& asked = x.what.given;
    std::cout << who + ": " + words(asked.exit) + " (" + std::string{label(asked.exit.what)} + ", "
                   + std::string{label(asked.exit.detail)} + ")"
                   + (x.text.empty() ? "" : ": " + std::string{x.text}) + "\n    asked: lived "
                   + sup::to_string(asked.uptime) + ", restarts in a row: "
                   + std::to_string(asked.streak) + "\n    decided: " + decided(x.what.then) + "\n"
              << std::flush;
    all.note(who + " " + words(asked.exit) + ": " + std::string{label(x.what.then.what)});
  }
  if (x.what.what == sup::event_type::child_restart_fence_abort_requested)
    std::cout << who + ": was asked to stop, did not, and is killed\n" << std::flush;
  all.note(who + " " + std::string{label(x.what.what)});
}

// -- what happens to them ----------------------------------------------------------------------------

pid_t pid_of(const sup::tree& tree, std::string_view id) {
  for (const auto& x : tree.current_state().children)
    if (x.id == id)
      return x.pid;
  return 0;
}

bool kill_from_outside(const sup::tree& tree, diary& all) {
  const auto first = pid_of(tree, "server");
  std::cout << "kill -9 " << first << std::endl;
  kill(first, SIGKILL);
  return all.comes("server SIGKILL: restart") && all.comes("server child_restarted")
         && pid_of(tree, "server") != first;
}

/// It is told, and killed when its time is over.
bool replace_the_deaf(const sup::tree& tree, diary& all) {
  const auto came = tree.restart_child("deaf", {"anna", "it does not listen"});
  std::cout << (came ? to_string(*came) : to_string(came.error())) << std::endl;
  return all.comes("deaf child_restart_fence_abort_requested") && all.comes("deaf child_restarted");
}

bool watch(const sup::tree& tree, diary& all) {
  if (const auto wrong = tree.started(10s); !wrong.empty()) {
    std::cout << to_string(wrong) << std::endl;
    return false;
  }
  return all.comes("parser SIGSEGV: quarantine") && all.comes("hog exit code 2: leave_down")
         && all.comes("mute took too long to start: leave_down")
         && all.comes("phantom could not start: restart") && kill_from_outside(tree, all)
         && replace_the_deaf(tree, all);
}

/// Each program has a parent that is a child of ours.
bool nobody_is_left() {
  const auto none = waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD;
  std::cout << (none ? "no process is left" : "there are processes left") << std::endl;
  return none;
}

int main(int argc, char** argv) {
  if (argc > 1 && std::string_view{argv[1]} == "segfault")
    segfault();
  caf::actor_system_config config;
  caf::actor_system system{config};
  const auto all = std::make_shared<diary>();
  const auto tree = sup::start(system, house(std::filesystem::canonical("/proc/self/exe")),
                               {.observer = [all](const sup::tree_event& x) { tell(*all, x); },
                                .log =
                                  [](const sup::log_line& x) {
                                    std::cout << "    " + x.path + " says: " + x.text + "\n"
                                              << std::flush;
                                  }});
  if (!tree) {
    std::cerr << to_string(tree.error()) << '\n';
    return 1;
  }
  const auto as_expected = watch(*tree, *all);
  const auto report = tree->stop();
  std::cout << to_string(report) << std::endl;
  return nobody_is_left() && as_expected && report.verified_clean() ? 0 : 1;
}
