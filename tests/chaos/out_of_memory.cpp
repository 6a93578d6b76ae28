// A file of its own: who sees both sides of new and delete would know that they are malloc and free.

#include "out_of_memory.hpp"

#include <cstddef>
#include <cstdlib>
#include <new>

namespace {

constexpr auto never = std::int64_t{-1};
thread_local std::int64_t allocations_left = never;

bool fails_now() {
  if (allocations_left == never)
    return false;
  if (allocations_left > 0) {
    --allocations_left;
    return false;
  }
  allocations_left = never; // one failure each: what handles it may allocate again
  return true;
}

void* allocate(std::size_t size, std::size_t alignment) {
  if (fails_now())
    throw std::bad_alloc{};
  auto* found = alignment <= alignof(std::max_align_t)
                  ? std::malloc(size)
                  : std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
  if (found == nullptr)
    throw std::bad_alloc{};
  return found;
}

} // namespace

void* operator new(std::size_t size) { return allocate(size, 0); }
void* operator new(std::size_t size, std::align_val_t to) {
  return allocate(size, static_cast<std::size_t>(to));
}
void operator delete(void* x) noexcept { std::free(x); }
void operator delete(void* x, std::size_t) noexcept { std::free(x); }
void operator delete(void* x, std::align_val_t) noexcept { std::free(x); }
void operator delete(void* x, std::size_t, std::align_val_t) noexcept { std::free(x); }

namespace chaos {

out_of_memory::out_of_memory(std::int64_t after) { allocations_left = after; }
out_of_memory::~out_of_memory() { allocations_left = never; }

} // namespace chaos
