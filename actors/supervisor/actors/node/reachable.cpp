#include "supervisor/actors/node/reachable.hpp"

#include "supervisor/spec/tcp_address.hpp"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>

namespace supervisor::detail {

namespace {

constexpr int patience_in_ms = 1000;

bool connects(const addrinfo& to) {
  const auto fd
    = ::socket(to.ai_family, to.ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, to.ai_protocol);
  if (fd < 0)
    return false;
  static_cast<void>(::connect(fd, to.ai_addr, to.ai_addrlen)); // poll says what comes of it
  pollfd ready{fd, POLLOUT, 0};
  int error = -1;
  socklen_t size = sizeof error;
  const auto done = ::poll(&ready, 1, patience_in_ms) == 1
                    && ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
  ::close(fd);
  return done;
}

} // namespace

bool accepts_connections(const std::string& where) {
  const auto to = tcp_address_of(where);
  if (!to)
    return false;
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* first = nullptr;
  if (::getaddrinfo(to->host.c_str(), std::to_string(to->port).c_str(), &hints, &first) != 0)
    return false;
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> all{first, ::freeaddrinfo};
  for (const auto* x = first; x; x = x->ai_next)
    if (connects(*x))
      return true;
  return false;
}

} // namespace supervisor::detail
