#include "stage.hpp"

#include <doctest/doctest.h>

#include <unistd.h>

using namespace supervisor;

namespace {

bool we_are_root() { return geteuid() == 0; }

std::string run_with(const std::function<void(process_order&)>& change,
                     std::vector<std::string> words) {
  auto order = puppet(std::move(words));
  change(order);
  return run(std::move(order));
}

process_order shell(const std::string& script) {
  return {.spec = {.argv = {"sh", "-c", script}}, .environment = our_environment()};
}

} // namespace

TEST_CASE("a program runs and its exit code is told") {
  CHECK(run({"exit", "0"}) == "exit 0");
  CHECK(run({"say", "hello", "exit", "42"}) == "hello/exit 42");
}

TEST_CASE("a program without a slash in its name is searched for in its own PATH") {
  CHECK(run(shell("exit 7")) == "exit 7");
  const temporary_folder folder;
  std::filesystem::copy_file(SUPERVISOR_PUPPET, folder.path() / "mine");
  CHECK(run({.spec = {.argv = {"mine", "say", "found"}},
             .environment = {"PATH=/nonexistent:" + folder.path().string()}})
        == "found/exit 0");
}

TEST_CASE("arguments come as they are, empty ones too") {
  CHECK(run({"say", "two words", "say", "", "say", "\"$HOME\""}) == "two words//\"$HOME\"/exit 0");
}

TEST_CASE("the environment is the one it was given, and a marker of ours") {
  CHECK(run_with(
          [](auto& it) {
            it.environment = {"A=b", "NOTIFY_SOCKET=@other"};
          },
          {"variable", "A", "variable", "PATH", "variable", "NOTIFY_SOCKET"})
        == "b/(unset)/(unset)/exit 0");
}

TEST_CASE("working directory, umask and standard input are set") {
  const temporary_folder folder;
  write(folder.path() / "input", "one\ntwo\n");
  const auto prepare = [&](process_order& it) {
    it.spec.cwd = folder.path();
    it.spec.umask = 027;
    it.spec.stdin_file = "input";
  };
  CHECK(run_with(prepare, {"cwd", "umask", "read"})
        == folder.path().string() + "/23/one/two/exit 0");
}

TEST_CASE("nothing is to be read from standard input unless it is a file") {
  CHECK(run({"read"}) == "exit 0");
}

TEST_CASE("a program sees three open files, no blocked and no ignored signal") {
  const auto inherited = dup(0); // without FD_CLOEXEC
  CHECK(run({"files", "signals"}) == "0 1 2/0000000000000000 0000000000000000/exit 0");
  close(inherited);
}

TEST_CASE("root makes a program run as somebody else") {
  if (!we_are_root()) {
    MESSAGE("skipped: we are not root");
    return;
  }
  auto by_name = shell("id -u; id -g; id -G; head -c 1 /etc/shadow || echo no");
  by_name.spec.user = "nobody";
  CHECK(run(by_name) == "65534/65534/65534/no/exit 0");

  auto by_number = shell("id -u; id -g; id -G");
  by_number.spec.user = "12345";
  by_number.spec.group = "12";
  CHECK(run(by_number) == "12345/12/12/exit 0");

  auto group_alone = shell("id -u; id -g; id -G");
  group_alone.spec.group = "nogroup";
  CHECK(run(group_alone) == "0/65534/65534/exit 0");
}

TEST_CASE("what the program is started with is nobody's who is not root, and stdin is its own") {
  if (!we_are_root()) {
    MESSAGE("skipped: we are not root");
    return;
  }
  auto it = shell("cat");
  it.spec.user = "nobody";
  it.spec.stdin_file = "/etc/shadow";
  CHECK(run(it) == "/process/stdin: \"/etc/shadow\": Permission denied");
}

SCENARIO("a program that waits for its standard input can be killed before it runs") {
  GIVEN("a pipe that nobody writes to") {
    const temporary_folder folder;
    const auto path = folder.path() / "pipe";
    REQUIRE(std::system(("mkfifo " + path.string()).c_str()) == 0);
    const stage here;
    auto order = puppet({"read"});
    order.spec.stdin_file = path;
    actor_on_stage it{here, order};
    const auto is_there = [] {
      const auto helpers = all_of_ours();
      return !helpers.empty()
             && content("/proc/" + std::to_string(helpers[0]) + "/task/"
                        + std::to_string(helpers[0]) + "/children")
                  != "";
    };
    REQUIRE(becomes_true(is_there));
    WHEN("it is killed") {
      it.process->kill();
      THEN("it has never run") {
        CHECK(it.end() == "/process: was killed before it had started");
        CHECK(it.pid() == 0);
      }
    }
  }
}
