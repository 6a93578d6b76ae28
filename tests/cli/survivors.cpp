#include "program.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <optional>

#include <sys/stat.h>
#include <unistd.h>

// Processes that supctl may not kill: those of a setuid program, while supctl is an ordinary user.

using namespace supervisor;

namespace {

namespace fs = std::filesystem;

constexpr uid_t somebody = 64322;

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

/// A program that becomes root, whoever starts it. Whoever is left of it is killed in the end.
class usurper {
public:
  usurper() {
    std::string name = fs::temp_directory_path() / "supctl-usurper-XXXXXX";
    folder_ = mkdtemp(name.data());
    chmod(folder_.c_str(), 0755);
    fs::copy_file(SUPERVISOR_PUPPET, path());
    chmod(path().c_str(), 04755);
  }

  ~usurper() {
    if (pid_ > 0)
      kill(pid_, SIGKILL);
    fs::remove_all(folder_);
  }

  std::string path() const { return folder_ / "usurper"; }

  /// As a program of the child "a": it says its pid.
  std::string command() const { return path() + " become 0 pid wait"; }

  /// Once it has said so, and only if it has become root.
  pid_t of(supctl& program) {
    constexpr std::string_view before = "[/a] ";
    if (!program.says(before))
      return 0;
    pid_ = std::atoi(program.out().c_str() + program.out().find(before) + before.size());
    struct stat about {};
    const auto known = stat(("/proc/" + std::to_string(pid_)).c_str(), &about) == 0;
    return known && about.st_uid == 0 ? pid_ : 0;
  }

private:
  fs::path folder_;
  pid_t pid_ = 0;
};

text_file tree(const std::string& script) {
  return text_file{R"({"version": 1, "children": [{"id": "a", "shutdown": "200ms",
    "process": {"argv": ["/bin/sh", "-c", ")"
                   + script + R"("]}}]})"};
}

surroundings as_somebody() {
  return {.before = [] {
    if (setresgid(somebody, somebody, somebody) != 0
        || setresuid(somebody, somebody, somebody) != 0)
      _exit(99);
  }};
}

} // namespace

SCENARIO("a process that nobody here may kill is named, and its child is abandoned") {
  if (geteuid() != 0) {
    MESSAGE("skipped: we are not root");
    return;
  }
  usurper other;
  GIVEN("a program that has started one") {
    const auto file = tree(other.command() + " & sleep 1000");
    chmod(file.path().c_str(), 0644);
    supctl program{{"run", file.path()}, as_somebody()};
    const auto survivor = other.of(program);
    if (survivor == 0) {
      MESSAGE("skipped: there are no setuid programs here, or others may not read our files");
      return;
    }
    WHEN("the tree is stopped") {
      program.send(SIGTERM);
      const auto ran = program.end();
      THEN("its exit code says that somebody is left, and its last words say whom") {
        CHECK(ran.code == 3);
        CHECK(kill(survivor, 0) == 0);
        CHECK(has(ran.out, "1 abort_failed\n"));
        CHECK(has(ran.out, "/a did not react to its kill and may still run: usurper (pid "
                             + std::to_string(survivor) + ") could not be killed"));
      }
    }
  }
  GIVEN("a program that starts one, and ends") {
    const auto file = tree(other.command() + " & sleep 0.3; exit 3");
    chmod(file.path().c_str(), 0644);
    supctl program{{"run", file.path()}, as_somebody()};
    const auto survivor = other.of(program);
    if (survivor == 0) {
      MESSAGE("skipped: there are no setuid programs here, or others may not read our files");
      return;
    }
    THEN("it is not started beside it, and the tree gives up") {
      const auto ran = program.end();
      CHECK(ran.code == 3);
      CHECK(kill(survivor, 0) == 0);
      CHECK_FALSE(has(ran.out, "restarted"));
      CHECK(has(ran.out, "gave up over /a"));
    }
  }
}
