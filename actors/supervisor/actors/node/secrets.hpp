#pragma once

#include "supervisor/expected.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace supervisor {

/// Looks up the secret with that key: its value, nothing if there is none, or a fault if that cannot
/// be found out now. Called at every start of a child that wants one, in a thread of its own, so it
/// may block. No fault may contain a value.
using secret_provider = std::function<expected<std::optional<std::string>>(const std::string& key)>;

/// The variable of that name; a key with "=" or a zero byte is a fault.
secret_provider secrets_from_environment();

/// The file of that name in `folder`, such as a mounted secret volume, or the one that a link of that
/// name leads to. One newline at the end does not count. Faults at once: whatever is no regular file
/// (a FIFO, a device, a folder, a socket), more than 64 KiB, a key with "/" or a zero byte.
secret_provider secrets_from_folder(std::string folder);

/// The first one that knows the key.
secret_provider first_of(std::vector<secret_provider>);

} // namespace supervisor
