#pragma once

#include "../verdict.hpp"
#include "drift.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace soak {

/// What came of a run.
struct result {
  std::chrono::system_clock::time_point began{}, ended{};
  std::string commit{};
  double hours = 0; ///< of it that count: after the warm-up
  course rss_mb{}, fds{}, threads{}, processes{}, p99_ms{};
  int longest_row = 0; ///< of seconds whose commands took too long
  double all_p50_ms = 0, all_p99_ms = 0, request_p50_ms = 0, request_p99_ms = 0;
  std::uint64_t requests = 0, commands = 0, failed_commands = 0, restarts = 0, events = 0,
                subscribers = 0, shutdowns = 0, gaps = 0;
  std::uint64_t lines = 0, line_gaps = 0, unprintable = 0;
  std::uint64_t pauses = 0, paused_seconds = 0; ///< whose latencies do not count
  std::vector<std::string>
    left{}; ///< processes that were there at the end and not at the beginning
  std::vector<chaos::threshold> thresholds{};

  bool passed() const;
};

/// Markdown: when, what, on which machine, each figure, and what is violated.
std::string to_markdown(const result&);

/// For a terminal.
std::string summary(const result&);

} // namespace soak
