#include "supervisor/cli/session/orphans.hpp"

#include "server.hpp"

#include <doctest/doctest.h>

#include <cerrno>
#include <csignal>
#include <fstream>

#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

/// As long as this exists, orphans below us become ours.
class reaper {
public:
  reaper() { prctl(PR_SET_CHILD_SUBREAPER, 1); }
  ~reaper() { prctl(PR_SET_CHILD_SUBREAPER, 0); }
};

/// The pid of one that has ended, and is ours still.
pid_t ended_child() {
  const auto who = fork();
  if (who == 0)
    _exit(0);
  siginfo_t ignored{};
  waitid(P_PID, static_cast<id_t>(who), &ignored, WEXITED | WNOWAIT);
  return who;
}

/// One that somebody else had, who is gone.
pid_t inherited_child() {
  int ends[2]{};
  REQUIRE(pipe(ends) == 0);
  const auto parent = fork();
  if (parent == 0) {
    const auto who = fork();
    if (who == 0)
      _exit(0);
    _exit(write(ends[1], &who, sizeof who) == sizeof who ? 0 : 1);
  }
  pid_t who = 0;
  REQUIRE(read(ends[0], &who, sizeof who) == sizeof who);
  close(ends[0]);
  close(ends[1]);
  waitpid(parent, nullptr, 0);
  siginfo_t ignored{};
  waitid(P_PID, static_cast<id_t>(who), &ignored, WEXITED | WNOWAIT);
  return who;
}

bool is_ours(pid_t who) { return waitpid(who, nullptr, WNOHANG) != -1 || errno != ECHILD; }

/// Children of that process that have ended and were not waited for.
int zombies_of(pid_t who) {
  int count = 0;
  const auto process = "/proc/" + std::to_string(who);
  std::ifstream children{process + "/task/" + std::to_string(who) + "/children"};
  for (pid_t child = 0; children >> child;) {
    std::ifstream about{"/proc/" + std::to_string(child) + "/stat"};
    std::string pid, name, state;
    about >> pid >> name >> state;
    count += state == "Z";
  }
  return count;
}

} // namespace

SCENARIO("a child that nobody waits for") {
  const reaper as_init;
  REQUIRE(may_inherit_children());
  orphans it;

  GIVEN("one that was inherited and has ended") {
    const auto who = inherited_child();
    THEN("it is let go of when it is seen a second time") {
      CHECK(it.look());
      CHECK(!it.look());
      CHECK(!is_ours(who));
    }
  }

  GIVEN("several, and one that somebody waits for with a pidfd") {
    const auto ours = ended_child();
    const auto handle = static_cast<int>(syscall(SYS_pidfd_open, ours, 0));
    REQUIRE(handle >= 0);
    const auto one = inherited_child(), two = inherited_child();
    THEN("those are let go of, and that one stays and is looked at again") {
      CHECK(it.look());
      CHECK(it.look());
      CHECK(!is_ours(one));
      CHECK(!is_ours(two));
      siginfo_t how{};
      CHECK(waitid(P_PIDFD, static_cast<id_t>(handle), &how, WEXITED | WNOHANG) == 0);
      CHECK(how.si_pid == ours);
      CHECK(!it.look());
    }
    close(handle);
  }

  GIVEN("one that was held when it was seen, and for which nobody calls") {
    const auto who = ended_child();
    const auto handle = static_cast<int>(syscall(SYS_pidfd_open, who, 0));
    REQUIRE(handle >= 0);
    THEN("it is let go of when nobody holds it any more") {
      CHECK(it.look());
      CHECK(it.look());
      CHECK(is_ours(who));
      close(handle);
      CHECK(!it.look());
      CHECK(!is_ours(who));
    }
  }

  GIVEN("one that is waited for before it is seen a second time") {
    const auto who = ended_child();
    THEN("it is left to whoever waits") {
      CHECK(it.look());
      CHECK(waitpid(who, nullptr, 0) == who);
      CHECK(!it.look());
    }
  }

  GIVEN("nobody") {
    THEN("there is nothing to look for") { CHECK(!it.look()); }
  }
}

TEST_CASE("supctl as a reaper leaves no zombies of those whose helper was killed") {
  const text_file file{
    R"({"version": 1, "children": [{"id": "a", "process": {"argv": ["/bin/sh", "-c", )"
    R"("setsid sleep 1000 & setsid sleep 1000 & echo I am below $PPID here; wait"]}}]})"};
  supctl program{{"run", file.path()}, {.before = [] { prctl(PR_SET_CHILD_SUBREAPER, 1); }}};
  REQUIRE(program.says(" here\n"));
  const std::string before = "I am below ";
  const auto helper
    = std::atoi(program.out().c_str() + program.out().rfind(before) + before.size());
  REQUIRE(helper > 1);
  kill(helper, SIGKILL);
  REQUIRE(program.says(" here\n", 2));
  const auto until = std::chrono::steady_clock::now() + 20s;
  while (zombies_of(program.pid()) > 0 && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(5ms);
  CHECK(zombies_of(program.pid()) == 0);
  program.send(SIGTERM);
  CHECK(program.end().code == 0);
}
