#include "supervisor/os/process/explain.hpp"

#include "supervisor/os/environment/environment.hpp"
#include "supervisor/os/process/words.hpp"

#include <cerrno>
#include <fstream>

#include <sys/resource.h>
#include <unistd.h>

namespace supervisor {

namespace {

const char* const no_program = "/process/argv/0";

std::string us() {
  const auto user = geteuid();
  return user == 0 ? "we are not allowed to"
                   : "we are user " + std::to_string(user) + ", and only root may";
}

fault about_identity(const char* where, const std::string& name, int error) {
  return {where,
          "cannot become " + quoted(name) + ": " + (error == EPERM ? us() : error_words(error))};
}

fault about_group(const process_spec& spec, int error) {
  return spec.group.empty() ? about_identity("/process/user", spec.user, error)
                            : about_identity("/process/group", spec.group, error);
}

std::string shown(rlim_t limit) {
  return limit == RLIM_INFINITY ? "unlimited" : std::to_string(limit);
}

/// Root may go beyond our hard limit, but not beyond the kernel's.
rlim_t most_files(rlim_t hard, rlim_t wanted) {
  rlim_t most = 0;
  std::ifstream{"/proc/sys/fs/nr_open"} >> most;
  return geteuid() == 0 && wanted > most ? most : hard;
}

fault about_limit(const char* field, __rlimit_resource_t what, std::uint64_t wanted, int error) {
  rlimit ours{};
  getrlimit(what, &ours);
  auto most = ours.rlim_max;
  if (what == RLIMIT_NOFILE)
    most = most_files(most, wanted);
  auto text = std::to_string(wanted) + " is above the hard limit, " + shown(most);
  if (error != EPERM)
    text = std::to_string(wanted) + " cannot be set: " + error_words(error);
  return {std::string{"/resource_limits/"} + field, std::move(text)};
}

/// As the user wrote it: in megabytes.
fault about_megabytes(const char* field, __rlimit_resource_t what, std::uint64_t wanted,
                      int error) {
  rlimit ours{};
  getrlimit(what, &ours);
  auto text = std::to_string(wanted) + " MB are above the hard limit, "
              + shown(ours.rlim_max == RLIM_INFINITY ? RLIM_INFINITY : ours.rlim_max >> 20) + " MB";
  if (error != EPERM)
    text = std::to_string(wanted) + " MB cannot be set: " + error_words(error);
  return {std::string{"/resource_limits/"} + field, std::move(text)};
}

std::string not_found(const std::string& program, const process_spec& spec,
                      const std::vector<std::string>& environment) {
  if (program.find('/') == std::string::npos)
    return quoted(program) + " is not in PATH, which is " + quoted(search_path(environment));
  const bool is_relative = program.front() != '/' && !spec.cwd.empty();
  return quoted(program) + " does not exist" + (is_relative ? " in " + quoted(spec.cwd) : "");
}

fault about_program(const process_spec& spec, int error,
                    const std::vector<std::string>& environment) {
  const auto& program = spec.argv.front();
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      return {no_program, not_found(program, spec, environment)};
    case EACCES:
      return {no_program, quoted(program) + " is not executable: " + error_words(error)};
    case ENOEXEC:
      return {no_program, quoted(program) + " is no program, nor a script that begins with #!"};
    case E2BIG:
      return {"/process/argv", "with the environment is longer than the system allows"};
    case EAGAIN:
      return {"/resource_limits/max_processes", "its user has as many processes already"};
    default:
      return {no_program, quoted(program) + " cannot be executed: " + error_words(error)};
  }
}

} // namespace

fault explain(const wire::mishap& wrong, const process_spec& spec, const resource_limits& limits,
              const std::vector<std::string>& environment) {
  const auto words = error_words(wrong.error);
  switch (wrong.at) {
    case wire::step::none:
    case wire::step::bond:
    case wire::step::fork:
      return {"/process", "cannot be started: " + words};
    case wire::step::umask:
      return {"/process/umask", words};
    case wire::step::cgroup:
      return {"/resource_limits", "cannot join its cgroup: " + words};
    case wire::step::memory:
      return about_megabytes("max_memory_mb", RLIMIT_DATA, limits.max_memory_mb.value_or(0),
                             wrong.error);
    case wire::step::files:
      return about_limit("max_file_descriptors", RLIMIT_NOFILE,
                         limits.max_file_descriptors.value_or(0), wrong.error);
    case wire::step::core:
      return about_megabytes("max_core_mb", RLIMIT_CORE, limits.max_core_mb.value_or(0),
                             wrong.error);
    case wire::step::processes:
      return about_limit("max_processes", RLIMIT_NPROC, limits.max_processes.value_or(0),
                         wrong.error);
    case wire::step::cwd:
      return {"/process/cwd", quoted(spec.cwd) + ": " + words};
    case wire::step::groups:
    case wire::step::group:
      return about_group(spec, wrong.error);
    case wire::step::user:
      return about_identity("/process/user", spec.user, wrong.error);
    case wire::step::stdin_file:
      return {"/process/stdin", quoted(spec.stdin_file) + ": " + words};
    case wire::step::environment:
      return {"/environment", "cannot be read by the program: " + words};
    case wire::step::notify_socket:
      return {"/process", "no socket for its notices: " + words};
    case wire::step::program:
      return about_program(spec, wrong.error, environment);
    case wire::step::interpreter:
      return {no_program,
              "the interpreter that " + quoted(spec.argv.front()) + " names does not exist"};
  }
  return {"/process", words};
}

} // namespace supervisor
