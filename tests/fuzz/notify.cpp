#include "must.hpp"
#include "printable.hpp"

#include <supervisor/os/environment/notice.hpp>

#include <algorithm>
#include <cstdint>
#include <vector>

using namespace supervisor;

namespace {

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> all;
  for (;;) {
    const auto end = text.find('\n');
    all.push_back(text.substr(0, end));
    if (end == text.npos)
      return all;
    text.remove_prefix(end + 1);
  }
}

bool is_in(const std::vector<std::string_view>& lines, std::string_view line) {
  return std::ranges::count(lines, line) > 0;
}

/// What the last line about it says, as far as it is shown.
void check_status(const std::string& status, const std::vector<std::string_view>& lines) {
  std::string_view said;
  for (const auto line : lines)
    if (line.starts_with("STATUS="))
      said = line.substr(7);
  must(is_printable(status), "a status can be shown");
  must(look_at(status).characters <= max_status_characters + 3, "a status is cut");
  if (is_printable(said) && look_at(said).characters <= max_status_characters)
    must(status == said, "a status says what the datagram said");
}

void check_fields(const process_notice& x, std::string_view datagram) {
  const auto lines = lines_of(datagram);
  must(x.ready == is_in(lines, "READY=1"), "ready is what the datagram says");
  must(x.reloading == is_in(lines, "RELOADING=1"), "reloading is what the datagram says");
  must(x.stopping == is_in(lines, "STOPPING=1"), "stopping is what the datagram says");
  must(x.heartbeat == is_in(lines, "WATCHDOG=1"), "a heartbeat is what the datagram says");
  must(x.trigger == is_in(lines, "WATCHDOG=trigger"), "a trigger is what the datagram says");
  must(x.status.has_value()
         == std::ranges::any_of(lines, [](auto line) { return line.starts_with("STATUS="); }),
       "there is a status if the datagram has one");
  if (x.status)
    check_status(*x.status, lines);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string datagram{bytes, bytes + size};
  const auto x = parse_notice(datagram);
  if (size > max_notice_bytes)
    must(x == process_notice{}, "a datagram that is too long is none");
  else
    check_fields(x, datagram);
  if (size + 1 < max_notice_bytes)
    must(parse_notice(datagram + "\nX") == x, "a line that is unknown changes nothing");
  return 0;
}
