#include "supervisor/spec/tcp_address.hpp"

#include <algorithm>
#include <charconv>

namespace supervisor {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// 0 if it is none.
std::uint16_t port_of(std::string_view text) {
  std::uint16_t port = 0;
  const auto* const end = text.data() + text.size();
  const auto all_digits = std::ranges::all_of(text, is_digit);
  const auto [at, wrong] = std::from_chars(text.data(), end, port);
  return all_digits && at == end && wrong == std::errc{} ? port : std::uint16_t{0};
}

bool is_host_char(char c) {
  return static_cast<unsigned char>(c) > ' ' && c != 0x7F && c != '[' && c != ']';
}

/// Colons go with an address in brackets only.
bool is_host(std::string_view text, bool in_brackets) {
  return !text.empty() && std::ranges::all_of(text, is_host_char)
         && (text.find(':') != std::string_view::npos) == in_brackets;
}

} // namespace

std::optional<tcp_address> tcp_address_of(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos)
    return {};
  auto host = text.substr(0, colon);
  const auto in_brackets = host.starts_with('[') && host.ends_with(']');
  if (in_brackets)
    host = host.substr(1, host.size() - 2);
  const auto port = port_of(text.substr(colon + 1));
  if (port == 0 || !is_host(host, in_brackets))
    return {};
  return tcp_address{std::string{host}, port};
}

} // namespace supervisor
