#pragma once

#include <cstdint>

#include <limits.h>
#include <sys/types.h>
#include <sys/un.h>

/// What we and the helper say to each other over its socket. Both are of one build.
namespace supervisor::wire {

inline constexpr int control_fd = 3; ///< of the helper
inline constexpr int environment_fd
  = 4;                             ///< the program's variables, each with a zero byte behind it
inline constexpr int image_fd = 5; ///< where the helper was read from

inline constexpr int max_groups = 65536;
inline constexpr std::uint64_t no_limit = UINT64_MAX;
inline constexpr const char* default_path = "/usr/local/bin:/usr/bin:/bin";

/// A variable of the program whose value, as many spaces, becomes its pid.
inline constexpr const char* watchdog_pid = "WATCHDOG_PID=";

/// How long the helper goes on killing what cannot be killed when nobody waits for it any more.
inline constexpr int patience_ms = 30'000;

/// How a program comes to be, step by step.
enum class step : std::int32_t {
  none,
  fork,
  umask,
  cgroup,
  memory,
  files,
  core,
  processes,
  cwd,
  groups,
  group,
  user,
  bond, ///< to the helper, whose death is the program's
  stdin_file,
  environment,
  notify_socket,
  program,
  interpreter,
};

/// Who belongs to the program: is asked to stop with it, and has the time that it has.
enum class scope : std::int32_t { group, main, all };

/// The first thing that the helper is told, followed by the groups.
struct settings {
  pid_t parent;
  std::int32_t umask; ///< negative: as it is
  scope stop_to;
  std::uint64_t max_data;
  std::uint64_t max_files;
  std::uint64_t soft_files; ///< where max_files says nothing
  std::uint64_t max_core;
  std::uint64_t max_processes;
  std::int32_t must_join; ///< whether to fail if the cgroup cannot be joined
  std::int32_t change_group;
  std::int32_t change_user;
  gid_t group;
  uid_t user;
  std::uint32_t group_count;
  char notify[sizeof(sockaddr_un::sun_path)]; ///< where to listen for notices; or empty
  char cgroup[PATH_MAX];                      ///< a cgroup.procs to write to; or empty
  char cwd[PATH_MAX];
  char stdin_file[PATH_MAX];
};

enum class command_kind : std::int32_t {
  signal, ///< to the main process
  stop,   ///< `signal` to all that belong to the program
  kill,   ///< all that descends from it
};

struct command {
  command_kind kind;
  std::int32_t signal;
};

/// A step that did not work. The last one, but for those that one can do without.
struct mishap {
  step at;
  std::int32_t error;
  std::int32_t fatal;
};

enum class report_kind : std::int32_t {
  running,
  remark,      ///< a mishap that one can do without
  failed,      ///< a mishap; nothing has run
  notice,      ///< followed by the text of a datagram that counts
  refused,     ///< `count` datagrams that do not count; `some` has the first sender
  main_exited, ///< and others are left: `count`, of whom `some`
  obstinate,   ///< `count` are left whom SIGKILL does not end, of whom `some`
  killing,     ///< the command to kill has been heard
  ended,       ///< and all that descends from it: `count` of them were killed, of whom `some`
};

/// As /proc has it.
struct named_process {
  pid_t pid;
  char name[16];
};

inline constexpr int most_named = 6;

struct report {
  report_kind kind;
  pid_t pid;
  mishap wrong;
  std::int32_t status; ///< as waitpid has it
  std::int32_t main_ended;
  std::uint32_t count;
  std::int64_t at_ns; ///< of a notice: when it came, on the monotonic clock
  named_process some[most_named];
};

/// Of a notice; a longer one is none.
inline constexpr int max_notice = 4096;

} // namespace supervisor::wire
