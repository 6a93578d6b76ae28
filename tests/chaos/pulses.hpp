#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace chaos {

/// When each of some processes was last alive, by the steady clock: in a file that all of them have in
/// their memory. Whoever lives says so again and again.
class pulses {
public:
  static constexpr std::size_t most = 256;

  /// Makes the file if it is not there.
  explicit pulses(const std::string& file);
  ~pulses();

  pulses(const pulses&) = delete;
  pulses& operator=(const pulses&) = delete;

  bool works() const { return all_ != nullptr; }

  void beat(std::size_t who);

  /// Whether it has been silent for that long, and is to be replaced: only one of those who ask is told
  /// so. No more than `in_all` are, or a machine that is busy would soon be full of them.
  bool takes_over(std::size_t from, std::chrono::nanoseconds silence, std::int64_t in_all);

  /// So many were alive after that.
  std::size_t alive_since(std::chrono::steady_clock::time_point) const;

private:
  struct shared;

  shared* all_ = nullptr;
};

} // namespace chaos
