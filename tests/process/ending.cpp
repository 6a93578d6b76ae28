#include "stage.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <cstdio>
#include <fstream>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace supervisor;

namespace {

/// The pids that a puppet's first lines say.
std::vector<pid_t> pids_in(actor_on_stage& it, std::size_t count) {
  std::vector<pid_t> all;
  for (std::size_t i = 0; i < count; ++i)
    all.push_back(static_cast<pid_t>(std::stoi(it.line(i))));
  return all;
}

bool all_gone(const std::vector<pid_t>& pids) {
  for (const auto pid : pids)
    if (!is_gone(pid))
      return false;
  return true;
}

const std::vector<std::string> with_family{"child", "session_child", "daemon", "wait"};

std::string number(int it) { return std::to_string(it); }

/// Another program of ours, started without os_process, so that nobody sweeps up after it.
class owner {
public:
  explicit owner(std::vector<std::string> puppet_words) {
    int ends[2];
    REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
    output_ = fdopen(ends[0], "r");
    puppet_words.insert(puppet_words.begin(), {SUPERVISOR_OWNER, SUPERVISOR_PUPPET});
    std::vector<char*> argv;
    for (auto& word : puppet_words)
      argv.push_back(word.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, ends[1], 1);
    REQUIRE(posix_spawn(&pid, SUPERVISOR_OWNER, &files, nullptr, argv.data(), environ) == 0);
    posix_spawn_file_actions_destroy(&files);
    close(ends[1]);
  }

  ~owner() {
    kill(pid, SIGKILL);
    waitpid(pid, nullptr, 0);
    fclose(output_);
  }

  pid_t said() {
    int found = 0;
    REQUIRE(fscanf(output_, "%d", &found) == 1);
    return found;
  }

  pid_t pid = 0;

private:
  FILE* output_ = nullptr;
};

} // namespace

TEST_CASE("a program that dies by a signal says which") {
  CHECK(run({"die", number(SIGTERM)}) == "signal 15");
  CHECK(run({"die", number(SIGKILL)}) == "signal 9");
}

TEST_CASE("a program that crashes leaves a core, if it may") {
  const temporary_folder folder;
  auto order = puppet({"crash"});
  order.spec.cwd = folder.path();
  order.limits.max_core_mb = 0;
  CHECK(run(order) == "signal 11");
  if (content("/proc/sys/kernel/core_pattern") != "core\n") {
    MESSAGE("skipped: core dumps go elsewhere here");
    return;
  }
  order.limits.max_core_mb = 100;
  CHECK(run(order) == "signal 11, core");
  CHECK(!std::filesystem::is_empty(folder.path()));
}

SCENARIO("signals go to the main process alone") {
  GIVEN("a program that answers to one and has a child") {
    const stage here;
    actor_on_stage it{here, puppet({"answer", number(SIGHUP), "child", "wait"})};
    const auto child = pids_in(it, 1).front();
    WHEN("it is signalled") {
      it.process->signal(SIGHUP);
      THEN("it answers, and the child is there") {
        CHECK(it.line(1) == "got 01");
        CHECK_FALSE(is_gone(child));
      }
    }
    WHEN("that ends by one") {
      it.process->signal(SIGTERM);
      THEN("the child is left until the program is told to stop") {
        CHECK(it.left() == "signal 15, puppet");
        CHECK_FALSE(is_gone(child));
        it.process->stop(SIGTERM);
        CHECK(it.end() == "signal 15");
        CHECK(is_gone(child));
      }
    }
  }
}

TEST_CASE("a signal that comes too early waits until the program runs") {
  const stage here;
  actor_on_stage it{here, puppet({"wait"})};
  it.process->signal(SIGTERM);
  CHECK(it.end() == "signal 15");
}

TEST_CASE("a program that ignores SIGTERM ends by kill") {
  const stage here;
  actor_on_stage it{here, puppet({"ignore", number(SIGTERM), "say", "ready", "wait"})};
  CHECK(it.line(0) == "ready");
  it.process->signal(SIGTERM);
  it.process->signal(0); // heard after the other: nothing happens
  CHECK_FALSE(it.how());
  it.process->kill();
  CHECK(it.end() == "signal 9");
}

SCENARIO("nobody is left behind") {
  GIVEN("a program with a child, one with a session of its own, and a daemon") {
    const stage here;
    actor_on_stage it{here, puppet(with_family)};
    auto family = pids_in(it, 3);
    const auto pid = it.pid();
    const auto helper = parent_of(pid);
    REQUIRE(parent_of(family[2]) == helper);
    family.push_back(pid);
    family.push_back(helper);

    WHEN("somebody kills the program with SIGKILL") {
      kill(pid, SIGKILL);
      CHECK(it.left() == "signal 9, puppet");
      it.process->kill();
      THEN("its end is told when the others are gone") {
        CHECK(it.end() == "signal 9");
        CHECK(all_gone(family));
      }
    }
    WHEN("it is killed from here") {
      it.process->kill();
      THEN("its end is told when the others are gone") {
        CHECK(it.end() == "signal 9");
        CHECK(all_gone(family));
      }
    }
    WHEN("the helper is killed with SIGKILL") {
      kill(helper, SIGKILL);
      THEN("its end is told when the others are gone") {
        CHECK(it.end() == "signal 9");
        CHECK(all_gone(family));
      }
    }
    WHEN("the helper is stopped, then killed from here") {
      kill(helper, SIGSTOP);
      it.process->kill();
      THEN("its end is told after a while, when the others are gone") {
        CHECK(it.end() == "signal 9");
        CHECK(all_gone(family));
      }
    }
    WHEN("its owner lets go of it") {
      it.process.reset();
      THEN("all are gone soon, and nobody is told") {
        CHECK(becomes_true([&] { return all_gone(family); }));
        CHECK_FALSE(it.how());
      }
    }
  }
  GIVEN("a program that ends while its family stays") {
    const stage here;
    actor_on_stage it{here, puppet({"child", "session_child", "daemon", "exit", "3"})};
    THEN("its end is told when they are gone") {
      CHECK(it.left() == "exit 3, puppet");
      it.process->kill();
      CHECK(it.end() == "exit 3");
      CHECK(all_gone(pids_in(it, 3)));
    }
  }
}

TEST_CASE("a program that kills its process group does not kill the helper") {
  process_order order{.spec = {.argv = {"sh", "-c", "sleep 1000 & echo $!; kill -9 0"}},
                      .environment = our_environment()};
  const stage here;
  actor_on_stage it{here, order};
  CHECK(it.end() == "signal 9");
  CHECK(all_gone(pids_in(it, 1)));
}

TEST_CASE("a program whose host ends is gone soon") {
  std::vector<pid_t> family;
  std::optional<actor_on_stage> it;
  {
    const host here;
    it.emplace(here, puppet(with_family));
    family = pids_in(*it, 3);
    family.push_back(it->pid());
  }
  CHECK(becomes_true([&] { return all_gone(family); }));
  it->process->signal(SIGTERM);
  it->process->kill();
  it.reset();
  while (waitpid(-1, nullptr, WNOHANG) > 0) {
  }
}

SCENARIO("a program whose owner is killed with SIGKILL does not outlive it") {
  GIVEN("a program in another program of ours, with a family") {
    owner other{with_family};
    const std::vector<pid_t> family{other.said(), other.said(), other.said()};
    const auto program = parent_of(family[0]);
    const auto helper = parent_of(program);
    REQUIRE(parent_of(helper) == other.pid);
    REQUIRE_FALSE(is_gone(family[1]));
    WHEN("that is killed") {
      kill(other.pid, SIGKILL);
      THEN("all of it vanishes") {
        CHECK(becomes_true([&] { return all_gone(family); }));
        CHECK(becomes_true([&] { return all_gone({program, helper}); }));
      }
    }
  }
}
