#pragma once

#include "supervisor/cli/catalog.hpp"

#include <filesystem>
#include <iosfwd>
#include <string>

// From a file to a tree that can be started, and what to say when there is no way.

namespace supervisor {

/// The factories and checks in a tree that a catalog does not know; what `catalog::bind` says of them.
faults unknown_names(const declared_spec&, const catalog&);

/// The same faults with the lines of the file that their places are on.
faults with_lines(faults, const std::filesystem::path& file);

/// "shop.json:12: /children/0/id: ...", one line a fault.
void print(std::ostream&, const std::filesystem::path& file, const faults&,
           const std::string& kind = "");

/// As it may be shown.
std::string name_of(const std::filesystem::path& file);

/// What a relative path in a file is relative to.
std::string folder_of(const std::filesystem::path& file);

} // namespace supervisor
