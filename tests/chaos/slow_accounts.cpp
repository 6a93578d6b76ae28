#include "slow_accounts.hpp"

#include <atomic>
#include <cstdint>
#include <string_view>
#include <thread>

#include <dlfcn.h>
#include <pwd.h>

namespace {

std::atomic<std::int64_t> takes_ns = 0;
std::atomic<int> looks = 0;

} // namespace

/// Stands before the C library's.
extern "C" int getpwnam_r(const char* name, passwd* into, char* room, std::size_t size,
                          passwd** found) {
  static const auto of_library
    = reinterpret_cast<decltype(&getpwnam_r)>(dlsym(RTLD_NEXT, "getpwnam_r"));
  if (std::string_view{name} != chaos::slow_account)
    return of_library(name, into, room, size, found);
  ++looks;
  std::this_thread::sleep_for(std::chrono::nanoseconds{takes_ns});
  *found = nullptr;
  return 0;
}

namespace chaos {

void look_for_slow_account(std::chrono::nanoseconds x) { takes_ns = x.count(); }

int looks_for_slow_account() { return looks; }

} // namespace chaos
