#include "house.hpp"

#include <doctest/doctest.h>

using namespace supervisor;

namespace {

std::string wrong_with(process_spec x) {
  if (x.argv.empty())
    x.argv = {"/bin/true"};
  return start_failure_of({.id = "a", .start = process(std::move(x))});
}

std::string wrong_with(resource_limits x) {
  return start_failure_of(
    with(puppet_child("a", {"wait"}), [&](auto& it) { it.resource_limits = x; }));
}

bool begins(const std::string& text, std::string_view with) {
  INFO(text);
  return text.starts_with(with);
}

} // namespace

TEST_CASE("a start that fails says where in the spec and what the system said") {
  const temporary_folder folder;
  const auto file = folder.path() / "plain";
  write(file, "no program");
  CHECK(wrong_with(process_spec{.argv = {"/no/such"}})
        == "/process/argv/0: \"/no/such\" does not exist");
  CHECK(wrong_with(process_spec{.argv = {file}})
        == "/process/argv/0: \"" + file.string() + "\" is not executable: Permission denied");
  CHECK(wrong_with(process_spec{.cwd = "/no/such"})
        == "/process/cwd: \"/no/such\": No such file or directory");
  CHECK(wrong_with(process_spec{.user = "no-such"})
        == "/process/user: there is no user \"no-such\"");
  CHECK(wrong_with(process_spec{.stdin_file = "/no/such"})
        == "/process/stdin: \"/no/such\": No such file or directory");
  CHECK(begins(wrong_with(resource_limits{.max_file_descriptors = 4000000000}),
               "/resource_limits/max_file_descriptors: 4000000000 is above the hard limit, "));
}

SCENARIO("a limit that nobody can keep") {
  GIVEN("a child that says that it needs it") {
    THEN("it does not start") {
      CHECK(begins(wrong_with(resource_limits{.max_cpu_percent = 50, .required = true}),
                   "/resource_limits/max_cpu_percent: is not enforced, since the process has no "
                   "cgroup of its own"));
    }
  }
  GIVEN("one that would like it") {
    const house here{{with(puppet_child("a", {"wait"}),
                           [](auto& it) { it.resource_limits = {{.max_cpu_percent = 50}}; })}};
    THEN("it runs, and the state says that nobody keeps it") {
      CHECK(here.shows("a", [](const auto& x) {
        return x.remarks.size() == 1
               && x.remarks.front().starts_with(
                 "/resource_limits/max_cpu_percent: is not enforced");
      }));
    }
  }
}

TEST_CASE("limits are in force in a child") {
  const house here{
    {with(puppet_child("a", {"limit", "files", "limit", "data", "wait"}), [](auto& it) {
      it.resource_limits = {{.max_memory_mb = 64, .max_file_descriptors = 20}};
    })}};
  CHECK(here.says("a: 20 20"));
  CHECK(here.says("a: 67108864 67108864"));
}

TEST_CASE("a first start that fails rolls back the programs before it") {
  const house here{{puppet_child("a", {"child", "wait"}),
                    puppet_child("b", {"wait"}),
                    {.id = "c", .start = process({.argv = {"/no/such"}})}}};
  const auto wrong = here.running().started(patience);
  REQUIRE(wrong.size() == 1);
  CHECK(wrong.front().where == "/c");
  CHECK(wrong.front().what.find("/process/argv/0: \"/no/such\" does not exist")
        != std::string::npos);
}
