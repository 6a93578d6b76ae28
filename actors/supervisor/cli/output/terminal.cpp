#include "supervisor/cli/output/terminal.hpp"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

namespace supervisor {

namespace {

bool is_controlled() {
  const auto terminal = open("/dev/tty", O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (terminal >= 0)
    close(terminal);
  return terminal >= 0;
}

bool has_hung_up(int descriptor) { return isatty(descriptor) != 1 && errno == EIO; }

} // namespace

terminals_at_start::terminals_at_start() : controlled_(is_controlled()) {
  for (const auto number : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (isatty(number) == 1)
      standard_.push_back(number);
}

bool terminals_at_start::are_gone() const {
  return (controlled_ && !is_controlled()) || std::ranges::any_of(standard_, has_hung_up);
}

} // namespace supervisor
