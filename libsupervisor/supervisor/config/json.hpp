#pragma once

#include "supervisor/spec.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace supervisor {

/// The tree that a JSON text declares, decoded and validated, or all that is wrong with it, in the
/// order of its lines. Comments are allowed. A text that is no JSON has one fault, the first.
expected<declared_spec> read_spec(std::string_view text);

expected<declared_spec> load_spec(const std::filesystem::path&);

/// The same for one child, as it stands in the `children` of a file. Of the rules those that need
/// neither siblings nor a supervisor: the others are for `validate_child`.
expected<declared_child_spec> read_child(std::string_view text);

/// The JSON Schema (draft-07) of what `read_spec` takes. It knows forms: that ids are unique and
/// dependencies exist is for `validate`.
std::string schema();

} // namespace supervisor
