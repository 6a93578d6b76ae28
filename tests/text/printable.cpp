#include <supervisor/text/printable.hpp>

#include <doctest/doctest.h>

#include <array>
#include <utility>
#include <vector>

using namespace supervisor::showing;

namespace {

std::string kept(std::string_view text) { return printable(text, whole, colours::kept); }
std::string removed(std::string_view text) { return printable(text, whole); }

/// "\x1b" and the like, as they are shown.
std::string byte(unsigned x) {
  constexpr std::string_view digits = "0123456789abcdef";
  return std::string{"\\x"} + digits[x >> 4] + digits[x & 15];
}

} // namespace

TEST_CASE("a text that is only to be read stays as it is") {
  for (const std::string text :
       {"", "plain words", "a tab\tand another\t", "Grüße an Владимир, 世界 😀",
        "back\\slash \"quotes\" {braces} 100%", "⚠\uFE0F e\u0301 \u00A0 \uFFFD"}) {
    CHECK(removed(text) == text);
    CHECK(kept(text) == text);
  }
}

TEST_CASE("every control is shown as what it is") {
  for (unsigned x = 0; x < 0x20; ++x) {
    const std::string text{'a', static_cast<char>(x), 'b'};
    const auto shown = x == '\t' ? "\t" : x == '\n' ? "\\n" : x == '\r' ? "\\r" : byte(x);
    CHECK(removed(text) == "a" + shown + "b");
    CHECK(kept(text) == "a" + shown + "b");
  }
  CHECK(removed("a\x7F") == "a\\x7f");
  CHECK(removed(std::string_view{"a\0b", 3}) == "a\\x00b");
}

TEST_CASE("a C1 control is shown as what it is, as a byte and as a character") {
  for (unsigned x = 0x80; x < 0xA0; ++x) {
    CHECK(removed(std::string{static_cast<char>(x)}) == byte(x));
    CHECK(removed(std::string{'\xC2', static_cast<char>(x)}) == "\\u00" + byte(x).substr(2));
  }
}

TEST_CASE("what turns the text around, cannot be seen or ends a line is shown as what it is") {
  const std::vector<std::pair<std::string_view, std::string_view>> table{
    {"\u202A", "\\u202a"},
    {"\u202B", "\\u202b"},
    {"\u202C", "\\u202c"},
    {"\u202D", "\\u202d"},
    {"\u202E", "\\u202e"},
    {"\u2066", "\\u2066"},
    {"\u2067", "\\u2067"},
    {"\u2068", "\\u2068"},
    {"\u2069", "\\u2069"},
    {"\u200E", "\\u200e"},
    {"\u200F", "\\u200f"},
    {"\u061C", "\\u061c"},
    {"\u2028", "\\u2028"},
    {"\u2029", "\\u2029"},
    {"\u200B", "\\u200b"},
    {"\u200C", "\\u200c"},
    {"\u200D", "\\u200d"},
    {"\u2060", "\\u2060"},
    {"\u2064", "\\u2064"},
    {"\u206F", "\\u206f"},
    {"\uFEFF", "\\ufeff"},
    {"\u00AD", "\\u00ad"},
    {"\u034F", "\\u034f"},
    {"\u180E", "\\u180e"},
    {"\u115F", "\\u115f"},
    {"\u3164", "\\u3164"},
    {"\uFFA0", "\\uffa0"},
    {"\uFFF9", "\\ufff9"},
    {"\uFFFB", "\\ufffb"},
    {"\uFFFE", "\\ufffe"},
    {"\uFFFF", "\\uffff"},
    {"\U000E0041", "\\udb40\\udc41"},
    {"\U0001D173", "\\ud834\\udd73"},
  };
  for (const auto& [text, shown] : table)
    CHECK(removed("a" + std::string{text} + "b") == "a" + std::string{shown} + "b");
}

TEST_CASE("what is no UTF-8 is shown byte by byte") {
  CHECK(removed("\xC3(") == "\\xc3(");
  CHECK(removed("\xE2\x82") == "\\xe2\\x82");
  CHECK(removed("\xC0\x8A") == "\\xc0\\x8a");          // a line end in a longer form than needed
  CHECK(removed("\xED\xA0\x80") == "\\xed\\xa0\\x80"); // half of a pair
  CHECK(removed("\xF4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80");
  CHECK(removed("\xC2\x1B[2J\x9B") == "\\xc2\\x1b[2J\\x9b");
}

TEST_CASE("a colour passes as a whole or goes as a whole") {
  for (const std::string colour : {"\x1b[m", "\x1b[0m", "\x1b[1;31m", "\x1b[38;5;196m",
                                   "\x1b[38:2::1:2:3m", "\x1b[;;m", "\x1b[97;101m"}) {
    CHECK(removed("a" + colour + "b") == "ab");
    CHECK(kept("a" + colour + "b") == "a" + colour + "b\x1b[0m");
  }
  CHECK(removed("\x1b[1;31mred\x1b[0m words") == "red words");
}

TEST_CASE("colours end with their text") {
  CHECK(kept("\x1b[31mred\x1b[0m") == "\x1b[31mred\x1b[0m");
  CHECK(kept("\x1b[31mred") == "\x1b[31mred\x1b[0m");
  CHECK(kept("\x1b[31mred\x1b[m") == "\x1b[31mred\x1b[m\x1b[0m");
  CHECK(kept("no colour") == "no colour");
  CHECK(printable("\x1b[31mmuch red", 4, colours::kept) == "\x1b[31mmuch...\x1b[0m");
}

TEST_CASE("no other sequence reaches a terminal") {
  const std::vector<std::pair<std::string_view, std::string_view>> table{
    {"\x1b[2J", "\\x1b[2J"},                        // clears the screen
    {"\x1b[31", "\\x1b[31"},                        // not to its end
    {"\x1b[31\x1b[32m", "\\x1b[31"},                // the next one is a colour
    {"\x1b[>4;2m", "\\x1b[>4;2m"},                  // changes the keyboard
    {"\x1b[?5m", "\\x1b[?5m"},                      //
    {"\x1b[1 m", "\\x1b[1 m"},                      //
    {"\x1b]0;title\a", "\\x1b]0;title\\x07"},       //
    {"\x1b]0;title\x1b\\", "\\x1b]0;title\\x1b\\"}, //
    {"\x1bP1$r\x1b\\", "\\x1bP1$r\\x1b\\"},         //
    {"\x1b_x\x1b\\", "\\x1b_x\\x1b\\"},             //
    {"\x1b"
     "c",
     "\\x1b"
     "c"},                           // resets the terminal
    {"\x1b(0", "\\x1b(0"},           // another character set
    {"\x1b\x1b[31m[2J", "\\x1b[2J"}, // nothing comes together when a colour goes
    {"\u009B31m", "\\u009b31m"},     //
    {"\x9B"
     "31m",
     "\\x9b"
     "31m"}, //
    {"\x0E\x0F\b\v\f\a", "\\x0e\\x0f\\x08\\x0b\\x0c\\x07"},
  };
  for (const auto& [text, shown] : table) {
    CHECK(removed(text) == shown);
    CHECK(kept(text).starts_with(shown.substr(0, 4)));
  }
  CHECK(removed("\x1b[" + std::string(100, '1') + "m") == "\\x1b[" + std::string(100, '1') + "m");
}

TEST_CASE("what is long is cut between two characters") {
  CHECK(printable("äöü", 2) == "äö...");
  CHECK(printable("äöü", 3) == "äöü");
  CHECK(printable("äöü", 0) == "...");
  CHECK(printable("", 0) == "");
  CHECK(printable("ab\x1b[0m", 2) == "ab");
  CHECK(printable("a\x1b", 3) == "a...");
  CHECK(printable("a\x1b", 5) == "a\\x1b");
  CHECK(printable(std::string(81, 'x')) == std::string(80, 'x') + "...");
  CHECK(printable(std::string(81, 'x'), whole) == std::string(81, 'x'));
}

TEST_CASE("a quotation is printable, too") {
  CHECK(quoted("a\tb\x1b[2J") == "\"a\tb\\x1b[2J\"");
  CHECK(quoted(std::string(100, 'x'), 3) == "\"xxx...\"");
}

TEST_CASE("who asks is told what is shown") {
  CHECK(is_shown(U'a'));
  CHECK(is_shown(U'\t'));
  CHECK(!is_shown(U'\u202E'));
  CHECK(!is_shown(0x9B));
}
