#pragma once

#include <string>

namespace chaos {

/// This program as a child: says where its notices go, waits a while and says that it is ready, and
/// when; then it stays. "mute" never does.
int act_as(const std::string& role);

/// The file that this program is.
std::string this_program();

/// One datagram from a socket of its own, to the address that NOTIFY_SOCKET gave somebody. Whether
/// it went out.
bool send_notice(const std::string& address, const std::string& text);

} // namespace chaos
