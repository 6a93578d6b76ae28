#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace supervisor {

/// Which variables of our own environment a process gets, beside those of its child_spec.
enum class env_inheritance : std::uint8_t {
  inherit, ///< all
  clean,   ///< none
  listed,
};

constexpr std::string_view label(env_inheritance x) noexcept {
  constexpr std::string_view words[] = {"inherit", "clean", "listed"};
  return words[static_cast<int>(x)];
}

/// Who of a program is asked to stop with it, and has the time that its stop gives: systemd's KillMode.
/// When they have ended, or their time is over, whatever else descends from the program is killed.
enum class stop_target : std::uint8_t {
  group, ///< all processes of its process group: as systemd's control-group
  main,  ///< its main process alone: as systemd's mixed
  all,   ///< all that descend from it
};

constexpr std::string_view label(stop_target x) noexcept {
  constexpr std::string_view words[] = {"group", "main", "all"};
  return words[static_cast<int>(x)];
}

inline constexpr std::uint32_t most_umask = 0777;

/// A program that a child is, as data. Relative paths are relative to `cwd`.
struct process_spec {
  std::vector<std::string> argv{}; ///< the first is a path, or a name that PATH is searched for
  std::string cwd{};               ///< empty: ours
  env_inheritance inherit = env_inheritance::inherit;
  std::vector<std::string> inherited{};     ///< names of variables, if `listed`
  std::string user{};                       ///< name or number; empty: ours
  std::string group{};                      ///< name or number; empty: the user's, or ours
  std::optional<std::uint32_t> umask{};     ///< at most `most_umask`; JSON "022"
  std::string stdin_file = "/dev/null";     ///< JSON "stdin"
  std::string stop_signal = "SIGTERM";      ///< asks it to end
  stop_target stop_to = stop_target::group; ///< whom of it
  std::string reload_signal = "SIGHUP";     ///< tells it to read its configuration again
  std::uint32_t max_line_bytes = 16 * 1024; ///< of its output; longer lines are cut into several
  std::uint32_t max_lines_waiting = 1024;   ///< then its output is not read until some are told

  friend bool operator==(const process_spec&, const process_spec&) = default;
};

/// A variable that a program gets from its supervisor, or not at all.
struct reserved_variable {
  std::string_view name{};
  std::string_view instead{}; ///< what to say for the same
};

std::span<const reserved_variable> reserved_variables();

/// The number of a signal that can be sent to a child: "SIGTERM", "TERM", ...; 0: there is none of
/// that name. SIGKILL and SIGSTOP are not among them, since nobody can answer to these.
int signal_number(std::string_view name);

/// "SIGTERM" of 15, "SIGRTMIN+1" of 35, "signal 77" of what has no name.
std::string signal_name(int number);

/// "SIGHUP", "SIGINT", ...; those of real time are "SIGRTMIN", "SIGRTMIN+1" and so on beside them.
std::vector<std::string_view> signal_names();

/// What another process would be about it, "process/cwd: none -> /srv"; empty if nothing is.
std::string start_difference(const process_spec& was, const process_spec& is);

} // namespace supervisor
