#include "out_of_threads.hpp"

#include <atomic>
#include <cerrno>

#include <dlfcn.h>
#include <pthread.h>

namespace {

std::atomic<int> percent = 0;
std::atomic<std::uint64_t> failed = 0, throws = 0;

/// The same in each run, for the same order of calls.
bool fails_now() {
  if (percent == 0)
    return false;
  const auto x = (throws++ + 1) * 0x9e3779b97f4a7c15;
  return static_cast<int>((x ^ (x >> 29)) * 0xbf58476d1ce4e5b9 >> 32) % 100 < percent;
}

} // namespace

/// Stands before the C library's: the libraries of this program call it as well.
extern "C" int pthread_create(pthread_t* made, const pthread_attr_t* how, void* (*run)(void*),
                              void* with) {
  static const auto of_library
    = reinterpret_cast<decltype(&pthread_create)>(dlsym(RTLD_NEXT, "pthread_create"));
  if (!fails_now())
    return of_library(made, how, run, with);
  ++failed;
  return EAGAIN;
}

namespace chaos {

out_of_threads::out_of_threads(int of_a_hundred) { percent = of_a_hundred; }
out_of_threads::~out_of_threads() { percent = 0; }

std::uint64_t out_of_threads::failures() { return failed; }

} // namespace chaos
