#include "supervisor/text/duration.hpp"

#include "supervisor/text/printable.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <utility>

namespace supervisor {

namespace {

struct unit {
  std::string_view name{};
  std::int64_t length = 0; // in nanoseconds
};

constexpr std::array units{
  unit{"ns", 1},
  unit{"us", 1'000},
  unit{"ms", 1'000'000},
  unit{"s", 1'000'000'000},
  unit{"min", 60'000'000'000},
  unit{"m", 60'000'000'000},
  unit{"h", 3'600'000'000'000},
};

constexpr auto longest = std::chrono::nanoseconds::max().count() - 1; // the last one means no end

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::size_t leading(std::string_view text, bool (*wanted)(char)) {
  std::size_t n = 0;
  while (n < text.size() && wanted(text[n]))
    ++n;
  return n;
}

std::string_view take(std::string_view& text, std::size_t n) {
  const auto taken = text.substr(0, n);
  text.remove_prefix(n);
  return taken;
}

const unit* unit_called(std::string_view name) {
  for (const auto& u : units)
    if (u.name == name)
      return &u;
  return nullptr;
}

/// One number with its unit, as written.
struct part {
  std::string_view whole{};
  std::string_view fraction{};
  const unit* in = nullptr;
};

std::optional<part> take_part(std::string_view& text) {
  part p{take(text, leading(text, is_digit)), {}, nullptr};
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    p.fraction = take(text, leading(text, is_digit));
    if (p.fraction.empty())
      return {};
  }
  p.in = unit_called(take(text, leading(text, [](char c) { return c >= 'a' && c <= 'z'; })));
  if (p.whole.empty() || p.in == nullptr)
    return {};
  return p;
}

double value_of_fraction(std::string_view digits) {
  double sum = 0;
  double weight = 0.1;
  for (const auto c : digits) {
    sum += weight * (c - '0');
    weight /= 10;
  }
  return sum;
}

/// Nothing if it does not fit.
std::optional<std::int64_t> length_of(const part& p) {
  std::int64_t whole = 0;
  const auto [_, trouble] = std::from_chars(p.whole.data(), p.whole.data() + p.whole.size(), whole);
  if (trouble != std::errc{} || whole > longest / p.in->length)
    return {};
  const auto rest = value_of_fraction(p.fraction) * static_cast<double>(p.in->length);
  const auto rounded = static_cast<std::int64_t>(std::llround(rest));
  const auto sum = whole * p.in->length;
  return rounded <= longest - sum ? std::optional{sum + rounded} : std::nullopt;
}

fault no_duration(std::string_view text, std::string_view why) {
  return {{}, showing::quoted(text) + std::string{why}};
}

} // namespace

expected<std::chrono::nanoseconds> duration_from(std::string_view text) {
  if (text.starts_with('-'))
    return no_duration(text, " is negative");
  auto rest = text;
  std::int64_t sum = 0;
  do {
    const auto p = take_part(rest);
    if (!p)
      return no_duration(text, " is no duration such as \"10ms\", \"1.5s\", \"2min\" or \"1m30s\"");
    const auto length = length_of(*p);
    if (!length || *length > longest - sum)
      return no_duration(text, " is too long, the most is about 292 years");
    sum += *length;
  } while (!rest.empty());
  return std::chrono::nanoseconds{sum};
}

std::string to_string(std::chrono::nanoseconds x) {
  constexpr std::array<std::pair<double, const char*>, 5> units{
    {{3600e9, "h"}, {60e9, "min"}, {1e9, "s"}, {1e6, "ms"}, {1e3, "us"}}};
  const auto count = static_cast<double>(x.count());
  for (const auto& [size, unit] : units)
    if (count >= size) {
      char text[32];
      std::snprintf(text, sizeof text, "%.3g%s", count / size, unit);
      return text;
    }
  return std::to_string(x.count()) + "ns";
}

} // namespace supervisor
