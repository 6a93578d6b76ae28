#include "supervisor/text/size.hpp"

#include "supervisor/text/printable.hpp"

#include <array>
#include <charconv>
#include <limits>

namespace supervisor {

namespace {

struct unit {
  std::string_view name{};
  std::uint64_t bytes = 0;
};

constexpr std::array units{
  unit{"B", 1},
  unit{"KiB", std::uint64_t{1} << 10},
  unit{"MiB", std::uint64_t{1} << 20},
  unit{"GiB", std::uint64_t{1} << 30},
  unit{"TiB", std::uint64_t{1} << 40},
};

const unit* unit_called(std::string_view name) {
  for (const auto& x : units)
    if (x.name == name)
      return &x;
  return nullptr;
}

} // namespace

expected<std::uint64_t> size_from(std::string_view text) {
  std::uint64_t number = 0;
  const auto* const end = text.data() + text.size();
  const auto [rest, trouble] = std::from_chars(text.data(), end, number);
  const auto* const in = unit_called({rest, static_cast<std::size_t>(end - rest)});
  if (trouble == std::errc::invalid_argument || !in)
    return fault{{}, showing::quoted(text) + " is no size such as \"512MiB\" or \"2GiB\""};
  if (trouble != std::errc{} || number > std::numeric_limits<std::uint64_t>::max() / in->bytes)
    return fault{{}, showing::quoted(text) + " is too large, must be less than 2^64 bytes"};
  return number * in->bytes;
}

} // namespace supervisor
