#pragma once

#include "supervisor/expected.hpp"
#include "supervisor/process/descriptor.hpp"
#include "supervisor/process/notice.hpp"

#include <cstdint>
#include <optional>
#include <string>

#include <sys/types.h>

namespace supervisor {

/// Where one program sends its notices. In the abstract namespace: nothing in the file system.
class notify_socket {
public:
  static expected<notify_socket> open();

  /// What NOTIFY_SOCKET says of it.
  const std::string& address() const { return address_; }

  int number() const { return socket_.number(); }

  /// The next datagram of the program's user, of ours or of root; nothing if none waits. Those of
  /// others are skipped and counted, and so are those that are too long.
  std::optional<process_notice> receive(uid_t program);

  std::uint64_t ignored() const { return ignored_; }

private:
  notify_socket(descriptor, std::string address);

  descriptor socket_;
  std::string address_;
  std::uint64_t ignored_ = 0;
};

} // namespace supervisor
