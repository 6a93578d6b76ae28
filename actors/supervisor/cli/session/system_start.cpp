#include "supervisor/cli/session/system_start.hpp"

#include "supervisor/cli/commands/commands.hpp"

#include <cstdlib>
#include <string_view>

#include <unistd.h>

namespace supervisor {

namespace {

[[noreturn]] void end_with_a_word() noexcept {
  constexpr std::string_view text
    = "[supervisor] cannot start: the actor system could not make its threads; is there a limit on "
      "processes (ulimit -u)?\n";
  [[maybe_unused]] const auto size = write(STDERR_FILENO, text.data(), text.size());
  std::_Exit(exit_code::gave_up);
}

} // namespace

system_start::system_start() noexcept : before_(std::set_terminate(end_with_a_word)) {}

system_start::~system_start() { std::set_terminate(before_); }

} // namespace supervisor
