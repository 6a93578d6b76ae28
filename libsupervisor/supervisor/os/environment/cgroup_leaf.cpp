#include "supervisor/os/environment/cgroup_leaf.hpp"

#include "supervisor/os/process/descriptor.hpp"
#include "supervisor/os/process/words.hpp"

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

namespace supervisor {

namespace {

namespace fs = std::filesystem;

int write_file(const std::string& path, const std::string& text, int flags) {
  const descriptor file{open(path.c_str(), O_WRONLY | O_CLOEXEC | flags, 0600)};
  if (!file)
    return errno;
  const auto size = write(file.number(), text.data(), text.size());
  return size == static_cast<ssize_t>(text.size()) ? 0 : errno;
}

void kill_members(const fs::path& group) {
  std::ifstream procs{group / "cgroup.procs"};
  for (pid_t pid = 0; procs >> pid;)
    if (pid > 1 && pid != getpid())
      kill(pid, SIGKILL);
}

/// The groups below it first, as the kernel wants it.
int remove_tree(const fs::path& group) {
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator{group, failed})
    if (entry.is_directory(failed) && !entry.is_symlink(failed))
      remove_tree(entry.path());
  return rmdir(group.c_str()) == 0 ? 0 : errno;
}

constexpr const char* prefix = "supervised-";

descriptor folder_of(const std::string& group) {
  return descriptor{open(group.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
}

void kill_all_in(const std::string& group) {
  if (write_file(group + "/cgroup.kill", "1", 0) != 0) // before Linux 5.14
    kill_members(group);
}

} // namespace

/// Nobody holds their locks.
void cgroup_leaf::clear_those_left(const std::string& parent) {
  const auto all = folder_of(parent);
  if (!all || flock(all.number(), LOCK_EX | LOCK_NB) != 0)
    return;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator{parent, failed}) {
    const auto path = entry.path().string();
    if (!entry.path().filename().string().starts_with(prefix) || !entry.is_directory(failed))
      continue;
    const auto folder = folder_of(path);
    if (!folder || flock(folder.number(), LOCK_EX | LOCK_NB) != 0)
      continue;
    kill_all_in(path);
    remove_tree(path);
  }
}

expected<cgroup_leaf> cgroup_leaf::make(const std::string& parent, const std::string& name) {
  if (access((parent + "/cgroup.controllers").c_str(), F_OK) != 0)
    return fault{"/resource_limits", quoted(parent) + " is no cgroup of version 2"};
  // What is not there to be given is missed later, by the limit that needs it.
  for (const auto* const controller : {"+memory", "+cpu", "+pids"})
    write_file(parent + "/cgroup.subtree_control", controller, 0);
  const auto all
    = folder_of(parent); // nobody takes ours for one that is left, as long as we have it
  if (all)
    flock(all.number(), LOCK_SH | LOCK_NB);
  const auto path = parent + '/' + prefix + name;
  if (mkdir(path.c_str(), 0755) != 0)
    return fault{"/resource_limits",
                 "cannot make a cgroup in " + quoted(parent) + ": " + error_words(errno)};
  auto owned = folder_of(path);
  if (owned)
    flock(owned.number(), LOCK_SH | LOCK_NB);
  return cgroup_leaf{path, std::move(owned)};
}

cgroup_leaf::~cgroup_leaf() {
  if (path_.empty())
    return;
  kill_all();
  remove();
}

int cgroup_leaf::set(const std::string& file, const std::string& value) const {
  // In a real cgroup nothing can be created, which says that the controller is not there.
  return write_file(path_ + '/' + file, value, O_CREAT);
}

void cgroup_leaf::kill_all() const { kill_all_in(path_); }

some_processes cgroup_leaf::members() const {
  some_processes all;
  std::ifstream procs{path_ + "/cgroup.procs"};
  for (pid_t pid = 0; procs >> pid; ++all.count) {
    std::string name;
    std::getline(std::ifstream{"/proc/" + std::to_string(pid) + "/comm"}, name);
    constexpr std::size_t most_named = 6;
    if (all.some.size() < most_named)
      all.some.push_back({pid, std::move(name)});
  }
  return all;
}

bool cgroup_leaf::remove() {
  if (!path_.empty() && remove_tree(path_) == EBUSY)
    return false;
  path_.clear();
  return true;
}

bool cgroup_leaf::ran_out_of_memory() const {
  std::ifstream events{path_ + "/memory.events"};
  std::string name;
  for (unsigned long long times = 0; events >> name >> times;)
    if (name == "oom_kill" && times > 0)
      return true;
  return false;
}

} // namespace supervisor
