#pragma once

#include <algorithm>
#include <string>
#include <string_view>

// What may be shown, said once more and in another way than in the library.

namespace supervisor {

/// The bytes of the character that the text begins with; 0: it begins with none. `code` is its number.
inline std::size_t decode(std::string_view text, char32_t& code) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto follows = [&](std::size_t i, unsigned least, unsigned most) {
    return i < text.size() && byte(i) >= least && byte(i) <= most;
  };
  const auto bits = [&](std::size_t i) { return char32_t{byte(i)} & 0x3F; };
  const auto b = byte(0);
  if (b < 0x80) {
    code = b;
    return 1;
  }
  if (b >= 0xC2 && b <= 0xDF && follows(1, 0x80, 0xBF)) {
    code = (b & 0x1Fu) << 6 | bits(1);
    return 2;
  }
  if (b >= 0xE0 && b <= 0xEF && follows(1, b == 0xE0 ? 0xA0 : 0x80, b == 0xED ? 0x9F : 0xBF)
      && follows(2, 0x80, 0xBF)) {
    code = (b & 0x0Fu) << 12 | bits(1) << 6 | bits(2);
    return 3;
  }
  if (b >= 0xF0 && b <= 0xF4 && follows(1, b == 0xF0 ? 0x90 : 0x80, b == 0xF4 ? 0x8F : 0xBF)
      && follows(2, 0x80, 0xBF) && follows(3, 0x80, 0xBF)) {
    code = (b & 0x07u) << 18 | bits(1) << 12 | bits(2) << 6 | bits(3);
    return 4;
  }
  return 0;
}

inline bool is_harmful(char32_t c) {
  const auto between = [c](char32_t first, char32_t last) { return c >= first && c <= last; };
  const auto is_control = (c < 0x20 && c != '\t') || between(0x7F, 0x9F);
  const auto turns_text_around
    = c == 0x061C || between(0x200E, 0x200F) || between(0x202A, 0x202E) || between(0x2066, 0x2069);
  const auto ends_a_line = between(0x2028, 0x2029);
  const auto is_invisible = c == 0xAD || c == 0x034F || c == 0x180E || between(0x200B, 0x200D)
                            || between(0x2060, 0x2065) || between(0x206A, 0x206F) || c == 0xFEFF
                            || between(0xFFF9, 0xFFFB) || between(0xE0000, 0xE0FFF)
                            || between(0x1D173, 0x1D17A);
  return is_control || turns_text_around || ends_a_line || is_invisible;
}

/// The bytes of the colour that the text begins with; 0: with none.
inline std::size_t colour_at(std::string_view text) {
  if (!text.starts_with("\x1b["))
    return 0;
  const auto end = text.find('m');
  const auto is_parameter = [](char c) { return (c >= '0' && c <= '9') || c == ';' || c == ':'; };
  return end != text.npos && std::ranges::all_of(text.substr(2, end - 2), is_parameter) ? end + 1
                                                                                        : 0;
}

struct looked_at {
  bool harmless = true; ///< UTF-8, and nothing of it does more than being read
  bool coloured = false;
  std::size_t characters = 0; ///< without the colours
};

inline looked_at look_at(std::string_view text) {
  looked_at found;
  while (!text.empty() && found.harmless) {
    char32_t code = 0;
    auto size = colour_at(text);
    if (size > 0) {
      found.coloured = true;
    } else {
      size = decode(text, code);
      found.harmless = size > 0 && !is_harmful(code);
      ++found.characters;
    }
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return found;
}

inline bool is_printable(std::string_view text) {
  const auto found = look_at(text);
  return found.harmless && !found.coloured;
}

} // namespace supervisor
