#include "isolation.hpp"

#include "programs.hpp"
#include "spawned.hpp"

#include <sys/wait.h>
#include <unistd.h>

namespace chaos {

namespace {

std::string words_for(int status) {
  if (WIFSIGNALED(status))
    return "ended by signal " + std::to_string(WTERMSIG(status));
  return "ended with exit code " + std::to_string(WEXITSTATUS(status));
}

bool has_judged(int status) {
  return WIFEXITED(status) && (WEXITSTATUS(status) <= 1 || WEXITSTATUS(status) == exit_skipped);
}

outcome outcome_of(int status) {
  if (!WIFEXITED(status))
    return outcome::failed;
  return WEXITSTATUS(status) == 0              ? outcome::passed
         : WEXITSTATUS(status) == exit_skipped ? outcome::skipped
                                               : outcome::failed;
}

} // namespace

isolated_run run_isolated(std::vector<std::string> args, std::chrono::nanoseconds within) {
  args.insert(args.begin(), this_program());
  spawned made{std::move(args), {.err = STDERR_FILENO}};
  if (made.pid() < 0)
    return {.broke = "could not be started"};
  const auto status = made.end(within);
  if (!status)
    return {.output = made.out(), .broke = "did not end in time"};
  isolated_run result{.output = made.out(), .came = outcome_of(*status)};
  if (!has_judged(*status) || result.output.empty())
    result.broke = words_for(*status);
  return result;
}

} // namespace chaos
