#include "supervisor/os/helper/notices.hpp"

#include "supervisor/os/helper/processes.hpp"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

namespace supervisor::helper {

namespace {

constexpr int most_at_a_time = 64;
constexpr long long between_refusals_ms = 60'000;

pid_t sender_of(msghdr& message) {
  const auto* header = CMSG_FIRSTHDR(&message);
  if (header == nullptr || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_CREDENTIALS)
    return 0;
  ucred sender{};
  memcpy(&sender, CMSG_DATA(header), sizeof sender);
  return sender.pid;
}

} // namespace

long long now_ns() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
}

bool notices::listen(const char* path) {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  snprintf(name.sun_path, sizeof name.sun_path, "%s", path);
  file_ = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  constexpr int yes = 1;
  path_ = path;
  return file_ >= 0 && setsockopt(file_, SOL_SOCKET, SO_PASSCRED, &yes, sizeof yes) == 0
         && bind(file_, reinterpret_cast<sockaddr*>(&name), sizeof name) == 0
         && chmod(path, 0666) == 0; // whoever descends from the program may become any user
}

void notices::close() {
  if (path_ == nullptr)
    return;
  unlink(path_);
  char folder[sizeof(sockaddr_un::sun_path)];
  snprintf(folder, sizeof folder, "%s", path_);
  if (char* const cut = strrchr(folder, '/'); cut != nullptr) {
    *cut = 0;
    rmdir(folder);
  }
  path_ = nullptr;
}

/// False: there is no room. Then senders wait, as soon as this socket is full, too.
bool notices::pass_on() {
  const auto size = sizeof next_.head + static_cast<size_t>(waiting_);
  if (send(wire::control_fd, &next_, size, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 && errno == EAGAIN)
    return false;
  waiting_ = 0;
  return true;
}

void notices::refuse(pid_t sender) {
  if (refused_++ > 0)
    return;
  process one{};
  refused_first_ = {sender, {}};
  if (look_at(sender, one))
    memcpy(refused_first_.name, one.name, sizeof one.name);
}

void notices::hear() {
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(ucred))]; // no room for files: they are closed
  for (int i = 0; file_ >= 0 && i < most_at_a_time; ++i) {
    if (is_blocked() && !pass_on())
      return;
    iovec into{next_.text, sizeof next_.text};
    msghdr message{};
    message.msg_iov = &into;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    const auto size = recvmsg(file_, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (size < 0)
      return;
    const auto sender = sender_of(message);
    if ((message.msg_flags & MSG_TRUNC) != 0 || !is_descendant(sender)) {
      refuse(sender);
      continue;
    }
    next_.head = {};
    next_.head.kind = wire::report_kind::notice;
    next_.head.at_ns = now_ns();
    waiting_ = static_cast<int>(size);
    if (waiting_ > 0 && !pass_on())
      return;
  }
}

int notices::tells_in() const {
  if (refused_ == 0)
    return -1;
  const auto since = now_ns() / 1'000'000 - refused_told_at_;
  const auto left = refused_told_at_ < 0 ? 0 : between_refusals_ms - since;
  return left > 0 ? static_cast<int>(left) : 0;
}

void notices::tell_refused(bool last) {
  if (refused_ == 0 || (!last && tells_in() > 0))
    return;
  wire::report told{};
  told.kind = wire::report_kind::refused;
  told.count = refused_;
  told.some[0] = refused_first_;
  send(wire::control_fd, &told, sizeof told, MSG_NOSIGNAL | MSG_DONTWAIT);
  refused_ = 0;
  refused_told_at_ = now_ns() / 1'000'000;
}

} // namespace supervisor::helper
