#include "said.hpp"

#include <supervisor/rules/validate.hpp>
#include <supervisor/spec/tcp_address.hpp>

#include <limits>

using namespace supervisor;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

/// What is wrong with an actor or a process "a"; without the part that every place begins with.
std::string wrong_in(const std::string& file) {
  const auto spec = read_spec(file);
  if (spec)
    return "ok";
  std::string text;
  for (const auto& x : spec.error())
    text += (text.empty() ? "" : "\n") + x.where.substr("/children/0/"s.size()) + ": " + x.what;
  return text;
}

std::string wrong_with(std::string_view members) { return wrong_in(child_with(members)); }

std::string wrong_with_process(std::string_view members) {
  return wrong_in(file_with(R"("children": [{"id": "a", "process": {"argv": ["x"]}, )"
                            + std::string{members} + "}]"));
}

/// The same of one that a program declares.
std::string wrong_in_program(child_details more) {
  return to_string(
    validate(declared_child_spec{.id = "a", .start = {"x"}, .more = std::move(more)}));
}

/// A tree that is to run as it is.
struct made_start {
  bool empty() const { return false; }
  task_kind kind() const { return task_kind::async_worker; }
  std::string_view label() const { return "f"; }
  const basic_supervisor_spec<made_start>* tree() const { return nullptr; }
};

} // namespace

// -- as a file says it -----------------------------------------------------------------------------

TEST_CASE("everything that a child may use and ask for arrives") {
  const auto child = child_of(R"(
    "resource_limits": {"max_memory_mb": 512, "max_cpu_percent": 50, "max_file_descriptors": 64,
                        "max_core_mb": 0, "max_processes": 5000000000},
    "command_permissions": {"allow_shutdown": true, "allow_restart": true,
                            "allowed_signals": ["HUP", "SIGTERM"]},
    "environment": [{"name": "MODE", "value": ""}, {"name": "PW", "secret_ref": "${DB}"}],
    "secrets": [{"name": "DB", "key": "shop/db", "required": true}, {"name": "X", "key": "y"}])");

  CHECK(child.more->resource_limits == resource_limits{512, 50, 64, 0, 5'000'000'000});
  CHECK(child.more->command_permissions == command_permissions{true, true, {"HUP", "SIGTERM"}});
  CHECK(child.more->environment == std::vector<env_var>{{"MODE", "", {}}, {"PW", {}, "${DB}"}});
  CHECK(child.more->secrets == std::vector<secret_ref>{{"DB", "shop/db", true}, {"X", "y", false}});
}

TEST_CASE("everything about the start and the replacement of a child arrives") {
  const auto child = child_of(R"(
    "preconditions": [{"path": "/run/x", "timeout": "1min", "check_interval": "2s"},
                      {"tcp": "db:5432"}, {"check": "migrated"}],
    "recycle": {"max_age": "24h", "max_count": 5000000000, "spread": 0.25},
    "start_before_stop": true)");

  CHECK(child.more->preconditions
        == std::vector<precondition>{{.path = "/run/x", .timeout = 60s, .check_interval = 2s},
                                     {.tcp = "db:5432"},
                                     {.check = "migrated"}});
  CHECK(child.more->recycle == recycle_policy{24h, 5'000'000'000, 0.25});
  CHECK(child.more->start_before_stop);
}

TEST_CASE("what is said without numbers has the usual ones") {
  const auto child = child_of(R"("command_permissions": {}, "resource_limits": {},
    "preconditions": [{"path": "/x"}], "recycle": {"max_count": 1})");

  CHECK(child.more->command_permissions == command_permissions{});
  CHECK(child.more->resource_limits == resource_limits{});
  CHECK(child.more->preconditions.at(0).timeout == 30s);
  CHECK(child.more->preconditions.at(0).check_interval == 500ms);
  CHECK(child.more->recycle == recycle_policy{{}, 1, 0.1});
}

TEST_CASE("what cannot be read is told with its place and nothing that follows from it") {
  CHECK(wrong_with(R"("resource_limits": {"max_memory_mb": "1g", "max_processes": 1.5})")
        == "resource_limits/max_memory_mb: is a string, must be a whole number\n"
           "resource_limits/max_processes: 1.5 is out of range, must be a whole number");
  CHECK(wrong_with(R"("recycle": {"max_age": 5})")
        == "recycle/max_age: is a bare number: write \"5s\", not 5");
  CHECK(wrong_with(R"("recycle": {"max_age": "1h", "spread": "some"})")
        == "recycle/spread: is a string, must be a number");
  CHECK(wrong_with(R"("preconditions": [{"path": 5}, {"tcp": "a:1", "timeout": 5}])")
        == "preconditions/0/path: is a number, must be a string\n"
           "preconditions/1/timeout: is a bare number: write \"5s\", not 5");
  CHECK(wrong_with(R"("preconditions": {"path": "/x"})")
        == "preconditions: is an object, must be an array of objects with path, tcp, check, "
           "timeout, check_interval");
  CHECK(wrong_with(R"("environment": [{"name": 5, "value": 5}, 5])")
        == "environment/0/name: is a number, must be a string\n"
           "environment/0/value: is a number, must be a string\n"
           "environment/1: is a number, must be an object with name, value, secret_ref");
  CHECK(wrong_with(R"("secrets": [{"name": "A", "key": ""}, {"key": "b"}])")
        == "secrets/0/key: is empty\n"
           "secrets/1/name: is missing. What the child calls it, unique among its secrets.");
  CHECK(wrong_with(R"("command_permissions": {"allowed_signals": ["SIGHUP", 15]})")
        == "command_permissions/allowed_signals/1: is a number, must be a string");
}

// -- limits ----------------------------------------------------------------------------------------

TEST_CASE("a limit leaves room to run") {
  CHECK(wrong_with_process(R"("resource_limits": {"max_memory_mb": 0, "max_cpu_percent": 0,
          "max_file_descriptors": 0, "max_core_mb": 0, "max_processes": 0})")
        == "resource_limits/max_memory_mb: 0 is out of range, must be from 1 to 17592186044415\n"
           "resource_limits/max_cpu_percent: 0 is out of range, must be from 1 to 100\n"
           "resource_limits/max_file_descriptors: 0 is out of range, must be at least 4\n"
           "resource_limits/max_processes: 0 is out of range, must be at least 1");
  CHECK(wrong_with_process(R"("resource_limits": {"max_cpu_percent": 101})")
        == "resource_limits/max_cpu_percent: 101 is out of range, must be from 1 to 100");
  CHECK(wrong_with_process(R"("resource_limits": {"max_core_mb": 17592186044416})")
        == "resource_limits/max_core_mb: 17592186044416 is out of range, must be from 0 to "
           "17592186044415");
  CHECK(wrong_with_process(R"("resource_limits": {"max_memory_mb": 1, "required": true})") == "ok");
}

TEST_CASE("limits that are required need a process to keep them") {
  CHECK(wrong_with(R"("resource_limits": {"max_memory_mb": 1})") == "ok");
  CHECK(wrong_with(R"("resource_limits": {"max_memory_mb": 1, "required": true})")
        == "resource_limits/required: an actor shares the limits of its program: make it a "
           "process");
  CHECK(wrong_in(file_with(R"("children": [{"id": "a", "supervisor": {},
                              "resource_limits": {"required": true}}])"))
        == "resource_limits/required: a supervisor shares the limits of its program: limit "
           "processes among its children");
}

// -- permissions -----------------------------------------------------------------------------------

TEST_CASE("a child may send signals that exist and each is named once") {
  const auto wrong = [](std::string_view signals) {
    return wrong_with(R"("command_permissions": {"allowed_signals": [)" + std::string{signals}
                      + "]}");
  };
  const auto at = "command_permissions/allowed_signals/"s;
  CHECK(wrong(R"("SIGTERM", "USR1", "SIGRTMIN+1")") == "ok");
  CHECK(
    wrong(R"("SIGUSR3")").starts_with(at + "0: \"SIGUSR3\" is no signal, did you mean \"SIGUSR"));
  CHECK(wrong(R"("SIGTERM", "SIGKILL")")
        == at
             + "1: \"SIGKILL\" leaves a process no choice: name one that it can answer to, such "
               "as \"SIGTERM\"");
  CHECK(wrong(R"("SIGTERM", "HUP", "TERM")") == at + "2: \"TERM\" is there already: say it once");
}

// -- secrets and variables ---------------------------------------------------------------------------

TEST_CASE("a secret has a name of its own and a key") {
  const auto no_name = "\" is no name of a secret: a letter or _, then letters, digits and _"s;
  for (const std::string no : {"9a", "a-b", "a.b", " "})
    CHECK(wrong_with(R"("secrets": [{"name": ")" + no + R"(", "key": "k"}])")
          == "secrets/0/name: \"" + no + no_name);
  CHECK(wrong_with(R"("secrets": [{"name": "A", "key": "k"}, {"name": "A", "key": "l"}])")
        == "secrets/1/name: \"A\" is taken by secret 0: names are unique");
  CHECK(wrong_with(R"("secrets": [{"name": "A", "key": " "}])")
        == "secrets/0/key: of \"A\" must not be blank: by it the provider knows the secret");
  CHECK(wrong_in_program({.secrets = {{}}})
        == "/secrets/0/name: \"" + no_name
             + "\n/secrets/0/key: of \"\" must not be blank: by it the provider knows the secret");
}

TEST_CASE("a variable has a name of its own and says one thing") {
  CHECK(wrong_with(R"("environment": [{"name": "A", "value": "x"}, {"name": "a", "value": ""}])")
        == "ok");
  CHECK(wrong_with(R"("environment": [{"name": "A B", "value": "x"}])")
        == "environment/0/name: \"A B\" is no name of a variable: a letter or _, then letters, "
           "digits and _");
  CHECK(wrong_with(R"("environment": [{"name": "A", "value": "x"}, {"name": "A", "value": "y"}])")
        == "environment/1/name: \"A\" is taken by variable 0: names are unique");
  CHECK(wrong_with(R"("environment": [{"name": "A"}])")
        == "environment/0: \"A\" has nothing to say: give it a value or a secret_ref");
  CHECK(wrong_with(R"("secrets": [{"name": "S", "key": "k"}],
                      "environment": [{"name": "A", "value": "x", "secret_ref": "${S}"}])")
        == "environment/0: \"A\" has a value and a secret_ref: drop one");
  CHECK(wrong_with(R"("environment": [{"name": "A", "value": "x\u0000y"}])")
        == "environment/0/value: has a zero byte in it, and would end there");
}

TEST_CASE("a variable refers to a secret of the same child") {
  const auto wrong = [](std::string_view reference) {
    return wrong_with(R"("secrets": [{"name": "TOKEN", "key": "k"}],
                         "environment": [{"name": "X", "value": "x"},
                                         {"name": "A", "secret_ref": ")"
                      + std::string{reference} + "\"}]");
  };
  CHECK(wrong("${TOKEN}") == "ok");
  CHECK(wrong("${TOKN}")
        == "environment/1/secret_ref: \"A\" refers to no secret of this child, \"TOKN\", did you "
           "mean \"TOKEN\"?");
  for (const std::string no : {"TOKEN", "$TOKEN", "${TOKEN", "${}", "${ TOKEN }", "a${TOKEN}", "$",
                               "${", "${9}", "${TOKEN}}"})
    CHECK(wrong(no)
          == "environment/1/secret_ref: \"" + no
               + "\" of \"A\" is no reference to a secret, must be like \"${TOKEN}\"");
  CHECK(wrong("") == "environment/1/secret_ref: is empty");
}

// -- what comes before a start -----------------------------------------------------------------------

TEST_CASE("a precondition is one thing to look for") {
  CHECK(wrong_with(R"("preconditions": [{"path": "/x"}, {"tcp": "a:1"}, {"check": "c"}])") == "ok");
  CHECK(wrong_with(R"("preconditions": [{"path": "/x"}, {}])")
        == "preconditions/1: must say exactly one of path, tcp and check, and says 0");
  CHECK(wrong_with(R"("preconditions": [{"path": "/x", "tcp": "a:1"}])")
        == "preconditions/0: must say exactly one of path, tcp and check, and says 2");
  CHECK(wrong_with(R"("preconditions": [{"path": "/x\u0000"}])")
        == "preconditions/0/path: has a zero byte in it, and would end there");
  CHECK(wrong_with(R"("preconditions": [{"check": " "}])")
        == "preconditions/0/check: must not be blank");
}

TEST_CASE("an address is a host and a port") {
  CHECK(tcp_address_of("db.example:5432") == tcp_address{"db.example", 5432});
  CHECK(tcp_address_of("127.0.0.1:1") == tcp_address{"127.0.0.1", 1});
  CHECK(tcp_address_of("[fe80::1%eth0]:65535") == tcp_address{"fe80::1%eth0", 65535});
  for (const auto* const no :
       {"", "db", "db:", ":80", "db:0", "db:65536", "db:-1", "db:+1", "db:8a", "db: 80", "::1:80",
        "[::1]", "[]:80", "[db]:80", "[::1:80", "d b:80", "db:80\n"})
    CHECK_MESSAGE(!tcp_address_of(no), no);
  for (const std::string no : {"db", "db:0", "::1:80", "db:65536"})
    CHECK(wrong_with(R"("preconditions": [{"tcp": ")" + no + "\"}]")
          == "preconditions/0/tcp: \"" + no
               + "\" is no address, must be host:port or [::1]:port with a port from 1 to 65535");
}

TEST_CASE("a precondition is looked at before its time is over") {
  const auto wrong = [](std::string_view times) {
    return wrong_with(R"("preconditions": [{"path": "/x", )" + std::string{times} + "}]");
  };
  CHECK(wrong(R"("timeout": "1s", "check_interval": "1s")") == "ok");
  CHECK(wrong(R"("timeout": "100ms")")
        == "preconditions/0/check_interval: must not be longer than timeout, 100ms: by then the "
           "start has failed");
  CHECK(wrong(R"("timeout": "0s", "check_interval": "0s")")
        == "preconditions/0/timeout: must be longer than zero\n"
           "preconditions/0/check_interval: must be longer than zero");
  CHECK(wrong(R"("timeout": "2000000h")")
        == "preconditions/0/timeout: must not be longer than 100 years");
}

TEST_CASE("a check has a name in a file and a function where it is to run") {
  const auto wrong = [](precondition x) {
    basic_child_spec<made_start> child;
    child.id = "a";
    child.more.make().preconditions = {std::move(x)};
    return to_string(validate(child));
  };
  CHECK(wrong({.check = "ready", .holds = [] { return true; }}) == "");
  CHECK(wrong({.path = "/x"}) == "");
  CHECK(wrong({.check = "ready"})
        == "/preconditions/0/check: \"ready\" has no function behind it: set holds");
  CHECK(wrong({.holds = [] { return true; }})
        == "/preconditions/0: must say exactly one of path, tcp and check, and says 0");
  CHECK(wrong_in_program({.preconditions = {{.check = "ready"}}}) == "");
}

// -- replacement -------------------------------------------------------------------------------------

TEST_CASE("a child is recycled for a reason") {
  const auto wrong = [](std::string_view members) {
    return wrong_with(R"("recycle": {)" + std::string{members} + "}");
  };
  CHECK(wrong(R"("max_age": "1ms", "spread": 0.99)") == "ok");
  CHECK(wrong("") == "recycle: must say max_age or max_count, or nothing is ever recycled");
  CHECK(wrong(R"("max_age": "0s", "max_count": 0)")
        == "recycle/max_age: must be longer than zero\n"
           "recycle/max_count: must be at least 1");
  for (const std::string no : {"1", "-0.1", "2"})
    CHECK(wrong(R"("max_age": "1h", "spread": )" + no)
          == "recycle/spread: must be at least 0 and less than 1");
  for (const auto no :
       {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()})
    CHECK(wrong_in_program({.recycle = recycle_policy{1h, {}, no}})
          == "/recycle/spread: must be at least 0 and less than 1");
}

TEST_CASE("the next life of a child says itself that it is ready") {
  CHECK(
    wrong_with(R"("start_before_stop": true, "readiness": {"check_interval": "1s"})")
    == "start_before_stop: does not go with a readiness probe: let the child say itself that it "
       "is ready (readiness_policy \"explicit\")");
  CHECK(wrong_with(R"("start_before_stop": true, "readiness_policy": "explicit")") == "ok");
}

// -- supervisors and pools ---------------------------------------------------------------------------

TEST_CASE("a nested supervisor leaves most of this to its children") {
  const auto wrong = [](std::string_view members) {
    return wrong_in(
      file_with(R"("children": [{"id": "a", "supervisor": {}, )" + std::string{members} + "}]"));
  };
  const auto why = ": does not go with a supervisor: say it of its children"s;
  CHECK(wrong(R"("environment": [{"name": "A", "value": "x"}])") == "environment" + why);
  CHECK(wrong(R"("secrets": [{"name": "A", "key": "x"}])") == "secrets" + why);
  CHECK(wrong(R"("recycle": {"max_age": "1h"})") == "recycle" + why);
  CHECK(wrong(R"("start_before_stop": true)") == "start_before_stop" + why);
  CHECK(wrong(R"("command_permissions": {})") == "command_permissions" + why);
  CHECK(wrong(R"("start_before_stop": false, "environment": [], "secrets": [])") == "ok");
  CHECK(wrong(R"("preconditions": [{"path": "/x"}])") == "ok");
}

TEST_CASE("a template may say all of it") {
  CHECK(said(file_with(R"("strategy": "simple_one_for_one", "children": [{"id": "a",
          "process": {"argv": ["x"]}, "resource_limits": {"max_memory_mb": 1, "required": true},
          "secrets": [{"name": "S", "key": "k"}],
          "environment": [{"name": "A", "secret_ref": "${S}"}],
          "preconditions": [{"path": "/x"}], "recycle": {"max_age": "1h"},
          "start_before_stop": true}])"))
        == "ok");
}

TEST_CASE("the key of a secret does not end at a zero byte") {
  CHECK(wrong_with(R"("secrets": [{"name": "S", "key": "plain\u0000x"}])")
        == "secrets/0/key: has a zero byte in it, and would end there");
}

TEST_CASE("an actor may call its variables what it likes") {
  CHECK(wrong_with(R"("environment": [{"name": "NOTIFY_SOCKET", "value": "x"}])") == "ok");
}
