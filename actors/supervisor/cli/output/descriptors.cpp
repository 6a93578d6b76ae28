#include "supervisor/cli/output/descriptors.hpp"

#include <cerrno>
#include <initializer_list>

#include <fcntl.h>
#include <unistd.h>

namespace supervisor {

void open_standard_descriptors() noexcept {
  for (const auto number : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(number, F_GETFD) != -1 || errno != EBADF)
      continue;
    if (open("/dev/null", O_RDWR | O_NOCTTY) < 0) // which gets the smallest number that is free
      open("/", O_PATH); // can be neither read nor written, and keeps the place
  }
}

} // namespace supervisor
