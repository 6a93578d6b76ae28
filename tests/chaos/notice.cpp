#include "notice.hpp"

#include <cstring>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace chaos {

bool send_notice(const std::string& path, const std::string& text) {
  sockaddr_un name{};
  if (path.empty() || path.size() >= sizeof name.sun_path)
    return false;
  name.sun_family = AF_UNIX;
  std::memcpy(name.sun_path, path.c_str(), path.size() + 1);
  const int from = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (from < 0)
    return false;
  const auto sent = sendto(from, text.data(), text.size(), 0,
                           reinterpret_cast<const sockaddr*>(&name), sizeof name);
  close(from);
  return sent >= 0;
}

const std::vector<std::string>& junk() {
  static const std::vector<std::string> all{"",
                                            "READY=0",
                                            "READY=1 or so",
                                            "MAINPID=1\nERRNO=7",
                                            "=\n=\n\n\n=",
                                            std::string(100, '\0'),
                                            std::string(10'000, 'x'),
                                            "STATUS=" + std::string(3000, '\x01')};
  return all;
}

} // namespace chaos
