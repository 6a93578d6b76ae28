#include "must.hpp"

#include <supervisor/os/helper/processes.hpp>

#include <cstdint>
#include <cstring>
#include <string>

using namespace supervisor::helper;

namespace {

/// As the kernel writes it for a process with that name.
std::string stat_of(const std::string& name) {
  return "12 (" + name + ") S 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 4711 22\n";
}

void check_name(const std::string& name) {
  process found{};
  must(parse_stat(stat_of(name).c_str(), found), "what the kernel writes is understood");
  must(found.state == 'S' && found.parent == 3 && found.group == 4 && found.born == 4711,
       "a name changes nothing behind it");
  must(std::memchr(found.name, 0, sizeof found.name) != nullptr, "a name has an end");
  must(name.starts_with(found.name), "a name is what the kernel says, or its beginning");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string text{bytes, bytes + size};
  process found{};
  parse_stat(text.c_str(), found);
  must(std::memchr(found.name, 0, sizeof found.name) != nullptr,
       "a name has an end, whatever it is");
  check_name(text.substr(0, text.find('\0')));
  return 0;
}
