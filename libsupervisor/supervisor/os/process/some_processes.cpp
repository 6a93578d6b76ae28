#include "supervisor/os/process/some_processes.hpp"

#include "supervisor/text/printable.hpp"

namespace supervisor {

std::string to_string(const some_processes& x) {
  std::string text;
  for (const auto& one : x.some) {
    const auto is_last = x.some.size() == x.count && &one == &x.some.back() && !text.empty();
    text += is_last ? " and " : text.empty() ? "" : ", ";
    text += showing::printable(one.name) + " (pid " + std::to_string(one.pid) + ")";
  }
  if (x.count > x.some.size())
    text += (text.empty() ? "" : " and ") + std::to_string(x.count - x.some.size())
            + (text.empty() ? " processes" : " more");
  return text;
}

} // namespace supervisor
