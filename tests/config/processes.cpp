#include "said.hpp"

#include <supervisor/rules/validate.hpp>

#include <csignal>

using namespace supervisor;
using namespace std::string_literals;

namespace {

/// What is wrong with a process that has these members beside its argv; without the part that every
/// place begins with.
std::string wrong_with(std::string_view members) {
  const auto spec = read_spec(process_with(members));
  if (spec)
    return "ok";
  std::string text;
  for (const auto& x : spec.error())
    text += (text.empty() ? "" : "\n") + x.where.substr(x.where.find("process")) + ": " + x.what;
  return text;
}

/// The same of one that a program declares.
std::string wrong_with(const process_spec& x) {
  declared_child_spec child{.id = "a"};
  child.start.process = std::make_shared<const process_spec>(x);
  return to_string(validate(child));
}

/// A child "a" that is a process, with these members of its own.
std::string child_wrong_with(std::string_view members) {
  return said(file_with(R"("children": [{"id": "a", "process": {"argv": ["x"]}, )"
                        + std::string{members} + "}]"));
}

} // namespace

// -- as a file says it -----------------------------------------------------------------------------

TEST_CASE("everything a process can say about itself arrives") {
  const auto spec = spec_of(file_with(R"("children": [{"id": "a", "process": {
    "argv": ["/bin/sh", "-c", ""], "cwd": "/srv", "inherit": "listed", "inherited": ["PATH", "_X1"],
    "user": "nobody", "group": "33", "umask": "027", "stdin": "/dev/zero", "stop_signal": "INT",
    "reload_signal": "SIGUSR1", "max_line_bytes": 100, "max_lines_waiting": 7}}])"));
  const auto& start = spec.children.at(0).start;

  CHECK(start.kind() == task_kind::process);
  CHECK(start.label() == "process");
  CHECK(start.factory.empty());
  CHECK(start.args.empty());
  CHECK(*start.program()
        == process_spec{.argv = {"/bin/sh", "-c", ""},
                        .cwd = "/srv",
                        .inherit = env_inheritance::listed,
                        .inherited = {"PATH", "_X1"},
                        .user = "nobody",
                        .group = "33",
                        .umask = 027,
                        .stdin_file = "/dev/zero",
                        .stop_signal = "INT",
                        .reload_signal = "SIGUSR1",
                        .max_line_bytes = 100,
                        .max_lines_waiting = 7});
}

TEST_CASE("a process that says only what to run has the usual rest") {
  const auto spec = spec_of(process_with(""));
  CHECK(*spec.children.at(0).start.process == process_spec{.argv = {"x"}});
}

TEST_CASE("a process is added like any child") {
  const auto child = read_child(R"({"id": "a", "process": {"argv": ["x"]}})");
  REQUIRE(child);
  CHECK(child->start.program()->argv == std::vector{"x"s});
}

// -- what is wrong with it -------------------------------------------------------------------------

TEST_CASE("a process needs a program") {
  const auto of = [](std::string_view process) {
    return said(file_with(R"("children": [{"id": "a", "process": )" + std::string{process} + "}]"));
  };
  const auto at = "/children/0/process"s;
  CHECK(of("{}")
        == at
             + "/argv (line 1): is missing. The program and what it is told: a path, or a name "
               "that PATH is searched for, first.");
  CHECK(of("5").starts_with(at + " (line 1): is a number, must be an object with argv, cwd, "));
  CHECK(of(R"({"argv": []})")
        == at + "/argv (line 1): must name a program, such as [\"/bin/true\"]");
  CHECK(of(R"({"argv": "true"})")
        == at + "/argv (line 1): is a string, must be an array of strings");
  CHECK(of(R"({"argv": ["true", 5]})") == at + "/argv/1 (line 1): is a number, must be a string");
  for (const auto* const blank : {R"({"argv": [""]})", R"({"argv": [" ", "x"]})"})
    CHECK(of(blank) == at + "/argv/0 (line 1): must not be blank: it is the program");
  CHECK(of(R"({"argv": ["x"], "env": {}})").starts_with(at + "/env (line 1): unknown key \"env\""));
}

TEST_CASE("no text of a process has a zero byte in it") {
  const auto why = ": has a zero byte in it, and would end there"s;
  for (const auto& [members, place] :
       {std::pair{R"("cwd": "/a\u0000b")", "cwd"}, std::pair{R"("user": "a\u0000")", "user"},
        std::pair{R"("group": "\u0000a")", "group"}, std::pair{R"("stdin": "/a\u0000")", "stdin"}})
    CHECK(wrong_with(members) == "process/" + std::string{place} + why);
  CHECK(wrong_with(process_spec{.argv = {"x", "a\0b"s}}) == "/process/argv/1" + why);
  CHECK(wrong_with(R"("inherit": "listed", "inherited": ["A\u0000"])")
        == "process/inherited/0: \"A\\x00\" is no name of a variable: a letter or _, then letters, "
           "digits and _");
}

TEST_CASE("a text of a process is there or says something") {
  for (const std::string key : {"cwd", "user", "group", "stdin"}) {
    CHECK(wrong_with('"' + key + R"(": "")") == "process/" + key + ": is empty");
    CHECK(wrong_with('"' + key + R"(": "  ")") == "process/" + key + ": must not be blank");
  }
  CHECK(wrong_with(process_spec{.argv = {"x"}}) == "");
  CHECK(wrong_with(process_spec{.argv = {"x"}, .stdin_file = ""})
        == "/process/stdin: must name a file, such as \"/dev/null\"");
}

TEST_CASE("variables are inherited by their names if they are listed") {
  CHECK(wrong_with(R"("inherit": "listed", "inherited": ["A", "_b9"])") == "ok");
  CHECK(wrong_with(R"("inherit": "listed", "inherited": ["A=B"])")
        == "process/inherited/0: \"A=B\" is no name of a variable: a letter or _, then letters, "
           "digits and _");
  for (const std::string how : {"inherit", "clean"})
    CHECK(wrong_with(R"("inherited": ["A"], "inherit": ")" + how + '"')
          == "process/inherited: goes only with inherit \"listed\"");
  CHECK(
    wrong_with(R"("inherit": "liste")")
    == "process/inherit: \"liste\" is none of inherit, clean, listed, did you mean \"listed\"?");
}

TEST_CASE("a umask is octal and no longer than three digits") {
  const auto mask_of = [](std::string_view text) {
    const auto spec = spec_of(process_with(R"("umask": ")" + std::string{text} + '"'));
    return spec.children.at(0).start.process->umask;
  };
  CHECK(mask_of("022") == 022u);
  CHECK(mask_of("0") == 0u);
  CHECK(mask_of("0777") == 0777u);
  for (const std::string no : {"1000", "28", "0x1", "-1", "99999999999999999999"})
    CHECK(wrong_with(R"("umask": ")" + no + '"')
          == "process/umask: \"" + no
               + "\" is no umask, must be octal digits up to \"0777\", such as \"022\"");
  CHECK(wrong_with(R"("umask": 22)")
        == "process/umask: is a number, must be a string of octal digits up to \"0777\", such as "
           "\"022\"");
  CHECK(wrong_with(R"("umask": "")") == "process/umask: is empty");
  CHECK(wrong_with(process_spec{.argv = {"x"}, .umask = 01000})
        == "/process/umask: is out of range, must be octal and at most 0777");
}

TEST_CASE("a signal is one that a process can answer to") {
  CHECK(wrong_with(R"("stop_signal": "SIGQUIT", "reload_signal": "RTMIN+3")") == "ok");
  CHECK(wrong_with(R"("stop_signal": "SIGTREM")")
        == "process/stop_signal: \"SIGTREM\" is no signal, did you mean \"SIGTERM\"?");
  CHECK(wrong_with(R"("stop_signal": "TREM")")
        == "process/stop_signal: \"TREM\" is no signal, did you mean \"SIGTERM\"?");
  CHECK(wrong_with(R"("reload_signal": "sighup")")
        == "process/reload_signal: \"sighup\" is no signal, did you mean \"SIGHUP\"?");
  for (const std::string no : {"SIGKILL", "STOP"})
    CHECK(wrong_with(R"("reload_signal": ")" + no + '"')
          == "process/reload_signal: \"" + no
               + "\" leaves a process no choice: name one that it can answer to, such as "
                 "\"SIGTERM\"");
  CHECK(wrong_with(R"("stop_signal": ")" + std::string(1'000'000, 'x') + '"').size() < 300);
}

TEST_CASE("a process may say something") {
  CHECK(wrong_with(R"("max_line_bytes": 0, "max_lines_waiting": 0)")
        == "process/max_line_bytes: must be at least 1, or no line has an end\n"
           "process/max_lines_waiting: must be at least 1, or no line is told");
}

TEST_CASE("a process gives signs of life and answers no questions") {
  CHECK(child_wrong_with(R"("health_policy": {}, "readiness_policy": "explicit")") == "ok");
  for (const std::string key : {"health_check", "stall_watchdog"})
    CHECK(child_wrong_with('"' + key + "\": {}")
          == "/children/0/" + key + " (line 1): a process answers no messages: use health_policy");
  CHECK(child_wrong_with(R"("readiness": {})")
        == "/children/0/readiness (line 1): a process answers no messages: say readiness_policy "
           "\"explicit\", and it says READY=1");
}

// -- signals -----------------------------------------------------------------------------------------

TEST_CASE("a signal has a number and two spellings") {
  CHECK(signal_number("SIGTERM") == SIGTERM);
  CHECK(signal_number("TERM") == SIGTERM);
  CHECK(signal_number("SIGPOLL") == SIGIO);
  CHECK(signal_number("SIGRTMIN") == SIGRTMIN);
  CHECK(signal_number("RTMIN+2") == SIGRTMIN + 2);
  CHECK(signal_number("SIGRTMIN+" + std::to_string(SIGRTMAX - SIGRTMIN)) == SIGRTMAX);
  for (const auto* const no :
       {"", "SIG", "SIGKILL", "KILL", "SIGSTOP", "sigterm", "Term", "15", "SIGSIGTERM", "SIGRTMIN+",
        "SIGRTMIN+0", "SIGRTMIN+01", "SIGRTMIN+99", "SIGRTMIN-1", "SIGTERM "})
    CHECK_MESSAGE(signal_number(no) == 0, no);
}

TEST_CASE("what has a number is shown with its name") {
  CHECK(signal_name(SIGTERM) == "SIGTERM");
  CHECK(signal_name(SIGABRT) == "SIGABRT");
  CHECK(signal_name(SIGRTMIN) == "SIGRTMIN");
  CHECK(signal_name(SIGRTMIN + 1) == "SIGRTMIN+1");
  CHECK(signal_name(77) == "signal 77");
  CHECK(signal_name(0) == "signal 0");
  for (const auto name : signal_names())
    CHECK(signal_number(signal_name(signal_number(name))) == signal_number(name));
}

TEST_CASE("what the supervisor tells a process is not for a file to say") {
  const auto variable = [](const std::string& name) {
    return child_wrong_with(R"("environment": [{"name": ")" + name + R"(", "value": "5"}])");
  };
  const auto at = "/children/0/environment/0/name (line 1): "s;
  CHECK(
    variable("NOTIFY_SOCKET")
    == at
         + "\"NOTIFY_SOCKET\" is the supervisor's to set: with readiness_policy \"explicit\" or "
           "health_policy the program gets one of its own");
  for (const auto* name : {"WATCHDOG_USEC", "WATCHDOG_PID"})
    CHECK(variable(name)
          == at + '"' + name
               + "\" is the supervisor's to set: with health_policy the program gets "
                 "one of its own");
  CHECK(variable("SUPERVISOR_PROCESS")
        == at + "\"SUPERVISOR_PROCESS\" is the supervisor's to set: choose another name");
  CHECK(variable("notify_socket") == "ok");
}

TEST_CASE("nor does a process inherit what was told to us") {
  for (const auto& [name, instead] : reserved_variables())
    CHECK(wrong_with(R"("inherit": "listed", "inherited": ["PATH", ")" + std::string{name} + "\"]")
          == "process/inherited/1: \"" + std::string{name}
               + "\" is the supervisor's to set: " + std::string{instead});
}

TEST_CASE("a user or a group that is a number is one that there can be") {
  for (const std::string key : {"user", "group"}) {
    const auto called
      = [&](const std::string& name) { return wrong_with('"' + key + "\": \"" + name + '"'); };
    CHECK(called("0") == "ok");
    CHECK(called("4294967294") == "ok");
    CHECK(called("www-data") == "ok");
    CHECK(called("7up") == "ok");
    for (const std::string none : {"4294967295", "99999999999999999999", "-1", "+5"})
      CHECK(called(none)
            == "process/" + key + ": \"" + none
                 + "\" is out of range, must be a name, or from 0 to 4294967294");
  }
}

TEST_CASE("an exit code is a byte, also in a program of one's own") {
  declared_child_spec child{.id = "a", .start = {"x"}};
  child.more.make().success_exit_codes = {{0, 255, 256, -1}};
  CHECK(to_string(validate(child))
        == "/success_exit_codes/2: 256 is no exit code, must be from 0 to 255\n"
           "/success_exit_codes/3: -1 is no exit code, must be from 0 to 255");
}
