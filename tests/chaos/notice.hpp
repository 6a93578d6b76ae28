#pragma once

#include <string>
#include <vector>

namespace chaos {

/// One datagram from a socket of its own to the path that NOTIFY_SOCKET gave somebody. Waits for room, as
/// sd_notify does. Whether it went out.
bool send_notice(const std::string& path, const std::string& text);

/// What is no word for anybody, in many ways.
const std::vector<std::string>& junk();

} // namespace chaos
