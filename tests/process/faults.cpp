#include "stage.hpp"

#include <doctest/doctest.h>

#include <filesystem>

#include <sys/resource.h>
#include <unistd.h>

using namespace supervisor;

namespace {

namespace fs = std::filesystem;

using change = std::function<void(process_order&)>;

std::string wrong(const change& it) {
  auto order = puppet({"exit", "0"});
  it(order);
  return run(std::move(order));
}

std::string wrong_program(std::vector<std::string> argv) {
  return wrong([&](auto& it) { it.spec.argv = std::move(argv); });
}

void allow_to_execute(const fs::path& file) {
  fs::permissions(file, fs::perms::owner_all | fs::perms::group_exec | fs::perms::others_exec);
}

} // namespace

TEST_CASE("a program that is missing, and where it was looked for") {
  CHECK(wrong_program({"/no/such"}) == "/process/argv/0: \"/no/such\" does not exist");
  CHECK(wrong([](auto& it) {
          it.spec.argv = {"no-such"};
          it.environment = {"PATH=/a:/b"};
        })
        == "/process/argv/0: \"no-such\" is not in PATH, which is \"/a:/b\"");
  CHECK(wrong([](auto& it) {
          it.spec.argv = {"no-such"};
          it.environment = {};
        })
        == "/process/argv/0: \"no-such\" is not in PATH, which is "
           "\"/usr/local/bin:/usr/bin:/bin\"");
  CHECK(wrong([](auto& it) {
          it.spec.argv = {"./no-such"};
          it.spec.cwd = "/";
        })
        == "/process/argv/0: \"./no-such\" does not exist in \"/\"");
  CHECK(wrong_program({}) == "/process/argv: names no program");
}

TEST_CASE("a program that cannot be executed") {
  const temporary_folder folder;
  const auto file = folder.path() / "it";
  write(file, "echo hello");
  CHECK(wrong_program({file})
        == "/process/argv/0: \"" + file.string() + "\" is not executable: Permission denied");
  allow_to_execute(file);
  CHECK(wrong_program({file})
        == "/process/argv/0: \"" + file.string()
             + "\" is no program, nor a script that begins with #!");
  write(file, "#!/no/such/interpreter\n");
  CHECK(wrong_program({file})
        == "/process/argv/0: the interpreter that \"" + file.string() + "\" names does not exist");
  CHECK(wrong_program({folder.path()})
        == "/process/argv/0: \"" + folder.path().string()
             + "\" is not executable: Permission denied");
}

TEST_CASE("arguments that are too long") {
  CHECK(wrong_program({"/bin/true", std::string(200 * 1024, 'x')})
        == "/process/argv: with the environment is longer than the system allows");
}

TEST_CASE("a working directory that is not there") {
  CHECK(wrong([](auto& it) { it.spec.cwd = "/no/such"; })
        == "/process/cwd: \"/no/such\": No such file or directory");
  CHECK(wrong([](auto& it) { it.spec.cwd = std::string(5000, 'x'); })
        == "/process/cwd: File name too long");
}

TEST_CASE("a file for standard input that is not there") {
  CHECK(wrong([](auto& it) { it.spec.stdin_file = "/no/such"; })
        == "/process/stdin: \"/no/such\": No such file or directory");
}

TEST_CASE("users and groups that are unknown") {
  CHECK(wrong([](auto& it) { it.spec.user = "no-such"; })
        == "/process/user: there is no user \"no-such\"");
  CHECK(wrong([](auto& it) { it.spec.group = "no-such"; })
        == "/process/group: there is no group \"no-such\"");
  CHECK(wrong([](auto& it) {
          it.spec.user = "nobody";
          it.spec.group = "no-such";
        })
        == "/process/group: there is no group \"no-such\"");
  CHECK(wrong([](auto& it) { it.spec.user = "4000000000"; })
        == "/process/group: is needed, since user 4000000000 has no entry that names its group");
}

TEST_CASE("a limit above the hard one") {
  rlimit ours{};
  getrlimit(RLIMIT_NOFILE, &ours);
  const auto most
    = geteuid() == 0 ? content("/proc/sys/fs/nr_open") : std::to_string(ours.rlim_max) + '\n';
  CHECK(wrong([](auto& it) { it.limits.max_file_descriptors = 4000000000; }) + '\n'
        == "/resource_limits/max_file_descriptors: 4000000000 is above the hard limit, " + most);
}

TEST_CASE("limits that cannot be enforced are noted, or the program does not start") {
  const stage here;
  auto order = puppet({"exit", "0"});
  order.limits.max_cpu_percent = 50;
  actor_on_stage relaxed{here, order};
  CHECK(relaxed.end() == "exit 0");
  REQUIRE(relaxed.notes().size() == 1);
  CHECK(relaxed.notes().front()
        == "/resource_limits/max_cpu_percent: is not enforced, since the process has no cgroup of "
           "its own");

  order.limits.required = true;
  actor_on_stage strict{here, order};
  CHECK(strict.end() == relaxed.notes().front());
}
