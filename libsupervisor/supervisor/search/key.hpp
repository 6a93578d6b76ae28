#pragma once

#include "supervisor/search/world.hpp"

#include <cstdint>

namespace supervisor::searching {

/// What stands for a world: two with the same key have the same future. 128 bits, so that two
/// different ones have the same key less often than memory fails.
struct key {
  std::uint64_t a = 0, b = 0;

  friend auto operator<=>(const key&, const key&) = default;
};

struct key_hash {
  std::size_t operator()(const key& x) const noexcept { return x.a; }
};

/// Mixes numbers into a key.
class imprint {
public:
  imprint& add(std::uint64_t);
  imprint& add(const key& x) { return add(x.a).add(x.b); }
  const key& made() const { return made_; }

private:
  key made_{0x243f6a8885a308d3u, 0x13198a2e03707344u};
};

/// What of a world does not matter.
struct overlooking {
  bool numbers = true; ///< how often children were started: no policy rolls dice
  bool twins = false;  ///< which of several equal children it was
  bool wakes = false;  ///< wake-ups that come for nothing
  bool past
    = false; ///< how long anybody ran, but for the end of a streak: all policies are standard
  nanoseconds long_ago = nanoseconds::max(); ///< what is older than that is as good as for ever
};

/// Times are relative to now.
key key_of(const world&, const overlooking&);

/// Of one child, whose supervisor is open. Two children of one supervisor with the same key are in the
/// same situation, if they are twins: the restart of neither touches the other.
key key_of_child(const world&, std::uint32_t who, const overlooking&);

} // namespace supervisor::searching
