#include "supervisor/actors/detail/standard_error.hpp"

#include "supervisor/text/printable.hpp"

#include <exception>
#include <iostream>

#include <poll.h>
#include <unistd.h>

namespace supervisor::detail {

bool standard_error_takes_more() noexcept {
  pollfd there{STDERR_FILENO, POLLOUT, 0};
  return poll(&there, 1, 0)
         != 0; // if it is broken, so that writing to it fails, that is at once, too
}

void write_to_standard_error(const std::string& line) noexcept {
  try {
    std::cerr.clear();
    std::cerr << line + "\n" << std::flush;
  } catch (...) { // somebody has asked std::cerr to throw; there is nobody else to tell
  }
}

void complain(const std::string& what) noexcept {
  try {
    if (standard_error_takes_more())
      write_to_standard_error("[supervisor] " + showing::printable(what, showing::longest_line));
  } catch (...) { // no memory for it
  }
}

std::string thrown_text() {
  try {
    throw;
  } catch (const std::exception& why) {
    return std::string{": "} + why.what();
  } catch (...) {
    return "";
  }
}

} // namespace supervisor::detail
