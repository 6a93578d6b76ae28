#pragma once

#include <charconv>
#include <optional>
#include <string_view>

namespace chaos {

/// All of the text has to be one.
inline std::optional<double> as_number(std::string_view text) {
  double x = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), x);
  return error == std::errc{} && end == text.data() + text.size() ? std::optional{x} : std::nullopt;
}

} // namespace chaos
