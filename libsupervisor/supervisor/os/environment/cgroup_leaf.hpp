#pragma once

#include "supervisor/expected.hpp"
#include "supervisor/os/process/descriptor.hpp"
#include "supervisor/os/process/some_processes.hpp"

#include <string>
#include <utility>

namespace supervisor {

/// A cgroup (version 2) of one process and its descendants. One owner, who removes it.
class cgroup_leaf {
public:
  /// Kills whoever is in leaves whose owners were killed, and removes them. Those who are not gone at once
  /// are the next one's business.
  static void clear_those_left(const std::string& parent);

  /// In the directory of a cgroup that is ours to divide.
  static expected<cgroup_leaf> make(const std::string& parent, const std::string& name);

  cgroup_leaf(cgroup_leaf&& other) noexcept
    : path_(std::exchange(other.path_, {})), owned_(std::move(other.owned_)) {}
  cgroup_leaf& operator=(cgroup_leaf&&) = delete;

  /// Kills who is left, tries to remove it.
  ~cgroup_leaf();

  const std::string& path() const { return path_; }

  /// Whom one writes to, to join.
  std::string procs() const { return path_ + "/cgroup.procs"; }

  /// Sets one of its limits: 0, or an errno.
  int set(const std::string& file, const std::string& value) const;

  void kill_all() const;

  /// Who is in it.
  some_processes members() const;

  /// Whether it is gone, or can never be removed. Until then, somebody is in it.
  bool remove();

  /// Whether the kernel killed one of them because there was too little memory.
  bool ran_out_of_memory() const;

private:
  cgroup_leaf(std::string path, descriptor owned)
    : path_(std::move(path)), owned_(std::move(owned)) {}

  std::string path_;
  descriptor owned_; ///< its folder, locked as long as we live
};

} // namespace supervisor
