#include <supervisor/text/utf8.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace supervisor::showing;

namespace {

std::string in_utf8(char32_t c) {
  const auto byte = [](char32_t x) { return static_cast<char>(x); };
  const auto rest = [&](int shift) { return byte(0x80 | (c >> shift & 0x3F)); };
  if (c < 0x80)
    return {byte(c)};
  if (c < 0x800)
    return {byte(0xC0 | c >> 6), rest(0)};
  if (c < 0x10000)
    return {byte(0xE0 | c >> 12), rest(6), rest(0)};
  return {byte(0xF0 | c >> 18), rest(12), rest(6), rest(0)};
}

bool is_surrogate(char32_t c) { return c >= 0xD800 && c <= 0xDFFF; }

} // namespace

TEST_CASE("every character is read as it is written, and nothing else is one") {
  for (char32_t c = 0; c <= 0x110000; ++c) {
    const auto text = in_utf8(c) + "x";
    const auto read = first_of(text);
    if (read.is_valid != (!is_surrogate(c) && c <= 0x10FFFF))
      FAIL("U+" << static_cast<unsigned>(c));
    if (read.is_valid && (read.code != c || read.size != text.size() - 1))
      FAIL("U+" << static_cast<unsigned>(c));
  }
}

TEST_CASE("what is no character is one byte") {
  for (const std::string text :
       {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC3", "\xC3(", "\xE0\x80\x80", "\xE0\x9F\xBF",
        "\xE2\x82", "\xE2\x82x", "\xED\xA0\x80", "\xF0\x80\x80\x80", "\xF0\x9F\x98",
        "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xF8\x88\x80\x80\x80", "\xFE", "\xFF"}) {
    const auto read = first_of(text);
    CHECK(!read.is_valid);
    CHECK(read.size == 1);
    CHECK(read.code == static_cast<unsigned char>(text.front()));
  }
}

TEST_CASE("wide characters take two columns") {
  for (const auto wide : {U'世', U'あ', U'한', U'！', U'⛔', U'😀', U'𠀀'})
    CHECK(columns_of(wide) == 2);
  for (const auto narrow : {U'a', U'ä', U'я', U'●', U'↻', U'…', U'\u0301'})
    CHECK(columns_of(narrow) == 1);
}
