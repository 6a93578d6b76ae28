#include "supervisor/config/words.hpp"

#include <algorithm>

namespace supervisor::config {

namespace {

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

} // namespace

std::string printable(std::string_view text, std::size_t most) {
  auto size = std::min(text.size(), most);
  while (size > 0 && size < text.size() && is_continuation(text[size]))
    --size;
  std::string result{text.substr(0, size)};
  std::ranges::replace_if(result, is_control, '?');
  return size < text.size() ? result + "..." : result;
}

std::string quoted(std::string_view text) { return '"' + printable(text) + '"'; }

} // namespace supervisor::config
