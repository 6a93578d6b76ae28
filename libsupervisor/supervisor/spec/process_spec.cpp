#include "supervisor/spec/process_spec.hpp"

#include <algorithm>
#include <csignal>
#include <iterator>

namespace supervisor {

namespace {

struct known_signal {
  int number = 0;
  std::string_view name{};
};

/// Where two names have one number, the first is the one that is shown.
constexpr known_signal signals[] = {
  {SIGHUP, "SIGHUP"},   {SIGINT, "SIGINT"},     {SIGQUIT, "SIGQUIT"},     {SIGILL, "SIGILL"},
  {SIGTRAP, "SIGTRAP"}, {SIGABRT, "SIGABRT"},   {SIGBUS, "SIGBUS"},       {SIGFPE, "SIGFPE"},
  {SIGUSR1, "SIGUSR1"}, {SIGSEGV, "SIGSEGV"},   {SIGUSR2, "SIGUSR2"},     {SIGPIPE, "SIGPIPE"},
  {SIGALRM, "SIGALRM"}, {SIGTERM, "SIGTERM"},   {SIGSTKFLT, "SIGSTKFLT"}, {SIGCHLD, "SIGCHLD"},
  {SIGCONT, "SIGCONT"}, {SIGTSTP, "SIGTSTP"},   {SIGTTIN, "SIGTTIN"},     {SIGTTOU, "SIGTTOU"},
  {SIGURG, "SIGURG"},   {SIGXCPU, "SIGXCPU"},   {SIGXFSZ, "SIGXFSZ"},     {SIGVTALRM, "SIGVTALRM"},
  {SIGPROF, "SIGPROF"}, {SIGWINCH, "SIGWINCH"}, {SIGIO, "SIGIO"},         {SIGPWR, "SIGPWR"},
  {SIGSYS, "SIGSYS"},   {SIGABRT, "SIGIOT"},    {SIGIO, "SIGPOLL"}};

constexpr std::string_view prefix = "SIG";

std::string real_time_name(int above_first) {
  return above_first == 0 ? "SIGRTMIN" : "SIGRTMIN+" + std::to_string(above_first);
}

/// Those above the ones that the C library keeps for itself; how many there are it says when asked.
int real_time_number(std::string_view name) {
  for (int number = SIGRTMIN; number <= SIGRTMAX; ++number)
    if (name == real_time_name(number - SIGRTMIN))
      return number;
  return 0;
}

int number_of_whole(std::string_view name) {
  const auto found = std::ranges::find(signals, name, &known_signal::name);
  return found != std::end(signals) ? found->number : real_time_number(name);
}

} // namespace

std::span<const reserved_variable> reserved_variables() {
  constexpr std::string_view beats = "with health_policy the program gets one of its own";
  static constexpr reserved_variable all[]
    = {{"NOTIFY_SOCKET",
        "with readiness_policy \"explicit\" or health_policy the program gets one of its own"},
       {"WATCHDOG_USEC", beats},
       {"WATCHDOG_PID", beats},
       {"SUPERVISOR_PROCESS", "choose another name"}};
  return all;
}

int signal_number(std::string_view name) {
  return name.starts_with(prefix) ? number_of_whole(name)
                                  : number_of_whole(std::string{prefix} + std::string{name});
}

std::string signal_name(int number) {
  if (number == SIGKILL || number == SIGSTOP) // which can be died of, but not be sent
    return number == SIGKILL ? "SIGKILL" : "SIGSTOP";
  const auto found = std::ranges::find(signals, number, &known_signal::number);
  if (found != std::end(signals))
    return std::string{found->name};
  if (number >= SIGRTMIN && number <= SIGRTMAX)
    return real_time_name(number - SIGRTMIN);
  return "signal " + std::to_string(number);
}

std::vector<std::string_view> signal_names() {
  std::vector<std::string_view> names;
  std::ranges::transform(signals, std::back_inserter(names), &known_signal::name);
  return names;
}

} // namespace supervisor
