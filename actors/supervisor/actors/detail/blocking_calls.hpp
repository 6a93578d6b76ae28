#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace supervisor::detail {

/// Calls that may block, such as the look-up of a name or a question to a provider of secrets, each in a
/// thread of its own that nobody waits for: what does not come back holds up neither a stop nor the end of
/// the program. Threads share it.
class blocking_calls {
public:
  /// So many may be under way at a time.
  static constexpr std::size_t most = 64;

  /// Begins the call, which must not throw and must own all that it uses. Empty, or why it could not begin.
  std::string begin(std::function<void()> call) const;

private:
  std::shared_ptr<std::atomic<std::size_t>> under_way_
    = std::make_shared<std::atomic<std::size_t>>(0);
};

} // namespace supervisor::detail
