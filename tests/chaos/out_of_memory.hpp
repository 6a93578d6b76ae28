#pragma once

#include <cstdint>

namespace chaos {

/// As long as it lives, the allocation after so many others fails on this thread: operator new of
/// this program throws std::bad_alloc, once.
class out_of_memory {
public:
  explicit out_of_memory(std::int64_t after);
  ~out_of_memory();
  out_of_memory(const out_of_memory&) = delete;
  out_of_memory& operator=(const out_of_memory&) = delete;
};

} // namespace chaos
