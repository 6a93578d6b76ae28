#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace supervisor {

/// What a program says of itself in one datagram of systemd's protocol, see sd_notify(3).
struct process_notice {
  bool ready = false;     ///< READY=1
  bool reloading = false; ///< RELOADING=1
  bool stopping = false;  ///< STOPPING=1
  bool heartbeat = false; ///< WATCHDOG=1
  bool trigger = false;   ///< WATCHDOG=trigger: it has failed, and knows
  std::optional<std::string> status{};

  friend bool operator==(const process_notice&, const process_notice&) = default;
};

inline constexpr std::size_t max_notice_bytes = 4096;      ///< of a datagram; a longer one is none
inline constexpr std::size_t max_status_characters = 1000; ///< a longer status is cut

/// Lines that are unknown or malformed are skipped, MAINPID among them. A status is made printable, see
/// showing::printable.
process_notice parse_notice(std::string_view datagram);

} // namespace supervisor
