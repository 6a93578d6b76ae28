#pragma once

#include <cstdint>

#include <limits.h>
#include <sys/types.h>

/// What we and the helper say to each other over its socket. Both are of one build.
namespace supervisor::wire {

inline constexpr int control_fd = 3; ///< of the helper
inline constexpr int image_fd = 4;   ///< where the helper was read from

inline constexpr int max_groups = 65536;
inline constexpr std::uint64_t no_limit = UINT64_MAX;
inline constexpr const char* default_path = "/usr/local/bin:/usr/bin:/bin";

/// A variable of the program whose value, as many spaces, becomes its pid.
inline constexpr const char* watchdog_pid = "WATCHDOG_PID=";

/// How long the helper tries to kill what cannot be killed.
inline constexpr int patience_ms = 5000;

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
  program,
  interpreter,
};

/// The first thing that the helper is told, followed by the groups.
struct settings {
  pid_t parent;
  std::int32_t umask; ///< negative: as it is
  std::uint64_t max_data;
  std::uint64_t max_files;
  std::uint64_t max_core;
  std::uint64_t max_processes;
  std::int32_t must_join; ///< whether to fail if the cgroup cannot be joined
  std::int32_t change_group;
  std::int32_t change_user;
  gid_t group;
  uid_t user;
  std::uint32_t group_count;
  char cgroup[PATH_MAX]; ///< a cgroup.procs to write to; or empty
  char cwd[PATH_MAX];
  char stdin_file[PATH_MAX];
};

enum class command_kind : std::int32_t { signal, kill };

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
  remark, ///< a mishap that one can do without
  failed, ///< a mishap; nothing has run
  ended,  ///< and all that descends from it
};

struct report {
  report_kind kind;
  pid_t pid;
  mishap wrong;
  std::int32_t status; ///< as waitpid has it
  std::int32_t left;   ///< descendants that could not be killed
};

} // namespace supervisor::wire
