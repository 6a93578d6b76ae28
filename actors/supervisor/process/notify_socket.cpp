#include "supervisor/process/notify_socket.hpp"

#include "supervisor/process/words.hpp"

#include <array>
#include <cerrno>
#include <cstring>

#include <sys/socket.h>
#include <sys/un.h>

namespace supervisor {

namespace {

/// An address of the kernel's choice; empty if there is none.
std::string bind_anywhere(int socket) {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  const auto generic = reinterpret_cast<sockaddr*>(&name);
  socklen_t size = sizeof(sa_family_t);
  if (bind(socket, generic, size) != 0)
    return {};
  size = sizeof name;
  if (getsockname(socket, generic, &size) != 0 || size <= sizeof(sa_family_t) + 1)
    return {};
  return '@' + std::string(name.sun_path + 1, size - sizeof(sa_family_t) - 1);
}

/// Of who sent a datagram; nothing if the kernel does not say.
std::optional<uid_t> sender_of(const msghdr& message) {
  const auto* header = CMSG_FIRSTHDR(&message);
  if (header == nullptr || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_CREDENTIALS)
    return std::nullopt;
  ucred sender{};
  std::memcpy(&sender, CMSG_DATA(header), sizeof sender);
  return sender.uid;
}

bool may_speak(std::optional<uid_t> sender, uid_t program) {
  return sender && (*sender == program || *sender == geteuid() || *sender == 0);
}

} // namespace

notify_socket::notify_socket(descriptor socket, std::string address)
  : socket_(std::move(socket)), address_(std::move(address)) {}

expected<notify_socket> notify_socket::open() {
  descriptor made{socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  constexpr int yes = 1;
  if (!made || setsockopt(made.number(), SOL_SOCKET, SO_PASSCRED, &yes, sizeof yes) != 0)
    return fault{"/process", "no socket for its notices: " + error_words(errno)};
  auto address = bind_anywhere(made.number());
  if (address.empty())
    return fault{"/process", "no address for its notices: " + error_words(errno)};
  return notify_socket{std::move(made), std::move(address)};
}

std::optional<process_notice> notify_socket::receive(uid_t program) {
  std::array<char, max_notice_bytes> text{};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(ucred))> control{}; // no room for files
  for (;;) {
    iovec into{text.data(), text.size()};
    msghdr message{};
    message.msg_iov = &into;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    const auto size = recvmsg(socket_.number(), &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (size < 0)
      return std::nullopt;
    if (may_speak(sender_of(message), program) && (message.msg_flags & MSG_TRUNC) == 0)
      return parse_notice({text.data(), static_cast<std::size_t>(size)});
    ++ignored_;
  }
}

} // namespace supervisor
