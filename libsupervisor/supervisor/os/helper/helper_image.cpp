#include "supervisor/os/helper/helper_image.hpp"

#include "supervisor/os/process/words.hpp"

#include <cerrno>
#include <string_view>

#include <fcntl.h>
#include <sys/mman.h>

// The program that the build made: SUPERVISOR_HELPER is its path.
asm(".section .rodata\n"
    ".balign 16\n"
    "supervisor_helper_begin:\n"
    ".incbin \"" SUPERVISOR_HELPER "\"\n"
    "supervisor_helper_end:\n"
    ".byte 0\n"
    ".hidden supervisor_helper_begin\n"
    ".hidden supervisor_helper_end\n"
    ".globl supervisor_helper_begin\n"
    ".globl supervisor_helper_end\n"
    ".text\n");

extern "C" {
__attribute__((visibility("hidden"))) extern const char supervisor_helper_begin[];
__attribute__((visibility("hidden"))) extern const char supervisor_helper_end[];
}

namespace supervisor {

namespace {

constexpr unsigned executable = 0x10; // MFD_EXEC of Linux 6.3, which older ones refuse

descriptor file_in_memory() {
  constexpr auto flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
  descriptor made{memfd_create("supervisor-exec", flags | executable)};
  return made || errno != EINVAL ? std::move(made)
                                 : descriptor{memfd_create("supervisor-exec", flags)};
}

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const auto size = write(file, text.data(), text.size());
    if (size <= 0)
      return false;
    text.remove_prefix(static_cast<std::size_t>(size));
  }
  return true;
}

} // namespace

expected<descriptor> open_helper() {
  const auto size = static_cast<std::size_t>(supervisor_helper_end - supervisor_helper_begin);
  auto made = file_in_memory();
  if (!made || !write_all(made.number(), {supervisor_helper_begin, size}))
    return fault{"/process", "no file in memory to start it with: " + error_words(errno)};
  fcntl(made.number(), F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
  return made;
}

} // namespace supervisor
