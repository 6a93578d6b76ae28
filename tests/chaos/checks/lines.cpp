#include "../soak/reader.hpp"

#include <doctest/doctest.h>

using namespace soak;

namespace {

sup::log_line line(std::uint32_t attempt, const std::string& text, bool cut = false) {
  return {.path = "/a", .attempt = attempt, .cut = cut, .text = text};
}

} // namespace

TEST_CASE("lines that come one after the other leave no gap") {
  reader all;
  for (const auto* text : {"line 0", "line 1 with more", "line 2"})
    all.take(line(1, text));
  CHECK(all.gaps() == 0);
  CHECK(all.lines() == 3);
}

TEST_CASE("a line that is missing is a gap and so is a first one that is not the first") {
  reader all;
  all.take(line(1, "line 0"));
  all.take(line(1, "line 2"));
  CHECK(all.gaps() == 1);
  all.take(line(2, "line 1"));
  CHECK(all.gaps() == 2);
}

TEST_CASE("each life of a program counts its lines anew") {
  reader all;
  all.take(line(1, "line 0"));
  all.take(line(1, "line 1"));
  all.take(line(2, "line 0"));
  CHECK(all.gaps() == 0);
}

TEST_CASE("the rest of a long line is no line of its own") {
  reader all;
  all.take(line(1, "line 0 x", true));
  all.take(line(1, "line 9"));
  all.take(line(1, "line 1"));
  CHECK(all.gaps() == 0);
}

TEST_CASE("what others say between lines is no gap") {
  reader all;
  all.take(line(1, "line 0"));
  all.take(line(1, "supervisor: 1 notice was refused"));
  all.take(line(1, "line 1"));
  CHECK(all.gaps() == 0);
}

TEST_CASE("a line with control characters is fit for a terminal when it was made so") {
  reader all;
  all.take(line(1, "line 0 \x1b[2J\x07\x9b\xff"));
  CHECK(all.unprintable() == 0);
}
