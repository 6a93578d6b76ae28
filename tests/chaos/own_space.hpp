#pragma once

#include <string>

// What this process, and all that it starts from now on, has for itself. Each says why it could not be
// had, or nothing. To be called before there are threads.

namespace chaos {

/// Mounts that nobody else sees.
std::string have_own_mounts();

/// A network of which there is nothing but "lo".
std::string have_own_network();

/// In mounts of our own: a file system of so many bytes, in memory.
std::string mount_small(const std::string& folder, const std::string& size);

/// In mounts of our own: what is found at `place` is that file.
std::string mount_file(const std::string& file, const std::string& place);

} // namespace chaos
