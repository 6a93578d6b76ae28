#include "supervisor/cli/session/bell.hpp"

#include <algorithm>
#include <cstdint>

#include <sys/eventfd.h>
#include <unistd.h>

namespace supervisor {

int milliseconds_until(std::optional<time_point> until) {
  constexpr std::chrono::milliseconds longest = std::chrono::hours{1};
  if (!until)
    return -1;
  const auto left
    = std::chrono::ceil<std::chrono::milliseconds>(*until - std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp(left, std::chrono::milliseconds{0}, longest).count());
}

bell::bell() : descriptor_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

bell::~bell() {
  if (descriptor_ >= 0)
    close(descriptor_);
}

void bell::ring() noexcept {
  constexpr std::uint64_t once = 1;
  [[maybe_unused]] const auto size = write(descriptor_, &once, sizeof once);
}

void bell::silence() noexcept {
  std::uint64_t times = 0;
  [[maybe_unused]] const auto size = read(descriptor_, &times, sizeof times);
}

} // namespace supervisor
