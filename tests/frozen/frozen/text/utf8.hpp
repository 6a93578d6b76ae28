#pragma once

#include <cstddef>
#include <string_view>

namespace frozen::showing {

/// One character of UTF-8, or one byte that belongs to none.
struct character {
  char32_t code = 0;    ///< of a byte that is no character: the byte
  std::size_t size = 1; ///< in bytes
  bool is_valid = false;
};

/// The first character of a text that is not empty. Longer forms than needed, surrogates and numbers
/// beyond U+10FFFF are no characters: then the first byte is given back, and it alone.
character first_of(std::string_view) noexcept;

/// Columns of a terminal that a character takes: 2 for those that East Asian fonts and emoji draw wide,
/// else 1. Never less than a terminal needs; what stands above another character is counted as 1.
std::size_t columns_of(char32_t) noexcept;

} // namespace frozen::showing
