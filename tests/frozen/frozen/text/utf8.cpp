#include "frozen/text/utf8.hpp"

#include "frozen/text/ranges.hpp"

#include <cstdint>

namespace frozen::showing {

namespace {

/// What a first byte says of its character.
struct shape {
  std::size_t size = 0; ///< 0: no character begins with it
  char32_t bits = 0;    ///< of the code, those in the first byte
  char32_t least = 0;   ///< smaller codes have a shorter form
};

shape shape_of(unsigned char byte) noexcept {
  if (byte < 0x80)
    return {1, byte, 0};
  if (byte >= 0xC0 && byte < 0xE0)
    return {2, char32_t{byte} & 0x1F, 0x80};
  if (byte >= 0xE0 && byte < 0xF0)
    return {3, char32_t{byte} & 0x0F, 0x800};
  if (byte >= 0xF0 && byte < 0xF8)
    return {4, char32_t{byte} & 0x07, 0x10000};
  return {};
}

bool is_code(char32_t x) noexcept { return x < 0xD800 || (x > 0xDFFF && x <= 0x10FFFF); }

/// Sorted. Whole blocks where most of it is wide.
constexpr range wide[] = {
  {0x1100, 0x115F},   {0x231A, 0x231B}, {0x2329, 0x232A},   {0x23E9, 0x23F3},   {0x25FD, 0x25FE},
  {0x2600, 0x27BF},   {0x2B1B, 0x2B1C}, {0x2B50, 0x2B55},   {0x2E80, 0x303E},   {0x3041, 0xA4CF},
  {0xA960, 0xA97C},   {0xAC00, 0xD7A3}, {0xF900, 0xFAFF},   {0xFE10, 0xFE19},   {0xFE30, 0xFE6F},
  {0xFF01, 0xFF60},   {0xFFE0, 0xFFE6}, {0x16FE0, 0x18DFF}, {0x1AFF0, 0x1B2FF}, {0x1F000, 0x1FAFF},
  {0x20000, 0x3FFFD},
};

} // namespace

character first_of(std::string_view text) noexcept {
  const auto byte = static_cast<unsigned char>(text.front());
  const character none{byte, 1, false};
  const auto [size, bits, least] = shape_of(byte);
  if (size == 0 || text.size() < size)
    return none;
  auto code = bits;
  for (const auto next : text.substr(1, size - 1)) {
    if ((static_cast<unsigned char>(next) & 0xC0) != 0x80)
      return none;
    code = code << 6 | (static_cast<unsigned char>(next) & 0x3F);
  }
  return code >= least && is_code(code) ? character{code, size, true} : none;
}

std::size_t columns_of(char32_t code) noexcept { return is_in(wide, code) ? 2 : 1; }

} // namespace frozen::showing
