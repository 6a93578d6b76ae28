#include "supervisor/os/environment/notice.hpp"

#include "supervisor/text/printable.hpp"

#include <algorithm>

namespace supervisor {

namespace {

void take_line(std::string_view line, process_notice& into) {
  constexpr std::string_view status = "STATUS=";
  into.ready |= line == "READY=1";
  into.reloading |= line == "RELOADING=1";
  into.stopping |= line == "STOPPING=1";
  into.heartbeat |= line == "WATCHDOG=1";
  into.trigger |= line == "WATCHDOG=trigger";
  if (line.starts_with(status))
    into.status = showing::printable(line.substr(status.size()), max_status_characters);
}

} // namespace

process_notice parse_notice(std::string_view datagram) {
  process_notice found;
  if (datagram.size() > max_notice_bytes)
    return found;
  while (!datagram.empty()) {
    const auto size = std::min(datagram.find('\n'), datagram.size());
    take_line(datagram.substr(0, size), found);
    datagram.remove_prefix(std::min(size + 1, datagram.size()));
  }
  return found;
}

} // namespace supervisor
