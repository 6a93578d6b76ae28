#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

// Texts that come from outside (what programs write and say, names of files, words of a command line,
// texts of exceptions) as they may be shown to people.

namespace frozen::showing {

/// What becomes of the colours in a text: sequences such as ESC [ 1 ; 31 m, which change how the
/// characters after them look and do nothing else.
enum class colours : std::uint8_t {
  removed,
  kept, ///< for a terminal; the end of the text ends them, too
};

inline constexpr std::size_t whole = std::string::npos; ///< is not cut
inline constexpr std::size_t longest_line = 1000;       ///< of a line that repeats what others say

/// The text as one line of UTF-8 that does nothing to a terminal but be read: what moves the cursor,
/// rings, changes the direction of reading, ends a line or is not to be seen becomes "\x1b" (a byte) or
/// "\u202e" (a character); so does a byte that is no UTF-8. A tab stays. After `most` characters it is
/// cut, which three dots say.
std::string printable(std::string_view text, std::size_t most = 80,
                      colours which = colours::removed);

/// The same in quotation marks.
std::string quoted(std::string_view text, std::size_t most = 80);

/// Whether `printable` leaves that character as it is.
bool is_shown(char32_t) noexcept;

} // namespace frozen::showing
