#pragma once

#include "supervisor/expected.hpp"

#include <string>
#include <utility>

namespace supervisor {

/// A cgroup (version 2) of one process and its descendants. One owner, who removes it.
class cgroup_leaf {
public:
  /// In the directory of a cgroup that is ours to divide.
  static expected<cgroup_leaf> make(const std::string& parent, const std::string& name);

  cgroup_leaf(cgroup_leaf&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  cgroup_leaf& operator=(cgroup_leaf&&) = delete;

  /// Kills who is left, tries to remove it.
  ~cgroup_leaf();

  const std::string& path() const { return path_; }

  /// Whom one writes to, to join.
  std::string procs() const { return path_ + "/cgroup.procs"; }

  /// Sets one of its limits: 0, or an errno.
  int set(const std::string& file, const std::string& value) const;

  void kill_all() const;

  /// Whether it is gone, or can never be removed. Until then, somebody is in it.
  bool remove();

  /// Whether the kernel killed one of them because there was too little memory.
  bool ran_out_of_memory() const;

private:
  explicit cgroup_leaf(std::string path) : path_(std::move(path)) {}

  std::string path_;
};

} // namespace supervisor
