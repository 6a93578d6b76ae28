#pragma once

#include "supervisor/os/process/wire.hpp"

// The processes of this machine, as /proc has them, and what is done to those that descend from the
// calling one. Written for a program without a C++ run time and with one thread.

namespace supervisor::helper {

struct process {
  pid_t pid;
  pid_t parent;
  pid_t group;
  char state;
  enum { unknown, ours, foreign } whose;
  unsigned long long born; ///< with the pid, it means this process and no other
  char name[sizeof(wire::named_process::name)];
};

bool is_dead(const process&);

/// What /proc/PID/stat says, with a zero byte behind it; the name in it may hold any bytes. False: it is
/// none.
bool parse_stat(const char* text, process&);

/// False: there is no such process.
bool look_at(pid_t, process&);

/// Whether that process descends from the calling one, or is a zombie that did.
bool is_descendant(pid_t);

/// Looks at all processes. Those that come later want another call.
void look_around();

/// Calls `each` for every living one that was seen and descends from the calling process. `scope::group`:
/// only those in the process group `main`; `scope::main`: only that process.
void each_of(wire::scope, pid_t main, void (*each)(const process&, void*), void* with);

/// How many there are, and the names of some of them.
struct head_count {
  unsigned count = 0;
  wire::named_process some[wire::most_named] = {};

  void add(const process&);
};

/// For a static variable: it is large, and pages that are not needed are not there.
class pid_set {
public:
  /// False: it was in it.
  bool add(pid_t);
  void clear();

private:
  static constexpr int most = 1 << 22; ///< as many as the kernel gives
  unsigned char bits_[most / 8];
};

/// Those that were seen and belong to the program, but for its main process.
head_count others_in(wire::scope, pid_t main);

/// Only if it is still the one that was seen: its pid may be another's by now.
void send_signal(const process&, int signal);

/// The first process of a program, our child.
struct main_process {
  pid_t pid = 0;
  bool ended = false;
  int status = 0; ///< as waitpid has it
};

/// Zombies among the children are reaped, but for the main process: its pid, which is the name of its
/// process group, stays its own.
void reap_all_but(main_process&);

/// All zombies are reaped. False: no child is left.
bool reap_all(main_process&);

/// Stops everybody who descends from the calling process before it kills anybody, so that nobody can
/// bear a successor meanwhile. Says who was alive. Who was killed and is not the main process is added
/// to `killed`.
head_count kill_descendants(main_process&, head_count& killed);

} // namespace supervisor::helper
