#pragma once

#include <cstdint>

namespace chaos {

/// As long as it lives, making a thread fails in so many of a hundred cases, by dice: pthread_create of
/// this program, as everything in it sees it, returns EAGAIN. One at a time.
class out_of_threads {
public:
  explicit out_of_threads(int percent);
  ~out_of_threads();
  out_of_threads(const out_of_threads&) = delete;
  out_of_threads& operator=(const out_of_threads&) = delete;

  /// How often it has failed so far, all together.
  static std::uint64_t failures();
};

} // namespace chaos
