#include "program.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <thread>

#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

namespace fs = std::filesystem;

constexpr auto patience = 20s;

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

/// A root with one child, which is a shell that does this.
std::string shell(const std::string& script, const std::string& members = "",
                  const std::string& of_root = "") {
  return R"({"version": 1, )" + of_root + R"("children": [{"id": "a", )" + members
         + R"("process": {"argv": ["/bin/sh", "-c", ")" + script + R"("]}}]})";
}

/// Ends with its child, whatever that says.
std::string shell_once(const std::string& script, const std::string& members = "") {
  return shell(script, R"("restart": "temporary", "significant": true, )" + members,
               R"("auto_shutdown": "any_significant", )");
}

/// Processes, zombies aside, that have this among their variables.
int count_of(const std::string& variable) {
  int count = 0;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator{"/proc", ignored}) {
    std::ifstream from{entry.path() / "environ", std::ios::binary};
    std::ostringstream all; // a process may be gone while it is read: that is the end of its file
    all << from.rdbuf();
    count += has(all.str(), variable);
  }
  return count;
}

/// Looks again and again: nobody tells us of processes that are not our children.
bool becomes_true(const std::function<bool()>& holds) {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > until)
      return false;
    std::this_thread::sleep_for(5ms);
  }
  return true;
}

/// Of the life of that number, which has to say it: "I am 17 here".
pid_t pid_of(supctl& program, int life) {
  if (!program.says(" here\n", life))
    return 0;
  const std::string before = "[/a] I am ";
  return std::atoi(program.out().c_str() + program.out().rfind(before) + before.size());
}

/// A folder of secrets.
class safe {
public:
  safe() {
    std::string name = fs::temp_directory_path() / "supctl-safe-XXXXXX";
    path_ = mkdtemp(name.data());
  }
  ~safe() { fs::remove_all(path_); }

  void put(const std::string& key, const std::string& value) const {
    std::ofstream{path_ / key} << value << '\n';
  }

  std::string path() const { return path_; }

private:
  fs::path path_;
};

constexpr auto with_secret
  = R"("environment": [{"name": "PASS", "secret_ref": "${DB}"}], )"
    R"("secrets": [{"name": "DB", "key": "SUPCTL_TEST_DB", "required": true}], )";

} // namespace

SCENARIO("a program in a file is killed from outside") {
  GIVEN("one that runs") {
    const text_file file{shell("echo I am $$ here; exec sleep 1000")};
    supctl program{{"run", file.path()}};
    const auto first = pid_of(program, 1);
    REQUIRE(first > 0);

    WHEN("somebody kills it with SIGKILL") {
      kill(first, SIGKILL);

      THEN("another one runs, and supctl says so and ends in order") {
        CHECK(program.says("[supervisor] /a SIGKILL, restart in 10ms"));
        CHECK(program.says("[supervisor] /a restarted, attempt 2"));
        const auto second = pid_of(program, 2);
        CHECK(second > 0);
        CHECK(second != first);
        program.send(SIGTERM);
        const auto ran = program.end();
        CHECK(ran.code == 0);
        CHECK(has(ran.out, "1 child, 1 graceful\n"));
        CHECK(kill(second, 0) != 0);
      }
    }
  }
}

TEST_CASE("what an abandoned program has started is killed although its tree has ended") {
  const auto marker = "MARK=" + std::to_string(getpid());
  const text_file file{
    shell("for i in 1 2 3; do env -i " + marker
            + " setsid sleep 1000 & done; trap '' TERM; echo up; wait; wait; sleep 1000",
          R"("shutdown": {"graceful_timeout": "10ms", "abort_wait": "1us"}, )")};
  supctl program{{"run", file.path()}};
  REQUIRE(program.says("[/a] up"));
  REQUIRE(becomes_true([&] { return count_of(marker) == 3; }));
  program.send(SIGTERM);
  const auto ran = program.end();
  CHECK((ran.code == 3 || ran.code == 0)); // its helper may be as quick as that
  CHECK(becomes_true([&] { return count_of(marker) == 0; }));
}

TEST_CASE("supctl that is killed with SIGKILL leaves no process behind") {
  const auto marker = "SUPCTL_TEST_MARKER=" + std::to_string(getpid());
  const text_file file{
    shell("sleep 1000 & setsid sleep 1000 & setsid -f sleep 1000; echo up; wait")};
  supctl program{{"run", file.path()}, {.environment = {marker}}};
  REQUIRE(program.says("[/a] up"));
  REQUIRE(becomes_true([&] { return count_of(marker) >= 5; }));
  program.send(SIGKILL);
  CHECK(program.end().code == 128 + SIGKILL);
  CHECK(becomes_true([&] { return count_of(marker) == 0; }));
}

SCENARIO("what programs print is printed, all of it") {
  GIVEN("one that prints a lot and ends") {
    const text_file file{
      shell_once("i=0; while [ $i -lt 5000 ]; do echo line $i.; i=$((i+1)); done; printf last")};
    const auto ran = run_supctl({"run", file.path()});

    THEN("every line is there, in order and before the report") {
      std::size_t at = 0;
      for (int i = 0; i < 5000 && at != std::string::npos; ++i)
        at = ran.out.find("[/a] line " + std::to_string(i) + ".\n", at);
      REQUIRE(at != std::string::npos);
      const auto last = ran.out.find("[/a] last\n", at);
      REQUIRE(last != std::string::npos);
      CHECK(ran.out.find("completed", last) != std::string::npos);
    }
  }

  GIVEN("one that prints what moves a cursor") {
    const text_file file{shell_once(R"(printf 'a\\033[31mb\\007\\r\\n'; echo oh >&2)")};
    const auto ran = run_supctl({"run", file.path()});

    THEN("it moves none") {
      CHECK(has(ran.out, "[/a] ab\\x07\n"));
      CHECK(has(ran.out, "[/a] oh\n"));
    }
  }
}

TEST_CASE("a program that does not exist is told with its place") {
  const text_file file{
    R"({"version": 1, "children": [{"id": "a", "process": {"argv": ["/no/such"]}}]})"};
  const auto ran = run_supctl({"run", file.path()});
  CHECK(ran.code == 1);
  CHECK(
    has(ran.out, "could not start /a: /process/argv/0: \"/no/such\" does not exist; stopped in "));
  CHECK(has(ran.out, ": 1 child, 1 never_started"));
}

TEST_CASE(
  "a program that cannot be started because of a missing file of the system is told which") {
  if (geteuid() != 0) {
    MESSAGE("skipped: only root can hide a folder");
    return;
  }
  const text_file file{
    R"({"version": 1, "children": [{"id": "a", "process": {"argv": ["/bin/true"]}}]})"};
  const auto without = [&](const char* folder) {
    return run_supctl({"run", file.path()}, {.before = [folder] {
                        unshare(CLONE_NEWNS);
                        mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
                        mount("none", folder, "tmpfs", 0, nullptr);
                      }});
  };
  CHECK(has(without("/dev").out, "/process: cannot be started without /dev/null, "));
  CHECK(has(without("/proc").out, "/process: cannot be started without /proc/self/fd, "));
}

SCENARIO("secrets come from where the command line says") {
  const text_file file{shell_once(
    "case $PASS in swordfish) echo folder;; tuna) echo environment;; esac; exit 3", with_secret)};

  GIVEN("a folder that knows it") {
    const safe box;
    box.put("SUPCTL_TEST_DB", "swordfish");
    const auto ran = run_supctl({"run", file.path(), "--secrets-from", box.path()},
                                {.environment = {"SUPCTL_TEST_DB=tuna"}});

    THEN("the program has it, and nobody prints it") {
      CHECK(has(ran.out, "[/a] folder\n"));
      CHECK(has(ran.out, "exit code 3"));
      CHECK(!has(ran.out + ran.err, "swordfish"));
      CHECK(!has(run_supctl({"check", "--effective", file.path()}).out, "swordfish"));
    }
  }

  GIVEN("a folder that does not, and a variable that does") {
    const safe box;
    const auto ran = run_supctl({"run", file.path(), "--secrets-from", box.path()},
                                {.environment = {"SUPCTL_TEST_DB=tuna"}});

    THEN("the program has that") { CHECK(has(ran.out, "[/a] environment\n")); }
  }

  GIVEN("nobody who knows it") {
    const auto ran = run_supctl({"run", file.path()});

    THEN("the program does not start") {
      CHECK(ran.code == 1);
      CHECK(has(ran.out, "secret DB is required, and nobody has the key SUPCTL_TEST_DB"));
    }
  }

  GIVEN("a folder that is not there") {
    const auto ran = run_supctl({"run", file.path(), "--secrets-from", "/no/such"});

    THEN("that is a fault of whoever typed it") {
      CHECK(ran.code == 2);
      CHECK(has(ran.err, "/no/such"));
    }
  }
}

TEST_CASE("a cgroup that is none is a remark") {
  const safe folder;
  const text_file file{shell("echo up; exec sleep 1000")};
  supctl program{{"run", file.path(), "--cgroup", folder.path()}, {.terminal = true}};
  CHECK(program.says("(/resource_limits: "));
  program.send(SIGTERM);
  CHECK(program.end().code == 0);
}

TEST_CASE("a check that is unknown is a fault for those who would call it") {
  const text_file file{shell("true", R"("preconditions": [{"check": "migrated"}], )")};
  const std::string fault = "/children/0/preconditions/0/check: unknown check \"migrated\"";
  for (const auto* verb : {"check", "run"}) {
    const auto refused = run_supctl({verb, file.path()});
    CHECK(refused.code == 2);
    CHECK(has(refused.err, fault));
  }
  const auto tried = run_supctl({"break", file.path(), "--crashes", "1"});
  CHECK(tried.code == 0);
  CHECK(has(tried.err, "warning: " + fault));
}
