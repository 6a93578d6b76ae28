#pragma once

#include "supervisor/cli/catalog.hpp"
#include "supervisor/config/json.hpp"

#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>

// From a file to a tree that can be started, and what to say when there is no way.

namespace supervisor {

/// A file, and what a catalog made of its tree.
struct loaded_tree {
  spec_draft file;
  supervisor_spec tree{}; ///< to be started only if the file is good
};

/// Reads, checks and binds it, and looks where its refs lead. Each step goes on with what the one
/// before could read, so that all faults come together.
loaded_tree load_tree(const std::filesystem::path&, const catalog&, program&);

/// Binds what could be read of a file and looks where its refs lead; adds what is wrong to the file.
/// To be started only if the file is good then.
supervisor_spec bind(spec_draft&, const catalog&, program&);

/// Reads and checks a file that is looked at and not run. Factories that the catalog does not know are
/// warnings only, since nothing starts them.
std::optional<declared_spec> load_to_try(const std::filesystem::path&, const catalog&);

/// The factories and checks in a tree that a catalog does not know; what `catalog::bind` says of them.
faults unknown_names(const declared_spec&, const catalog&);

/// The same faults with the lines of the file that their places are on.
faults with_lines(faults, const std::filesystem::path& file);

/// The first thousand, and how many more there are.
faults first_thousand(faults);

/// "shop.json:12: /children/0/id: ...", one line a fault.
void print(std::ostream&, const std::filesystem::path& file, const faults&,
           const std::string& kind = "");

/// As it may be shown.
std::string name_of(const std::filesystem::path& file);

/// What a relative path in a file is relative to.
std::string folder_of(const std::filesystem::path& file);

} // namespace supervisor
