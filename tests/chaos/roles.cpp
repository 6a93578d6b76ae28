#include "roles.hpp"

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <thread>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace chaos {

using namespace std::chrono_literals;

int act_as(const std::string& role) {
  const auto* said = std::getenv("NOTIFY_SOCKET");
  const std::string address = said == nullptr ? "" : said;
  std::cout << "socket " + address << std::endl;
  std::this_thread::sleep_for(role == "reporter" ? 100ms : 0ms); // for others to get in the way
  if (role != "mute") {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    send_notice(address, "READY=1\nSTATUS=pid " + std::to_string(getpid()));
    std::cout << "ready " + std::to_string(std::chrono::nanoseconds{now}.count()) << std::endl;
  }
  for (;;)
    pause();
}

std::string this_program() { return std::filesystem::canonical("/proc/self/exe"); }

bool send_notice(const std::string& address, const std::string& text) {
  sockaddr_un name{};
  if (address.empty() || address.size() > sizeof name.sun_path)
    return false;
  name.sun_family = AF_UNIX;
  std::memcpy(name.sun_path + 1, address.data() + 1, address.size() - 1);
  const int from = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (from < 0)
    return false;
  const auto size = static_cast<socklen_t>(sizeof(sa_family_t) + address.size());
  const auto sent
    = sendto(from, text.data(), text.size(), 0, reinterpret_cast<const sockaddr*>(&name), size);
  close(from);
  return sent >= 0;
}

} // namespace chaos
