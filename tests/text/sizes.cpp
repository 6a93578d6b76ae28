#include "supervisor/text/size.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace supervisor;

namespace {

std::uint64_t bytes(std::string_view text) {
  const auto x = size_from(text);
  REQUIRE_MESSAGE(x, text);
  return *x;
}

std::string fault_of(std::string_view text) {
  const auto x = size_from(text);
  return x ? "none" : x.error().front().what;
}

} // namespace

TEST_CASE("a size is a whole number and its unit") {
  CHECK(bytes("0B") == 0);
  CHECK(bytes("5000B") == 5000);
  CHECK(bytes("1KiB") == 1024);
  CHECK(bytes("512MiB") == 512u << 20);
  CHECK(bytes("2GiB") == std::uint64_t{2} << 30);
  CHECK(bytes("3TiB") == std::uint64_t{3} << 40);
  CHECK(bytes("18446744073709551615B") == ~std::uint64_t{0});
}

TEST_CASE("what is no size says what one looks like") {
  for (const std::string text : {"", "512", "MiB", "1.5GiB", "-1B", "+1B", " 1B", "1 B", "1mib",
                                 "1MB", "1B ", "0x10B", "1BB"})
    CHECK(fault_of(text) == '"' + text + "\" is no size such as \"512MiB\" or \"2GiB\"");
}

TEST_CASE("a size that cannot be counted in bytes is too large") {
  for (const std::string text : {"18446744073709551616B", "18014398509481984KiB", "16777216TiB"})
    CHECK(fault_of(text) == '"' + text + "\" is too large, must be less than 2^64 bytes");
  CHECK(bytes("16777215TiB") == std::uint64_t{16777215} << 40);
}
