#include "programs.hpp"

#include <filesystem>

namespace chaos {

std::string this_program() { return std::filesystem::canonical("/proc/self/exe"); }

std::string child_program() { return CHAOS_CHILD; }

std::string supctl_program() {
#ifdef CHAOS_SUPCTL
  return CHAOS_SUPCTL;
#else
  return "";
#endif
}

} // namespace chaos
