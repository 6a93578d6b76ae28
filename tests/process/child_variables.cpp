#include "house.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <cstdlib>
#include <stdexcept>

#include <sys/stat.h>
#include <unistd.h>

using namespace supervisor;

namespace {

/// These variables as a program sees them.
std::string seen(
  process_spec x, const std::vector<std::string>& names,
  const std::function<void(child_details&)>& change = [](auto&) {},
  start_options how = {.log = {}}) {
  x.argv = {SUPERVISOR_PUPPET};
  for (const auto& name : names)
    x.argv.insert(x.argv.end(), {"variable", name});
  house here{{.children = {with(resigned({.id = "a", .start = process(std::move(x))}), change)}},
             std::move(how)};
  CHECK(here.comes("child_stopped a"));
  here.stop();
  std::string text;
  for (const auto& line : here.lines())
    text += " " + line.substr(3);
  return text.empty() ? "" : text.substr(1);
}

void add_variables(child_details& to) {
  to.environment = {{.name = "MODE", .value = "fast"}, {.name = "PASS", .secret_ref = "${DB}"}};
  to.secrets = {{.name = "DB", .key = "db"}};
}

secret_provider only_knows(std::string key, std::string value) {
  return [key, value](const std::string& asked) -> expected<std::optional<std::string>> {
    return asked == key ? std::optional{value} : std::nullopt;
  };
}

} // namespace

SCENARIO("a program has the variables that its spec says") {
  setenv("SUPERVISOR_TEST_A", "ours", 1);
  setenv("SUPERVISOR_TEST_B", "ours too", 1);
  setenv("NOTIFY_SOCKET", "/no/such/socket", 1);
  const std::vector<std::string> names{"SUPERVISOR_TEST_A", "SUPERVISOR_TEST_B", "NOTIFY_SOCKET"};
  THEN("it inherits ours, but not what others said to us alone") {
    CHECK(seen({}, names) == "ours ours too (unset)");
  }
  THEN("it may begin with nothing") {
    CHECK(seen({.inherit = env_inheritance::clean}, names) == "(unset) (unset) (unset)");
  }
  THEN("it may say which") {
    CHECK(seen({.inherit = env_inheritance::listed, .inherited = {"SUPERVISOR_TEST_B"}}, names)
          == "(unset) ours too (unset)");
  }
  THEN("its own come before those") {
    CHECK(seen({}, {"SUPERVISOR_TEST_A", "MODE"},
               [](auto& it) {
                 it.environment = {{.name = "MODE", .value = "fast"},
                                   {.name = "SUPERVISOR_TEST_A", .value = ""}};
               })
          == " fast");
  }
  THEN("secrets come from the tree's provider") {
    CHECK(seen({.inherit = env_inheritance::clean}, {"MODE", "PASS", "DB"}, add_variables,
               {.log = {}, .secrets = only_knows("db", "swordfish")})
          == "fast swordfish (unset)");
  }
  THEN("without a provider they come from our own variables") {
    setenv("db", "tuna", 1);
    CHECK(seen({.inherit = env_inheritance::clean}, {"PASS", "db"}, add_variables)
          == "tuna (unset)");
    unsetenv("db");
  }
  THEN("a secret that nobody needs may be missing") {
    CHECK(seen({}, {"MODE", "PASS"}, add_variables) == "fast (unset)");
  }
  unsetenv("NOTIFY_SOCKET");
}

SCENARIO("a secret is inherited by nobody") {
  setenv("SUPERVISOR_TEST_SECRET", "swordfish", 1);
  const auto names_it = [](child_spec it) {
    return with(std::move(it), [](auto& to) {
      to.secrets = {{.name = "DB", .key = "SUPERVISOR_TEST_SECRET"}};
      to.environment = {{.name = "PASS", .secret_ref = "${DB}"}};
    });
  };
  const auto looker = [](std::string id) {
    return resigned(puppet_child(std::move(id), {"variable", "SUPERVISOR_TEST_SECRET"}));
  };
  const auto says
    = [](const house& here, const std::string& id) { return here.says(id + ": (unset)"); };
  GIVEN("a program that names it, and others") {
    const auto below = supervisor_spec{.children = {looker("c")}};
    const house here{{names_it(puppet_child(
                        "a", {"variable", "PASS", "variable", "SUPERVISOR_TEST_SECRET", "wait"})),
                      looker("b"),
                      {.id = "below", .start = nested(below)}}};
    THEN("who names it has it by the name that it asked for, and nobody else") {
      CHECK(here.says("a: swordfish"));
      CHECK(says(here, "a"));
      CHECK(says(here, "b"));
      CHECK(says(here, "below/c"));
    }
    THEN("nor has one that is added") {
      CHECK(here.running().start_child(looker("d"), anna)->ok());
      CHECK(says(here, "d"));
    }
  }
  GIVEN("one that is named by a child that is added") {
    const house here{{puppet_child("a", {"wait"})}};
    CHECK(here.running().start_child(names_it(puppet_child("b", {"wait"})), anna)->ok());
    CHECK(here.running().start_child(looker("c"), anna)->ok());
    THEN("no program has it that is started from then on") { CHECK(says(here, "c")); }
  }
  GIVEN("a program that lists it by name") {
    auto lists = looker("b");
    lists.start = process({.argv = {SUPERVISOR_PUPPET, "variable", "SUPERVISOR_TEST_SECRET"},
                           .inherit = env_inheritance::listed,
                           .inherited = {"SUPERVISOR_TEST_SECRET"}});
    const house here{{names_it(puppet_child("a", {"wait"})), lists}};
    THEN("it has it") { CHECK(here.says("b: swordfish")); }
  }
  unsetenv("SUPERVISOR_TEST_SECRET");
}

TEST_CASE("the helper of a program shows nobody what that was given") {
  const house here{{with(puppet_child("a", {"wait"}), add_variables)}};
  const auto helper = parent_of(here.pid("a"));
  REQUIRE(content("/proc/" + std::to_string(helper) + "/comm") == "supervisor-exec\n");
  CHECK(content("/proc/" + std::to_string(here.pid("a")) + "/environ").find("MODE=fast")
        != std::string::npos);
  CHECK(content("/proc/" + std::to_string(helper) + "/environ") == "");
  struct stat about {};
  REQUIRE(stat(("/proc/" + std::to_string(helper) + "/environ").c_str(), &about) == 0);
  CHECK(about.st_uid == 0); // as of all that cannot be dumped
}

SCENARIO("a program that runs as another user has that user's variables") {
  if (geteuid() != 0) {
    MESSAGE("skipped: we are not root");
    return;
  }
  const std::vector<std::string> names{"HOME", "USER", "LOGNAME", "SHELL"};
  setenv("HOME", "/ours", 1);
  THEN("they are set, whatever it inherits") {
    CHECK(seen({.user = "nobody"}, names) == "/nonexistent nobody nobody /usr/sbin/nologin");
    CHECK(seen({.inherit = env_inheritance::clean, .user = "nobody"}, names)
          == "/nonexistent nobody nobody /usr/sbin/nologin");
  }
  THEN("its own come before those") {
    CHECK(seen({.user = "nobody"}, {"HOME", "USER"},
               [](auto& it) { it.environment = {{.name = "HOME", .value = "/srv"}}; })
          == "/srv nobody");
  }
  THEN("a user without an entry has a home as well") {
    CHECK(seen({.user = "12345", .group = "12345"}, names) == "/ 12345 12345 /bin/sh");
  }
  THEN("a program that stays what we are has ours") { CHECK(seen({}, {"HOME"}) == "/ours"); }
}

TEST_CASE("without a required secret a program does not start") {
  auto it = with(puppet_child("a", {"wait"}), add_variables);
  it.more.make().secrets.front().required = true;
  CHECK(start_failure_of(std::move(it)).find("secret DB is required, and nobody has the key db")
        != std::string::npos);
}

TEST_CASE("a secret is looked up anew at each start") {
  const auto current = std::make_shared<std::atomic<int>>(0);
  const house here{
    {.children = {with(puppet_child("a", {"variable", "PASS", "exit", "1"}), add_variables)}},
    {.log = {}, .secrets = [current](const std::string&) -> expected<std::optional<std::string>> {
       return std::optional{"word " + std::to_string(++*current)};
     }}};
  CHECK(here.says("a: word 1"));
  CHECK(here.says("a: word 2"));
}

TEST_CASE("no secret is to be read anywhere") {
  const std::string word = "swordfish";
  const auto knows = [](std::string id, std::vector<std::string> words) {
    return with(puppet_child(std::move(id), std::move(words)), add_variables);
  };
  auto ghost = resigned({.id = "ghost", .start = process({.argv = {"no-such-program"}})});
  auto quiet = resigned(knows("quiet", {"say", "up", "wait"}));
  quiet.readiness = readiness::on_report;
  quiet.start_timeout = 200ms;
  auto beaten = knows("beaten", {"wait"});
  beaten.more.make().health_policy = {{50ms, 150ms}};
  auto poor = resigned(knows("poor", {"wait"}));
  poor.more.make().resource_limits = {{.max_cpu_percent = 1, .required = true}};
  const auto grumbler
    = resigned({.id = "grumbler", .start = worker([](caf::event_based_actor*, const child& me) {
                                    throw std::runtime_error{
                                      "no " + me.secret("DB").value_or("").substr(0, 0)};
                                    return caf::behavior{[](int) {}};
                                  })});
  house here{{.intensity = {.restarts = unlimited},
              .children = {knows("good", {"variable", "MODE", "wait"}),
                           resigned(knows("crash", {"die", std::to_string(SIGTERM)})),
                           knows("again", {"exit", "3"}), with(ghost, add_variables), quiet, beaten,
                           poor, with(grumbler, add_variables)}},
             {.log = {}, .secrets = only_knows("db", word)}};
  CHECK(here.says("good: fast"));
  CHECK(here.comes("again exit code 3: restart", 2));
  CHECK(here.comes("beaten unhealthy: restart"));
  CHECK(here.comes("ghost could not start: leave_down"));
  CHECK(here.comes("poor could not start: leave_down"));
  CHECK(here.comes("quiet took too long to start: leave_down"));

  std::string text;
  for (const auto& x : here.running().current_state().children) {
    text += x.last_words + x.status_text + x.stuck_in + x.name;
    for (const auto& remark : x.remarks)
      text += remark;
    if (const auto why = here.running().explain(x.path))
      text += to_string(*why, x.path);
  }
  for (const auto* id : {"good", "ghost", "poor"})
    if (const auto came = here.running().restart_child(id, anna))
      text += to_string(*came);
  text += to_string(here.stop());
  text += here.all();
  for (const auto& line : here.lines())
    text += line;
  CHECK(text.size() > 1000);
  CHECK(text.find(word) == std::string::npos);
}
