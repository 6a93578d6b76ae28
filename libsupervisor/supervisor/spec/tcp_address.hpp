#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace supervisor {

/// Where somebody may accept connections.
struct tcp_address {
  std::string host{}; ///< a name, or an address without brackets
  std::uint16_t port = 0;

  friend bool operator==(const tcp_address&, const tcp_address&) = default;
};

/// Of "host:port" or "[::1]:port", the port being from 1 to 65535.
std::optional<tcp_address> tcp_address_of(std::string_view text);

} // namespace supervisor
