#include "frozen/text/printable.hpp"

#include "frozen/text/ranges.hpp"
#include "frozen/text/utf8.hpp"

namespace frozen::showing {

namespace {

constexpr std::string_view reset = "\x1b[0m";

/// Sorted: controls, what is invisible (but for U+FE00 to U+FE0F, which choose how the character before
/// them looks), what changes the direction of reading, what ends lines, and what is no character.
constexpr range not_shown[] = {
  {0x00, 0x08},       {0x0A, 0x1F},       {0x7F, 0x9F},     {0xAD, 0xAD},       {0x034F, 0x034F},
  {0x061C, 0x061C},   {0x115F, 0x1160},   {0x17B4, 0x17B5}, {0x180B, 0x180F},   {0x200B, 0x200F},
  {0x2028, 0x202E},   {0x2060, 0x206F},   {0x3164, 0x3164}, {0xFDD0, 0xFDEF},   {0xFEFF, 0xFEFF},
  {0xFFA0, 0xFFA0},   {0xFFF0, 0xFFFB},   {0xFFFE, 0xFFFF}, {0x13430, 0x1343F}, {0x1BCA0, 0x1BCA3},
  {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF},
};

bool is_plain(char c) noexcept { return c >= ' ' && c < 0x7F; }

std::string hex(char32_t x, int digits) {
  std::string text;
  for (auto shift = 4 * (digits - 1); shift >= 0; shift -= 4)
    text += "0123456789abcdef"[x >> shift & 15];
  return text;
}

/// As JSON writes it: above U+FFFF in two halves.
std::string escaped(char32_t code) {
  if (code <= 0xFFFF)
    return "\\u" + hex(code, 4);
  const auto rest = code - 0x10000;
  return escaped(0xD800 + (rest >> 10)) + escaped(0xDC00 + (rest & 0x3FF));
}

std::string escaped(const character& x) {
  if (x.is_valid && x.code == '\n')
    return "\\n";
  if (x.is_valid && x.code == '\r')
    return "\\r";
  return !x.is_valid || x.code < 0x80 ? "\\x" + hex(x.code, 2) : escaped(x.code);
}

/// The bytes of the colour that the text begins with; 0: with none.
std::size_t colour_at(std::string_view text) noexcept {
  constexpr std::size_t longest = 64; // of what terminals understand
  if (!text.starts_with("\x1b["))
    return 0;
  const auto end = text.substr(0, longest).find_first_not_of("0123456789;:", 2);
  return end != text.npos && text[end] == 'm' ? end + 1 : 0;
}

/// Makes one line of a text, from its beginning to its end or to where it is cut.
class writer {
public:
  writer(std::string_view text, std::size_t most, colours which)
    : left_(text), room_(most), which_(which) {}

  std::string written() {
    while (!left_.empty() && !cut_)
      take_next();
    if (coloured_ && !made_.ends_with(reset))
      made_ += reset;
    return std::move(made_);
  }

private:
  void take_next() {
    if (const auto size = colour_at(left_))
      take_colour(size);
    else if (is_plain(left_.front()))
      take_plain();
    else
      take_character();
  }

  void take_colour(std::size_t size) {
    if (which_ == colours::kept) {
      made_ += left_.substr(0, size);
      coloured_ = true;
    }
    left_.remove_prefix(size);
  }

  /// Most of most texts.
  void take_plain() {
    std::size_t size = 1;
    while (size < left_.size() && size < room_ && is_plain(left_[size]))
      ++size;
    add(left_.substr(0, size), size);
    left_.remove_prefix(size);
  }

  void take_character() {
    const auto next = first_of(left_);
    if (next.is_valid && is_shown(next.code)) {
      add(left_.substr(0, next.size), 1);
    } else {
      const auto instead = escaped(next);
      add(instead, instead.size());
    }
    left_.remove_prefix(next.size);
  }

  void add(std::string_view text, std::size_t characters) {
    cut_ = characters > room_;
    made_ += cut_ ? "..." : text;
    room_ -= cut_ ? 0 : characters;
  }

  std::string_view left_;
  std::size_t room_; ///< in characters
  const colours which_;
  std::string made_{};
  bool coloured_ = false;
  bool cut_ = false;
};

} // namespace

bool is_shown(char32_t code) noexcept { return !is_in(not_shown, code); }

std::string printable(std::string_view text, std::size_t most, colours which) {
  return writer{text, most, which}.written();
}

std::string quoted(std::string_view text, std::size_t most) {
  return '"' + printable(text, most) + '"';
}

} // namespace frozen::showing
