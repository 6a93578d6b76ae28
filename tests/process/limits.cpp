#include "stage.hpp"

#include "supervisor/os/environment/cgroup_leaf.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <fstream>

#include <unistd.h>

using namespace supervisor;

namespace {

namespace fs = std::filesystem;

std::string run_limited(const resource_limits& limits, std::vector<std::string> words) {
  auto order = puppet(std::move(words));
  order.limits = limits;
  return run(order);
}

/// A folder that looks as if a cgroup were there to be divided.
void make_cgroup(const fs::path& at) { write(at / "cgroup.controllers", "cpu memory pids"); }

fs::path leaf_in(const fs::path& group) {
  for (const auto& entry : fs::directory_iterator{group})
    if (entry.is_directory())
      return entry.path();
  return {};
}

/// Where cgroups of version 2 are and can be made; empty if nowhere.
std::string real_cgroup() {
  std::ifstream mounts{"/proc/mounts"};
  for (std::string device, where, kind, rest; mounts >> device >> where >> kind;) {
    std::getline(mounts, rest);
    if (kind != "cgroup2")
      continue;
    const auto probe = fs::path{where} / ("probe-" + std::to_string(getpid()));
    std::error_code failed;
    if (fs::create_directory(probe, failed)) {
      rmdir(probe.c_str());
      return where;
    }
  }
  return {};
}

} // namespace

TEST_CASE("limits are in force") {
  CHECK(run_limited({.max_memory_mb = 64}, {"limit", "data", "allocate", "100", "allocate", "10"})
        == "67108864 67108864/Cannot allocate memory/enough/exit 0");
  CHECK(run_limited({.max_file_descriptors = 20}, {"limit", "files", "open", "100"})
        == "20 20/17/exit 0");
  CHECK(run_limited({.max_core_mb = 1}, {"limit", "core"}) == "1048576 1048576/exit 0");
  CHECK(run_limited({.max_processes = 50}, {"limit", "processes"}) == "50 50/exit 0");
}

TEST_CASE("root is told that its processes are not limited") {
  if (geteuid() != 0) {
    MESSAGE("skipped: we are not root");
    return;
  }
  const stage here;
  auto order = puppet({"exit", "0"});
  order.limits.max_processes = 50;
  actor_on_stage it{here, order};
  CHECK(it.end() == "exit 0");
  REQUIRE(it.notes().size() == 1);
  CHECK(it.notes().front().starts_with("/resource_limits/max_processes: is not enforced"));
}

TEST_CASE("with a cgroup, the limits are its") {
  const temporary_folder folder;
  make_cgroup(folder.path());
  const stage here;
  auto order = puppet({"limit", "data"});
  order.cgroup = folder.path();
  order.limits = {.max_memory_mb = 64, .max_cpu_percent = 150, .max_processes = 7};
  actor_on_stage it{here, order};
  CHECK(it.end() == "exit 0");
  CHECK(it.line(0) == "18446744073709551615 18446744073709551615");
  CHECK(it.notes().size() == 1); // that nobody can join what is no cgroup

  const auto leaf = leaf_in(folder.path()); // which could not be removed, as files are in it
  CHECK(content(leaf / "memory.max") == "67108864");
  CHECK(content(leaf / "memory.swap.max") == "0");
  CHECK(content(leaf / "cpu.max") == "150000 100000");
  CHECK(content(leaf / "pids.max") == "7");
}

TEST_CASE("our own soft limit of files is not a program's") {
  auto order = puppet({"limit", "files"});
  order.soft_files = 50;
  const auto said = run(order);
  CHECK(said.starts_with("50 "));
  CHECK_FALSE(said.starts_with("50 50/"));
  order.limits.max_file_descriptors = 20;
  CHECK(run(order) == "20 20/exit 0");
}

TEST_CASE("leaves whose owner was killed are removed, and no others") {
  const temporary_folder folder;
  make_cgroup(folder.path());
  auto ours = cgroup_leaf::make(folder.path(), "ours");
  REQUIRE(ours);
  fs::create_directories(folder.path() / "supervised-left" / "below");
  fs::create_directory(folder.path() / "other");
  cgroup_leaf::clear_those_left(folder.path());
  CHECK_FALSE(fs::exists(folder.path() / "supervised-left"));
  CHECK(fs::exists(folder.path() / "other"));
  CHECK(fs::exists(ours->path()));
}

TEST_CASE("what cannot be a cgroup is noted, or the program does not start") {
  const temporary_folder folder;
  const stage here;
  auto order = puppet({"exit", "0"});
  order.cgroup = folder.path();
  actor_on_stage relaxed{here, order};
  CHECK(relaxed.end() == "exit 0");
  REQUIRE(relaxed.notes().size() == 1);
  CHECK(relaxed.notes().front()
        == "/resource_limits: \"" + folder.path().string() + "\" is no cgroup of version 2");
  order.limits.required = true;
  actor_on_stage strict{here, order};
  CHECK(strict.end() == relaxed.notes().front());
}

TEST_CASE("a cgroup that cannot be joined is noted, or the program does not start") {
  const temporary_folder folder;
  make_cgroup(folder.path()); // and without limits, nobody makes the file of its members
  const stage here;
  auto order = puppet({"exit", "0"});
  order.cgroup = folder.path();
  actor_on_stage relaxed{here, order};
  CHECK(relaxed.end() == "exit 0");
  REQUIRE(relaxed.notes().size() == 1);
  CHECK(relaxed.notes().front()
        == "/resource_limits: cannot join its cgroup: No such file or directory");
  CHECK(leaf_in(folder.path()).empty());
  order.limits.required = true;
  actor_on_stage strict{here, order};
  CHECK(strict.end() == relaxed.notes().front());
}

TEST_CASE("a real cgroup has the program and all below it, and is removed") {
  const auto root = real_cgroup();
  if (root.empty()) {
    MESSAGE("skipped: there is no cgroup of version 2 that we may divide");
    return;
  }
  const stage here;
  auto order = puppet({"daemon", "wait"});
  order.cgroup = root;
  actor_on_stage it{here, order};
  const auto daemon = it.line(0);
  auto members = content("/proc/" + daemon + "/cgroup");
  const auto at = members.find("supervised-");
  REQUIRE(at != std::string::npos);
  const fs::path leaf = fs::path{root} / members.substr(at, members.find('\n', at) - at);
  CHECK(fs::exists(leaf));
  fs::create_directory(leaf / "below");
  it.process->kill();
  CHECK(it.end() == "signal 9");
  CHECK_FALSE(fs::exists(leaf));
  CHECK(is_gone(std::stoi(daemon)));
}

TEST_CASE("when the helper is killed, a cgroup finds even who hides") {
  const auto root = real_cgroup();
  if (root.empty()) {
    MESSAGE("skipped: there is no cgroup of version 2 that we may divide");
    return;
  }
  const stage here;
  process_order order{
    .spec = {.argv = {"sh", "-c", "env -i setsid -f sh -c 'echo $$; exec sleep 1000'; sleep 1000"}},
    .environment = our_environment(),
    .cgroup = root};
  actor_on_stage it{here, order};
  const auto hidden = std::stoi(it.line(0));
  kill(parent_of(it.pid()), SIGKILL);
  CHECK(it.end() == "signal 9");
  CHECK(is_gone(hidden));
}
