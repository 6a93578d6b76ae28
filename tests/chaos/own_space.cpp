#include "own_space.hpp"

#include <cerrno>
#include <cstring>

#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

namespace chaos {

namespace {

std::string why_not(const char* what) {
  return std::string{what} + ": " + std::strerror(errno)
         + (errno == EPERM && geteuid() != 0 ? " (needs root)" : "");
}

std::string bring_lo_up() {
  ifreq lo{};
  std::strcpy(lo.ifr_name, "lo");
  lo.ifr_flags = IFF_UP | IFF_RUNNING;
  const auto any = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const auto up = any >= 0 && ioctl(any, SIOCSIFFLAGS, &lo) == 0;
  const auto wrong = up ? "" : why_not("the network of our own");
  if (any >= 0)
    close(any);
  return wrong;
}

} // namespace

std::string have_own_mounts() {
  if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
    return why_not("no mounts of our own");
  return "";
}

std::string have_own_network() {
  return unshare(CLONE_NEWNET) == 0 ? bring_lo_up() : why_not("no network of our own");
}

std::string mount_small(const std::string& folder, const std::string& size) {
  const auto how = "size=" + size;
  return mount("none", folder.c_str(), "tmpfs", 0, how.c_str()) == 0
           ? ""
           : why_not("no file system of our own");
}

std::string mount_file(const std::string& file, const std::string& place) {
  return mount(file.c_str(), place.c_str(), nullptr, MS_BIND, nullptr) == 0
           ? ""
           : why_not(place.c_str());
}

} // namespace chaos
